// What a case needs, and whether the target has it.
#include "runner/driver.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::runner {

Maybe Driver::lacks(const cases::Case& test) const {
  if (claims_.spdm_version == 0) return std::nullopt;  // nothing is known of the target yet
  if (claims_.spdm_version < test.since) return absent("the negotiated SPDM version is older than the case");
  if (claims_.spdm_version > test.until) return absent("the negotiated SPDM version is newer than the case");
  if (test.given >= cases::Given::handshaking && !can(test.session)) return absent("no such session with this target");
  for (const cases::Needs need : test.needs)
    if (const char* missing = lacks(need)) return absent(missing);
  return std::nullopt;
}

/// nullptr: the target has it.
const char* Driver::lacks(cases::Needs need) const {
  namespace cap = wire::spdm::capability;
  using cases::Needs;
  const auto unless = [](bool there, const char* what) { return there ? nullptr : what; };
  const auto over = [&](std::string_view transport) { return link_ && link_->binding().name == transport; };
  switch (need) {
    case Needs::nothing:
      return nullptr;
    case Needs::session:
      return unless(can(cases::SessionKind::any), "no session in common");
    case Needs::key_exchange:
      return unless(can(cases::SessionKind::key_exchange), "no KEY_EX_CAP");
    case Needs::psk:
      return unless(can(cases::SessionKind::psk), "no PSK_CAP, or no --psk given");
    case Needs::ide_km:
      return unless(profile_.ide_km && profile_.shape.kind == device::Kind::endpoint_with_ide, "no IDE_KM");
    case Needs::tdisp:
      return unless(profile_.tdisp, "no TDISP over this transport");
    case Needs::heartbeat:
      return unless(claims_.both_have(cap::HBEAT_CAP), "no HBEAT_CAP");
    case Needs::key_update:
      return unless(claims_.both_have(cap::KEY_UPD_CAP), "no KEY_UPD_CAP");
    case Needs::p2p:
      return unless((follower_->store().tdis[0].optional_requests.value_or(3) & 3) != 0, "no P2P requests offered");
    case Needs::two_tdis:
      return unless(profile_.shape.tdis >= 2, "only one TDI under test");
    case Needs::two_streams:
      return unless(profile_.shape.streams >= 2, "only one IDE stream under test");
    case Needs::mutual_authentication:
      return unless(claims_.both_have(cap::MUT_AUTH_CAP), "no MUT_AUTH_CAP");
    case Needs::injector:
      return unless(injector() != nullptr, "no injector");
    case Needs::doe:
      return unless(link_ && !link_->offered().empty(), "no DOE mailbox");
    case Needs::mctp:
      return unless(over("mctp"), "not over MCTP");
    case Needs::tcp:
      return unless(over("tcp"), "not over TCP");
    case Needs::objects:
      return unless(link_ && link_->takes_objects(),
                    "the way to the target takes messages, and makes their headers itself");
    case Needs::measurement_log:
      return unless(claims_.responder.has(cap::MEL_CAP), "no MEL_CAP");
    case Needs::endpoint_info:
      return unless((claims_.responder.flags & cap::EP_INFO_CAP) == cap::EP_INFO_CAP_SIG, "no EP_INFO_CAP_SIG");
    case Needs::chunks:
      return unless(claims_.responder.has(cap::CHUNK_CAP), "no CHUNK_CAP");
  }
  return nullptr;
}

}  // namespace lockstep::runner
