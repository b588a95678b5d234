#include "adapters/serve_object.hpp"

#include "adapters/discovery.hpp"
#include "wire/tcp.hpp"

namespace lockstep::adapters {
namespace {

/// What the binding of TCP says about itself; nullopt: it is a packet.
std::optional<Bytes> answer_of_binding(View message, const Note& note) {
  using wire::tcp::MessageType;
  const auto decoded = wire::decode<wire::tcp::Message>(message, {});
  if (!decoded) return std::nullopt;
  const wire::tcp::Message& header = decoded->message;
  const auto type = static_cast<MessageType>(header.message_type);
  if (type == MessageType::ROLE_INQUIRY) return wire::tcp::wrap_tcp(MessageType::ERROR_CANNOT_OPERATE_AS_REQUESTER, {});
  const bool packet = type == MessageType::OUT_OF_SESSION || type == MessageType::IN_SESSION;
  if (packet && header.binding_version == wire::tcp::BINDING_VERSION) return std::nullopt;
  note("a client's message: BindingVersion " + std::to_string(header.binding_version) + ", MessageType " +
       std::to_string(header.message_type) + " is not served");
  return wire::tcp::wrap_tcp(MessageType::ERROR_NOT_SUPPORTED, {});
}

}  // namespace

std::optional<Bytes> serve_object(Transport transport, View object, const Responder& responder, const Note& note) {
  const auto say = [&](const std::string& what) {
    if (note) note(what);
  };
  if (transport == Transport::tcp)
    if (auto answer = answer_of_binding(object, say)) return answer;
  const auto carried = unwrap(transport, object);
  if (!carried) {
    say("a client's message: " + carried.error().field + " at offset " + std::to_string(carried.error().offset) + " " +
        carried.error().why);
    return std::nullopt;
  }
  if (carried->kind == Carried::Kind::discovery) return answer_discovery(carried->payload);
  if (!carried->is_packet()) return say("a client's message: " + carried->other + " is not served"), std::nullopt;
  const auto answer = responder(carried->packet());
  return answer ? std::optional(wrap(transport, *answer)) : std::nullopt;
}

}  // namespace lockstep::adapters
