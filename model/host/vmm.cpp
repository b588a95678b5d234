// The host's verbs: hypervisor and user space together. It calls the TSM, carries every message to the device, owns the
// configuration registers, and, where it is hostile, does with all of them what it likes.
#include "host/conversation.hpp"
#include "host/dsm.hpp"
#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

bool may_bind(const World& w, const Setting& s) {
  return s.can_bind() && !bound(w) && w.view == View::UNLOCKED && quiet(w) && (s.is(BindWhen::HOTPLUG) || !w.running) &&
         (w.mmio == Party::nobody || s.has(Flaw::TSM_BINDS_WHILE_MAPPED)) &&
         (!w.cached || s.has(Flaw::TSM_SKIPS_INVALIDATION)) && !w.fenced;  // what the last unbind has left to do
}
void bind(World& w, Party tenant) {
  w.owner = tenant;
  begin(w, Talk::LOCK);
}
/// The TVM asks for START when all is done that must be done before.
bool wants_start(const World& w, const Setting& s) {
  return w.gate == Gate::PRIVATE || s.is(Accept::FUSED) || s.is(GateOrder::START_THEN_GATE);
}
bool may_start(const World& w, const Setting& s) {
  if (w.view != View::LOCKED || !quiet(w)) return false;
  if (s.is(StartAuthority::HOST_FREE) || s.has(Flaw::TSM_STARTS_UNASKED)) return true;
  return s.is(StartAuthority::HOST_ON_REQUEST) && w.consent != Epoch::none && wants_start(w, s);
}
/// The pages of a tenant go back to the host when the TDI can no longer reach them.
bool may_take_page(const World& w, const Setting& s) {
  if (w.page == Party::host) return false;
  const bool closed = w.gate == Gate::OFF || w.owner != w.page;
  if (s.is(Reclaim::DURING_STOP) && w.talk == Talk::STOP) return true;
  return closed && (!w.cached || s.has(Flaw::TSM_SKIPS_INVALIDATION));
}

bool any_session(const World& w) { return w.tsm_session != SessionState::NONE || w.host_session != SessionState::NONE; }
/// Room for one more session, and the device's leave to have two parties.
bool has_room(const World& w, const Setting& s) {
  return !any_session(w) || (s.is(SessionLimit::TWO) && s.is(Sessions::SHARED));
}
/// The TSM begins at the device what it ends for itself: whether the device hears of it is up to the host.
void disconnect(World& w, const Setting& s) {
  if (w.view != View::UNLOCKED)
    step_device(w, tdisp_letter(tdisp::Stimulus::STOP_INTERFACE_REQUEST, TSM_SESSION)), w.view = View::UNLOCKED;
  give_session_up(w, s);
}
/// LOCK over a session: the device's own composition says what it thinks of the stream's keys.
bool lock_over(World& w, Byte session) {
  return step_device(w, tdisp_letter(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, session));
}
bool encrypts_for_itself(const World& w, const Setting& s) {
  return !s.has_tsm() && w.host_session == SessionState::ESTABLISHED;
}
void learn_key(World& w, const Setting& s) { w.key_known = w.key_known || !s.host_is_trusted(); }

/// Nothing stands on the place of a range that was accepted.
bool may_map(const World& w) { return !w.valid_a && !w.valid_b; }
/// VFIO knows of the binding where it holds it.
bool vfio_knows(const Setting& s) { return s.is(BindOn::VFIO); }
bool may_mmap(const World& w, const Setting& s) {
  if (w.host_maps || s.is(PrivateMmio::DMABUF_NO_CPU)) return false;
  return !vfio_knows(s) || !bound(w);
}
bool mappings_permit_bind(const World& w, const Setting& s) {
  return !w.host_maps || !s.is(PrivateMmio::FORBID_MMAP) || !vfio_knows(s) || s.has(Flaw::TSM_REVOKES_NOTHING);
}
void bind_ranges(World& w, const Setting& s, bool msix) {
  w.owner = Party::TVM1;
  drive(w, tdisp::Stimulus::LOCK_INTERFACE_REQUEST);
  w.msix_locked = msix;
  w.address_leaked = !s.is(MmioOffset::RANDOM) || s.has(Flaw::DSM_REPORTS_ADDRESSES);
  if (s.is(PrivateMmio::REVOKE) && !s.has(Flaw::TSM_REVOKES_NOTHING)) w.host_maps = false;
}
bool served_in_locked(const World& w, const Setting& s) {
  return (locked(w) && s.is(LockedAdmission::T0_ALLOWED)) || (runs(w) && s.has(Flaw::DSM_SERVES_UNTRUSTED));
}

