#include "device/requester.hpp"

#include "wire/vendor_defined.hpp"

namespace lockstep::device {
namespace {

/// VENDOR_DEFINED_REQUEST of the PCI-SIG around what stands behind the Protocol ID.
Bytes envelope(const Store& store, const Control& control, Byte session, wire::Protocol protocol, View message) {
  wire::spdm::VENDOR_DEFINED_REQUEST request;
  const spdm::SessionId id = session == NONE ? std::nullopt : store.session_ids[session];
  const wire::Context context = store.conversation.context(Role::requester, id);
  request.version = control.connection.spdm_version != 0 ? control.connection.spdm_version : context.spdm_version;
  wire::fill_envelope(request, wire::inner_payload(protocol, message));
  return wire::encode(request, context);
}

}  // namespace

Result<Bytes, std::string> Requester::concretise(Store& store, const Control& control, const Letter& letter) {
  if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) return spdm_message(store, control, *l, letter.session);
  if (const auto* l = std::get_if<TdispLetter>(&letter.body)) {
    auto message = tdisp_message(store, control, *l);
    if (!message) return message;
    return envelope(store, control, letter.session, wire::Protocol::TDISP, *message);
  }
  if (const auto* l = std::get_if<IdeKmLetter>(&letter.body)) {
    auto object = ide_km_object(store, *l);
    if (!object) return object;
    return envelope(store, control, letter.session, wire::Protocol::IDE_KM, *object);
  }
  return Unexpected{std::string("an event is no message")};
}

}  // namespace lockstep::device
