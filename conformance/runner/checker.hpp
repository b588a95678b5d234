// Goes through a capture record by record: what the transport says, and which connection a message belongs to.
// Copyable: the state before a record is a copy.
#pragma once

#include "adapters/pcap.hpp"
#include "runner/discovery_walk.hpp"
#include "runner/onlooker.hpp"

namespace lockstep::runner {

class Checker {
 public:
  Checker(adapters::Transport transport, CheckOptions options);

  void take(const adapters::Record& record);
  /// The recording ends here.
  void finish();
  const CheckReport& report() const { return report_; }

 private:
  void packet(Onlooker& onlooker, const adapters::Record& record);
  void discovery(const adapters::Record& record);
  void mctp_header(std::size_t number, View header, std::optional<Role> sender, bool gap);
  std::uint16_t key_of(View packet) const;
  Onlooker& connection_of(const adapters::Record& record);
  void transport(std::size_t number, std::string message, RecordVerdict::Kind kind, Rule rule, std::string reason);

  adapters::Transport transport_;
  CheckOptions options_;
  CheckReport report_;
  DiscoveryWalk walk_;
  std::map<std::uint16_t, Onlooker> connections_;  ///< by the two endpoint ids of MCTP, one of them else
  Bytes first_header_;                             ///< of MCTP
  /// Of MCTP, by the same: the tags of requests that have no response yet.
  std::map<std::uint16_t, std::set<Byte>> waiting_tags_;
};

}  // namespace lockstep::runner
