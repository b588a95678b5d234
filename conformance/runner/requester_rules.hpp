// What the catalogue asks of a requester and an onlooker can see. Beside these, Onlooker warns of any request that a
// device must refuse in every state believed possible (order of SPDM requests, nonces and locks of TDISP, owners of
// streams), and the rules for both roles (SECMSG, MCTP) count for the requester's records too.
//
//   TDISP-VER-006, -007  a version that TDISP_VERSION listed
//   TDISP-CAP-014        TSM_CAPS has no undefined bits (a check of the layout)
//   TDISP-RPT-025, -026  no START after a report that is malformed or whose portions disagree
//   IDE-STREAM-028       K_SET_GO for Rx before Tx
//   IDE-STREAM-029       no key a second time, no key for both directions
//   IDE-STREAM-031, -032 no K_SET_GO after a KP_ACK that refuses, or that answers something else
//   SPDM-CAP-027         does not go on after CAPABILITIES that contradict themselves
//   SPDM-ALG-019         does not go on after ALGORITHMS that were not offered
//   SECMSG-030           does not use a session after DecryptError (Onlooker sees to it)
#pragma once

#include <map>
#include <set>

#include "oracle/follower.hpp"

namespace lockstep::runner {

class RequesterRules {
 public:
  /// What is wrong with a request in the light of what came before; call it before its answer is told.
  std::vector<wire::Finding> request(const spdm::Seen& seen);
  void response(const oracle::Step& step);

 private:
  using Findings = std::vector<wire::Finding>;
  /// StreamID and PortIndex.
  using Stream = std::pair<Byte, Byte>;
  struct Slot {
    Bytes key = {};  ///< the latest
    enum class Answer : Byte { none, accepted, refused, garbled } answer = Answer::none;
    bool in_use = false;
  };
  struct Keys {
    std::map<Byte, Slot> slots;            ///< by the Key/Sub-stream byte
    std::map<Byte, std::set<Bytes>> used;  ///< by direction and sub-stream: keys that went into use
    std::map<Bytes, bool> directions;      ///< key -> it was programmed for Tx
  };
  struct Interface {
    std::optional<Bytes> versions;  ///< that TDISP_VERSION listed
    Rule report_breaks;             ///< what the report of this lock breaks, for the requester
  };

  void before_go(Findings& findings, Keys& keys, Byte key_sub_stream) const;
  void ide_km(Findings& findings, const wire::AnyMessage& request);
  void tdisp(Findings& findings, const wire::AnyMessage& request);
  void ide_km_answer(const oracle::Step& step, const wire::AnyMessage& request, const wire::AnyMessage& response);
  void tdisp_answer(const oracle::Step& step, const wire::AnyMessage& response);

  std::map<Stream, Keys> streams_;
  std::map<std::uint32_t, Interface> interfaces_;  ///< by FUNCTION_ID
  Rule doubtful_;                                  ///< the latest negotiation answer should have made it stop
};

}  // namespace lockstep::runner
