// What a device tells of itself from 1.3 on: the measurement extension log and ENDPOINT_INFO. Nothing but reading.
#include <bit>

#include "cases/steps.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::cases {
namespace {

using S = spdm::Stimulus;

constexpr std::uint64_t BEYOND_ALL = 0xFFFFFFF0, EVERYTHING = 0xFFFFFFFF, BIG = 0x10000;
constexpr std::uint64_t CHUNK_CAP_BIT = std::countr_zero(wire::spdm::capability::CHUNK_CAP);

Step s(S stimulus) { return spdm_step(stimulus); }
Step read(std::uint64_t offset, std::uint64_t length) {
  return ignored({set("Offset", offset), set("Length", length)}, s(S::GET_MEASUREMENT_EXTENSION_LOG));
}
/// An Offset that no log has.
Step read_beyond() { return with({set("Offset", BEYOND_ALL), set("Length", 16)}, s(S::GET_MEASUREMENT_EXTENSION_LOG)); }
Step with_log() { return ignored({set("MELspecification", 1)}, s(S::NEGOTIATE_ALGORITHMS)); }
Step with_chunks() {
  return ignored({raise("Flags", CHUNK_CAP_BIT), set("DataTransferSize", BIG)}, s(S::GET_CAPABILITIES));
}

Case log_case(std::string id, std::string about, std::vector<Step> steps) {
  return {.id = "spdm/log/" + std::move(id),
          .about = std::move(about),
          .asks = {"SPDM-MEAS-018"},
          .given = Given::version,
          .needs = {Needs::measurement_log},
          .steps = std::move(steps),
          .since = 0x13};
}

}  // namespace

// clang-format off
std::vector<Case> spdm_information_cases() {
  std::vector<Case> all{
    log_case("portions", "The portions of the measurement extension log fit each other.",
             {s(S::GET_CAPABILITIES), with_log(), read(0, 32), read(32, 16), read(1, EVERYTHING), read(0, 32)}),
    log_case("past-the-end", "An Offset behind the end of the log is refused.", {s(S::GET_CAPABILITIES), with_log(), read(0, 32), read_beyond()}),
    log_case("offset-and-length-wrap", "Offset and Length together beyond 32 bits give what is there (GHSA-m4wc-xmvg-369f).",
             {with_chunks(), with_log(), read(0, 32), read(8, EVERYTHING), read(16, EVERYTHING - 8), read(0, 32)}),
    {.id = "spdm/endpoint-info/served", .about = "ENDPOINT_INFO is signed over the negotiation, the request and itself.",
     .asks = {"SPDM-MEAS-019"}, .given = Given::negotiated, .needs = {Needs::endpoint_info},
     .steps = {s(S::GET_DIGESTS), whole(s(S::GET_CERTIFICATE)), s(S::GET_ENDPOINT_INFO), s(S::GET_ENDPOINT_INFO)}, .since = 0x13},
    {.id = "spdm/endpoint-info/in-session", .about = "So it is in a session.",
     .asks = {"SPDM-MEAS-019"}, .given = Given::established, .session = SessionKind::key_exchange, .needs = {Needs::endpoint_info, Needs::key_exchange},
     .steps = {s(S::GET_ENDPOINT_INFO)}, .since = 0x13},
    {.id = "spdm/algorithms/too-many", .about = "More than 20 extended algorithms are refused.",
     .asks = {"SPDM-ALG-009"}, .given = Given::capabilities,  // without tables; their 16 bytes are four of the 21
     .steps = {with({set("Param1", 0), set("ExtAsymCount", 21), {Edit::How::add, "Length", 68}, {Edit::How::append, {}, 68}}, s(S::NEGOTIATE_ALGORITHMS))}, .since = 0x11},
    {.id = "spdm/key-exchange/event-policy", .about = "EventAllPolicy without EVENT_CAP is refused.",
     .asks = {"SPDM-KEX-014"}, .given = Given::negotiated, .needs = {Needs::key_exchange},
     .steps = {s(S::GET_DIGESTS), whole(s(S::GET_CERTIFICATE)), with({raise("SessionPolicy", 1)}, s(S::KEY_EXCHANGE))}, .since = 0x13},
  };
  return all;
}
// clang-format on

}  // namespace lockstep::cases
