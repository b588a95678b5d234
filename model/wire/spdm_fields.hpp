// How the SPDM layouts are written: the header once, conditions on the version, checks that know from which version to
// which their rule applies.
#pragma once

#include "wire/fields.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// The four bytes of the header, then the fields of the message.
template <class M>
std::vector<Field> with_header(Field param1, Field param2, std::vector<Field> fields = {}) {
  using F = Fields<M>;
  return join({F::template integer<&M::version>("SPDMVersion", "version of the message")
                   .with_bits({{"MajorVersion", 4, 4}, {"MinorVersion", 0, 4}}),
               F::template integer<&M::request_response_code>("RequestResponseCode", "which message it is"),
               std::move(param1), std::move(param2)},
              std::move(fields));
}
template <class M>
Field reserved_param1() {
  return Fields<M>::template reserved<&M::param1>("Param1");
}
template <class M>
Field reserved_param2() {
  return Fields<M>::template reserved<&M::param2>("Param2");
}
/// A message of the header alone, both parameters reserved.
template <class M>
std::vector<Field> header_only() {
  return with_header<M>(reserved_param1<M>(), reserved_param2<M>());
}

/// What differs from message to message; the rest follows from its struct.
struct MessageText {
  std::string_view name;
  Byte since;
  std::string_view source;
  Rule size_rule = Rule::none();
};

template <class M>
Layout make_message(const MessageText& text, std::vector<Field> fields, std::vector<Check> checks = {}) {
  return make_layout<M>({.name = text.name,
                         .protocol = Protocol::SPDM,
                         .direction = is_request(M::code) ? Direction::request : Direction::response,
                         .code = M::code,
                         .since = text.since,
                         .source = text.source,
                         .size_rule = text.size_rule,
                         .fields = std::move(fields),
                         .checks = std::move(checks)});
}
/// A part of messages: no header and no code.
template <class M>
Layout make_part(const MessageText& text, std::vector<Field> fields, std::vector<Check> checks = {}) {
  return make_layout<M>({.name = text.name,
                         .protocol = Protocol::SPDM,
                         .since = text.since,
                         .source = text.source,
                         .size_rule = text.size_rule,
                         .fields = std::move(fields),
                         .checks = std::move(checks)});
}

/// For Field::when(): the versions before `spdm_version`.
inline std::function<bool(const void*, const Context&)> before(Byte spdm_version) {
  return [spdm_version](const void*, const Context& c) { return c.spdm_version < spdm_version; };
}

/// A check in the versions that its rule applies to.
template <class M>
Check rule_check(Rule rule, std::string_view what, bool (*holds)(const M&, const Context&)) {
  return {rule, what, [rule, holds](const void* m, const Context& c) {
            return !rule.requirement().applies_to(c.spdm_version) || holds(Fields<M>::of(m), c);
          }};
}

constexpr bool has(std::uint64_t flags, std::uint64_t bit) { return (flags & bit) != 0; }

/// Types of measurement summary hash in Param1 or Param2 of a request.
inline std::vector<Named> summary_hash_types() {
  return {{0x00, "NoMeasurementSummaryHash"}, {0x01, "TCBMeasurements"}, {0xFF, "AllMeasurements"}};
}
template <class M>
Field summary_hash() {
  return Fields<M>::template sized<&M::measurement_summary_hash>(
      "MeasurementSummaryHash", "hash over the measurements that were asked for",
      [](const M&, const Context& c) -> std::size_t { return c.measurement_summary_hash ? c.hash_size : 0; });
}

/// OpaqueDataLength and OpaqueData, one behind the other.
template <class M>
std::vector<Field> opaque_data_fields() {
  using F = Fields<M>;
  return {F::template integer<&M::opaque_data_length>("OpaqueDataLength", "bytes of OpaqueData"),
          F::template counted<&M::opaque_data>("OpaqueData", "elements, see OpaqueData and OpaqueDataFmt1",
                                               "OpaqueDataLength")};
}
/// The same in the messages that have them since 1.4 only.
template <class M>
std::vector<Field> opaque_data_fields_since_1_4() {
  std::vector<Field> fields;
  for (Field& field : opaque_data_fields<M>()) fields.push_back(std::move(field).since(VERSION_1_4));
  return fields;
}

}  // namespace lockstep::wire::spdm
