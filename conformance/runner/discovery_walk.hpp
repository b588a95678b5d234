// DOE discovery as an onlooker sees it: requests and responses take turns, and the walk follows Next Index
// (PCIe Base 6.x, 6.30.1.1).
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/bytes.hpp"
#include "requirements/rule.hpp"

namespace lockstep::runner {

class DiscoveryWalk {
 public:
  struct Verdict {
    std::string message;
    Rule rule = {};
    std::string reason = {};  ///< empty: nothing is wrong
    bool missing = false;     ///< a record is not there, rather than wrong
  };
  /// The payload of one data object of type 0.
  Verdict take(View payload);
  /// The first object of another type: the latest walk, if it came to its end, or one before it must have listed it. A
  /// device may have several mailboxes, and not every one takes SPDM.
  std::optional<Verdict> used(Byte data_object_type);
  /// A request has no response yet.
  bool waiting() const { return asked_.has_value(); }
  /// It never came.
  void forget() { asked_.reset(), gap_ = true; }

 private:
  Verdict again(View payload);
  Verdict request(View payload);
  Verdict response(View payload);

  std::optional<Byte> asked_;
  Bytes latest_;              ///< request
  std::optional<Byte> next_;  ///< Next Index of the latest response
  std::set<Byte> indices_;    ///< seen in this walk
  std::set<Byte> types_;      ///< listed by this walk
  std::set<Byte> listed_;     ///< by any walk
  std::set<Byte> blamed_;     ///< types that are used and were not listed: said once
  bool whole_ = false;        ///< from index 0 to the last
  bool gap_ = false;          ///< and records of it are missing
};

}  // namespace lockstep::runner
