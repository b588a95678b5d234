// A trial: a correct device, the cases that concern a row of false_alarms.csv, and what was seen in between.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "reference_device.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::false_alarm {

namespace w = wire::spdm;
using adapters::Packet;
using cases::Given;
using S = spdm::Stimulus;
using D = spdm::Defect;
using runner::Verdict;

// --- a run, and what was seen in it ----------------------------------------------------------------------------------

/// May come between tester and device: a device that differs from the reference device in this.
using Between = std::function<std::optional<Packet>(const Packet& request, const adapters::Responder& device)>;

class Spy : public runner::Observer {
 public:
  explicit Spy(std::function<void(const oracle::Step&)> look) : look_(std::move(look)) {}
  void steps(const oracle::Step& step, const wire::Context&) override {
    if (look_) look_(step);
  }

 private:
  std::function<void(const oracle::Step&)> look_;
};

struct Trial {
  device::ResponderOptions device = device_options();
  runner::Profile profile = lockstep::profile();
  Between between = {};
  std::function<void(const oracle::Step&)> look = {};
  Verdict worst = Verdict::pass;  ///< warn: the row leaves the code, or the deed, to a warning

  runner::Run run(const std::vector<const cases::Case*>& selection) {
    profile.patience = std::chrono::milliseconds(1);
    adapters::MemoryTarget target("a correct device", [this]() -> adapters::LocalDevice {
      auto made = runner::reference_device(device, adapters::binding(adapters::Transport::pci_doe));
      if (!between) return made;
      return {[between = between, respond = made.respond](const Packet& packet) { return between(packet, respond); },
              made.inject};
    });
    Spy spy(look);
    return runner::run(target, profile, selection, {}, spy);
  }

  void judge(const std::vector<const cases::Case*>& selection) {
    ASSERT_FALSE(selection.empty());
    for (const runner::CaseResult& result : run(selection).results) {
      EXPECT_NE(result.verdict, Verdict::fail) << result.case_id << ": " << result.rule.id() << " " << result.reason;
      EXPECT_TRUE(result.verdict != Verdict::warn || worst == Verdict::warn)
          << result.case_id << ": " << result.rule.id() << " " << result.reason;
    }
  }
  void expect_no_alarm(const std::vector<std::string>& patterns) {
    std::vector<const cases::Case*> selection;
    for (const cases::Case& test : cases::all_cases())
      if (std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return runner::matches(p, test); }))
        selection.push_back(&test);
    judge(selection);
  }
};

inline bool answered(const Packet& packet, w::Code code) {
  return !packet.secured && packet.payload.size() > 3 && packet.payload[1] == static_cast<Byte>(code);
}
inline std::uint64_t number(View bytes, std::size_t offset, std::size_t size) {
  return offset + size <= bytes.size() ? read_le(bytes.subspan(offset, size)) : 0;
}

// One function for each row that has a test.

// false_alarm_requests.cpp: what the tester sends.
void p06();
void p07();
void p08();
void p10();
void p11();
void p12();
void p22();
// false_alarm_answers.cpp: what a device answers.
void p04();
void p05();
void p09();
void p14();
void p15();
void p16();
void p18();
void p20();
void p24();
void p25();
void p27();
void p28();
void p30();

}  // namespace lockstep::false_alarm
