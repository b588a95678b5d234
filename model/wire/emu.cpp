#include "wire/emu.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::emu {

const Layout& Frame::layout() {
  using M = Frame;
  using F = Fields<M>;
  static const Layout layout =
      make_layout<M>({.name = "EMU_FRAME",
                      .protocol = Protocol::EMU,
                      .source = "spdm-emu, command.h",
                      .fields = {F::integer<&M::command>("Command", "what the peer has to do")
                                     .in_big_endian()
                                     .one_of({{0x0001, "NORMAL"},
                                              {0x8001, "OOB_ENCAP_KEY_UPDATE"},
                                              {0x8002, "OOB_ENCAP_ENDPOINT_INFO"},
                                              {0xFFFD, "CONTINUE"},
                                              {0xFFFE, "SHUTDOWN"},
                                              {0xFFFF, "UNKNOWN"},
                                              {0xDEAD, "TEST"}}),
                                 F::integer<&M::transport_type>("TransportType", "what the payload begins with")
                                     .in_big_endian()
                                     .one_of({{0, "NONE"}, {1, "MCTP"}, {2, "PCI_DOE"}, {3, "TCP"}}),
                                 F::integer<&M::payload_size>("PayloadSize", "bytes of the payload").in_big_endian(),
                                 F::counted<&M::payload>("Payload", "transport header and message", "PayloadSize")}});
  return layout;
}

Bytes wrap_emu(Command command, TransportType transport, View payload) {
  return encode(Frame{.command = static_cast<std::uint32_t>(command),
                      .transport_type = static_cast<std::uint32_t>(transport),
                      .payload_size = static_cast<std::uint32_t>(payload.size()),
                      .payload = copy(payload)},
                Context{});
}

}  // namespace lockstep::wire::emu
