// As much of JSON Schema as conformance/report/schema uses.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lockstep::test {

using Json = nlohmann::json;

class Schema {
 public:
  explicit Schema(Json root) : root_(std::move(root)) {}

  /// Every place where `value` departs from the schema.
  std::vector<std::string> breaches(const Json& value) const {
    std::vector<std::string> found;
    check(root_, value, "$", found);
    return found;
  }

 private:
  static bool is(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }

  bool fits(const Json& schema, const Json& value) const {
    std::vector<std::string> found;
    check(schema, value, "", found);
    return found.empty();
  }

  void check(const Json& schema, const Json& value, const std::string& at, std::vector<std::string>& found) const {
    if (schema.contains("$ref")) {
      const std::string pointer = schema["$ref"].get<std::string>().substr(1);
      return check(root_.at(Json::json_pointer(pointer)), value, at, found);
    }
    if (schema.contains("const") && schema["const"] != value) found.push_back(at + ": not the constant");
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      found.push_back(at + ": not one of the values");
    if (schema.contains("anyOf") &&
        std::none_of(schema["anyOf"].begin(), schema["anyOf"].end(), [&](const Json& one) { return fits(one, value); }))
      found.push_back(at + ": fits none");
    if (schema.contains("type")) {
      const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
      if (std::none_of(types.begin(), types.end(), [&](const Json& type) { return is(value, type); }))
        return found.push_back(at + ": wrong type");
    }
    if (value.is_object()) check_object(schema, value, at, found);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        check(schema["items"], value[i], at + "[" + std::to_string(i) + "]", found);
  }

  void check_object(const Json& schema, const Json& value, const std::string& at,
                    std::vector<std::string>& found) const {
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) found.push_back(at + "." + name.get<std::string>() + ": missing");
    for (const auto& [name, member] : value.items()) {
      const bool known = schema.contains("properties") && schema["properties"].contains(name);
      if (known) check(schema["properties"][name], member, at + "." + name, found);
      if (!known && !schema.value("additionalProperties", true)) found.push_back(at + "." + name + ": unknown");
    }
  }

  Json root_;
};

}  // namespace lockstep::test
