// Digests, certificate chains and CHALLENGE_AUTH: do they agree with each other, and with what was said before?
#include <array>

#include "crypto/hash.hpp"
#include "spdm/chain.hpp"
#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

std::optional<Bytes> digest_of(const Memory& memory, View chain) {
  if (memory.negotiated.hash_missing()) return std::nullopt;
  return crypto::digest(*memory.negotiated.hash, chain);
}

/// The digest of a slot was told: it must be that of the chain which this connection has read. A chain from before may
/// have been replaced.
void meet_digest(Turn& turn, Identity::Slot& slot, const Bytes& digest, Rule rule, const std::string& field) {
  if (slot.chain) {
    const auto expected = digest_of(turn.memory, *slot.chain);
    if (expected && *expected != digest) {
      if (slot.of_this_connection) turn.finding(rule, field, "is not the hash of the certificate chain that was read");
      slot.chain.reset();
    }
  }
  slot.digest = digest;
}

void remember_b(Turn& turn) {
  if (turn.session != nullptr) return;
  Transcripts& transcripts = turn.memory.transcripts;
  Bytes exchange = turn.request.bytes;
  append(exchange, turn.seen.bytes);
  append(transcripts.b, exchange);
  append(transcripts.unreset_b, exchange);
  if (exchange != transcripts.latest_of_b) append(transcripts.once_b, exchange);
  transcripts.latest_of_b = std::move(exchange);
}

void digests(Turn& turn) {
  learn_digests(turn, turn.memory.identities.response);
  remember_b(turn);
  if (turn.session != nullptr || !turn.negotiated().responder_multi_key) return;
  Transcripts& transcripts = turn.memory.transcripts;
  if (!transcripts.first_digests) transcripts.first_digests = turn.seen.bytes;
  transcripts.latest_digests = turn.seen.bytes;
}

void certificate(Turn& turn) {
  learn_certificate(turn, turn.memory.identities.response, Role::responder);
  remember_b(turn);
}

void set_certificate_rsp(Turn& turn) {
  turn.memory.identities.response.slots[turn.requested<SET_CERTIFICATE>().param1 & 0x07] = {};
  turn.memory.identities.response.provisioned.reset();
}

bool asks_size(const Negotiated& negotiated, const GET_CERTIFICATE& request) {
  return negotiated.spdm_version >= VERSION_1_3 && (request.param2 & GET_CERTIFICATE::SLOT_SIZE_REQUESTED) != 0;
}

/// The size of an empty slot may be asked for.
void get_certificate(Turn& turn) {
  const auto& request = turn.message<GET_CERTIFICATE>();
  if (!asks_size(turn.negotiated(), request)) refuse_empty_slot(turn, "SPDM-CERT-006", request.param1 & 0x0F);
}

void challenge(Turn& turn) { refuse_empty_slot(turn, "SPDM-CHAL-006", turn.message<CHALLENGE>().param1); }

struct Portion {
  std::size_t offset, length, remainder;
};

void check_portion(Turn& turn, Identity::Slot& slot, const Portion& portion, std::size_t received) {
  if (received > portion.length)
    turn.finding("SPDM-CERT-008", "PortionLength", "is more than the Length that was asked for");
  if (portion.length == 0) return;
  if (slot.total &&
      portion.offset >= *slot.total) {  // to answer with nothing is as good as a refusal (false alarm P04)
    if (received > 0) turn.finding("SPDM-CERT-007", "Offset", "is past the end, and bytes came");
    return;
  }
  const std::size_t total = portion.offset + received + portion.remainder;
  if (slot.total.value_or(total) != total)
    turn.finding("SPDM-CERT-008", "RemainderLength",
                 "offset, portion and remainder add up to " + std::to_string(total) + ", before to " +
                     std::to_string(*slot.total));
  slot.total = total;
}

/// The chain is complete.
void take_chain(Turn& turn, Identity::Slot& slot, Role owner) {
  slot.chain = std::move(slot.reading);
  slot.of_this_connection = true;
  slot.reading.clear();
  const Negotiated& n = turn.negotiated();
  if (const auto why = n.hash_missing()) return turn.not_judged("SPDM-CERT-009", *why);
  if (slot.digest && *slot.digest != digest_of(turn.memory, *slot.chain))
    turn.finding("SPDM-CERT-004", "CertChain", "has another hash than DIGESTS told");
  for (wire::Finding& finding : check_chain(n.spdm_version, *n.hash, *slot.chain, {.owner = owner}))
    turn.seen.findings.push_back(std::move(finding));
}

