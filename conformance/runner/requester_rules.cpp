#include "runner/requester_rules.hpp"

#include <algorithm>

namespace lockstep::runner {
namespace {

namespace k = wire::ide_km;
namespace t = wire::tdisp;
using wire::spdm::Code;

/// Without the two reserved bits.
Byte slot_byte(Byte key_sub_stream) { return key_sub_stream & 0xF3; }
/// Direction and sub-stream, whatever the key set.
Byte without_key_set(Byte key_sub_stream) { return key_sub_stream & 0xF2; }
bool is_tx(Byte key_sub_stream) { return k::KeySubStream::from(key_sub_stream).direction == k::KeyDirection::Tx; }
Byte rx_of(Byte tx_slot) { return tx_slot & 0xF1; }

std::uint32_t function_id_of(const wire::AnyMessage& message) {
  return static_cast<std::uint32_t>(message.layout().find("FUNCTION_ID")->get(message.object()));
}

bool has(const oracle::Step& step, std::initializer_list<Rule> rules) {
  return std::any_of(step.findings.begin(), step.findings.end(), [&](const wire::Finding& finding) {
    return std::find(rules.begin(), rules.end(), finding.rule) != rules.end();
  });
}

}  // namespace

std::vector<wire::Finding> RequesterRules::request(const spdm::Seen& seen) {
  Findings findings;
  if (doubtful_ && !seen.is(Code::GET_VERSION))
    findings.push_back({doubtful_, {}, "goes on after an answer that it must not accept"});
  doubtful_ = Rule::none();
  const wire::AnyMessage inner = device::inner_of(seen.message);
  if (!inner) return findings;
  for (wire::Finding& finding : wire::validate(inner.layout(), inner.object(), {})) findings.push_back(finding);
  inner.layout().protocol == wire::Protocol::TDISP ? tdisp(findings, inner) : ide_km(findings, inner);
  return findings;
}

void RequesterRules::before_go(Findings& findings, Keys& keys, Byte key_sub_stream) const {
  const Slot& slot = keys.slots[key_sub_stream];
  if (slot.answer == Slot::Answer::refused)
    findings.push_back({"IDE-STREAM-031", "Key/Sub-stream", "goes on although KP_ACK refused the key"});
  if (slot.answer == Slot::Answer::garbled)
    findings.push_back({"IDE-STREAM-032", "Key/Sub-stream", "goes on although KP_ACK answered something else"});
  const bool keyed = slot.answer == Slot::Answer::accepted;
  if (keyed && is_tx(key_sub_stream) && !keys.slots[rx_of(key_sub_stream)].in_use)
    findings.push_back({"IDE-STREAM-028", "Key/Sub-stream", "Tx before Rx of the same sub-stream"});
}

void RequesterRules::ide_km(Findings& findings, const wire::AnyMessage& request) {
  if (const auto* prog = request.as<k::KEY_PROG>()) {
    Keys& keys = streams_[{prog->stream_id, prog->port_index}];
    const Byte slot = slot_byte(prog->key_sub_stream);
    if (keys.used[without_key_set(slot)].contains(prog->key))
      findings.push_back({"IDE-STREAM-029", "Key", "was in use before for this direction and sub-stream"});
    const auto known = keys.directions.find(prog->key);
    if (known != keys.directions.end() && known->second != is_tx(slot))
      findings.push_back({"IDE-STREAM-029", "Key", "is the key of the other direction"});
    keys.slots[slot] = {.key = prog->key};
  } else if (const auto* go = request.as<k::K_SET_GO>()) {
    before_go(findings, streams_[{go->stream_id, go->port_index}], slot_byte(go->key_sub_stream));
  }
}

void RequesterRules::tdisp(Findings& findings, const wire::AnyMessage& request) {
  const auto& version = *request.layout().find("TDISPVersion");
  Interface& tdi = interfaces_[function_id_of(request)];
  const bool asks_version = request.as<t::GET_TDISP_VERSION>() != nullptr;
  const auto spoken = static_cast<Byte>(version.get(request.object()));
  if (tdi.versions && !asks_version &&
      std::find(tdi.versions->begin(), tdi.versions->end(), spoken) == tdi.versions->end())
    findings.push_back({tdi.versions->empty() ? Rule("TDISP-VER-007") : Rule("TDISP-VER-006"), "TDISPVersion",
                        "is no version that TDISP_VERSION listed"});
  if (request.as<t::START_INTERFACE_REQUEST>() != nullptr && tdi.report_breaks)
    findings.push_back({tdi.report_breaks, {}, "starts the TDI although its report is wrong"});
}

void RequesterRules::ide_km_answer(const oracle::Step& step, const wire::AnyMessage& request,
                                   const wire::AnyMessage& response) {
  if (const auto* prog = request.as<k::KEY_PROG>()) {
    const auto* ack = response.as<k::KP_ACK>();
    if (ack == nullptr) return;
    Keys& keys = streams_[{prog->stream_id, prog->port_index}];
    Slot& slot = keys.slots[slot_byte(prog->key_sub_stream)];
    const bool accepted = ack->status == static_cast<Byte>(k::Status::SUCCESSFUL);
    slot.answer = !accepted                    ? Slot::Answer::refused
                  : has(step, {"IDE-MSG-016"}) ? Slot::Answer::garbled
                                               : Slot::Answer::accepted;
    if (accepted) keys.directions.emplace(slot.key, is_tx(prog->key_sub_stream));
  } else if (const auto* go = request.as<k::K_SET_GO>(); go != nullptr && response.as<k::K_GOSTOP_ACK>() != nullptr) {
    Keys& keys = streams_[{go->stream_id, go->port_index}];
    const Byte byte = slot_byte(go->key_sub_stream);
    Slot& slot = keys.slots[byte];
    slot.in_use = true;
    if (slot.answer == Slot::Answer::accepted) keys.used[without_key_set(byte)].insert(slot.key);
  }
}

void RequesterRules::tdisp_answer(const oracle::Step& step, const wire::AnyMessage& response) {
  Interface& tdi = interfaces_[function_id_of(response)];
  if (const auto* version = response.as<t::TDISP_VERSION>()) tdi.versions = version->version_num_entry;
  if (response.as<t::LOCK_INTERFACE_RESPONSE>() != nullptr) tdi.report_breaks = Rule::none();
  if (response.as<t::DEVICE_INTERFACE_REPORT>() == nullptr) return;
  if (has(step, {"TDISP-RPT-010"})) tdi.report_breaks = "TDISP-RPT-025";
  if (has(step, {"TDISP-RPT-001"})) tdi.report_breaks = "TDISP-RPT-026";
}

void RequesterRules::response(const oracle::Step& step) {
  if (!step.response) return;
  const wire::AnyMessage& message = step.response->message;
  const bool contradicts = std::any_of(step.findings.begin(), step.findings.end(), [](const auto& f) {
    return f.rule.id().starts_with("SPDM-CAP-") && oracle::ruling_of(f) == oracle::Ruling::fail;
  });
  if (message.as<wire::spdm::CAPABILITIES>() != nullptr && contradicts) doubtful_ = "SPDM-CAP-027";
  if (message.as<wire::spdm::ALGORITHMS>() != nullptr && has(step, {"SPDM-ALG-002", "SPDM-ALG-004"}))
    doubtful_ = "SPDM-ALG-019";
  const wire::AnyMessage inner = device::inner_of(message);
  if (!inner) return;
  if (inner.layout().protocol == wire::Protocol::TDISP)
    tdisp_answer(step, inner);
  else
    ide_km_answer(step, device::inner_of(step.request.message), inner);
}

}  // namespace lockstep::runner
