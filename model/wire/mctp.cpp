#include "wire/mctp.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::mctp {
namespace {

template <class M>
std::vector<Field> message_fields() {
  using F = Fields<M>;
  return {F::template integer<&M::message_type>("Message Type", "what the body is")
              .with_bits({{"Message Type", 0, 7}, {"IC", 7, 1, "an integrity check follows the body"}}),
          F::template rest<&M::body>("Message Body", "the message without transport bytes")};
}

template <class M>
Check no_integrity_check() {
  // Only the two types that SPDM defines say that the bit is zero.
  return Fields<M>::check("MCTP-002", "IC is set", [](const M& m, const Context&) {
    return m.message_type != (0x80 | static_cast<Byte>(MessageType::SPDM)) &&
           m.message_type != (0x80 | static_cast<Byte>(MessageType::SECURED_MESSAGES));
  });
}

}  // namespace

const Layout& Message::layout() {
  static const Layout layout = make_layout<Message>({.name = "MCTP_MESSAGE",
                                                     .protocol = Protocol::MCTP,
                                                     .source = "DSP0236, message fields; DSP0275",
                                                     .fields = message_fields<Message>(),
                                                     .checks = {no_integrity_check<Message>()}});
  return layout;
}

const Layout& Packet::layout() {
  using M = Packet;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "MCTP_PACKET",
       .protocol = Protocol::MCTP,
       .source = "DSP0236, packet fields",
       .fields =
           join({F::integer<&M::header_version>("Header Version", "1")
                     .with_bits({{"Hdr Version", 0, 4}})
                     .with_reserved(0xF0),
                 F::integer<&M::destination_eid>("Destination Endpoint ID", "receiver"),
                 F::integer<&M::source_eid>("Source Endpoint ID", "sender"),
                 F::integer<&M::flags>("Flags", "position in the message and its tag")
                     .with_bits({{"Msg Tag", 0, 3}, {"TO", 3, 1}, {"Pkt Seq #", 4, 2}, {"EOM", 6, 1}, {"SOM", 7, 1}})},
                message_fields<M>()),
       .checks = {no_integrity_check<M>()}});
  return layout;
}

Bytes wrap_mctp(MessageType type, View body) {
  return encode(Message{.message_type = static_cast<Byte>(type), .body = copy(body)}, Context{});
}

}  // namespace lockstep::wire::mctp
