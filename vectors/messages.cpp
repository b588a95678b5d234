// Vectors of single messages: a valid example for each SPDM version that changes the message, and what is wrong with it
// after one change.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "vectors/vectors.hpp"
#include "wire/mutations.hpp"
#include "wire/names.hpp"
#include "wire/text.hpp"
#include "wire_json/json.hpp"

namespace lockstep::vectors {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t LARGEST = 0x400;  // of a vector; a length field at its limit asks for megabytes

std::string version_text(Byte version) { return fmt::format("{}.{}", version >> 4, version & 0x0F); }

/// One negotiation among many; what a response depends on is asked for.
wire::Context context_of(Byte version) {
  wire::Context context;
  context.spdm_version = version;
  context.hash_size = context.measurement_hash_size = 32;
  context.signature_size = context.requester_signature_size = 64;
  context.request_exchange_size = context.response_exchange_size = 64;
  context.measurement_capability = context.measurement_summary_hash = context.signature_requested = true;
  return context;
}

std::vector<wire::Context> contexts_of(const wire::Layout& layout) {
  std::vector<wire::Context> contexts;
  if (layout.protocol == wire::Protocol::SPDM) {
    for (Byte version = std::max<Byte>(layout.since, 0x10); version <= 0x14; ++version)
      contexts.push_back(context_of(version));
  } else {
    contexts.push_back(context_of(0x12));
    contexts.push_back(contexts.back());
    contexts.back().sequence_number_size = 2;  // the record of MCTP
  }
  return contexts;
}

Json context_json(const wire::Context& c) {
  return {{"spdm_version", version_text(c.spdm_version)},
          {"hash_size", c.hash_size},
          {"signature_size", c.signature_size},
          {"requester_signature_size", c.requester_signature_size},
          {"exchange_data_size", c.request_exchange_size},
          {"measurement_summary_hash", c.measurement_summary_hash},
          {"signature_requested", c.signature_requested},
          {"sequence_number_size", c.sequence_number_size}};
}

Bytes encoded(const wire::AnyMessage& message, const wire::Context& context) {
  return wire::encode(message.layout(), message.object(), context);
}

std::string_view direction(const wire::Layout& layout) {
  static constexpr std::string_view names[] = {"request", "response", "either"};
  return names[static_cast<std::size_t>(layout.direction)];
}

Json valid_json(const wire::AnyMessage& message, const wire::Context& context, bool versions) {
  Json fields = wire::to_json(message.layout(), message.object(), context);
  std::string id = wire::slug(message.name()) + "/valid";
  if (versions) id += "-" + version_text(context.spdm_version);
  if (context.sequence_number_size != 0) id += "-with-sequence-number";
  return {{"id", std::move(id)},
          {"context", context_json(context)},
          {"bytes", to_hex(encoded(message, context))},
          {"fields", std::move(fields)}};
}

/// What is wrong with a mutated message; nullopt: nothing that a layout can see.
struct Wrong {
  std::string_view kind;  ///< "truncated", "reserved", "value"
  std::string field, what;
  Rule rule;
};

std::optional<Wrong> wrong_with(const wire::Layout& layout, View bytes, const wire::Context& context) {
  const auto decoded = wire::decode_any(&layout, 0, bytes, context);
  if (!decoded) return Wrong{"truncated", decoded.error().field, decoded.error().why, decoded.error().rule};
  if (decoded->consumed != bytes.size()) return std::nullopt;  // what follows belongs to somebody else
  const auto findings = wire::validate(layout, decoded->message.object(), context);
  const auto cited = std::find_if(findings.begin(), findings.end(), [](const auto& f) { return bool(f.rule); });
  if (cited == findings.end() && findings.empty()) return std::nullopt;
  const wire::Finding& finding = cited != findings.end() ? *cited : findings.front();
  const bool reserved = finding.what.find("reserved") != std::string::npos;
  return Wrong{reserved ? "reserved" : "value", finding.field, finding.what, finding.rule};
}

Json invalid_vector(std::string id, const Wrong& wrong, View bytes) {
  Json vector = {{"id", std::move(id)}, {"kind", wrong.kind}, {"field", wrong.field}, {"what", wrong.what}};
  if (wrong.rule) vector["requirement"] = wrong.rule.id();
  vector["bytes"] = to_hex(bytes);
  return vector;
}

/// At most one for each kind, field and rule: a hundred undefined values prove no more than one.
Json invalid_json(const wire::AnyMessage& message, const wire::Context& context) {
  Json list = Json::array();
  bool truncated = false;
  std::set<std::string> said;
  for (const wire::Mutation& mutation : wire::mutations(message, context)) {
    if (mutation.bytes.size() > LARGEST) continue;
    const auto wrong = wrong_with(message.layout(), mutation.bytes, context);
    if (!wrong) continue;
    const std::string rule(wrong->rule ? wrong->rule.id() : std::string_view());
    if (rule.empty() && wrong->kind == "value") continue;
    if (!said.insert(fmt::format("{} {} {}", wrong->kind, wrong->kind == "truncated" ? rule : wrong->field, rule))
             .second)
      continue;
    list.push_back(invalid_vector(mutation.name, *wrong, mutation.bytes));
    truncated = truncated || wrong->kind == "truncated";
  }
  // A message that goes on to its end can lose bytes there; cut it where it cannot.
  const Bytes whole = encoded(message, context);
  for (std::size_t size = whole.size(); !truncated && size-- > 0;)
    if (const auto wrong = wrong_with(message.layout(), View(whole).first(size), context)) {
      if (wrong->kind != "truncated") continue;
      list.push_back(invalid_vector(wire::slug(message.name()) + fmt::format("/cut-to-{}", size), *wrong,
                                    View(whole).first(size)));
      truncated = true;
    }
  return list;
}

Json message_json(const wire::Layout& layout) {
  Json valid = Json::array();
  std::optional<Bytes> before;
  wire::Context context;
  for (const wire::Context& next : contexts_of(layout)) {
    const wire::AnyMessage message = example(layout, next);
    Bytes bytes = encoded(message, next);
    if (layout.find("SPDMVersion") != nullptr) bytes[0] = 0;  // SPDMVersion alone is no difference
    if (before == bytes) continue;
    before = std::move(bytes);
    context = next;
    valid.push_back(valid_json(message, next, layout.protocol == wire::Protocol::SPDM));
  }
  Json message = {
      {"message", layout.name}, {"protocol", wire::name(layout.protocol)}, {"direction", direction(layout)}};
  if (layout.code) message["code"] = *layout.code;
  message["source"] = layout.source;
  message["valid"] = std::move(valid);
  message["invalid"] = invalid_json(example(layout, context), context);
  return message;
}

}  // namespace

