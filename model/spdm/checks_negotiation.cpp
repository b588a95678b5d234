// VERSION, CAPABILITIES and ALGORITHMS: what only the request shows.
#include <algorithm>
#include <array>

#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

/// Everything negotiated is forgotten; certificate chains are kept for those who do not read them again.
void restart(Memory& memory) {
  const auto& sessions = memory.sessions;
  memory.transfer_aborted = memory.outside.chunks || std::any_of(sessions.begin(), sessions.end(), [](const auto& s) {
                              return s.second.channel.chunks.has_value();
                            });
  memory.negotiated = {};
  memory.versions.clear();
  memory.measurement_indices.clear();
  memory.log_size.reset();
  memory.transcripts = {};
  memory.outside = {};
  memory.sessions.clear();
  memory.in_the_clear.reset();
  for (Identity* identity : {&memory.identities.request, &memory.identities.response}) {
    identity->provisioned.reset();
    for (Identity::Slot& slot : identity->slots) slot = {.chain = std::move(slot.chain)};
  }
}

void version(Turn& turn) {
  restart(turn.memory);
  for (const VersionNumberEntry& entry : turn.message<VERSION>().version_number_entries)
    turn.memory.versions.push_back(entry.version());
  append(turn.memory.transcripts.vca, turn.request.bytes);
  append(turn.memory.transcripts.vca, turn.seen.bytes);
}

/// A retry that is answered: the first answer counts, and another one is a breach; so is any answer to a request that
/// is another one.
bool is_retry(Turn& turn, bool already_done, Rule other_request, Rule other_answer) {
  if (!already_done) return false;
  const Bytes& vca = turn.memory.transcripts.vca;
  const auto stands_there = [&](const Bytes& bytes) {
    return std::search(vca.begin(), vca.end(), bytes.begin(), bytes.end()) != vca.end();
  };
  Bytes both = turn.request.bytes;
  append(both, turn.seen.bytes);
  if (!stands_there(turn.request.bytes))
    turn.finding(other_request, {}, "a second, different request was accepted");
  else if (!stands_there(both))
    turn.finding(other_answer, {}, "the same request has got another answer than before");
  return true;
}

void capabilities(Turn& turn) {
  const auto& request = turn.requested<GET_CAPABILITIES>();
  const auto& versions = turn.memory.versions;
  if (!versions.empty() && std::find(versions.begin(), versions.end(), request.version) == versions.end())
    turn.finding("SPDM-VERS-001", "SPDMVersion",
                 "GET_CAPABILITIES in a version that VERSION does not list was accepted");
  if (is_retry(turn, turn.negotiated().spdm_version != 0, "SPDM-CAP-024", "SPDM-CAP-025")) return;
  turn.memory.negotiated.take(request, turn.message<CAPABILITIES>());
  append(turn.memory.transcripts.vca, turn.request.bytes);
  append(turn.memory.transcripts.vca, turn.seen.bytes);
}

const AlgStruct* table_of(const std::vector<AlgStruct>& tables, Byte type) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const AlgStruct& t) { return t.alg_type == type; });
  return found == tables.end() ? nullptr : &*found;
}

void check_subset(Turn& turn, const NEGOTIATE_ALGORITHMS& offer, const ALGORITHMS& selection) {
  const Byte version = turn.negotiated().spdm_version;
  const auto within = [&](std::uint64_t selected, std::uint64_t offered, const char* field) {
    if ((selected & ~offered) != 0) turn.finding("SPDM-ALG-002", field, "was not offered");
  };
  within(selection.measurement_specification_sel, offer.measurement_specification, "MeasurementSpecificationSel");
  within(selection.base_asym_sel, offer.base_asym_algo, "BaseAsymSel");
  within(selection.base_hash_sel, offer.base_hash_algo, "BaseHashSel");
  if (version >= VERSION_1_2)
    within(selection.other_params_selection & other_params::OpaqueDataFmt, offer.other_params_support,
           "OtherParamsSelection");
  if (version >= VERSION_1_3) within(selection.mel_specification_sel, offer.mel_specification, "MELspecificationSel");
  if (version >= VERSION_1_4) within(selection.pqc_asym_sel, offer.pqc_asym_algo, "PqcAsymSel");
  for (const AlgStruct& table : selection.alg_structs) {
    const AlgStruct* offered = table_of(offer.alg_structs, table.alg_type);
    if (offered == nullptr)
      turn.finding("SPDM-ALG-004", "AlgStructure", "AlgType " + std::to_string(table.alg_type) + " was not offered");
    else
      within(table.alg_supported, offered->alg_supported, "AlgStructure.AlgSupported");
  }
}

void check_capabilities(Turn& turn, const ALGORITHMS& selection) {
  const Negotiated& n = turn.negotiated();
  if (n.responder.has(capability::MEAS_CAP) != (selection.measurement_hash_algo != 0) &&
      selection.measurement_specification_sel != 0)
    turn.finding("SPDM-ALG-006", "MeasurementHashAlgo", "does not agree with MEAS_CAP");
  const bool sessions = n.both_have(capability::KEY_EX_CAP) || n.both_have(capability::PSK_CAP);
  if (sessions && n.spdm_version >= VERSION_1_2 && n.opaque_format != OpaqueFormat::format_1)
    turn.finding("SPDM-ALG-007", "OtherParamsSelection", "sessions need OpaqueDataFmt1");
  const std::uint32_t requester = n.requester.flags & capability::MULTI_KEY_CAP;
  const bool forced = requester == capability::MULTI_KEY_CAP_ONLY, forbidden = requester == 0;
  if (n.spdm_version >= VERSION_1_3 && ((forced && !n.requester_multi_key) || (forbidden && n.requester_multi_key)))
    turn.finding("SPDM-ALG-018", "OtherParamsSelection", "does not agree with the requester's MULTI_KEY_CAP");
}

void algorithms(Turn& turn) {
  if (is_retry(turn, turn.negotiated().algorithms_selected, "SPDM-ALG-016", "SPDM-ALG-016")) return;
  const auto& offer = turn.requested<NEGOTIATE_ALGORITHMS>();
  const auto& selection = turn.message<ALGORITHMS>();
  turn.memory.negotiated.take(offer, selection);
  check_subset(turn, offer, selection);
  check_capabilities(turn, selection);
  append(turn.memory.transcripts.vca, turn.request.bytes);
  append(turn.memory.transcripts.vca, turn.seen.bytes);
}

}  // namespace

CodeChecks negotiation_checks() {
  static constexpr std::array checks{CodeCheck{Code::VERSION, &version}, CodeCheck{Code::CAPABILITIES, &capabilities},
                                     CodeCheck{Code::ALGORITHMS, &algorithms}};
  return checks;
}

}  // namespace lockstep::spdm
