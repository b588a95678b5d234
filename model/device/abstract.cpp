#include "device/abstract.hpp"

#include "device/letters.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::device {
namespace {

using wire::spdm::Code;

/// FINISH and the encapsulated flow of a handshake in the clear carry no session id; they belong to that handshake.
Byte handshake_in_the_clear(const Control& control, const spdm::Seen& seen) {
  const bool of_handshake =
      seen.is(Code::FINISH) || seen.is(Code::GET_ENCAPSULATED_REQUEST) || seen.is(Code::DELIVER_ENCAPSULATED_RESPONSE);
  if (!of_handshake) return NONE;
  for (Byte i = 0; i < MAX_SESSIONS; ++i)
    if (control.sessions[i].state == spdm::SessionState::HANDSHAKING && control.sessions[i].in_the_clear) return i;
  return NONE;
}

std::optional<wire::Inner> inner_request(const spdm::Seen& seen) {
  const auto* envelope = seen.message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  return envelope == nullptr ? std::nullopt : wire::inner_message(*envelope);
}

/// A device whose registers show no IDE says that it needs none.
Shape needed(const Store& store) {
  Shape shape = store.shape;
  if (store.ide_capable == false) shape.kind = Kind::root_complex_integrated;
  return shape;
}

}  // namespace

Letter abstract(const Store& store, const Control& control, const spdm::Seen& seen,
                std::optional<std::uint32_t> session) {
  Letter letter;
  letter.session = session ? store.session_index(session) : handshake_in_the_clear(control, seen);
  const SpdmLetter outer = abstract_spdm(store, control, seen, letter.session);
  const auto inner = inner_request(seen);
  // An envelope that is wrong by itself never gets as far as what it carries.
  if (!inner || outer.letter.defect != spdm::Defect::none) {
    letter.body = outer;
  } else if (inner->protocol == wire::Protocol::TDISP) {
    letter.body = abstract_tdisp(store, control, inner->bytes);
  } else {
    letter.body = abstract_ide_km(store, inner->bytes, letter.session);
  }
  return normalised(needed(store), control, letter);
}

}  // namespace lockstep::device
