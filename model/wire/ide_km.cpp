#include "wire/ide_km.hpp"

#include <array>

#include "wire/fields.hpp"

namespace lockstep::wire::ide_km {
namespace {

struct Described {
  std::string_view name;
  Direction direction;
  Rule size_rule = Rule::none();
  Rule object_id_rule = Rule::none();
};

template <class M>
const Layout object(Described what, std::vector<Field> fields, std::vector<Check> checks = {}) {
  using F = Fields<M>;
  return make_layout<M>(
      {.name = what.name,
       .protocol = Protocol::IDE_KM,
       .direction = what.direction,
       .code = M::code,
       .source = "PCIe 6.x 6.33.3",
       .size_rule = what.size_rule,
       .fields = join({F::template integer<&M::protocol_id>("Protocol ID", "of the PCI-SIG VENDOR_DEFINED payload")
                           .one_of({{PROTOCOL_ID, "IDE_KM"}}, "IDE-MSG-001"),
                       F::template integer<&M::object_id>("Object ID", "which object")
                           .one_of({{M::code, what.name}}, what.object_id_rule)},
                      std::move(fields)),
       .checks = std::move(checks)});
}

template <class M>
Field key_sub_stream_field() {
  return Fields<M>::template integer<&M::key_sub_stream>("Key/Sub-stream", "one key slot of the stream")
      .with_bits({{"Key Set", 0, 1, "0: K0, 1: K1"},
                  {"RxTxB", 1, 1, "0: Rx, 1: Tx, seen from the addressed port"},
                  {"Sub-stream", 4, 4, "0: PR, 1: NPR, 2: CPL"}})
      .with_reserved(0x0C);
}

template <class M>
Field port_index_field() {
  return Fields<M>::template integer<&M::port_index>("PortIndex", "which port of the component");
}

template <class M>
Field stream_id_field() {
  return Fields<M>::template integer<&M::stream_id>("StreamID", "which IDE stream of the port");
}

/// What K_SET_GO, K_SET_STOP and K_GOSTOP_ACK carry behind the Object ID.
template <class M>
std::vector<Field> key_set_fields(Rule reserved_rule = Rule::none()) {
  using F = Fields<M>;
  return {F::template reserved<&M::reserved_2>(), stream_id_field<M>(),
          F::template reserved<&M::reserved_5>("Reserved", reserved_rule), key_sub_stream_field<M>(),
          port_index_field<M>()};
}

}  // namespace

const Layout& QUERY::layout() {
  using M = QUERY;
  static const Layout layout =
      object<M>({"QUERY", Direction::request}, {Fields<M>::reserved<&M::reserved_2>(), port_index_field<M>()});
  return layout;
}

const Layout& QUERY_RESP::layout() {
  using M = QUERY_RESP;
  using F = Fields<M>;
  static const Layout layout = object<M>(
      {"QUERY_RESP", Direction::response, "IDE-MSG-004", "IDE-MSG-005"},
      {F::reserved<&M::reserved_2>(), port_index_field<M>(),
       F::integer<&M::dev_func_num>("Dev/Func", "device 7:3 and function 2:0 of the port"),
       F::integer<&M::bus_num>("Bus", "bus number of the port"),
       F::integer<&M::segment>("Segment", "segment of the port, 0 where the link is not in flit mode"),
       F::integer<&M::max_port_index>("MaxPortIndex", "greatest PortIndex of the component"),
       F::integer<&M::ide_capability>("IDE Capability", "register")
           .with_bits({{"Link IDE Stream Supported", 0},
                       {"Selective IDE Streams Supported", 1},
                       {"Flow-Through IDE Stream Supported", 2},
                       {"Partial Header Encryption Supported", 3},
                       {"Aggregation Supported", 4},
                       {"PCRC Supported", 5},
                       {"IDE_KM Protocol Supported", 6},
                       {"Selective IDE for Configuration Requests Supported", 7},
                       {"Supported Algorithms", 8, 5, "0: AES-GCM-256, 96-bit MAC"},
                       {"Number of TCs Supported for Link IDE", 13, 3, "minus 1, when Link IDE is supported"},
                       {"Number of Selective IDE Streams Supported", 16, 8, "minus 1, when they are supported"},
                       {"TEE-Limited Stream Supported", 24}}),
       F::integer<&M::ide_control>("IDE Control", "register").with_bits({{"Flow-Through IDE Stream Enabled", 2}}),
       F::list_of<&M::link_ide>("Link IDE Register Block", "one per traffic class",
                                [](const M& m, const Context&) { return link_ide_blocks(m.ide_capability); })
           .with_size_rule("IDE-MSG-010"),
       F::list_of<&M::selective_ide>("Selective IDE Register Block", "one per selective stream",
                                     [](const M& m, const Context&) { return selective_ide_blocks(m.ide_capability); })
           .with_size_rule("IDE-MSG-011")},
      {F::check("IDE-MSG-007", "MaxPortIndex is below PortIndex",
                [](const M& m, const Context&) { return m.max_port_index >= m.port_index; })});
  return layout;
}

const Layout& KEY_PROG::layout() {
  using M = KEY_PROG;
  using F = Fields<M>;
  static const Layout layout = object<M>(
      {"KEY_PROG", Direction::request},
      {F::reserved<&M::reserved_2>(), stream_id_field<M>(), F::reserved<&M::reserved_5>(), key_sub_stream_field<M>(),
       port_index_field<M>(), F::fixed<&M::key, 32>("Key", "Key_DW7 first; AES byte 0 is bits 31:24 of Key_DW7"),
       F::integer<&M::ifv_dw1>("IFV_DW1", "initial invocation field value, high half: 0"),
       F::integer<&M::ifv_dw0>("IFV_DW0", "initial invocation field value, low half: 1")});
  return layout;
}

const Layout& KP_ACK::layout() {
  using M = KP_ACK;
  using F = Fields<M>;
  static const Layout layout = object<M>({"KP_ACK", Direction::response, "IDE-MSG-015", "IDE-MSG-015"},
                                         {F::reserved<&M::reserved_2>(), stream_id_field<M>(),
                                          F::integer<&M::status>("Status", "outcome of KEY_PROG")
                                              .one_of({{0, "Successful"},
                                                       {1, "Incorrect Length"},
                                                       {2, "Unsupported Port Index value"},
                                                       {3, "Unsupported value in other fields"},
                                                       {4, "Unspecified Failure"}}),
                                          key_sub_stream_field<M>(), port_index_field<M>()});
  return layout;
}

const Layout& K_SET_GO::layout() {
  static const Layout layout = object<K_SET_GO>({"K_SET_GO", Direction::request}, key_set_fields<K_SET_GO>());
  return layout;
}

const Layout& K_SET_STOP::layout() {
  static const Layout layout = object<K_SET_STOP>({"K_SET_STOP", Direction::request}, key_set_fields<K_SET_STOP>());
  return layout;
}

const Layout& K_GOSTOP_ACK::layout() {
  static const Layout layout = object<K_GOSTOP_ACK>({"K_GOSTOP_ACK", Direction::response, "IDE-MSG-030", "IDE-MSG-030"},
                                                    key_set_fields<K_GOSTOP_ACK>("IDE-MSG-032"));
  return layout;
}

Bytes wire_key(View aes_key) {
  LOCKSTEP_ASSERT(aes_key.size() == 32);
  Bytes wire(32);
  for (std::size_t i = 0; i < 32; ++i) wire[i] = aes_key[i ^ 3];
  return wire;
}

Layouts all_layouts() {
  static const std::array all{&QUERY::layout(),
                              &QUERY_RESP::layout(),
                              &KEY_PROG::layout(),
                              &KP_ACK::layout(),
                              &K_SET_GO::layout(),
                              &K_SET_STOP::layout(),
                              &K_GOSTOP_ACK::layout(),
                              &LINK_IDE_BLOCK::layout(),
                              &SELECTIVE_IDE_BLOCK::layout(),
                              &ADDRESS_ASSOCIATION_BLOCK::layout()};
  return all;
}

const Layout* find_request(Byte object_id) { return find_layout(all_layouts(), Direction::request, object_id); }
const Layout* find_response(Byte object_id) { return find_layout(all_layouts(), Direction::response, object_id); }

Result<DecodedAny, DecodeError> decode_ide_km(View bytes, const Context& context) {
  constexpr std::size_t object_id = 1;
  if (bytes.size() <= object_id)
    return Unexpected{DecodeError{"Object ID", bytes.size(), "the object ends before it", Rule::none()}};
  const Layout* request = find_request(bytes[object_id]);
  return decode_any(request != nullptr ? request : find_response(bytes[object_id]), object_id, bytes, context);
}

}  // namespace lockstep::wire::ide_km