void challenge_auth(Turn& turn) {
  const auto& request = turn.requested<CHALLENGE>();
  const auto& response = turn.message<CHALLENGE_AUTH>();
  Memory& memory = turn.memory;
  turn.expect_echo((response.param1 & 0x0F) == (request.param1 & 0x0F), Rule::none(), "SlotID");
  turn.expect_echo(response.context == request.context, "SPDM-CHAL-010", "RequesterContext");
  turn.expect_fresh(response.nonce, "SPDM-CHAL-009", "Nonce");
  if ((response.param1 & CHALLENGE_AUTH::BASIC_MUT_AUTH_REQ) != 0 &&
      !turn.negotiated().requester.has(capability::MUT_AUTH_CAP))
    turn.finding("SPDM-CHAL-011", "BasicMutAuthReq", "the requester does not have MUT_AUTH_CAP");
  if (request.param1 < SLOTS)
    meet_digest(turn, memory.identities.response.slots[request.param1], response.cert_chain_hash, "SPDM-CHAL-005",
                "CertChainHash");

  const View so_far = without_tail(turn.seen.bytes, response.signature.size());
  const Transcripts& transcripts = memory.transcripts;
  // Once authenticated, stacks differ in which requests reset B.
  const Rule strained = transcripts.authenticated ? Rule::none() : Rule("SPDM-CHAL-012");
  verify_signature(turn, "SPDM-CHAL-001", Role::responder, request.param1, Purpose::responder_challenge_auth,
                   {{m1_transcript(memory, transcripts.b, turn.request.bytes, so_far), Rule::none(), {}},
                    // Whether what a requester asks again counts twice is not settled (false alarm P22).
                    {m1_transcript(memory, transcripts.once_b, turn.request.bytes, so_far), Rule::none(), {}},
                    {m1_transcript(memory, transcripts.unreset_b, turn.request.bytes, so_far), strained,
                     "verifies only when M1 is not reset by other requests"},
                    {m1_transcript(memory, {}, turn.request.bytes, so_far), strained,
                     "verifies only when M1 has no certificate messages"}},
                   response.signature);
  memory.transcripts.reset_b();
  memory.transcripts.unreset_b.clear();
  memory.transcripts.authenticated = true;
}

}  // namespace

void refuse_empty_slot(Turn& turn, Rule rule, Byte slot) {
  const auto& provisioned = turn.memory.identities.response.provisioned;
  if (slot < SLOTS && provisioned && (*provisioned >> slot & 1) == 0)
    turn.refusable(rule, "SlotID", "DIGESTS did not name slot " + std::to_string(slot));
}

void learn_digests(Turn& turn, Identity& identity) {
  const auto& response = turn.message<DIGESTS>();
  identity.provisioned = response.param2;
  std::size_t next = 0;
  for (std::size_t i = 0; i < SLOTS; ++i) {
    Identity::Slot& slot = identity.slots[i];
    if ((response.param2 >> i & 1) == 0) {
      slot.digest.reset();
    } else if (next < response.digests.size()) {
      const std::string field = "Digest[" + std::to_string(next) + "]";
      meet_digest(turn, slot, response.digests[next++].value, "SPDM-CERT-004", field);
    }
  }
}

void learn_certificate(Turn& turn, Identity& identity, Role owner) {
  const auto& request = turn.requested<GET_CERTIFICATE>();
  const auto& response = turn.message<CERTIFICATE>();
  const Byte number = request.param1 & 0x0F;
  turn.expect_echo((response.param1 & 0x0F) == number, Rule::none(), "SlotID");
  if (number >= SLOTS) return;
  Identity::Slot& slot = identity.slots[number];
  if (asks_size(turn.negotiated(), request)) {
    if (!response.cert_chain.empty())
      turn.finding("SPDM-CERT-011", "PortionLength", "is not 0 when the size was asked for");
    return;
  }
  const bool large =
      turn.negotiated().spdm_version >= VERSION_1_4 && (request.param1 & GET_CERTIFICATE::LARGE_CERT_CHAIN) != 0;
  const Portion portion = large ? Portion{request.large_offset, request.large_length, response.large_remainder_length}
                                : Portion{request.offset, request.length, response.remainder_length};
  check_portion(turn, slot, portion, response.cert_chain.size());
  if (portion.offset > slot.reading.size()) return;  // a gap: the chain stays unknown
  slot.reading.resize(portion.offset);
  append(slot.reading, response.cert_chain);
  if (portion.remainder == 0 && !slot.reading.empty() && portion.length != 0) take_chain(turn, slot, owner);
}

CodeChecks identity_checks() {
  static constexpr std::array checks{CodeCheck{Code::GET_CERTIFICATE, &get_certificate},
                                     CodeCheck{Code::CHALLENGE, &challenge},
                                     CodeCheck{Code::DIGESTS, &digests},
                                     CodeCheck{Code::CERTIFICATE, &certificate},
                                     CodeCheck{Code::CHALLENGE_AUTH, &challenge_auth},
                                     CodeCheck{Code::SET_CERTIFICATE_RSP, &set_certificate_rsp}};
  return checks;
}

}  // namespace lockstep::spdm
