// The law that joins Control and Store: abstract(concretise(letter)) is the letter, in every state that a walk reaches.
#include <rapidcheck.h>

#include <map>

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
    if (body->letter.defect == ide_km::Defect::stream_unknown ||
        body->letter.defect == ide_km::Defect::port_unsupported)
      body->stream = NONE;
    body->letter.session = l.session;
  }
  if (auto* body = std::get_if<TdispLetter>(&l.body)) {
    const auto s = body->letter.stimulus;
    const bool names_stream =
        s == tdisp::Stimulus::LOCK_INTERFACE_REQUEST || s == tdisp::Stimulus::BIND_P2P_STREAM_REQUEST;
    const auto d = body->letter.defect;
    if (!names_stream || d == tdisp::Defect::wrong_version || d == tdisp::Defect::too_short ||
        d == tdisp::Defect::stream_unknown || d == tdisp::Defect::not_supported)
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
          const Letter l = letter(static_cast<tdisp::Stimulus>(s), session, tdi, static_cast<tdisp::Defect>(d));
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

using Stage = void (*)(Pair&);

Letter exchange(Stimulus stimulus, Byte index) {
  Letter l = letter(stimulus);
  std::get<SpdmLetter>(l.body).created = index;
  return l;
}

// Each goes on where the one before ended.
constexpr Stage STAGES[] = {
    [](Pair&) {},
    [](Pair& p) { served(p, letter(Stimulus::GET_VERSION)); },
    [](Pair& p) { served(p, letter(Stimulus::GET_CAPABILITIES)); },
    [](Pair& p) { served(p, letter(Stimulus::NEGOTIATE_ALGORITHMS)); },
    [](Pair& p) { identify(p); },
    [](Pair& p) { served(p, exchange(Stimulus::KEY_EXCHANGE, 0)); },
    [](Pair& p) { authenticate(p, 0); },
    [](Pair& p) { served(p, letter(Stimulus::FINISH, 0)); },
    [](Pair& p) {
      served(p, letter(ide_km::Stimulus::QUERY, 0));
      program_keys(p, 0);
    },
    [](Pair& p) { lock(p, 0); },
    [](Pair& p) { served(p, letter(tdisp::Stimulus::START_INTERFACE_REQUEST, 0)); },
    [](Pair& p) { served(p, exchange(Stimulus::PSK_EXCHANGE, 1)); },
    [](Pair& p) { served(p, letter(Stimulus::PSK_FINISH, 1)); },
    [](Pair& p) { lock(p, 0, 1); },
};

PairOptions authenticating() {
  PairOptions options;
  options.responder.shape.tdis = 2;
  options.responder.mutual_authentication = true;
  return options;
}

Pair at_stage(int last) {
  Pair pair(authenticating());
  for (int i = 0; i <= last; ++i) STAGES[i](pair);
  return pair;
}

/// RESPOND_IF_READY asks for what is owed, and our requester is never asked to wait. A retry is identical to the
/// requester's usual request, which on a walk need not be the one that was accepted.
bool excepted(const Letter& l) {
  const auto* body = std::get_if<SpdmLetter>(&l.body);
  if (body == nullptr) return false;
  const auto d = body->letter.defect;
  return body->letter.stimulus == Stimulus::RESPOND_IF_READY || d == spdm::Defect::changed_retry ||
         d == spdm::Defect::identical_retry;
}

/// A letter that some bytes mean is a letter that can be made, and means itself.
void check_law(const Pair& pair, const Letter& l) {
  const auto once = meant(pair, l);
  if (!once || excepted(*once)) return;
  const auto twice = meant(pair, *once);
  ASSERT_TRUE(twice) << describe(l) << " is read as " << describe(*once) << ", which cannot be made";
  EXPECT_EQ(told_by_request(*twice), told_by_request(*once))
      << describe(l) << " is read as " << describe(*once) << ", and that as " << describe(*twice) << " in "
      << describe(pair.store.shape, pair.control());
}

TEST(Law, EveryLetterAtEveryStage) {
  for (int stage = 0; stage < static_cast<int>(std::size(STAGES)); ++stage) {
    const Pair pair = at_stage(stage);
    for (const Letter& l : letters(pair)) check_law(pair, l);
  }
}

TEST(Law, AlongRandomWalks) {
  EXPECT_TRUE(rc::check([] {
    Pair pair = at_stage(*rc::gen::inRange(0, static_cast<int>(std::size(STAGES))));
    const auto steps = *rc::gen::container<std::vector<std::size_t>>(rc::gen::arbitrary<std::size_t>());
    for (const std::size_t step : steps) {
      const std::vector<Letter> all = letters(pair);
      for (std::size_t i = 0; i < 5; ++i) check_law(pair, all[(step / 7 + i * 977) % all.size()]);
      const Reply reply = pair.send(all[step % all.size()]);
      EXPECT_EQ(text(reply.findings), "") << describe(pair.latest_letter);
    }
    RC_ASSERT(!testing::Test::HasFailure());
  }));
}

/// What cases are made of: these letters come out as they are asked for.
struct Exact {
  int stage;
  Letter letter;
};

std::vector<Exact> exact_letters() {
  using D = spdm::Defect;
  using TD = tdisp::Defect;
  using T = tdisp::Stimulus;
  using ID = ide_km::Defect;
  using I = ide_km::Stimulus;
  std::vector<Exact> all;
  const auto spdm = [&](int stage, Stimulus s, Byte session, std::initializer_list<D> defects) {
    for (const D d : defects) all.push_back({stage, letter(s, session, d)});
  };
  const auto tdisp = [&](int stage, T s, std::initializer_list<TD> defects, Byte session = 0, Byte tdi = 0) {
    for (const TD d : defects) all.push_back({stage, letter(s, session, tdi, d)});
  };
  spdm(0, Stimulus::GET_VERSION, NONE, {D::none, D::wrong_version, D::malformed});
  all.push_back({1, letter(Stimulus::GET_CAPABILITIES)});
  std::get<SpdmLetter>(all.back().letter.body).letter.spdm_version = 0x14;
  spdm(1, Stimulus::GET_CAPABILITIES, NONE, {D::wrong_version, D::malformed, D::invalid_field});
  spdm(2, Stimulus::GET_CAPABILITIES, NONE, {D::identical_retry, D::changed_retry});
  spdm(2, Stimulus::NEGOTIATE_ALGORITHMS, NONE,
       {D::none, D::wrong_version, D::malformed, D::invalid_field, D::no_common_algorithm});
  spdm(3, Stimulus::NEGOTIATE_ALGORITHMS, NONE, {D::identical_retry, D::changed_retry});
  for (const auto s : {Stimulus::GET_DIGESTS, Stimulus::GET_CERTIFICATE, Stimulus::CHALLENGE,
                       Stimulus::GET_MEASUREMENTS, Stimulus::KEY_EXCHANGE, Stimulus::PSK_EXCHANGE})
    spdm(4, s, NONE, {D::none, D::wrong_version, D::malformed});
  spdm(4, Stimulus::GET_CERTIFICATE, NONE, {D::invalid_field});
  spdm(4, Stimulus::KEY_EXCHANGE, NONE, {D::invalid_field});
  spdm(4, Stimulus::PSK_EXCHANGE, NONE, {D::unknown_psk});
  spdm(4, Stimulus::UNKNOWN_REQUEST, NONE, {D::none});
  spdm(6, Stimulus::FINISH, 0,
       {D::none, D::wrong_version, D::malformed, D::bad_verify_data, D::bad_signature, D::mut_auth_missing});
  spdm(7, Stimulus::HEARTBEAT, 0, {D::none, D::wrong_version, D::malformed});
  spdm(7, Stimulus::KEY_UPDATE_UpdateKey, 0, {D::none});
  spdm(7, Stimulus::KEY_UPDATE_undefined, 0, {D::none});
  spdm(7, Stimulus::END_SESSION, 0, {D::none, D::malformed});
  spdm(11, Stimulus::PSK_FINISH, 1, {D::none, D::bad_verify_data, D::malformed});
  for (const ID d : {ID::none, ID::wrong_length, ID::stream_unknown, ID::sub_stream_invalid, ID::ifv_not_initial,
                     ID::port_unsupported})
    all.push_back({8, letter(I::KEY_PROG, 0, {true, false, 1}, d)});
  for (const I s : {I::QUERY, I::K_SET_GO, I::K_SET_STOP, I::UNKNOWN_OBJECT}) all.push_back({8, letter(s, 0)});
  tdisp(7, T::LOCK_INTERFACE_REQUEST, {TD::stream_not_keyed, TD::stream_unknown});
  tdisp(8, T::LOCK_INTERFACE_REQUEST, {TD::none, TD::wrong_version, TD::too_short, TD::too_long, TD::flags_reserved});
  tdisp(9, T::START_INTERFACE_REQUEST, {TD::none, TD::nonce_junk, TD::too_short});
  tdisp(10, T::START_INTERFACE_REQUEST, {TD::nonce_old});
  tdisp(13, T::START_INTERFACE_REQUEST, {TD::none, TD::nonce_of_another_tdi}, 0, 1);
  tdisp(9, T::GET_DEVICE_INTERFACE_REPORT, {TD::none, TD::offset_beyond_report, TD::length_zero, TD::too_short});
  tdisp(9, T::LOCK_INTERFACE_REQUEST, {TD::flags_unsupported});
  tdisp(10, T::SET_MMIO_ATTRIBUTE_REQUEST, {TD::none, TD::range_not_updatable, TD::range_unknown});
  tdisp(12, T::LOCK_INTERFACE_REQUEST, {TD::stream_keyed_elsewhere}, 1, 1);
  tdisp(8, T::UNKNOWN_REQUEST, {TD::none, TD::wrong_version});
  for (const T s :
       {T::GET_TDISP_VERSION, T::GET_TDISP_CAPABILITIES, T::GET_DEVICE_INTERFACE_STATE, T::STOP_INTERFACE_REQUEST})
    tdisp(8, s, {TD::none, TD::wrong_version, TD::too_long});
  return all;
}

TEST(Law, LettersComeOutAsTheyAreAskedFor) {
  std::map<int, Pair> pairs;
  for (const Exact& e : exact_letters()) {
    if (!pairs.contains(e.stage)) pairs.emplace(e.stage, at_stage(e.stage));
    const Pair& pair = pairs.at(e.stage);
    const auto got = meant(pair, e.letter);
    ASSERT_TRUE(got) << describe(e.letter);
    EXPECT_EQ(told_by_request(*got), told_by_request(e.letter))
        << describe(e.letter) << " is read as " << describe(*got) << " in "
        << describe(pair.store.shape, pair.control());
  }
}

}  // namespace
}  // namespace lockstep::device
