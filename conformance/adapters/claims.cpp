#include "adapters/claims.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace lockstep::adapters {
namespace {

using Json = nlohmann::json;
using Failed = std::optional<std::string>;

constexpr int PROTOCOL = 1;
constexpr std::string_view KEYS[] = {"lockstep_shim", "name",  "transport", "kind",       "function_ids",
                                     "streams",       "reset", "injects",   "patience_ms"};
constexpr std::int64_t LONGEST_PATIENCE_MS = 600'000;

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

class Hello {
 public:
  explicit Hello(const Json& json) : json_(json) {}

  Failed read(Claims& claims) const {
    for (const auto& [key, value] : json_.items())
      if (std::find(std::begin(KEYS), std::end(KEYS), key) == std::end(KEYS)) return "unknown key " + in_quotes(key);
    std::int64_t version = 0, patience = claims.patience.count();
    std::string transport, kind = "endpoint";
    for (const Failed& failed : {required("lockstep_shim"), number("lockstep_shim", 1, 99, version),
                                 text("name", claims.name), required("transport"), text("transport", transport),
                                 text("kind", kind), number("patience_ms", 1, LONGEST_PATIENCE_MS, patience),
                                 functions(claims), streams(claims), flag("reset", claims.reset), stimuli(claims)})
      if (failed) return failed;
    if (version != PROTOCOL) return "lockstep_shim is " + std::to_string(version) + ", this version speaks 1";
    const auto found = find_transport(transport);
    if (!found) return "transport is " + in_quotes(transport) + "; expected pci-doe, mctp, tcp or none";
    if (kind != "endpoint" && kind != "rciep") return "kind is " + in_quotes(kind) + "; expected endpoint or rciep";
    claims.transport = *found;
    claims.root_complex_integrated = kind == "rciep";
    if (!claims.root_complex_integrated && !claims.function_ids.empty() && claims.streams.empty())
      return "function_ids without streams: the TDI of an endpoint is locked with an IDE stream";
    claims.patience = std::chrono::milliseconds(patience);
    return std::nullopt;
  }

 private:
  static std::string wrong(std::string_view key, const std::string& expected) {
    return std::string(key) + " is no " + expected;
  }
  const Json* find(std::string_view key) const {
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }
  Failed required(std::string_view key) const {
    return find(key) == nullptr ? Failed("the key " + in_quotes(key) + " is missing") : std::nullopt;
  }

  Failed text(std::string_view key, std::string& value) const {
    const Json* const json = find(key);
    if (json == nullptr) return std::nullopt;
    if (!json->is_string()) return wrong(key, "text");
    value = json->get<std::string>();
    return std::nullopt;
  }
  Failed flag(std::string_view key, bool& value) const {
    const Json* const json = find(key);
    if (json == nullptr) return std::nullopt;
    if (!json->is_boolean()) return wrong(key, "true or false");
    value = json->get<bool>();
    return std::nullopt;
  }
  template <class Number>
  Failed number(std::string_view key, std::int64_t least, std::int64_t most, Number& value) const {
    const Json* const json = find(key);
    return json == nullptr ? std::nullopt : number(key, *json, least, most, value);
  }
  template <class Number>
  static Failed number(std::string_view key, const Json& json, std::int64_t least, std::int64_t most, Number& value) {
    const std::string expected = "number from " + std::to_string(least) + " to " + std::to_string(most);
    // A value beyond 63 bits is read as unsigned or as floating point.
    if (!json.is_number_integer() || json.get<double>() < static_cast<double>(least) ||
        json.get<double>() > static_cast<double>(most))
      return wrong(key, expected);
    value = static_cast<Number>(json.get<std::int64_t>());
    return std::nullopt;
  }

  /// Each element of a list, by `read(element)`.
  template <class Read>
  Failed list(std::string_view key, Read read) const {
    const Json* const json = find(key);
    if (json == nullptr) return std::nullopt;
    if (!json->is_array()) return wrong(key, "list");
    for (const Json& element : *json)
      if (const Failed failed = read(element)) return failed;
    return std::nullopt;
  }
  Failed functions(Claims& claims) const {
    return list("function_ids", [&](const Json& element) {
      return number("function_ids: an element", element, 0, std::numeric_limits<std::uint32_t>::max(),
                    claims.function_ids.emplace_back());
    });
  }
  Failed streams(Claims& claims) const {
    return list("streams", [&](const Json& element) -> Failed {
      if (!element.is_object() || element.size() != 2 || !element.contains("stream_id") ||
          !element.contains("port_index"))
        return "streams: an element is no object of stream_id and port_index";
      Claims::Stream& stream = claims.streams.emplace_back();
      if (const Failed failed = number("streams: stream_id", element["stream_id"], 0, 255, stream.stream_id))
        return failed;
      return number("streams: port_index", element["port_index"], 0, 255, stream.port_index);
    });
  }
  Failed stimuli(Claims& claims) const {
    return list("injects", [&](const Json& element) -> Failed {
      if (!element.is_string()) return "injects: an element is no text";
      claims.injects.push_back(element.get<std::string>());
      return std::nullopt;
    });
  }

  const Json& json_;
};

}  // namespace

Result<std::optional<Claims>, LinkError> Target::claims() { return std::optional<Claims>(); }

Result<Claims, std::string> parse_hello(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Unexpected{std::string("it is no JSON text")};
  if (!json.is_object()) return Unexpected{std::string("it is no JSON object")};
  Claims claims;
  if (const Failed failed = Hello(json).read(claims)) return Unexpected{*failed};
  return claims;
}

std::string hello_text(const Claims& claims) {
  Json json{{"lockstep_shim", PROTOCOL},
            {"name", claims.name},
            {"transport", binding(claims.transport).name},
            {"kind", claims.root_complex_integrated ? "rciep" : "endpoint"},
            {"function_ids", claims.function_ids},
            {"streams", Json::array()},
            {"reset", claims.reset},
            {"injects", claims.injects},
            {"patience_ms", claims.patience.count()}};
  for (const Claims::Stream& stream : claims.streams)
    json["streams"].push_back({{"stream_id", stream.stream_id}, {"port_index", stream.port_index}});
  return json.dump();
}

}  // namespace lockstep::adapters
