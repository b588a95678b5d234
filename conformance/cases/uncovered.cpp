#include "cases/uncovered.hpp"

#include <algorithm>
#include <vector>

namespace lockstep::cases {
namespace {

struct Reason {
  std::string_view why;
  std::vector<Rule> rules;
};

// clang-format off
const std::vector<Reason>& reasons() {
  static const std::vector<Reason> all = {
    {"takes TLPs or DMA: not visible to a requester of SPDM",
     {"TDISP-LOCK-027", "TDISP-LOCK-028", "TDISP-STOP-003", "TDISP-STOP-004", "TDISP-STOP-005", "TDISP-P2P-008", "TDISP-OOB-002",
      "TDISP-OOB-040", "TDISP-TLP-002", "TDISP-TLP-003", "TDISP-TLP-004", "TDISP-TLP-005", "TDISP-TLP-006", "TDISP-TLP-007",
      "TDISP-TLP-008", "TDISP-TLP-009", "TDISP-TLP-010", "TDISP-TLP-011", "TDISP-TLP-012", "TDISP-TLP-013", "TDISP-TLP-014",
      "TDISP-TLP-015", "TDISP-TLP-016", "IDE-MSG-028", "IDE-STREAM-005", "IDE-STREAM-006", "IDE-STREAM-008"}},
    {"takes access to configuration space, to make it so or to compare with it",
     {"TDISP-LOCK-009", "TDISP-LOCK-012", "TDISP-LOCK-015", "TDISP-LOCK-016", "TDISP-LOCK-017", "TDISP-LOCK-018", "TDISP-LOCK-019",
      "TDISP-RPT-015", "TDISP-RPT-018", "TDISP-RPT-019", "TDISP-RPT-020", "IDE-MSG-008", "IDE-MSG-009"}},
    {"one event stands for all such registers: an injector script chooses which one config-write-sensitive or config-write-harmless writes",
     {"TDISP-OOB-020", "TDISP-OOB-023", "TDISP-OOB-024", "TDISP-OOB-025", "TDISP-OOB-026", "TDISP-OOB-028", "TDISP-OOB-029", "TDISP-OOB-030",
      "TDISP-OOB-031", "TDISP-OOB-033"}},
    {"permits and forbids nothing", {"TDISP-LOCK-020", "TDISP-RPT-022", "SPDM-VER-008", "IDE-MSG-027"}},
    {"what it forbids a device may do by itself at any time: a TDI may go to ERROR", {"TDISP-OOB-036"}},
    {"depends on what the device or its host is, which no message tells", {"TDISP-CAP-008", "TDISP-RPT-017", "SPDM-KEX-020", "SPDM-MEAS-014"}},
    {"takes a way into the device that no injector has: entropy, counters near their end, a clock of its own",
     {"TDISP-LOCK-021", "TDISP-START-010", "SECMSG-007", "SPDM-LIFE-004"}},
    {"the tester has one request under way at a time", {"TDISP-CAP-013", "DOE-021"}},
    {"the device's own choice: judged whenever it is met, and not to be provoked",
     {"TDISP-ERR-001", "SPDM-LIFE-021", "SPDM-LIFE-022", "SPDM-LIFE-023"}},
    {"would change what the device keeps for good",
     {"SPDM-CERT-012", "SPDM-CERT-016", "SPDM-CERT-017", "SPDM-CERT-018", "SPDM-CERT-019", "SPDM-CERT-020", "SPDM-CERT-021",
      "SPDM-CERT-022"}},
    {"the tester does not claim the capability or the large form (CACHE, MULTI_KEY, LARGE_RESP, PUB_KEY_ID, KEM)",
     {"SPDM-CERT-013", "SPDM-CERT-014", "SPDM-CERT-015", "SPDM-CHAL-004", "SPDM-CHAL-013", "SPDM-KEX-015", "SPDM-KEX-021", "SPDM-VDM-004",
      "SPDM-LIFE-015"}},
    {"GET_CSR may reset a device, and reserves a tag in it until the certificate comes: not tried on anybody's device",
     {"SPDM-CERT-024", "SPDM-CERT-025", "SPDM-CERT-026"}},
    {"the reference device has neither key pairs by number nor lists of events", {"SPDM-CERT-027", "SPDM-ENCAP-010", "SPDM-ENCAP-011", "SPDM-ENCAP-013"}},
    {"only where the device has less than others: measurements without signatures or specification, PSK without context", {"SPDM-MEAS-005", "SPDM-MEAS-017", "SPDM-FIN-013"}},
    {"only where both ends claim HANDSHAKE_IN_THE_CLEAR_CAP: with --handshake-in-the-clear every case over KEY_EXCHANGE is one", {"SPDM-FIN-010"}},
    {"without a heartbeat every answer to HEARTBEAT is right (false alarm P13)", {"SPDM-LIFE-002"}},
    {"while the flow is open every answer to another request is right: the working group left it open", {"SPDM-ENCAP-002"}},
    {"the flow of a session is part of the way to where a case begins, and nothing wrong is said on the way", {"SPDM-ENCAP-003"}},
    {"takes a device that asks for KEY_UPDATE by itself, which no message makes it do", {"SPDM-ENCAP-007"}},
    {"takes a session that protects with MAC only, or secured messages 1.3: Lockstep selects neither", {"SECMSG-017", "SECMSG-027", "SECMSG-028"}},
    {"how many sessions a device has is not known, and opening all of them denies it to others", {"SPDM-KEX-011"}},
    {"a device may refuse KEY_EXCHANGE at any time, whatever the refused ones before have left in it", {"SPDM-KEX-013"}},
    {"a device that takes such a value answers with a MAC under a secret that the tester cannot have: no verdict on it is sure", {"SPDM-KEX-010"}},
    {"which protocols a device has for the PCI-SIG is not in a letter", {"SPDM-VDM-005"}},
    {"judged in every message of a device whose VERSION has such an entry: no request asks for one", {"SPDM-VER-009"}},
    {"devices differ, and no text decides (false alarm P24)", {"SPDM-CAP-022"}},
    {"under the MAC of the message: a change shows as wrong verify data", {"SPDM-FIN-005", "SPDM-FIN-008", "SPDM-FIN-011"}},
    {"takes registers of the mailbox: status bits, abort, Go, reads of a part", {"DOE-019", "DOE-020", "DOE-022", "DOE-023"}},
    {"takes an object of 2^18 double words, a megabyte: emulators and shims end a frame far below", {"DOE-008"}},
    {"takes the packets of MCTP: sockets and shims carry whole messages (captures are checked for the tag)", {"MCTP-004", "MCTP-005"}},
  };
  return all;
}
// clang-format on

}  // namespace

std::string_view why_uncovered(Rule rule) {
  for (const Reason& reason : reasons())
    if (std::find(reason.rules.begin(), reason.rules.end(), rule) != reason.rules.end()) return reason.why;
  return {};
}

}  // namespace lockstep::cases
