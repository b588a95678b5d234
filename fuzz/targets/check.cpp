// The capture checker over arbitrary packets, with the pre-shared key of DMTF's samples. Input: a pcap file.
#include "runner/check.hpp"

#include <algorithm>

#include "adapters/pcap.hpp"
#include "device/responder.hpp"
#include "fuzz/target.hpp"

namespace lockstep::fuzz {

void run(View input) {
  const auto capture = adapters::read_capture(input);
  if (!capture || capture->records.size() > 256) return;
  const runner::CheckReport report = runner::check(*capture, {device::sample_psks()});
  require(report.records.size() >= capture->records.size(), "something is said of every record");
  const auto names = [&](const runner::RecordVerdict& verdict) {
    return std::any_of(capture->records.begin(), capture->records.end(),
                       [&](const adapters::Record& record) { return record.number == verdict.number; });
  };
  for (const runner::RecordVerdict& verdict : report.records) {
    require(names(verdict), "a verdict names its record");
    const bool legal = verdict.kind == runner::RecordVerdict::Kind::legal;
    require(legal || !verdict.reason.empty() || verdict.rule, "a verdict has a rule or a reason");
  }
}

}  // namespace lockstep::fuzz
