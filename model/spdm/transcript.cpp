#include "spdm/transcript.hpp"

#include <initializer_list>

#include "crypto/hash.hpp"

namespace lockstep::spdm {
namespace {

Bytes concatenate(std::initializer_list<View> parts) {
  Bytes all;
  for (const View part : parts) append(all, part);
  return all;
}

/// VCA where the transcript of this version begins with it.
View vca_since(const Memory& memory, Byte spdm_version) {
  return memory.negotiated.spdm_version >= spdm_version ? View(memory.transcripts.vca) : View();
}

/// Hash(chain), or what DIGESTS said it is when the chain itself was not read.
std::optional<Bytes> identity_hash(const Memory& memory, const Identity& identity, Byte slot) {
  if (const Bytes* chain = identity.chain(slot)) return crypto::digest(*memory.negotiated.hash, *chain);
  return slot < SLOTS ? identity.slots[slot].digest : std::nullopt;
}

}  // namespace

Bytes m1_transcript(const Memory& memory, View b, View challenge, View so_far) {
  return concatenate({memory.transcripts.vca, b, challenge, so_far});
}

Bytes requester_m1_transcript(const Memory& memory, View challenge, View so_far) {
  return concatenate({vca_since(memory, 0x12), memory.transcripts.requester_b, challenge, so_far});
}

Bytes l1_transcript(const Memory& memory, View unsigned_exchanges, View get_measurements, View so_far) {
  return concatenate({vca_since(memory, 0x12), unsigned_exchanges, get_measurements, so_far});
}

Bytes il1_transcript(const Memory& memory, View get_endpoint_info, View so_far) {
  return concatenate({memory.transcripts.vca, get_endpoint_info, so_far});
}

std::optional<Bytes> before_key_exchange(const Memory& memory, const std::optional<Bytes>& digests, Byte slot) {
  const auto hash = identity_hash(memory, memory.identities.response, slot);
  if (!hash) return std::nullopt;
  return concatenate({memory.transcripts.vca, digests ? View(*digests) : View(), *hash});
}

Bytes th1(const SessionData& session) { return concatenate({session.before, session.exchange}); }

std::optional<Bytes> th_finish(const Memory& memory, const SessionData& session, View finish_so_far) {
  Bytes th = concatenate({session.before, session.exchange, session.responder_verify_data});
  if (session.mut_auth_requested != 0) {
    if (finish_so_far.size() < 4) return std::nullopt;
    const Byte slot = finish_so_far[3];  // Param2 of FINISH: ReqSlotID
    const auto hash = identity_hash(memory, memory.identities.request, slot);
    // A PSK_FINISH that is sent to finish a KEY_EXCHANGE (CVE-2023-31127) may come from somebody without an identity.
    const bool psk_finish = finish_so_far[1] == static_cast<Byte>(wire::spdm::Code::PSK_FINISH);
    if (!hash && !psk_finish) return std::nullopt;
    append(th, session.encapsulated_digests);
    if (hash) append(th, *hash);
  }
  append(th, finish_so_far);
  return th;
}

}  // namespace lockstep::spdm
