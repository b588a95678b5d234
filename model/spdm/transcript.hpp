// The transcripts that are signed and authenticated (DSP0274, "Transcript"): which bytes, in which order. Each rule
// stands here once; those who make a message and those who check one both come here. `so_far` is the message under
// construction up to the field in question. No transport bytes, padding, chunk or encapsulation headers are in them.
#pragma once

#include "spdm/memory.hpp"
#include "spdm/signing.hpp"

namespace lockstep::spdm {

/// M1/M2: A, B, C. B is one of those in Transcripts; C is CHALLENGE and CHALLENGE_AUTH without signature.
Bytes m1_transcript(const Memory& memory, View b, View challenge, View so_far);
/// The same for the requester's CHALLENGE_AUTH; A is part of it from 1.2 on.
Bytes requester_m1_transcript(const Memory& memory, View challenge, View so_far);
/// L1/L2: the unsigned exchanges and this one; VCA first from 1.2 on.
Bytes l1_transcript(const Memory& memory, View unsigned_exchanges, View get_measurements, View so_far);
/// IL1/IL2.
Bytes il1_transcript(const Memory& memory, View get_endpoint_info, View so_far);

/// What precedes KEY_EXCHANGE in TH: VCA, D (multi-key connections only), Hash(responder chain).
/// nullopt: the chain of the slot is unknown, and its digest too.
std::optional<Bytes> before_key_exchange(const Memory& memory, const std::optional<Bytes>& digests, Byte slot);
/// TH1: up to the response without VerifyData.
Bytes th1(const SessionData& session);
/// TH for the fields of FINISH, PSK_FINISH and FINISH_RSP: TH1, VerifyData, the requester's identity where mutual
/// authentication was asked for, then `finish_so_far`, which begins with FINISH. nullopt: the requester's chain is
/// unknown.
std::optional<Bytes> th_finish(const Memory& memory, const SessionData& session, View finish_so_far);

}  // namespace lockstep::spdm
