// Shorthand for the steps of declared cases.
#pragma once

#include <initializer_list>

#include "cases/case.hpp"
#include "machine/names.hpp"

namespace lockstep::cases {

inline Step tdisp_step(tdisp::Stimulus stimulus, tdisp::Defect defect = tdisp::Defect::none, Via via = Via::session) {
  return {tdisp::Letter{.stimulus = stimulus, .defect = defect}, via};
}
inline Step ide_km_step(ide_km::Stimulus stimulus, ide_km::Slot slot = {}, ide_km::Defect defect = ide_km::Defect::none,
                        Via via = Via::session) {
  return {ide_km::Letter{.stimulus = stimulus, .defect = defect, .slot = slot}, via};
}
inline Step spdm_step(spdm::Stimulus stimulus, spdm::Defect defect = spdm::Defect::none, Via via = Via::session) {
  return {spdm::Letter{.stimulus = stimulus, .defect = defect}, via};
}

// What makes a step a special one; see the members of Step.
inline Step whole(Step step) { return step.until_complete = true, step; }
inline Step then_reuse(Step step) { return step.then_reuse = true, step; }
inline Step afresh(Step step) { return step.afresh = true, step; }
inline Step over(Via via, Step step) { return step.via = via, step; }
inline Step to_tdi(Byte tdi, Step step) { return step.tdi = tdi, step; }
inline Step on_stream(Byte stream, Step step) { return step.stream = stream, step; }
inline Step in_record(Record record, Step step) { return step.record = record, step; }
inline Step with(std::vector<Edit> edits, Step step) { return step.edits = std::move(edits), step; }
/// The edits touch what a receiver ignores.
inline Step ignored(std::vector<Edit> edits, Step step) {
  return step.edits = std::move(edits), step.same_meaning = true, step;
}
/// And no rule settles that.
inline Step unsettled(std::vector<Edit> edits, Step step) {
  return step = ignored(std::move(edits), std::move(step)), step.may_refuse = true, step;
}
inline Edit set(std::string field, std::uint64_t value) { return {Edit::How::set, std::move(field), value}; }
inline Step in_object(Object object, Step step) { return step.object = object, step; }
/// In a transfer.
inline Step in_chunks(Chunks chunks, Step step) { return step.chunks = chunks, step; }
inline Step unfetched(Step step) { return step.unfetched = true, step; }
inline Edit raise(std::string field, std::uint64_t bit) { return {Edit::How::raise, std::move(field), bit}; }
inline Edit flip(std::string field, std::uint64_t bit) { return {Edit::How::flip, std::move(field), bit}; }
/// The session that the field begins is to have the same half of its SessionID as the case's session.
inline Edit as_in_session(std::string field) { return {Edit::How::session, std::move(field)}; }
inline Edit mutate(std::string name) { return {Edit::How::mutate, std::move(name)}; }

inline std::vector<Step> operator+(std::vector<Step> first, const std::vector<Step>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

/// The six slots of a key set in the order in which keys are taken into use: Rx before Tx.
std::vector<ide_km::Slot> slots(bool k1);
/// The same object for the first `count` slots of a key set.
std::vector<Step> each_slot(ide_km::Stimulus stimulus, bool k1, std::size_t count = 6, Byte stream = 0);

/// One list after the other.
inline std::vector<Case> joined(std::initializer_list<std::vector<Case>> lists) {
  std::vector<Case> all;
  for (const std::vector<Case>& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

/// Each TDI state, and how far a device is taken to be in it.
struct TdiPlace {
  Given given;
  tdisp::TdiState state;
  std::string_view name;
};
inline constexpr TdiPlace TDI_PLACES[] = {{Given::secure, tdisp::TdiState::CONFIG_UNLOCKED, "config-unlocked"},
                                          {Given::tdi_locked, tdisp::TdiState::CONFIG_LOCKED, "config-locked"},
                                          {Given::tdi_run, tdisp::TdiState::RUN, "run"},
                                          {Given::tdi_error, tdisp::TdiState::ERROR, "error"}};

// One list for each file of cases; all_cases() joins them.
std::vector<Case> tdisp_cases();
std::vector<Case> tdisp_content_cases();  ///< flags, offsets, reports, nonces, peer-to-peer
std::vector<Case> tdisp_session_cases();  ///< which session, which TDI, what comes between
std::vector<Case> tdisp_state_cases();    ///< derived: every request in every state and in the clear
std::vector<Case> ide_km_cases();
std::vector<Case> ide_km_stream_cases();  ///< which stream, which key set, what a refused object leaves behind
std::vector<Case> spdm_cases();
std::vector<Case> spdm_content_cases();
std::vector<Case> spdm_chunk_cases();  ///< large messages
std::vector<Case> spdm_information_cases();
std::vector<Case> spdm_order_cases();   ///< derived: every request where it does not belong
std::vector<Case> out_of_band_cases();  ///< derived: every event in every state of a TDI
std::vector<Case> record_cases();       ///< secured messages
std::vector<Case> transport_cases();
std::vector<Case> pci_field_cases();   ///< derived: every field of every TDISP and IDE_KM request
std::vector<Case> spdm_field_cases();  ///< derived: every SPDM request short, unsupported, with reserved bits

using machine::kebab;

}  // namespace lockstep::cases