/// In EAGER every device is connected when the host boots, whether anybody wants it or not.
bool connects_by_itself(const Setting& s) { return s.is(ConnectWhen::EAGER); }

// clang-format off
constexpr Verb VERBS[] = {
  // actor to  name  scopes  source  hostile
  {VMM, VMM, "wait", {ACCESS, EVIDENCE, TEARDOWN, LINK, ORDER, RANGES, TRANSLATION, AGENTS, CONNECT, QUEUE},
   "section 0", USUAL,
   IF(true),  // nobody need do anything, ever, unless a property says that it is fair
   DO()},
  {VMM, TVM, "run_tvm", {ACCESS, EVIDENCE, TEARDOWN}, "S1.10 d4", USUAL,
   IF(!w.running && !w.dead),
   DO(w.running = true)},
  {VMM, TSM, "bind", {ACCESS, EVIDENCE, TEARDOWN}, "S1.3 P40", USUAL,
   IF(may_bind(w, s) && !w.dead),
   DO(bind(w, Party::TVM1))},
  {VMM, TSM, "bind_for_tvm2", {TEARDOWN}, "P33 P26", USUAL,
   IF(may_bind(w, s)),
   DO(bind(w, Party::TVM2); w.consent = Epoch::none)},
  {VMM, TSM, "bind_again_for_tvm2", {TEARDOWN}, "P40", HOSTILE,
   IF(w.owner == Party::TVM1 && seen_locked_or_running(w) && quiet(w)),  // an error that names the old binding
   DO(w.reported = s.has(Flaw::TSM_MISREPORTS_BINDING) ? Party::TVM2 : w.owner)},
  {VMM, TSM, "relock", {ACCESS, EVIDENCE}, "d17", HOSTILE,
   IF(s.is(Relock::DIRECT) && seen_locked_or_running(w) && quiet(w)),
   DO(begin(w, Talk::RELOCK))},
  {VMM, TSM, "start", {ACCESS, EVIDENCE, TEARDOWN}, "S1.3 d2", USUAL,
   IF(may_start(w, s)),
   DO(begin(w, Talk::START))},
  {VMM, TSM, "unbind", {ACCESS, EVIDENCE, TEARDOWN}, "S1.4 d12", ENDING,
   IF(bound(w) && w.view != View::UNLOCKED && quiet(w) && !(w.view == View::ERROR && s.has(Flaw::TSM_NO_RECOVERY))),
   DO(begin_stop(w, s))},
  {VMM, TSM, "force_unbind", {TEARDOWN}, "d13 L3", ENDING,
   IF(s.is(StopFailure::FORCE) && w.talk == Talk::STOP && !s.has(Flaw::TSM_WAITS_FOR_EVER)),
   DO(give_up(w, s))},

  // The relay.
  {VMM, TSM, "deliver", {ACCESS, EVIDENCE, TEARDOWN}, "section 0", USUAL,
   IF(w.wire == Wire::response),
   DO(finish(w, s))},
  {VMM, TSM, "deliver_refusal", {ACCESS, EVIDENCE, TEARDOWN}, "section 0", ENDING,
   IF(w.wire == Wire::refusal),
   DO(give_up(w, s))},
  {VMM, TSM, "drop", {ACCESS, EVIDENCE, TEARDOWN}, "section 0 P42", HOSTILE,
   IF(w.wire != Wire::idle),
   DO(give_up(w, s))},
  {VMM, TSM, "cross_wire", {ACCESS}, "section 0 P02", HOSTILE,  // the response of another TDI
   IF(w.wire == Wire::request),
   DO(s.has(Flaw::TSM_SKIPS_INTERFACE) ? finish(w, s) : give_up(w, s))},

  // Out of band.
  {VMM, DSM, "write_config", {ACCESS}, "P35", HOSTILE,
   IF(locked_or_runs(w)),
   DO(if (s.has(Flaw::DSM_ROLLS_BACK)) w.tdi = TdiState::CONFIG_LOCKED, w.nonce = true;
      else if (!s.has(Flaw::DSM_TRACKS_NO_WRITES)) drive(w, tdisp::Stimulus::CONFIG_WRITE_TRACKED))},
  {VMM, DSM, "clear_bus_master", {ACCESS}, "P35", HOSTILE,
   IF(locked_or_runs(w)),
   DO(drive(w, tdisp::Stimulus::MEMORY_SPACE_OR_BUS_MASTER_CLEARED))},
  {VMM, DSM, "function_level_reset", {ACCESS, TEARDOWN}, "P35 P34", HOSTILE,
   IF(locked_or_runs(w)),
   DO(drive(w, tdisp::Stimulus::FUNCTION_LEVEL_RESET))},

  {VMM, DSM, "replay_start", {ACCESS}, "P21", HOSTILE,
   IF(locked(w) && w.relocked),
   DO(drive(w, tdisp::Stimulus::START_INTERFACE_REQUEST,
            s.has(Flaw::DSM_IGNORES_NONCE) ? tdisp::Defect::none : tdisp::Defect::nonce_old))},

  // What the host does with evidence on its way.
  {VMM, TVM, "serve_old_report", {EVIDENCE}, "S1.5 P14", HOSTILE,
   IF(w.running && w.relocked && w.report == Epoch::none && seen_locked_or_running(w)),
   DO(if (!s.is(EvidenceTransport::GUEST_REQ)) w.report = Epoch::older)},
  {VMM, TVM, "tamper_with_report", {EVIDENCE}, "S1.5 P14", HOSTILE,
   IF(w.running && w.report == Epoch::none && seen_locked_or_running(w)),
   DO(if (s.has(Flaw::TVM_SKIPS_DIGESTS)) w.report = Epoch::forged)},
  {VMM, TVM, "replay_measurements", {EVIDENCE}, "P17", HOSTILE,
   IF(w.running && w.measurements == Epoch::none && seen_locked_or_running(w)),
   DO(if (s.has(Flaw::TVM_SKIPS_MEASUREMENT_NONCE)) w.measurements = Epoch::current, w.fresh = false)},

  // Memory.
  {VMM, TSM, "take_page", {TEARDOWN}, "P30 d12", USUAL,
   IF(may_take_page(w, s)),
   DO(w.page = Party::host)},
  {VMM, TSM, "give_page_to_tvm2", {TEARDOWN}, "P26 P30", USUAL,
   IF(w.page == Party::host),
   DO(w.page = Party::TVM2)},
  {VMM, TSM, "unmap_mmio", {TEARDOWN}, "P33", USUAL,
   IF(w.mmio != Party::nobody && w.mmio != w.owner),
   DO(w.mmio = Party::nobody)},
  {VMM, TSM, "destroy_tvm", {TEARDOWN}, "P36", HOSTILE,
   IF(!w.dead && (w.owner != Party::TVM1 || s.has(Flaw::TSM_FORGETS_REFERENCES))),
   DO(w.dead = true)},

  // Session and link.
  {VMM, TSM, "connect", {LINK}, "S1.1 S1.14 P04", USUAL,
   IF(w.tsm_session == SessionState::NONE && !w.alive && w.view == View::UNLOCKED && s.has_tsm() &&
      has_room(w, s)),
   DO(clear_port(w); step_device(w, spdm_letter(spdm::Stimulus::KEY_EXCHANGE, TSM_SESSION)))},
  {VMM, DSM, "connect_for_itself", {LINK}, "S1.14 d15", USUAL,
   IF(w.host_session == SessionState::NONE && has_room(w, s)),
   DO(step_device(w, spdm_letter(spdm::Stimulus::KEY_EXCHANGE, HOST_SESSION)))},
  {VMM, DSM, "finish_for_itself", {LINK}, "S1.14", USUAL,
   IF(w.host_session == SessionState::HANDSHAKING),
   DO(step_device(w, spdm_letter(spdm::Stimulus::FINISH, HOST_SESSION)))},
  // A host that encrypts its link by itself: no TSM, Rx at both ends before Tx at both ends.
  {VMM, DSM, "program_both_ends", {LINK}, "S1.14 S1.17 cma-only", USUAL,
   IF(encrypts_for_itself(w, s) && w.device_keys == Keys::none),
   DO(program_device(w, HOST_SESSION, false) && program_device(w, HOST_SESSION, true);
      w.port_keys = Keys::host; w.port_rx = w.port_tx = Stage::programmed; learn_key(w, s))},
  {VMM, DSM, "go_rx_for_itself", {LINK}, "S1.14 S1.17 cma-only", USUAL,
   IF(encrypts_for_itself(w, s) && w.device_rx == Stage::programmed && w.port_rx == Stage::programmed),
   DO(activate_device(w, HOST_SESSION, false); w.port_rx = Stage::active)},
  {VMM, DSM, "go_tx_for_itself", {LINK}, "S1.14 S1.17 cma-only", USUAL,
   IF(encrypts_for_itself(w, s) && w.device_rx == Stage::active && w.device_tx == Stage::programmed &&
      w.port_tx == Stage::programmed),
   DO(activate_device(w, HOST_SESSION, true); w.port_tx = Stage::active)},
  {VMM, ROOT, "program_port", {LINK}, "S1.15 d16", USUAL,
   IF(s.is(RootPortKeys::HOST) && w.alive && w.port_keys == Keys::none),
   DO(w.port_keys = Keys::TSM; w.port_rx = w.port_tx = Stage::programmed; learn_key(w, s))},
  {VMM, TSM, "bind", {LINK}, "S1.16 P06", USUAL,
   IF(s.can_bind() && w.alive && w.view == View::UNLOCKED && w.tdi == TdiState::CONFIG_UNLOCKED &&
      ((device_secure(w) && port_secure(w)) || s.has(Flaw::TSM_BINDS_EARLY))),
   DO(if (lock_over(w, TSM_SESSION)) w.view = View::LOCKED; else give_session_up(w, s))},
  {VMM, DSM, "lock_over_own_session", {LINK}, "S1.17 P06", HOSTILE,
   IF(w.host_session == SessionState::ESTABLISHED && w.tdi == TdiState::CONFIG_UNLOCKED),
   DO(lock_over(w, HOST_SESSION))},
  {VMM, DSM, "program_device_over_own_session", {LINK}, "P06 P07", HOSTILE,
   IF(w.host_session == SessionState::ESTABLISHED),
   DO(program_device(w, HOST_SESSION, false) && program_device(w, HOST_SESSION, true))},
  {VMM, DSM, "end_own_session", {LINK}, "S1.14 d15", ENDING,
   IF(w.host_session == SessionState::ESTABLISHED),
   DO(step_device(w, spdm_letter(spdm::Stimulus::END_SESSION, HOST_SESSION)); if (w.port_keys == Keys::host) clear_port(w))},
  {VMM, DSM, "get_version", {LINK}, "P04", HOSTILE,
   IF(any_session(w)),
   DO(step_device(w, spdm_letter(spdm::Stimulus::GET_VERSION, device::NONE),
                  s.has(Flaw::DSM_UNCOUPLED) ? Choice::uncoupled : Choice::as_specified))},
  {VMM, DSM, "power_cycle", {LINK}, "P04", HOSTILE,
   IF(any_session(w)),
   DO(step_device(w, {.session = device::NONE, .body = device::DeviceEvent::CONVENTIONAL_RESET}))},
  {VMM, ROOT, "write_port_registers", {LINK}, "P08", HOSTILE,
   IF(w.port_keys == Keys::TSM),
   DO(if (s.has(Flaw::ROOT_OPEN_REGISTERS)) w.port_keys = Keys::host)},
  {VMM, TSM, "replay_response", {LINK}, "P02", HOSTILE,
   IF(w.alive && w.tsm_session == SessionState::ESTABLISHED),
   DO(if (s.has(Flaw::TSM_SKIPS_SEQUENCE)) w.forgery = true;
      else give_session_up(w, s))},  // a MAC that fails ends the session
  {VMM, TVM, "give_other_transcript", {LINK}, "P03", HOSTILE,
   IF(w.alive && w.transcript != Transcript::other),
   DO(if (s.has(Flaw::TSM_TRUSTS_TRANSCRIPTS)) w.transcript = Transcript::other)},
  {VMM, TSM, "refresh_keys", {LINK}, "L4 P11", USUAL,
   IF(w.alive && w.tsm_session == SessionState::ESTABLISHED && device_secure(w) && port_secure(w) &&
      w.counter == Counter::high &&
      !s.has(Flaw::TSM_LOSES_REQUESTS)),
   DO(w.counter = Counter::low)},
  {VMM, TSM, "disconnect", {LINK}, "S1.2 P10 d14", ENDING,
   IF(w.alive && (s.is(DisconnectBound::IMPLICIT_UNBIND) || w.view == View::UNLOCKED)),
   DO(disconnect(w, s))},
  {VMM, DSM, "deliver_end_session", {LINK}, "S1.2 P10", ENDING,
   IF(!w.alive && w.tsm_session == SessionState::ESTABLISHED),
   DO(step_device(w, spdm_letter(spdm::Stimulus::END_SESSION, TSM_SESSION)))},

  // Order on the link.
  {VMM, WIRE, "force_completion_time_out", {ORDER}, "P12b CVE-2025-9613", HOSTILE,
   IF(w.tag != Party::nobody && w.completion == w.tag),
   DO(w.tag = Party::nobody; w.quarantined = !s.has(Flaw::ROOT_REUSES_TAGS))},

  // MMIO ranges.
  {VMM, TSM, "map_ranges", {RANGES}, "S1.20 P18", USUAL,
   IF(may_map(w)),
   DO(w.range_a = w.range_b = Place::right)},
  {VMM, TSM, "swap_ranges", {RANGES}, "P18", HOSTILE,
   IF(may_map(w)),
   DO(w.range_a = w.range_b = Place::swapped)},
  {VMM, TSM, "map_mmio_of_another_tdi", {RANGES}, "P18", HOSTILE,
   IF(may_map(w)),
   DO(w.range_a = Place::right; w.range_b = Place::foreign)},
  {VMM, TSM, "shift_by_one_page", {RANGES}, "P18", HOSTILE,
   IF(may_map(w)),
   DO(w.range_a = Place::right; w.range_b = Place::shifted)},
  {VMM, TSM, "bind", {RANGES}, "P29 S4.9", USUAL,
   IF(s.can_bind() && !bound(w) && mappings_permit_bind(w, s)),
   DO(bind_ranges(w, s, false))},
  {VMM, TSM, "bind_with_msix_locked", {RANGES}, "P29b", USUAL,
   IF(s.can_bind() && !bound(w) && mappings_permit_bind(w, s)),
   DO(bind_ranges(w, s, true))},
  {VMM, TSM, "unbind", {RANGES}, "S4.1", ENDING,
   IF(bound(w)),
   DO(drive(w, tdisp::Stimulus::STOP_INTERFACE_REQUEST); w.owner = Party::nobody;
      w.valid_a = w.valid_b = w.accepted_all = false;
      w.touched = w.msix_locked = w.vectors_forged = w.trusts_interrupts = w.address_leaked = false)},
  {VMM, VMM, "mmap_bar", {RANGES}, "S4.9 P29 d20", USUAL,
   IF(may_mmap(w, s)),
   DO(w.host_maps = true)},
  {VMM, VMM, "munmap_bar", {RANGES}, "S4.9 P29", USUAL,
   IF(w.host_maps),
   DO(w.host_maps = false)},
  {VMM, DEVICE, "poke_bar", {RANGES}, "S2.4 P28 d9", HOSTILE,
   IF(locked_or_runs(w) && !w.touched),
   DO(if (served_in_locked(w, s)) w.touched = true)},
  {VMM, DSM, "rewrite_vectors", {RANGES}, "P29b", HOSTILE,
   IF(locked_or_runs(w) && !w.vectors_forged),
   DO(if (w.msix_locked) drive(w, tdisp::Stimulus::CONFIG_WRITE_TRACKED); else w.vectors_forged = true)},

  // Translation.
  {VMM, TSM, "map_page", {TRANSLATION}, "S4.7 P25", USUAL,
   IF(w.cpu_target == Target::nothing),
   DO(w.cpu_target = Target::old_page; if (!s.is(Translation::MIRROR)) w.iommu_target = Target::old_page)},
  {VMM, TSM, "move_page", {TRANSLATION}, "S4.7 P25", USUAL,  // the TSM blocks and invalidates what it is the writer of
   IF(w.cpu_target == Target::old_page),
   DO(w.cpu_target = Target::new_page;
      if (!s.is(Translation::MIRROR) && !s.has(Flaw::TSM_KEEPS_TRANSLATION))
        w.iommu_target = w.cached_target = Target::nothing)},
  {VMM, TSM, "unblock_page", {TRANSLATION}, "S4.7 P25", USUAL,
   IF(!s.is(Translation::MIRROR) && w.iommu_target == Target::nothing && w.cpu_target == Target::new_page),
   DO(w.iommu_target = w.cpu_target)},
  {VMM, IOMMU, "propagate_to_mirror", {TRANSLATION}, "S4.7 P25 d21", USUAL,
   IF(s.is(Translation::MIRROR) && w.iommu_target != w.cpu_target),
   DO(w.iommu_target = w.cpu_target; w.cached_target = Target::nothing)},
  {VMM, IOMMU, "point_to_other_table", {TRANSLATION}, "P26", HOSTILE,
   IF(w.iommu_target != Target::other_tenant),
   DO(if (s.is(Translation::MIRROR) || s.has(Flaw::TSM_SHARES_CONTEXT)) w.iommu_target = Target::other_tenant)},

  // Agents.
  {VMM, TVM, "forge_config_space", {AGENTS}, "S0.13 P16", HOSTILE,
   IF(!w.config_lies),
   DO(w.config_lies = true)},
  {VMM, TVM, "add_surprise_function", {AGENTS}, "S1.10 d4", HOSTILE,
   IF(s.is(Predeclared::NO) && s.is(BindWhen::HOTPLUG) && !w.surprise),
   DO(w.surprise = true)},

  // Two TDIs, two devices.
  {VMM, TSM, "begin_on_tdi_1", {CONNECT}, "L6", USUAL,
   IF(!w.wants_1 && !w.done_1),
   DO(w.wants_1 = true)},
  {VMM, TSM, "begin_on_tdi_2", {CONNECT}, "L6", USUAL,
   IF(!w.wants_2 && !w.done_2),
   DO(w.wants_2 = true)},
  {VMM, TSM, "carry_for_tdi_1", {CONNECT}, "L6", USUAL,
   IF(w.busy == Party::TVM1),
   DO(w.busy = Party::nobody; w.wants_1 = false; w.done_1 = true)},
  {VMM, TSM, "carry_for_tdi_2", {CONNECT}, "L6", USUAL,
   IF(w.busy == Party::TVM2),
   DO(w.busy = Party::nobody; w.wants_2 = false; w.done_2 = true)},
  {VMM, TSM, "connect_idle_device", {CONNECT}, "S1.8 d3", USUAL,
   IF(connects_by_itself(s) && w.stream_of == Party::nobody),
   DO(w.stream_of = Party::host)},
  {VMM, DSM, "authenticate_at_boot", {CONNECT}, "S1.14 d3 d15", USUAL,
   IF(connects_by_itself(s) && s.is(Sessions::SHARED) && w.host_session == SessionState::NONE &&
      w.tsm_session == SessionState::NONE),
   DO(w.host_session = SessionState::ESTABLISHED)},
  {VMM, TSM, "want_device", {CONNECT}, "S1.8 L6", USUAL,
   IF(!w.asked && (!s.is(ConnectWhen::EAGER) || w.stream_of != Party::nobody)),
   DO(w.asked = true)},
  {VMM, TSM, "connect_wanted_device", {CONNECT}, "S1.8 L6", USUAL,
   IF(w.asked && w.tsm_session == SessionState::NONE && w.stream_of == Party::nobody &&
      (w.host_session == SessionState::NONE || s.is(SessionLimit::TWO)) && !s.has(Flaw::TSM_LOSES_REQUESTS)),
   DO(w.tsm_session = SessionState::ESTABLISHED; w.stream_of = Party::TVM1)},
  {VMM, TSM, "fail_to_connect", {CONNECT}, "S1.14 L6", USUAL,
   IF(w.asked && w.tsm_session == SessionState::NONE && !w.refused && (w.stream_of != Party::nobody ||
      (w.host_session != SessionState::NONE && s.is(SessionLimit::ONE)))),
   DO(w.refused = true)},

  // The emulated device.
  {VMM, TVM, "read_page", {QUEUE}, "S3.1 S3.2 V1", HOSTILE,
   IF(w.granted != Granter::nobody && !w.host_touched),
   DO(w.host_touched = true; w.neighbour_seen = w.neighbour_seen || w.beside)},
  {VMM, LOWVISOR, "ask_for_page", {QUEUE}, "S3.1 V1", HOSTILE,
   IF(w.granted == Granter::nobody),
   DO(if (s.is(Virtio::VIOMMU_IN_VMM) || s.has(Flaw::LOWVISOR_TRUSTS_HOST)) w.granted = Granter::host)},
  {VMM, TVM, "rewrite_descriptor", {QUEUE}, "S3.6 V3", HOSTILE,
   IF(w.descriptor == Buffer::small),
   DO(w.descriptor = Buffer::wide)},
  {VMM, DEVICE, "emulate_key_register", {QUEUE}, "S3.9 V5", HOSTILE,
   IF((s.is(Virtio::ENCRYPTED_QUEUE_EMULATED) || s.device_is_emulated()) && w.queue_encrypted && !w.queue_key_known),
   DO(w.queue_key_known = true)},
  {VMM, DEVICE, "migrate_device", {QUEUE}, "S3.11 V5", HOSTILE,
   IF(w.queue_encrypted && !w.queue_key_known && s.is(Virtio::ENCRYPTED_QUEUE_PASSTHROUGH)),
   DO(if (s.has(Flaw::HOST_MIGRATES_KEYS)) w.queue_key_known = true)},
  {VMM, TVM, "clear_feature_bit", {QUEUE}, "S3.9 V5", HOSTILE,
   IF(w.queue_encrypted),
   DO(if (s.has(Flaw::TVM_ACCEPTS_DOWNGRADE)) w.queue_encrypted = false)},
  {VMM, TVM, "read_queue", {QUEUE}, "S3.9 S3.10 V5", HOSTILE,
   IF(!w.plaintext_seen && w.published != Buffer::none),
   DO(w.plaintext_seen = !w.queue_encrypted || w.queue_key_known)},
};
// clang-format on

}  // namespace

std::span<const Verb> vmm_verbs() { return VERBS; }

}  // namespace lockstep::host
