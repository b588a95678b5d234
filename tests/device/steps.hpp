// Sequences that tests begin with; every answer on the way is expected to be served and to break no rule.
#pragma once

#include <gtest/gtest.h>

#include "pair.hpp"

namespace lockstep::device {

inline Reply served(Pair& pair, const Letter& l) {
  Reply reply = pair.send(l);
  EXPECT_EQ(reply.made, "") << describe(l);
  EXPECT_EQ(reply.observation.answer.kind, Answer::Kind::response)
      << describe(l) << ": " << describe(reply.observation.answer) << " in "
      << describe(pair.store.shape, pair.control());
  EXPECT_EQ(text(reply.findings), "") << describe(l);
  return reply;
}

inline Reply refused(Pair& pair, const Letter& l, std::uint32_t code, AnswerProtocol protocol = AnswerProtocol::SPDM) {
  const Control before = pair.control();
  Reply reply = pair.send(l);
  EXPECT_EQ(reply.made, "") << describe(l);
  EXPECT_EQ(reply.observation.answer, Answer::error(protocol, code)) << describe(l);
  EXPECT_EQ(pair.control(), before) << describe(l) << ": " << describe(pair.store.shape, pair.control());
  return reply;
}

inline void negotiate(Pair& pair) {
  for (const auto s :
       {spdm::Stimulus::GET_VERSION, spdm::Stimulus::GET_CAPABILITIES, spdm::Stimulus::NEGOTIATE_ALGORITHMS})
    served(pair, letter(s));
}

inline void identify(Pair& pair) {
  served(pair, letter(spdm::Stimulus::GET_DIGESTS));
  for (int i = 0; i < 10 && !pair.store.conversation.memory().identities.response.chain(0); ++i)
    served(pair, letter(spdm::Stimulus::GET_CERTIFICATE));
}

/// The encapsulated flow up to its end.
inline void authenticate(Pair& pair, Byte session) {
  const auto& s = [&]() -> const spdm::Session& { return pair.control().sessions[session]; };
  if (s().mut_auth == spdm::MutAuth::encapsulated)
    served(pair, letter(spdm::Stimulus::GET_ENCAPSULATED_REQUEST, session));
  for (int i = 0; i < 20 && s().encapsulated_open; ++i)
    served(pair, letter(spdm::Stimulus::DELIVER_ENCAPSULATED_RESPONSE, session));
  EXPECT_TRUE(s().encapsulated_done);
}

/// Opens session `index` with a pre-shared key, or with KEY_EXCHANGE.
inline void open_session(Pair& pair, bool psk, Byte index = 0) {
  Letter exchange = letter(psk ? spdm::Stimulus::PSK_EXCHANGE : spdm::Stimulus::KEY_EXCHANGE);
  std::get<SpdmLetter>(exchange.body).created = index;
  served(pair, exchange);
  const spdm::Session& session = pair.control().sessions[index];
  if (session.state == spdm::SessionState::ESTABLISHED) return;
  if (spdm::wants_encapsulated_flow(session.mut_auth)) authenticate(pair, index);
  served(pair, letter(psk ? spdm::Stimulus::PSK_FINISH : spdm::Stimulus::FINISH, index));
  EXPECT_EQ(pair.control().sessions[index].state, spdm::SessionState::ESTABLISHED);
}

/// Keys `first` up to `end` of the six of a key set.
inline void program_keys(Pair& pair, Byte session, Byte stream = 0, bool k1 = false, int first = 0, int end = 6) {
  for (int i = first; i < end; ++i) {
    const ide_km::Slot slot{k1, i >= 3, static_cast<Byte>(i % 3)};
    for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO}) {
      Letter l = letter(stimulus, session, slot);
      std::get<IdeKmLetter>(l.body).stream = stream;
      served(pair, l);
    }
  }
}

/// Version, capabilities, keys, LOCK, report.
inline void lock(Pair& pair, Byte session, Byte tdi = 0) {
  served(pair, letter(tdisp::Stimulus::GET_TDISP_VERSION, session, tdi));
  served(pair, letter(tdisp::Stimulus::GET_TDISP_CAPABILITIES, session, tdi));
  served(pair, letter(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, session, tdi));
  served(pair, letter(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, session, tdi));
  EXPECT_EQ(pair.control().tdis[tdi].state, tdisp::TdiState::CONFIG_LOCKED);
}
inline void run(Pair& pair, Byte session, Byte tdi = 0) {
  lock(pair, session, tdi);
  served(pair, letter(tdisp::Stimulus::START_INTERFACE_REQUEST, session, tdi));
  EXPECT_EQ(pair.control().tdis[tdi].state, tdisp::TdiState::RUN);
}

inline std::optional<tdisp::TdiState> told_state(Pair& pair, Byte session, Byte tdi = 0) {
  return pair.send(letter(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, session, tdi)).observation.tdi_state;
}

}  // namespace lockstep::device
