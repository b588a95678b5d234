// Judges recorded traffic: was it legal, on both sides? No device is needed.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "adapters/pcap.hpp"
#include "oracle/follower.hpp"
#include "runner/keylog.hpp"

namespace lockstep::runner {

struct CheckOptions {
  std::map<Bytes, Bytes> psk = {};  ///< by hint
  /// The shared secret of a key exchange by its two ExchangeData, as a key log has it.
  std::function<std::optional<Bytes>(View request_exchange_data, View response_exchange_data)> shared_secret = {};
  LoggedSecrets keylog = {};  ///< of the sessions in the recording
  bool tells_events = false;  ///< it begins where the device does, and what happens out of band stands in it
};

/// What was said about one record of a capture.
struct RecordVerdict {
  enum class Kind : Byte {
    legal,
    warn,
    fail,
    not_judged,
    missing,  ///< a message that must have been there before, or after, this record is not in the recording
  };
  std::size_t number = 0;  ///< of the record, from 1
  std::string sender;      ///< "requester", "responder", or "transport"
  std::string message;     ///< decoded, on one line
  Kind kind = Kind::legal;
  Rule rule;
  std::string reason;  ///< why not judged, or what is wrong
  std::string state;   ///< the state believed after it
};
std::string_view name(RecordVerdict::Kind);

struct CheckReport {
  std::string file, transport;
  std::vector<RecordVerdict> records;
  std::string error;  ///< why the file ends early; empty: it was read to its end

  std::array<std::size_t, 5> counts() const;  ///< by Kind
  /// 0 every judged record legal (warnings allowed unless strict), 1 a deviation, 4 the file ends early or messages are
  /// missing, 5 nothing judged.
  int exit_code(bool strict = false) const;
};

/// The records of a capture that was read; CheckReport::file stays empty.
CheckReport check(const adapters::Capture& capture, const CheckOptions& options);
/// A capture, or a trace of ours (docs/traces.md). The error: neither.
Result<CheckReport, std::string> check(const std::filesystem::path& file, const CheckOptions& options);

/// What a trace says of the wire, judged as if it had been seen from outside. Records have the numbers of its lines.
Result<CheckReport, std::string> check_trace(std::string_view text, std::string_view name, const CheckOptions& options);

}  // namespace lockstep::runner
