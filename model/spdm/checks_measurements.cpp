// MEASUREMENTS, the measurement extension log and ENDPOINT_INFO.
#include <algorithm>
#include <array>
#include <set>

#include "spdm/turn.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

/// Which slot signs: 4 bits on the wire, Fh is the provisioned public key.
Byte slot_of(Byte slot_id_param) { return (slot_id_param & 0x0F) == 0x0F ? PUBLIC_KEY_SLOT : slot_id_param & 0x0F; }

void check_blocks(Turn& turn, Byte operation, const MEASUREMENTS& response,
                  const std::vector<MeasurementBlock>& blocks) {
  if (operation == GET_MEASUREMENTS::TOTAL_NUMBER) {
    if (!blocks.empty() || response.number_of_blocks != 0)
      turn.finding("SPDM-MEAS-001", "NumberOfBlocks", "a record although only the number was asked for");
    return;
  }
  const auto& known = turn.memory.measurement_indices;
  if (operation != GET_MEASUREMENTS::ALL && known.count(operation) == 0) {  // as far as is known there is none
    if (!blocks.empty() && !known.empty())
      turn.finding("SPDM-MEAS-004", "MeasurementRecord", "a block with an index that is not among all of them");
    if (blocks.empty() || !known.empty()) return;
  }
  const Rule rule = operation == GET_MEASUREMENTS::ALL ? Rule("SPDM-MEAS-002") : Rule("SPDM-MEAS-003");
  if (response.number_of_blocks != blocks.size())
    turn.finding(rule, "NumberOfBlocks", "the record has " + std::to_string(blocks.size()) + " blocks");
  if (operation != GET_MEASUREMENTS::ALL) {
    if (blocks.size() != 1 || blocks.front().index != operation)
      turn.finding(rule, "MeasurementRecord", "is not the one block that was asked for");
    return;
  }
  std::set<Byte> indices;
  Byte last = 0;
  for (const MeasurementBlock& block : blocks) {
    if (!indices.insert(block.index).second)
      turn.finding(rule, "MeasurementRecord", "has index " + std::to_string(block.index) + " twice");
    else if (block.index < last && turn.negotiated().spdm_version >= VERSION_1_2)
      turn.finding(rule, "MeasurementRecord", "indices do not ascend");
    last = block.index;
  }
  turn.memory.measurement_indices = std::move(indices);
}

void check_digest_sizes(Turn& turn, const std::vector<MeasurementBlock>& blocks) {
  const auto hash = turn.negotiated().measurement_hash;
  if (!hash) return;
  for (const MeasurementBlock& block : blocks) {
    const bool digest = block.measurement_specification == 1 &&
                        (block.dmtf_spec_measurement_value_type & MeasurementBlock::RAW_BIT_STREAM) == 0;
    if (digest && block.measurement_value.size() != crypto::hash_size(*hash))
      turn.finding("SPDM-MEAS-013", "MeasurementRecord",
                   "block " + std::to_string(block.index) + " is a digest of another size than MeasurementHashAlgo");
  }
}

/// L1 as it stands on the other side: outside for a session, in each session for what is outside.
std::vector<Bytes> measurements_elsewhere(const Turn& turn) {
  std::vector<Bytes> all;
  if (turn.session != nullptr)
    all.push_back(turn.memory.outside.measurements);
  else
    for (const auto& [id, session] : turn.memory.sessions) all.push_back(session.channel.measurements);
  std::erase_if(all, [](const Bytes& l1) { return l1.empty(); });
  return all;
}