File message_file(const wire::Registry& registry) {
  Json document = {
      {"schema", "lockstep-messages-1"},
      {"about", registry.title},
      {"note",
       "Integers in \"fields\" are values, bytes are hexadecimal. Invalid vectors change the last valid one "
       "in one place; \"requirement\" is the rule that they break (model/requirements/catalogue.csv), where "
       "one is known. A receiver ignores reserved bits, a sender does not set them."},
      {"messages", Json::array()}};
  for (const wire::Layout* layout : registry.layouts) document["messages"].push_back(message_json(*layout));
  return {"messages-" + std::string(registry.name) + ".json", as_lines(document)};
}

namespace {

bool is_list_of_objects(const Json& json) { return json.is_array() && !json.empty() && json.front().is_object(); }

void write(std::string& out, const Json& json, std::size_t depth) {
  const std::string indent(2 * depth + 2, ' ');
  const bool open = json.is_object()
                        ? std::any_of(json.begin(), json.end(),
                                      [](const Json& v) { return v.is_structured() && v.dump().size() > 100; })
                        : is_list_of_objects(json);
  if (!open) {
    out += json.dump();
    return;
  }
  out += json.is_object() ? "{" : "[";
  bool first = true;
  for (const auto& [key, value] : json.items()) {
    out += (first ? "\n" : ",\n") + indent;
    first = false;
    if (json.is_object()) out += Json(key).dump() + ": ";
    write(out, value, depth + 1);
  }
  out += "\n" + std::string(2 * depth, ' ') + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string as_lines(const Json& document) {
  std::string out;
  write(out, document, 0);
  return out + "\n";
}

std::vector<File> files() {
  std::vector<File> all{key_exchange_session_file(), psk_session_file()};
  for (const wire::Registry& registry : wire::registries()) all.push_back(message_file(registry));
  std::sort(all.begin(), all.end(), [](const File& a, const File& b) { return a.name < b.name; });
  return all;
}

}  // namespace lockstep::vectors
