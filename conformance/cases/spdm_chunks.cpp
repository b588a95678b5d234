// Large messages: the tester claims CHUNK_CAP and a small DataTransferSize, so that answers come in chunks, and sends
// requests in chunks that no device is too small for (DSP0274 1.2, "Large SPDM message transfer").
#include <bit>

#include "cases/steps.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::cases {
namespace {

using D = spdm::Defect;
using S = spdm::Stimulus;

constexpr std::uint64_t SMALL = 64, SMALLEST = 42, MIDDLE = 128;
constexpr Byte V1_2 = 0x12, V1_3 = 0x13;

Step s(S stimulus) { return spdm_step(stimulus); }
Step chain() { return whole(s(S::GET_CERTIFICATE)); }
Step fetch(Edit edit) { return with({std::move(edit)}, s(S::CHUNK_GET)); }

constexpr std::uint64_t CHUNK_CAP_BIT = std::countr_zero(wire::spdm::capability::CHUNK_CAP);

/// GET_CAPABILITIES in which the requester receives no more than `size` at once.
Step claim(std::uint64_t size) {
  return ignored({raise("Flags", CHUNK_CAP_BIT), set("DataTransferSize", size)}, s(S::GET_CAPABILITIES));
}
/// And no more than that at all.
Step claim_at_most(std::uint64_t size) {
  Step step = claim(size);
  step.edits.push_back(set("MaxSPDMmsgSize", size));
  return step;
}
std::vector<Step> claiming(std::uint64_t size) { return {claim(size), s(S::NEGOTIATE_ALGORITHMS)}; }
/// And reads the chain, that there is something to verify with.
std::vector<Step> knowing() { return claiming(SMALL) + std::vector<Step>{s(S::GET_DIGESTS), chain()}; }
/// The rest happens in a session of its own.
std::vector<Step> in_session() {
  return claiming(SMALL) + std::vector<Step>{over(Via::next_session, s(S::GET_DIGESTS))};
}
std::vector<Step> anew() { return std::vector<Step>{s(S::GET_VERSION)} + claiming(SMALL); }

Case chunk_case(std::string id, std::string about, std::vector<Rule> asks, std::vector<Step> steps,
                std::vector<Needs> needs = {}, Byte since = V1_2) {
  needs.insert(needs.begin(), Needs::chunks);
  return {.id = "spdm/chunks/" + std::move(id),
          .about = std::move(about),
          .asks = std::move(asks),
          .given = Given::version,
          .needs = std::move(needs),
          .steps = std::move(steps),
          .since = since};
}

// clang-format off
std::vector<Case> responses() { return {
  chunk_case("response/in-order", "Answers beyond DataTransferSize are announced, and come in chunks that make up the whole; no chunk is in a transcript.",
             {"SPDM-CHUNK-005", "SPDM-CHUNK-001", "SPDM-CHUNK-014", "SPDM-CHUNK-015", "SPDM-CHAL-001"}, knowing() + std::vector<Step>{s(S::CHALLENGE)}),
  chunk_case("response/smallest", "The same with the smallest DataTransferSize, where ALGORITHMS comes in chunks as well.",
             {"SPDM-CHUNK-001", "SPDM-CHUNK-005", "SPDM-CHUNK-015", "SPDM-CHAL-001"}, claiming(SMALLEST) + std::vector<Step>{s(S::GET_DIGESTS), chain(), s(S::CHALLENGE)}),
  chunk_case("response/measurements", "Measurements in chunks are signed over what they say.",
             {"SPDM-CHUNK-015", "SPDM-CHUNK-005", "SPDM-MEAS-007"}, knowing() + std::vector<Step>{s(S::GET_MEASUREMENTS)}),
  chunk_case("response/key-exchange", "KEY_EXCHANGE_RSP in chunks is signed over what it says.",
             {"SPDM-CHUNK-015", "SPDM-CHUNK-005", "SPDM-KEX-002"}, knowing() + std::vector<Step>{s(S::KEY_EXCHANGE)}, {Needs::key_exchange}),
  chunk_case("response/in-session", "A session carries large answers in chunks, too.",
             {"SPDM-CHUNK-005", "SPDM-CHUNK-001", "SPDM-CHUNK-014"}, in_session() + std::vector<Step>{chain(), s(S::GET_MEASUREMENTS), s(S::END_SESSION)}, {Needs::session}),
  chunk_case("response/handles", "Each large answer has a handle of its own.",
             {"SPDM-CHUNK-016"}, knowing() + std::vector<Step>{s(S::GET_MEASUREMENTS), s(S::GET_MEASUREMENTS)}),
  chunk_case("response/beyond-message-size", "An answer beyond MaxSPDMmsgSize is refused with its size.",
             {"SPDM-CHUNK-002"}, {claim_at_most(MIDDLE), s(S::NEGOTIATE_ALGORITHMS), s(S::CHALLENGE)}),
};}

std::vector<Case> fetching() { return {
  chunk_case("get/nothing", "CHUNK_GET is refused where nothing waits to be fetched.", {"SPDM-CHUNK-004"}, claiming(SMALL) + std::vector<Step>{s(S::CHUNK_GET)}),
  chunk_case("get/nothing-in-session", "So it is in a session.", {"SPDM-CHUNK-004"}, in_session() + std::vector<Step>{s(S::CHUNK_GET)}, {Needs::session}),
  chunk_case("get/after-the-last", "CHUNK_GET is refused after the last chunk.", {"SPDM-CHUNK-004"}, knowing() + std::vector<Step>{s(S::GET_MEASUREMENTS), s(S::CHUNK_GET)}),
  chunk_case("get/other-handle", "CHUNK_GET with another handle is refused.", {"SPDM-CHUNK-003"}, claiming(SMALL) + std::vector<Step>{unfetched(s(S::CHALLENGE)), fetch(flip("Param2", 7))}),
  chunk_case("get/number-ahead", "CHUNK_GET with a number that is not the next one is refused.", {"SPDM-CHUNK-003"}, claiming(SMALL) + std::vector<Step>{unfetched(s(S::CHALLENGE)), fetch(set("ChunkSeqNo", 1))}),
  chunk_case("get/wrong-version", "CHUNK_GET of another version is refused.", {"SPDM-VERS-027"},
             claiming(SMALL) + std::vector<Step>{spdm_step(S::CHUNK_GET, D::wrong_version)}),
  chunk_case("get/number-again", "CHUNK_GET does not give a chunk twice.", {"SPDM-CHUNK-003"},
             claiming(SMALL) + std::vector<Step>{unfetched(s(S::CHALLENGE)), unfetched(s(S::CHUNK_GET)), fetch(set("ChunkSeqNo", 0))}),
};}

std::vector<Case> sending() { return {
  chunk_case("send/algorithms", "NEGOTIATE_ALGORITHMS in chunks is served; no chunk is in a transcript.",
             {"SPDM-CHUNK-015", "SPDM-CHAL-001"}, {claim(SMALL), in_chunks(Chunks::sound, s(S::NEGOTIATE_ALGORITHMS)), s(S::GET_DIGESTS), chain(), s(S::CHALLENGE)}),
  chunk_case("send/challenge", "CHALLENGE in chunks is served, and signed over what it says.",
             {"SPDM-CHUNK-015", "SPDM-CHAL-001"}, knowing() + std::vector<Step>{in_chunks(Chunks::sound, s(S::CHALLENGE))}, {}, V1_3),
  chunk_case("send/key-exchange", "KEY_EXCHANGE in chunks is served, and signed over what it says.",
             {"SPDM-CHUNK-015", "SPDM-KEX-002"}, knowing() + std::vector<Step>{in_chunks(Chunks::sound, s(S::KEY_EXCHANGE))}, {Needs::key_exchange}),
  chunk_case("send/in-session", "A session carries large requests in chunks, too.",
             {"SPDM-CHUNK-015", "SPDM-MEAS-007"}, in_session() + std::vector<Step>{in_chunks(Chunks::sound, s(S::GET_MEASUREMENTS)), s(S::END_SESSION)}, {Needs::session}, V1_3),
};}

std::vector<Case> interrupted() { return {
  chunk_case("interrupted/before-the-first", "A request between LargeResponse and CHUNK_GET is refused, and the answer is still there.",
             {"SPDM-CHUNK-013"}, knowing() + std::vector<Step>{unfetched(s(S::CHALLENGE)), s(S::GET_DIGESTS), s(S::CHUNK_GET)}, {}, V1_3),
  chunk_case("interrupted/between-chunks", "A request between two chunks of an answer is refused, and the transfer goes on.",
             {"SPDM-CHUNK-013"}, knowing() + std::vector<Step>{unfetched(s(S::CHALLENGE)), unfetched(s(S::CHUNK_GET)), s(S::GET_DIGESTS), s(S::CHUNK_GET)}, {}, V1_3),
  chunk_case("interrupted/request", "A request between two chunks of a request is refused, and the transfer goes on.",
             {"SPDM-CHUNK-013"}, knowing() + std::vector<Step>{in_chunks(Chunks::begun, s(S::CHALLENGE)), s(S::GET_DIGESTS), s(S::CHUNK_SEND)}, {}, V1_3),
  chunk_case("interrupted/by-the-other-direction", "While an answer waits to be fetched no request is taken in chunks.",
             {"SPDM-CHUNK-013"}, knowing() + std::vector<Step>{unfetched(s(S::CHALLENGE)), in_chunks(Chunks::begun, s(S::CHALLENGE)), s(S::CHUNK_GET)}, {}, V1_3),
  chunk_case("interrupted/in-session", "In a session it is the same, in both directions.",
             {"SPDM-CHUNK-013"}, in_session() + std::vector<Step>{unfetched(s(S::GET_MEASUREMENTS)), s(S::GET_DIGESTS), s(S::CHUNK_GET),
                                                                 in_chunks(Chunks::begun, s(S::GET_MEASUREMENTS)), s(S::GET_DIGESTS), s(S::CHUNK_SEND), s(S::END_SESSION)},
             {Needs::session}, V1_3),
  chunk_case("version/response", "GET_VERSION ends the transfer of an answer.",
             {"SPDM-VER-006"}, claiming(SMALL) + std::vector<Step>{unfetched(s(S::CHALLENGE))} + anew() + std::vector<Step>{s(S::CHUNK_GET)}),
  chunk_case("version/request", "GET_VERSION ends the transfer of a request.",
             {"SPDM-VER-006"}, {claim(SMALL), in_chunks(Chunks::begun, s(S::NEGOTIATE_ALGORITHMS)), s(S::GET_VERSION), claim(SMALL), s(S::NEGOTIATE_ALGORITHMS), s(S::CHUNK_SEND)}),
};}

struct Spoilt {
  Chunks chunks;
  std::string_view name;
  Rule rule;
  std::string_view about;
};
constexpr Spoilt spoilt[] = {
  {Chunks::first_numbered_one, "first-numbered-one", "SPDM-CHUNK-006", "A large request that begins with chunk 1 is refused."},
  {Chunks::first_is_last, "first-is-last", "SPDM-CHUNK-006", "A large request in a single chunk is refused."},
  {Chunks::size_beyond_limit, "size-beyond-limit", "SPDM-CHUNK-007", "A LargeMessageSize beyond MaxSPDMmsgSize is refused."},
  {Chunks::size_too_small, "size-too-small", "SPDM-CHUNK-008", "A LargeMessageSize of 42 is refused."},
  {Chunks::number_skipped, "number-skipped", "SPDM-CHUNK-009", "A gap in the numbers of chunks is refused."},
  {Chunks::number_repeated, "number-repeated", "SPDM-CHUNK-009", "A chunk that comes twice is refused."},
  {Chunks::other_handle, "other-handle", "SPDM-CHUNK-009", "A chunk with another handle is refused."},
  {Chunks::more_than_announced, "more-than-announced", "SPDM-CHUNK-010", "More bytes than LargeMessageSize are refused."},
  {Chunks::less_than_announced, "less-than-announced", "SPDM-CHUNK-011", "Less bytes than LargeMessageSize are refused."},
  {Chunks::nested, "nested", "SPDM-CHUNK-012", "A CHUNK_SEND in chunks is refused."},
};
// clang-format on

/// The request itself is right.
Case refused(const Spoilt& what) {
  return chunk_case("send/" + std::string(what.name), std::string(what.about), {what.rule},
                    {claim(SMALL), in_chunks(what.chunks, s(S::NEGOTIATE_ALGORITHMS))});
}

}  // namespace

std::vector<Case> spdm_chunk_cases() {
  std::vector<Case> all = joined({responses(), fetching(), sending(), interrupted()});
  for (const Spoilt& what : spoilt) all.push_back(refused(what));
  return all;
}

}  // namespace lockstep::cases
