#include "adapters/transport.hpp"

#include <algorithm>

#include "wire/doe.hpp"
#include "wire/mctp.hpp"
#include "wire/tcp.hpp"

namespace lockstep::adapters {
namespace {

using wire::doe::DataObjectType;
using wire::mctp::MessageType;

// A finding without a rule (a reserved bit that receivers ignore) is nobody's verdict.
template <class M>
std::vector<wire::Finding> broken_rules(const M& message) {
  auto findings = wire::validate(message, wire::Context{});
  std::erase_if(findings, [](const wire::Finding& f) { return !f.rule; });
  return findings;
}

Result<Carried, wire::DecodeError> unwrap_doe(View object) {
  wire::doe::DataObject header;
  const auto consumed = wire::decode(wire::doe::DataObject::layout(), &header, object, wire::Context{});
  // A payload that ends early is said in terms of Length as well as one that goes on.
  const bool has_header = consumed.has_value() || consumed.error().field == "Payload";
  if (!has_header) return Unexpected{consumed.error()};
  const std::size_t words = header.length % wire::doe::MAX_LENGTH_DW;
  const std::size_t announced = 4 * (words == 0 ? wire::doe::MAX_LENGTH_DW : words);
  if (announced != object.size())
    return Unexpected{wire::DecodeError{
        "Length", 4,
        "announces " + std::to_string(announced) + " bytes, the object has " + std::to_string(object.size()),
        announced < 8 ? Rule("DOE-009") : Rule("DOE-007")}};
  Carried carried{Carried::Kind::other, {}, {}, broken_rules(header)};
  carried.payload = std::move(header.payload);
  const auto type = static_cast<DataObjectType>(header.data_object_type);
  if (header.vendor_id != wire::doe::VENDOR_ID_PCISIG)
    carried.other = "Vendor ID " + std::to_string(header.vendor_id);
  else if (type == DataObjectType::SPDM)
    carried.kind = Carried::Kind::spdm;
  else if (type == DataObjectType::SECURED_SPDM)
    carried.kind = Carried::Kind::secured;
  else if (type == DataObjectType::DISCOVERY)
    carried.kind = Carried::Kind::discovery;
  else
    carried.other = "Data Object Type " + std::to_string(header.data_object_type);
  return carried;
}

Result<Carried, wire::DecodeError> unwrap_mctp(View object) {
  auto message = wire::decode<wire::mctp::Message>(object, wire::Context{});
  if (!message) return Unexpected{message.error()};
  Carried carried{Carried::Kind::other, {}, {}, broken_rules(message->message)};
  carried.payload = std::move(message->message.body);
  const auto type = static_cast<MessageType>(message->message.message_type & 0x7F);  // bit 7 is IC
  if (type == MessageType::SPDM)
    carried.kind = Carried::Kind::spdm;
  else if (type == MessageType::SECURED_MESSAGES)
    carried.kind = Carried::Kind::secured;
  else
    carried.other = "MCTP message type " + std::to_string(message->message.message_type & 0x7F);
  return carried;
}

Result<Carried, wire::DecodeError> unwrap_tcp(View object) {
  auto decoded = wire::decode<wire::tcp::Message>(object, wire::Context{});
  const bool has_header = decoded || decoded.error().field == "Payload";
  if (!has_header) return Unexpected{decoded.error()};
  if (!decoded || decoded->consumed != object.size())
    return Unexpected{wire::DecodeError{"PayloadLength", 0,
                                        "announces " + std::to_string(read_le(object.first(2))) +
                                            " bytes behind itself, there are " + std::to_string(object.size() - 2),
                                        "TCP-002"}};
  Carried carried{Carried::Kind::other, {}, {}, broken_rules(decoded->message)};
  carried.payload = std::move(decoded->message.payload);
  const auto type = static_cast<wire::tcp::MessageType>(decoded->message.message_type);
  if (type == wire::tcp::MessageType::OUT_OF_SESSION)
    carried.kind = Carried::Kind::spdm;
  else if (type == wire::tcp::MessageType::IN_SESSION)
    carried.kind = Carried::Kind::secured;
  else
    carried.other = "TCP message type " + std::to_string(decoded->message.message_type);
  return carried;
}

}  // namespace

const Binding& binding(Transport transport) {
  static const Binding none{.name = "none"};
  static const Binding mctp{.name = "mctp",
                            .sequence_number_size = 2,
                            .inner_message_type = true,
                            .max_random_pad = 32,
                            .kind_of_answer = "MCTP-001"};
  static const Binding pci_doe{
      .name = "pci-doe", .alignment = 4, .type_offset = 2, .answers_in_kind = true, .kind_of_answer = "DOE-015"};
  static const Binding tcp{.name = "tcp", .inner_tcp_header = true, .type_offset = 3, .kind_of_answer = "TCP-003"};
  switch (transport) {
    case Transport::mctp:
      return mctp;
    case Transport::pci_doe:
      return pci_doe;
    case Transport::tcp:
      return tcp;
    case Transport::none:
      break;
  }
  return none;
}

std::optional<Transport> find_transport(std::string_view name) {
  for (Transport transport : {Transport::none, Transport::mctp, Transport::pci_doe, Transport::tcp})
    if (binding(transport).name == name) return transport;
  return std::nullopt;
}

Bytes wrap(Transport transport, const Packet& packet) {
  switch (transport) {
    case Transport::mctp:
      return wire::mctp::wrap_mctp(packet.secured ? MessageType::SECURED_MESSAGES : MessageType::SPDM, packet.payload);
    case Transport::pci_doe:
      return wire::doe::wrap_doe(packet.secured ? DataObjectType::SECURED_SPDM : DataObjectType::SPDM, packet.payload);
    case Transport::tcp:
      return wire::tcp::wrap_tcp(
          packet.secured ? wire::tcp::MessageType::IN_SESSION : wire::tcp::MessageType::OUT_OF_SESSION, packet.payload);
    case Transport::none:
      break;
  }
  return packet.payload;
}

Result<Carried, wire::DecodeError> unwrap(Transport transport, View object) {
  switch (transport) {
    case Transport::mctp:
      return unwrap_mctp(object);
    case Transport::pci_doe:
      return unwrap_doe(object);
    case Transport::tcp:
      return unwrap_tcp(object);
    case Transport::none:
      break;
  }
  return Carried{Carried::Kind::spdm, copy(object), {}, {}};
}

namespace {

/// A mailbox answers in kind; over MCTP and TCP there are messages besides SPDM.
wire::DecodeError no_packet(Transport transport, const Carried& carried) {
  const Binding& at = binding(transport);
  const std::string what = carried.kind == Carried::Kind::discovery ? "DOE discovery" : carried.other;
  return {"type", at.type_offset, "the answer to SPDM is " + what,
          at.answers_in_kind ? at.kind_of_answer : Rule::none()};
}

}  // namespace

Result<Packet, wire::DecodeError> unwrap_answer(Transport transport, View object,
                                                std::vector<wire::Finding>& findings) {
  const auto carried = unwrap(transport, object);
  if (carried) findings.insert(findings.end(), carried->findings.begin(), carried->findings.end());
  if (carried && carried->is_packet()) return carried->packet();
  const wire::DecodeError wrong = carried ? no_packet(transport, *carried) : carried.error();
  if (wrong.rule) findings.push_back({wrong.rule, wrong.field, wrong.why});
  return Unexpected{wrong};
}

}  // namespace lockstep::adapters
