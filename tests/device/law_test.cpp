// The law that joins Control and Store: abstract(concretise(letter)) is the letter, in every state that a walk reaches.
#include <rapidcheck.h>

#include <map>
#include <set>

#include "steps.hpp"

namespace lockstep::device {
namespace {

using spdm::Stimulus;

/// What the request alone says; the rest of a letter is for the answer to tell.
Letter told_by_request(Letter l) {
  if (auto* body = std::get_if<SpdmLetter>(&l.body)) {
    body->created = NONE;
    body->letter = {.stimulus = body->letter.stimulus, .defect = body->letter.defect};
  }
  if (auto* body = std::get_if<IdeKmLetter>(&l.body)) {
    if (body->letter.stimulus == ide_km::Stimulus::UNKNOWN_OBJECT ||
        body->letter.defect == ide_km::Defect::wrong_length)
      body->stream = 0, body->letter.slot = {};
    if (body->letter.stimulus == ide_km::Stimulus::QUERY) body->letter.slot = {};
    if (body->letter.defect == ide_km::Defect::sub_stream_invalid) body->letter.slot = {}, body->stream = 0;
    if (body->letter.defect == ide_km::Defect::stream_unknown || body->letter.defect == ide_km::Defect::port_unsupported)
      body->stream = NONE;
    body->letter.session = l.session;
  }
  if (auto* body = std::get_if<TdispLetter>(&l.body)) {
    const auto s = body->letter.stimulus;
    const bool names_stream = s == tdisp::Stimulus::LOCK_INTERFACE_REQUEST ||
                              s == tdisp::Stimulus::BIND_P2P_STREAM_REQUEST;
    const auto d = body->letter.defect;
    if (!names_stream || d == tdisp::Defect::wrong_version || d == tdisp::Defect::too_short ||
        d == tdisp::Defect::too_long || d == tdisp::Defect::stream_unknown || d == tdisp::Defect::not_supported)
      body->stream = NONE;
    if (d != tdisp::Defect::none) body->letter.bind_p2p = false;
  }
  return l;
}

std::vector<Letter> letters(const Pair& pair) {
  std::vector<Letter> all;
  std::vector<Byte> places{NONE};
  for (Byte i = 0; i < MAX_SESSIONS; ++i)
    if (pair.control().sessions[i].state != spdm::SessionState::NONE) places.push_back(i);
  for (const Byte session : places) {
    for (int s = 0; s < static_cast<int>(spdm::FIRST_OUT_OF_BAND); ++s)
      for (std::size_t d = 0; d < spdm::DEFECTS; ++d) {
        Letter l = letter(static_cast<Stimulus>(s), session, static_cast<spdm::Defect>(d));
        auto& body = std::get<SpdmLetter>(l.body);
        if (body.letter.stimulus == Stimulus::GET_CAPABILITIES && d == 0) body.letter.spdm_version = 0x14;
        if (spdm::meaningful(body.letter)) all.push_back(l);
      }
    for (int s = 0; s < static_cast<int>(tdisp::FIRST_OUT_OF_BAND); ++s)
      for (std::size_t d = 0; d < tdisp::DEFECTS; ++d)
        for (Byte tdi = 0; tdi < pair.store.shape.tdis; ++tdi) {
          const Letter l =
              letter(static_cast<tdisp::Stimulus>(s), session, tdi, static_cast<tdisp::Defect>(d));
          if (tdisp::meaningful(std::get<TdispLetter>(l.body).letter)) all.push_back(l);
        }
    for (int s = 0; s < static_cast<int>(ide_km::FIRST_OUT_OF_BAND); ++s)
      for (std::size_t d = 0; d < ide_km::DEFECTS; ++d)
        for (Byte i = 0; i < 12; ++i) {
          const ide_km::Slot slot{i >= 6, i % 6 >= 3, static_cast<Byte>(i % 3)};
          Letter l = letter(static_cast<ide_km::Stimulus>(s), session, slot, static_cast<ide_km::Defect>(d));
          auto& body = std::get<IdeKmLetter>(l.body);
          if (body.letter.stimulus == ide_km::Stimulus::QUERY) body.letter.slot = {};
          if (ide_km::meaningful(body.letter)) all.push_back(l);
        }
  }
  return all;
}

/// What the requester's bytes for the letter mean; nullopt: it makes none. Nothing is sent.
std::optional<Letter> meant(const Pair& pair, const Letter& l) {
  Store store = pair.store;
  Requester requester = pair.requester;
  const auto bytes = requester.concretise(store, pair.control(), l);
  if (!bytes) return std::nullopt;
  const auto session = pair.session_of(l);
  const spdm::Seen seen = store.conversation.on_request(*bytes, session);
  return abstract(store, pair.control(), seen, session);
}

TEST(Law, Print) {
  PairOptions options;
  options.responder.shape.tdis = 2;
  Pair pair(options);
  std::map<std::string, std::string> wrong;
  std::size_t count = 0;
  const auto look = [&](const char* where) {
    for (const Letter& l : letters(pair)) {
      const auto got = meant(pair, l);
      ++count;
      if (got && !(told_by_request(*got) == told_by_request(l)))
        wrong[std::string(where) + ": " + describe(l)] = describe(*got);
    }
  };
  look("start");
  served(pair, letter(Stimulus::GET_VERSION));
  look("version");
  served(pair, letter(Stimulus::GET_CAPABILITIES));
  look("capabilities");
  served(pair, letter(Stimulus::NEGOTIATE_ALGORITHMS));
  look("algorithms");
  identify(pair);
  look("identified");
  open_session(pair, true);
  look("session");
  program_keys(pair, 0);
  lock(pair, 0);
  look("locked");
  for (const auto& [l, got] : wrong) std::cout << l << "   -> " << got << "\n";
  std::cout << count << " letters\n";
}

}  // namespace
}  // namespace lockstep::device
