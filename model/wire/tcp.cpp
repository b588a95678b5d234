#include "wire/tcp.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::tcp {
namespace {

constexpr std::size_t counted_header = 2;  // BindingVersion and MessageType stand behind PayloadLength

}  // namespace

const Layout& Message::layout() {
  using M = Message;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "TCP_MESSAGE",
       .protocol = Protocol::TCP,
       .source = "DSP0287, message format",
       .fields = {F::integer<&M::payload_length>("PayloadLength", "bytes behind this field"),
                  F::integer<&M::binding_version>("BindingVersion", "1"),
                  F::integer<&M::message_type>("MessageType", "what the payload is")
                      .one_of({{0x05, "OutOfSession"},
                               {0x06, "InSession"},
                               {0xBF, "RoleInquiry"},
                               {0xC0, "ErrorTooLarge"},
                               {0xC1, "ErrorNotSupported"},
                               {0xC2, "ErrorCannotOperateAsRequester"},
                               {0xC3, "ErrorCannotOperateAsResponder"}}),
                  F::sized<&M::payload>("Payload", "an SPDM message or a secured message",
                                        [](const M& m, const Context&) {
                                          return m.payload_length < counted_header ? 0
                                                                                   : m.payload_length - counted_header;
                                        })},
       .checks = {F::check("TCP-001", "BindingVersion is not 1",
                           [](const M& m, const Context&) { return m.binding_version == BINDING_VERSION; }),
                  F::check("TCP-002", "PayloadLength does not count the header",
                           [](const M& m, const Context&) { return m.payload_length >= counted_header; })}});
  return layout;
}

Bytes wrap_tcp(MessageType type, View payload) {
  LOCKSTEP_ASSERT(payload.size() <= MAX_PAYLOAD);
  return encode(Message{.payload_length = static_cast<std::uint16_t>(payload.size() + counted_header),
                        .message_type = static_cast<Byte>(type),
                        .payload = copy(payload)},
                Context{});
}

}  // namespace lockstep::wire::tcp
