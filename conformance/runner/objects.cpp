#include "runner/objects.hpp"

#include "wire/doe.hpp"
#include "wire/mctp.hpp"
#include "wire/spdm_header.hpp"
#include "wire/tcp.hpp"

namespace lockstep::runner {
namespace {

using adapters::Carried;
using adapters::Transport;
using cases::Object;
using wire::doe::DataObjectType;

constexpr Byte UNKNOWN_TYPE = 0x77, UNKNOWN_INDEX = 200, UNKNOWN_VERSION = 7, OTHER_BINDING = 2;
constexpr std::uint16_t UNKNOWN_VENDOR = 0x1234;

struct Row {
  Object object;
  Transport transport;
  Rule rule;
};
constexpr Row rows[] = {
    {Object::unknown_type, Transport::pci_doe, "DOE-011"},    {Object::unknown_vendor, Transport::pci_doe, "DOE-012"},
    {Object::length_one, Transport::pci_doe, "DOE-009"},      {Object::length_short, Transport::pci_doe, "DOE-010"},
    {Object::length_beyond, Transport::pci_doe, "DOE-010"},   {Object::secured_type, Transport::pci_doe, "DOE-013"},
    {Object::plain_type, Transport::pci_doe, "DOE-014"},      {Object::unknown_index, Transport::pci_doe, "DOE-004"},
    {Object::unknown_version, Transport::pci_doe, "DOE-006"}, {Object::other_message_type, Transport::mctp, "MCTP-006"},
    {Object::role_inquiry, Transport::tcp, "TCP-004"},        {Object::binding_version, Transport::tcp, "TCP-005"},
};

const Row* row_of(Object object) {
  for (const Row& row : rows)
    if (row.object == object) return &row;
  return nullptr;
}

/// A correct object but for what `change` does to its header.
template <class Change>
Bytes doe_object(View message, Change&& change) {
  const Bytes sound = wire::doe::wrap_doe(DataObjectType::SPDM, message);
  auto decoded = wire::decode<wire::doe::DataObject>(sound, {});
  LOCKSTEP_ASSERT(decoded.has_value());
  change(decoded->message);
  return wire::encode(decoded->message, {});
}

Bytes discovery(Byte index, Byte version) {
  return wire::doe::wrap_doe(DataObjectType::DISCOVERY,
                             wire::encode(wire::doe::DiscoveryRequest{.index = index, .version = version}, {}));
}

/// A message that does something for who sent it: no ERROR.
bool serves(const Carried& answer) {
  if (answer.kind == Carried::Kind::secured) return true;
  return answer.kind == Carried::Kind::spdm && answer.payload.size() > 1 &&
         answer.payload[1] != static_cast<Byte>(wire::spdm::Code::ERROR);
}

/// An entry of the discovery that there cannot be.
bool lists(const Carried& answer) {
  const auto entry = wire::decode<wire::doe::DiscoveryResponse>(answer.payload, {});
  return answer.kind == Carried::Kind::discovery && entry && entry->message.vendor_id != wire::doe::VENDOR_ID_NONE;
}

/// What a role inquiry is answered by: the same, or that one of the roles cannot be had.
bool tells_role(View answer) {
  using wire::tcp::MessageType;
  const auto message = wire::decode<wire::tcp::Message>(answer, {});
  if (!message) return false;
  const auto type = static_cast<MessageType>(message->message.message_type);
  return type == MessageType::ROLE_INQUIRY || type == MessageType::ERROR_CANNOT_OPERATE_AS_REQUESTER ||
         type == MessageType::ERROR_CANNOT_OPERATE_AS_RESPONDER;
}

}  // namespace

bool exists_on(Object object, Transport transport) {
  const Row* row = row_of(object);
  return row != nullptr && row->transport == transport;
}

Bytes odd_object(Object object, View message) {
  using wire::doe::DataObject;
  switch (object) {
    case Object::unknown_type:
      return doe_object(message, [](DataObject& o) { o.data_object_type = UNKNOWN_TYPE; });
    case Object::unknown_vendor:
      return doe_object(message, [](DataObject& o) { o.vendor_id = UNKNOWN_VENDOR; });
    case Object::length_one:
      return doe_object(message, [](DataObject& o) { o.length = 1; });
    case Object::length_short:
      return doe_object(message, [](DataObject& o) { --o.length; });
    case Object::length_beyond:
      return doe_object(message, [](DataObject& o) { ++o.length; });
    case Object::secured_type:
      return wire::doe::wrap_doe(DataObjectType::SECURED_SPDM, message);
    case Object::unknown_index:
      return discovery(UNKNOWN_INDEX, 0);
    case Object::unknown_version:
      return discovery(0, UNKNOWN_VERSION);
    case Object::other_message_type:
      return wire::mctp::wrap_mctp(wire::mctp::MessageType::VENDOR_DEFINED_PCI, message);
    case Object::role_inquiry:
      return wire::tcp::wrap_tcp(wire::tcp::MessageType::ROLE_INQUIRY, {});
    case Object::binding_version: {
      Bytes bytes = wire::tcp::wrap_tcp(wire::tcp::MessageType::OUT_OF_SESSION, message);
      bytes[2] = OTHER_BINDING;
      return bytes;
    }
    case Object::plain_type:
    case Object::sound:
      break;
  }
  return wire::doe::wrap_doe(DataObjectType::SPDM, message);
}

std::optional<wire::Finding> judge_object(Object object, Transport transport, View answer) {
  const Row* row = row_of(object);
  LOCKSTEP_ASSERT(row != nullptr);
  const auto finding = [&](std::string what) { return wire::Finding{row->rule, "object", what + to_hex(answer)}; };
  if (object == Object::role_inquiry)
    return tells_role(answer) ? std::nullopt : std::optional(finding("the role inquiry is answered by "));
  const auto carried = adapters::unwrap(transport, answer);
  if (!carried) return std::nullopt;  // nobody is served by it
  const bool wrong = serves(*carried) || lists(*carried);
  return wrong ? std::optional(finding("is taken, and answered by ")) : std::nullopt;
}

}  // namespace lockstep::runner
