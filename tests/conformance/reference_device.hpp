// A run of cases against the reference device in this process.
#pragma once

#include "adapters/memory.hpp"
#include "runner/reference_device.hpp"
#include "runner/run.hpp"

namespace lockstep {

/// Two TDIs, two streams at port 1, DMTF's sample PSK, mutual authentication.
inline runner::Profile profile() {
  runner::Profile profile;
  profile.shape.tdis = 2;
  profile.shape.streams = 2;
  profile.function_ids = {0xBEEF, 0xBEF0};
  profile.streams = {{0, 1}, {1, 1}};
  profile.settling = {};  // the reference device follows at once
  profile.psk = device::sample_psks();
  profile.requester.psk_hint = profile.psk.begin()->first;
  return profile;
}

/// The device for profile().
inline device::ResponderOptions device_options() {
  device::ResponderOptions options;
  options.shape = profile().shape;
  options.psks = profile().psk;
  options.mutual_authentication = true;
  options.data_transfer_size = 0x1000;  // CHUNK_CAP
  options.seed = 1000;                  // not the tester's: the two halves of a SessionID differ
  return options;
}

inline std::vector<const cases::Case*> every_case() {
  std::vector<const cases::Case*> all;
  for (const cases::Case& test : cases::all_cases()) all.push_back(&test);
  return all;
}

inline runner::Run run(const device::ResponderOptions& options, std::vector<const cases::Case*> selection,
                       const runner::Profile& profile = lockstep::profile()) {
  adapters::MemoryTarget target("reference device", [options] {
    return runner::reference_device(options, adapters::binding(adapters::Transport::pci_doe));
  });
  runner::Observer observer;
  return runner::run(target, profile, std::move(selection), {}, observer);
}

/// The result is red for this rule: with the verdict that the catalogue has for a breach of it.
inline bool names(const runner::CaseResult& result, Rule rule) {
  using runner::Verdict;
  const Verdict weight = rule.requirement().on_breach == OnBreach::fail ? Verdict::fail : Verdict::warn;
  const bool red = result.verdict == Verdict::fail || result.verdict == Verdict::warn;
  return red && std::any_of(result.breaches.begin(), result.breaches.end(), [&](const runner::Breach& breach) {
           return breach.rule == rule && breach.weight == weight;
         });
}

}  // namespace lockstep