void check_signature(Turn& turn) {
  const auto& request = turn.requested<GET_MEASUREMENTS>();
  const auto& response = turn.message<MEASUREMENTS>();
  Channel& channel = turn.channel;
  const View so_far = without_tail(turn.seen.bytes, response.signature.size());
  const Byte slot = turn.negotiated().spdm_version >= VERSION_1_1 ? slot_of(request.slot_id_param) : Byte{0};
  const auto l1 = [&](View exchanges) { return l1_transcript(turn.memory, exchanges, turn.request.bytes, so_far); };
  std::vector<Candidate> candidates{
      {l1(channel.measurements), Rule::none(), {}},
      {l1(channel.unreset_measurements), channel.reset_by_error ? Rule("SPDM-MEAS-010") : Rule("SPDM-MEAS-009"),
       "verifies only when L1 is not reset by other requests and errors"}};
  for (const Bytes& elsewhere : measurements_elsewhere(turn)) {
    Bytes both = elsewhere;
    append(both, channel.measurements);
    candidates.push_back(
        {l1(both), "SPDM-MEAS-011", "verifies only with what was measured in a session and what outside in one L1"});
  }
  verify_signature(turn, "SPDM-MEAS-007", Role::responder, slot, Purpose::responder_measurements, candidates,
                   response.signature);
  channel.measurements.clear();
  channel.unreset_measurements.clear();
}

void measurements(Turn& turn) {
  const auto& request = turn.requested<GET_MEASUREMENTS>();
  const auto& response = turn.message<MEASUREMENTS>();
  turn.expect_echo(response.context == request.context, Rule::none(), "RequesterContext");
  auto record = wire::decode<MeasurementRecord>(response.measurement_record, context_for(turn.memory, nullptr));
  if (!record) {
    turn.finding("SPDM-MEAS-012", "MeasurementRecord." + record.error().field, record.error().why);
  } else {
    check_blocks(turn, request.param2, response, record->message.blocks);
    check_digest_sizes(turn, record->message.blocks);
  }
  if ((request.param1 & GET_MEASUREMENTS::SIGNATURE_REQUESTED) != 0) return check_signature(turn);
  for (Bytes* l : {&turn.channel.measurements, &turn.channel.unreset_measurements}) {
    append(*l, turn.request.bytes);
    append(*l, turn.seen.bytes);
  }
}

constexpr std::uint64_t LARGEST_LOG = 0xFFFFFFFF;

/// A log may grow at any time, but not by a gigabyte.
void get_measurement_extension_log(Turn& turn) {
  constexpr std::uint64_t GROWTH = 1u << 30;
  const auto& request = turn.message<GET_MEASUREMENT_EXTENSION_LOG>();
  if (turn.memory.log_size && request.offset >= *turn.memory.log_size + GROWTH)
    turn.refusable("SPDM-MEAS-018", "Offset", "is behind the end of the log");
}

void measurement_extension_log(Turn& turn) {
  const auto& request = turn.requested<GET_MEASUREMENT_EXTENSION_LOG>();
  const auto& response = turn.message<MEASUREMENT_EXTENSION_LOG>();
  if (response.mel.size() > request.length)
    turn.finding("SPDM-MEAS-018", "PortionLength", "is more than the Length that was asked for");
  const std::uint64_t size = std::uint64_t{request.offset} + response.mel.size() + response.remainder_length;
  if (size > LARGEST_LOG || (turn.memory.log_size && size < *turn.memory.log_size))
    turn.finding("SPDM-MEAS-018", "RemainderLength", "does not fit what earlier portions say of the log's size");
  turn.memory.log_size = std::min(size, LARGEST_LOG);
}

void endpoint_info(Turn& turn) {
  const auto& request = turn.requested<GET_ENDPOINT_INFO>();
  const auto& response = turn.message<ENDPOINT_INFO>();
  if ((request.request_attributes & GET_ENDPOINT_INFO::SIGNATURE_REQUESTED) == 0) return;
  const View so_far = without_tail(turn.seen.bytes, response.signature.size());
  verify_signature(turn, "SPDM-MEAS-019", Role::responder, slot_of(request.param2), Purpose::responder_endpoint_info,
                   {{il1_transcript(turn.memory, turn.request.bytes, so_far), Rule::none(), {}}}, response.signature);
}

}  // namespace

CodeChecks measurement_checks() {
  static constexpr std::array checks{CodeCheck{Code::MEASUREMENTS, &measurements},
                                     CodeCheck{Code::GET_MEASUREMENT_EXTENSION_LOG, &get_measurement_extension_log},
                                     CodeCheck{Code::MEASUREMENT_EXTENSION_LOG, &measurement_extension_log},
                                     CodeCheck{Code::ENDPOINT_INFO, &endpoint_info}};
  return checks;
}

}  // namespace lockstep::spdm
