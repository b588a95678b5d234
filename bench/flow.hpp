// The letters that bring a pair of requester and device to where a benchmark begins.
#pragma once

#include "pair.hpp"

namespace lockstep::bench {

/// How a letter is sent; false: it was not served, and what follows is left out.
using Send = std::function<bool(const device::Letter&)>;

inline Send served_by(device::Pair& pair) {
  return [&pair](const device::Letter& letter) {
    const device::Reply reply = pair.send(letter);
    return reply.observation.answer.kind == Answer::Kind::response && reply.findings.empty();
  };
}

/// GET_VERSION up to an established session 0: with a pre-shared key, or with certificates and KEY_EXCHANGE.
inline bool set_up_session(const device::Pair& pair, bool psk, const Send& send) {
  using spdm::Stimulus;
  for (const Stimulus s : {Stimulus::GET_VERSION, Stimulus::GET_CAPABILITIES, Stimulus::NEGOTIATE_ALGORITHMS})
    if (!send(device::letter(s))) return false;
  const auto& identity = pair.store.conversation.memory().identities.response;
  if (!psk && !send(device::letter(Stimulus::GET_DIGESTS))) return false;
  while (!psk && identity.chain(0) == nullptr)
    if (!send(device::letter(Stimulus::GET_CERTIFICATE))) return false;
  device::Letter exchange = device::letter(psk ? Stimulus::PSK_EXCHANGE : Stimulus::KEY_EXCHANGE);
  std::get<device::SpdmLetter>(exchange.body).created = 0;
  return send(exchange) && send(device::letter(psk ? Stimulus::PSK_FINISH : Stimulus::FINISH, 0)) &&
         pair.control().sessions[0].state == spdm::SessionState::ESTABLISHED;
}

/// Keys of stream 0 over session 0, and what a TSM asks before it locks TDI 0.
inline bool prepare_lock(const Send& send) {
  if (!send(device::letter(ide_km::Stimulus::QUERY, 0))) return false;
  for (const bool tx : {false, true})
    for (const Byte sub_stream : {Byte{0}, Byte{1}, Byte{2}})
      for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
        if (!send(device::letter(stimulus, 0, {.k1 = false, .tx = tx, .sub_stream = sub_stream}))) return false;
  return send(device::letter(tdisp::Stimulus::GET_TDISP_VERSION, 0)) &&
         send(device::letter(tdisp::Stimulus::GET_TDISP_CAPABILITIES, 0));
}

}  // namespace lockstep::bench
