#include "device/letters.hpp"

#include "device/events.hpp"

namespace lockstep::device {
namespace {

constexpr bool BOTH[] = {false, true};
constexpr Byte VERSIONS[] = {0x10, 0x11, 0x12, 0x13, 0x14};

std::vector<Byte> up_to(Byte count, bool none) {
  std::vector<Byte> all;
  for (Byte i = 0; i < count; ++i) all.push_back(i);
  if (none) all.push_back(NONE);
  return all;
}

/// What the answer makes of a new session, or of CHALLENGE and DELIVER_ENCAPSULATED_RESPONSE, in every combination.
std::vector<spdm::Letter> promises(const spdm::Letter& plain) {
  using spdm::MutAuth;
  std::vector<spdm::Letter> all;
  const bool bare = plain.defect != spdm::Defect::none;
  for (const MutAuth mut_auth :
       {MutAuth::none, MutAuth::no_encapsulation, MutAuth::encapsulated, MutAuth::implicit_get_digests})
    for (unsigned flags = 0; flags < 32; ++flags) {
      spdm::Letter l = plain;
      l.mut_auth = mut_auth;
      l.handshake_in_the_clear = (flags & 1) != 0;
      l.psk_without_context = (flags & 2) != 0;
      l.heartbeat = (flags & 4) != 0;
      l.termination_policy = (flags & 8) != 0;
      l.encapsulated_last = (flags & 16) != 0;
      if (spdm::meaningful(l) && (!bare || l == plain)) all.push_back(l);
    }
  return all;
}

void add_spdm(std::vector<Letter>& all, Byte session) {
  using spdm::Stimulus;
  for (std::size_t s = 0; s <= static_cast<std::size_t>(Stimulus::RECORD_UNOPENED); ++s) {
    const auto stimulus = static_cast<Stimulus>(s);
    for (std::size_t d = 0; d < spdm::DEFECTS; ++d) {
      spdm::Letter letter{.stimulus = stimulus, .defect = static_cast<spdm::Defect>(d)};
      if (stimulus == Stimulus::GET_CAPABILITIES && letter.defect == spdm::Defect::none) {
        for (const Byte version : VERSIONS) {
          letter.spdm_version = version;
          if (spdm::meaningful(letter)) all.push_back({session, SpdmLetter{letter}});
        }
      } else {
        for (const spdm::Letter& l : promises(letter)) all.push_back({session, SpdmLetter{l}});
      }
    }
  }
}

void add_ide_km(std::vector<Letter>& all, const Shape& shape, Byte session) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(ide_km::FIRST_OUT_OF_BAND); ++s)
    for (std::size_t d = 0; d < ide_km::DEFECTS; ++d)
      for (const Byte stream : up_to(shape.streams, true))
        for (const bool k1 : BOTH)
          for (const bool tx : BOTH)
            for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) {
              const ide_km::Letter l{static_cast<ide_km::Stimulus>(s), static_cast<ide_km::Defect>(d),
                                     ide_km::Slot{k1, tx, sub_stream}, session};
              const bool unknown = l.defect == ide_km::Defect::stream_unknown;
              if (ide_km::meaningful(l) && unknown == (stream == NONE))
                all.push_back({session, IdeKmLetter{l, stream}});
            }
}

bool names_stream(tdisp::Stimulus s) {
  using enum tdisp::Stimulus;
  return s == LOCK_INTERFACE_REQUEST || s == BIND_P2P_STREAM_REQUEST || s == UNBIND_P2P_STREAM_REQUEST;
}

void add_tdisp(std::vector<Letter>& all, const Shape& shape, Byte session) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(tdisp::FIRST_OUT_OF_BAND); ++s)
    for (std::size_t d = 0; d < tdisp::DEFECTS; ++d)
      for (const bool bind_p2p : BOTH) {
        const tdisp::Letter l{static_cast<tdisp::Stimulus>(s), static_cast<tdisp::Defect>(d), bind_p2p};
        if (!tdisp::meaningful(l)) continue;
        const auto streams = names_stream(l.stimulus) ? up_to(shape.streams, true) : std::vector<Byte>{NONE};
        for (const Byte tdi : up_to(shape.tdis, true))
          for (const Byte stream : streams) all.push_back({session, TdispLetter{l, tdi, stream}});
      }
}

Byte places(const Shape& shape, Event::Of of) {
  switch (of) {
    case Event::Of::device:
      return 1;
    case Event::Of::tdi:
      return shape.tdis;
    case Event::Of::stream:
      return shape.streams;
    case Event::Of::session:
      return shape.sessions;
  }
  return 0;
}

void add_events(std::vector<Letter>& all, const Shape& shape) {
  for (const Event& event : events())
    for (Byte i = 0; i < places(shape, event.of); ++i) {
      Letter letter = *find_event(event.name, i);
      all.push_back(letter);
      auto* l = std::get_if<IdeKmLetter>(&letter.body);
      if (l == nullptr) continue;
      for (const bool k1 : BOTH)
        for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) {
          l->letter.slot = {.k1 = k1, .sub_stream = sub_stream};
          if ((k1 || sub_stream != 0) && meaningful(l->letter)) all.push_back(letter);
        }
    }
}

/// FINISH and the encapsulated flow of a handshake in the clear come without a session and belong to one all the same.
bool belongs_to_handshake(const Shape& shape, const Control& control, const SpdmLetter& l) {
  using enum spdm::Stimulus;
  if (l.letter.stimulus != FINISH && l.letter.stimulus != GET_ENCAPSULATED_REQUEST &&
      l.letter.stimulus != DELIVER_ENCAPSULATED_RESPONSE)
    return false;
  for (Byte i = 0; i < shape.sessions; ++i)
    if (control.sessions[i].state == spdm::SessionState::HANDSHAKING && control.sessions[i].in_the_clear) return true;
  return false;
}

}  // namespace

std::vector<Letter> letters(const Shape& shape) {
  std::vector<Letter> all;
  for (const Byte session : up_to(shape.sessions, true)) {
    add_spdm(all, session);
    add_ide_km(all, shape, session);
    add_tdisp(all, shape, session);
  }
  add_events(all, shape);
  return all;
}

bool possible(const Shape& shape, const Control& control, const Letter& letter) {
  if (letter.session != NONE && control.sessions[letter.session].state == spdm::SessionState::NONE) return false;
  if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) {
    if (l->letter.stimulus == spdm::Stimulus::HEARTBEAT_EXPIRED) return !impossible(shape, control, letter);
    const bool retry =
        l->letter.defect == spdm::Defect::identical_retry || l->letter.defect == spdm::Defect::changed_retry;
    if (retry && !served_before(control.connection, l->letter.stimulus)) return false;
    return letter.session != NONE || !belongs_to_handshake(shape, control, *l);
  }
  if (const auto* l = std::get_if<TdispLetter>(&letter.body); l && l->letter.stimulus == tdisp::Stimulus::SCRUBBED)
    return control.tdis[l->tdi].state == tdisp::TdiState::ERROR;
  return true;
}

}  // namespace lockstep::device
