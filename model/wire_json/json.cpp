#include "wire_json/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "wire/names.hpp"

namespace lockstep::wire {
namespace {

using Json = nlohmann::ordered_json;

// The accessors of bytes and elements take a mutable message; reading does not change it.
void* writable(const void* message) { return const_cast<void*>(message); }

Json named_bits(const Field& field, std::uint64_t value) {
  Json bits = Json::object();
  for (const Bits& b : field.bits)
    if (const std::uint64_t part = value >> b.first & ~std::uint64_t{0} >> (64 - b.count); part != 0)
      bits[std::string(b.name)] = part;
  return bits;
}

Json integer_to_json(const Field& field, std::uint64_t value) {
  Json described = {{"value", value}};
  for (const Named& named : field.values)
    if (named.value == value) described["name"] = named.name;
  if (Json bits = named_bits(field, value); !bits.empty()) described["bits"] = std::move(bits);
  if ((value & field.reserved) != 0) described["reserved"] = value & field.reserved;
  return described.size() == 1 ? Json(value) : described;
}

Json field_to_json(const Field& field, const void* message, const Context& context) {
  switch (field.kind) {
    case Kind::integer:
      return integer_to_json(field, field.get(message));
    case Kind::bytes:
      return to_hex(field.bytes(writable(message)));
    case Kind::list: {
      Json list = Json::array();
      for (std::size_t i = 0; i < field.element_count(message); ++i)
        list.push_back(to_json(*field.element(), field.element_at(writable(message), i), context));
      return list;
    }
  }
  return {};
}

using Wrong = std::optional<std::string>;

Wrong fill(const Layout& layout, void* message, const Json& json);

Wrong fill_field(const Field& field, void* message, const Json& json) {
  switch (field.kind) {
    case Kind::integer: {
      const Json& value = json.is_object() && json.contains("value") ? json["value"] : json;
      const bool unsigned_number = value.is_number_unsigned() || (value.is_number_integer() && value > 0);
      if (!unsigned_number) return "is no unsigned number";
      const auto number = value.get<std::uint64_t>();
      if (number > ~std::uint64_t{0} >> (64 - 8 * field.width)) return "does not fit";
      field.set(message, number);
      return std::nullopt;
    }
    case Kind::bytes: {
      auto bytes = json.is_string() ? from_hex(json.get<std::string>()) : std::nullopt;
      if (!bytes) return "is no hexadecimal text";
      field.bytes(message) = std::move(*bytes);
      return std::nullopt;
    }
    case Kind::list:
      if (!json.is_array()) return "is no array";
      field.resize(message, json.size());
      for (std::size_t i = 0; i < json.size(); ++i)
        if (auto wrong = fill(*field.element(), field.element_at(message, i), json[i]))
          return "[" + std::to_string(i) + "]: " + *wrong;
      return std::nullopt;
  }
  return std::nullopt;
}

Wrong fill(const Layout& layout, void* message, const Json& json) {
  if (!json.is_object()) return "is no object";
  const auto names = unique_names(layout);
  for (const auto& [key, value] : json.items()) {
    if (key == "message") continue;
    const auto found = std::find(names.begin(), names.end(), key);
    if (found == names.end()) return "no field " + key;
    const Field& field = layout.fields[static_cast<std::size_t>(found - names.begin())];
    if (auto wrong = fill_field(field, message, value)) return key + " " + *wrong;
  }
  return std::nullopt;
}

}  // namespace

Json to_json(const Layout& layout, const void* message, const Context& context) {
  Json json = Json::object();
  const auto names = unique_names(layout);
  for (std::size_t i = 0; i < layout.fields.size(); ++i)
    if (is_present(layout.fields[i], message, context))
      json[names[i]] = field_to_json(layout.fields[i], message, context);
  return json;
}

Json to_json(const AnyMessage& message, const Context& context) {
  Json json = {{"message", message.name()}};
  json.update(to_json(message.layout(), message.object(), context));
  return json;
}

std::string to_json_text(const AnyMessage& message, const Context& context) { return to_json(message, context).dump(); }

Result<AnyMessage, std::string> from_json(const Layout& layout, const Json& json) {
  AnyMessage message(layout);
  if (auto wrong = fill(layout, message.object(), json)) return Unexpected{std::string(layout.name) + ": " + *wrong};
  return message;
}

Result<AnyMessage, std::string> from_json(Layouts layouts, const Json& json) {
  const auto name = json.is_object() ? json.find("message") : json.end();
  if (name == json.end() || !name->is_string()) return Unexpected{std::string("no name under \"message\"")};
  const Layout* layout = find_layout(layouts, name->get<std::string>());
  if (layout == nullptr) return Unexpected{"no message is called " + name->get<std::string>()};
  return from_json(*layout, json);
}

Result<AnyMessage, std::string> from_json_text(Layouts layouts, std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Unexpected{std::string("no JSON")};
  return from_json(layouts, json);
}

}  // namespace lockstep::wire
