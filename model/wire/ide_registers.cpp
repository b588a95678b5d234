// The register blocks of the IDE extended capability. They are copies of registers, so no bit counts as reserved here:
// what stands in them is the hardware's, and later revisions define more of them.
#include "wire/fields.hpp"
#include "wire/ide_km.hpp"

namespace lockstep::wire::ide_km {
namespace {

std::vector<Bits> link_control_bits() {
  return {{"IDE Stream Enable", 0},
          {"Tx Aggregation Mode NPR", 2, 2},
          {"Tx Aggregation Mode PR", 4, 2},
          {"Tx Aggregation Mode CPL", 6, 2},
          {"PCRC Enable", 8},
          {"Partial Header Encryption Mode", 10, 4},
          {"Selected Algorithm", 14, 5, "0: AES-GCM-256, 96-bit MAC"},
          {"TC", 19, 3},
          {"Stream ID", 24, 8}};
}

std::vector<Bits> selective_control_bits() {
  std::vector<Bits> bits = link_control_bits();
  bits.push_back({"Selective IDE for Configuration Requests Enable", 9});
  bits.push_back({"Default Stream", 22});
  bits.push_back({"TEE-Limited Stream", 23});
  return bits;
}

template <class M>
Field status_field() {
  return Fields<M>::template integer<&M::status>("Status", "register")
      .with_bits({{"Stream State", 0, 4, "0: Insecure, 2: Secure"}, {"Received Integrity Check Fail Message", 31}});
}

template <class M>
Check state_is_defined() {
  return Fields<M>::check("IDE-STREAM-003", "the stream state is neither Insecure nor Secure",
                          [](const M& m, const Context&) {
                            const auto state = StreamState(m.status & 0xF);
                            return state == StreamState::Insecure || state == StreamState::Secure;
                          });
}

template <class M>
const Layout block(std::string_view name, std::vector<Field> fields, std::vector<Check> checks = {}) {
  return make_layout<M>({.name = name,
                         .protocol = Protocol::IDE_KM,
                         .direction = Direction::response,
                         .source = "PCIe 6.x 7.9.26",
                         .fields = std::move(fields),
                         .checks = std::move(checks)});
}

}  // namespace

const Layout& LINK_IDE_BLOCK::layout() {
  using M = LINK_IDE_BLOCK;
  static const Layout layout = block<M>(
      "LINK_IDE_BLOCK",
      {Fields<M>::integer<&M::control>("Control", "register").with_bits(link_control_bits()), status_field<M>()},
      {state_is_defined<M>()});
  return layout;
}

const Layout& SELECTIVE_IDE_BLOCK::layout() {
  using M = SELECTIVE_IDE_BLOCK;
  using F = Fields<M>;
  static const Layout layout = block<M>(
      "SELECTIVE_IDE_BLOCK",
      {F::integer<&M::capability>("Capability", "register")
           .with_bits({{"Number of Address Association Register Blocks", 0, 4}}),
       F::integer<&M::control>("Control", "register").with_bits(selective_control_bits()), status_field<M>(),
       F::integer<&M::rid_association_1>("RID Association 1", "register").with_bits({{"RID Limit", 8, 16}}),
       F::integer<&M::rid_association_2>("RID Association 2", "register")
           .with_bits({{"Valid", 0}, {"RID Base", 8, 16}, {"Segment Base", 24, 8}}),
       F::list_of<&M::address_association>("Address Association Register Block", "the address ranges of the stream",
                                           [](const M& m, const Context&) -> std::size_t { return m.capability & 0xF; })
           .with_size_rule("IDE-MSG-012")},
      {state_is_defined<M>()});
  return layout;
}

const Layout& ADDRESS_ASSOCIATION_BLOCK::layout() {
  using M = ADDRESS_ASSOCIATION_BLOCK;
  using F = Fields<M>;
  static const Layout layout =
      block<M>("ADDRESS_ASSOCIATION_BLOCK",
               {F::integer<&M::address_association_1>("Address Association 1", "register")
                    .with_bits({{"Valid", 0}, {"Memory Base Lower", 8, 12}, {"Memory Limit Lower", 20, 12}}),
                F::integer<&M::address_association_2>("Address Association 2", "register: Memory Limit Upper"),
                F::integer<&M::address_association_3>("Address Association 3", "register: Memory Base Upper")});
  return layout;
}

}  // namespace lockstep::wire::ide_km
