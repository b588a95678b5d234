// Targets that break down in the middle of a run, over real transports and with the real runner: what they cost.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters/emu.hpp"
#include "adapters/shim.hpp"
#include "device/responder.hpp"
#include "report/trace.hpp"
#include "runner/run.hpp"

namespace lockstep {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using runner::Verdict;

runner::Profile profile() {
  runner::Profile profile;
  profile.shape.tdis = 2;
  profile.function_ids = {0xBEEF, 0xBEF0};
  profile.streams = {{0, 1}};
  profile.psk = device::sample_psks();
  profile.requester.psk_hint = profile.psk.begin()->first;
  profile.patience = 300ms, profile.long_patience = 1s;
  return profile;
}

std::vector<const cases::Case*> selection(std::initializer_list<std::string_view> ids) {
  std::vector<const cases::Case*> cases;
  for (const std::string_view id : ids) {
    cases.push_back(cases::find_case(id));
    EXPECT_NE(cases.back(), nullptr) << id;
  }
  return cases;
}

std::uint16_t free_port() { return adapters::local_port(adapters::listen_on({"127.0.0.1", 0}).value()); }

/// A run, and what is on disk after it.
class HostileRun {
 public:
  /// `at`: the packet of a process that meets the deed; once, or every time.
  HostileRun(const std::string& road, const std::string& deed, int at, bool once, std::vector<const cases::Case*> cases)
      : folder_(std::filesystem::temp_directory_path() /
                ("lockstep_hostile_" + std::to_string(::getpid()) + "_" + road + "_" + deed)) {
    std::filesystem::create_directories(folder_);
    const std::string marker = once ? (folder_ / "happened").string() : "-";
    const std::string behaviour = " " + deed + " " + std::to_string(at) + " " + marker;
    auto target = road == "shim" ? shim(behaviour) : emu(behaviour);
    report::Tracer tracer(folder_ / "traces", {"test", target->name(), 1, road == "shim" ? "none" : "pci-doe"},
                          profile().shape);
    run_ = runner::run(*target, profile(), std::move(cases), {}, tracer);
    EXPECT_FALSE(tracer.error());
    happened_ = std::filesystem::exists(folder_ / "happened");
  }
  ~HostileRun() { std::filesystem::remove_all(folder_); }

  const runner::Run& run() const { return run_; }
  bool happened() const { return happened_; }
  /// The lines of a case's trace; empty: a line is no JSON.
  static std::vector<Json> trace(const runner::CaseResult& result) {
    std::ifstream in(result.trace);
    std::vector<Json> lines;
    for (std::string line; std::getline(in, line);) {
      lines.push_back(Json::parse(line, nullptr, false));
      if (lines.back().is_discarded()) return {};
    }
    return lines;
  }

 private:
  using Target = std::unique_ptr<adapters::Target>;
  static Target shim(const std::string& behaviour) {
    return std::make_unique<adapters::ShimTarget>(
        adapters::ShimOptions{.command = "exec " HOSTILE_DEVICE " shim" + behaviour, .frame = 400ms});
  }
  static Target emu(const std::string& behaviour) {
    adapters::EmuOptions options{.address = {"127.0.0.1", free_port()}, .frame = 400ms, .handshake = 1000ms};
    options.spawn = "exec " HOSTILE_DEVICE " " + std::to_string(options.address.port) + behaviour;
    return std::make_unique<adapters::EmuTarget>(std::move(options));
  }

  std::filesystem::path folder_;
  runner::Run run_;
  bool happened_ = false;
};

struct Deed {
  const char* road;
  const char* name;
};
void PrintTo(const Deed& deed, std::ostream* out) { *out << deed.road << " " << deed.name; }

class HostileTarget : public testing::TestWithParam<Deed> {};

// In the handshake (packet 3), and in the middle of a session (packet 30).
TEST_P(HostileTarget, costs_one_case_at_most) {
  for (const int at : {3, 30}) {
    SCOPED_TRACE(at);
    const auto cases = selection({"spdm/version/served", "spdm/algorithms/served", "spdm/session/psk",
                                  "tdisp/lock/served", "tdisp/start/served", "ide_km/query/contents"});
    const HostileRun hostile(GetParam().road, GetParam().name, at, /*once=*/true, cases);
    const runner::Run& run = hostile.run();
    EXPECT_TRUE(hostile.happened());
    EXPECT_TRUE(run.complete);
    std::size_t lost = 0, mine = 0;
    for (const runner::CaseResult& result : run.results) {
      if (cases::find_case(result.case_id) == nullptr) continue;  // setup/RULE
      ++mine;
      lost += result.verdict != Verdict::pass;
      EXPECT_NE(result.verdict, Verdict::fail) << result.case_id << ": " << result.reason;
      const auto trace = HostileRun::trace(result);
      ASSERT_GE(trace.size(), 2U) << result.case_id;
      EXPECT_EQ(trace.front()["case"], result.case_id);
      EXPECT_EQ(trace.back()["result"]["verdict"], runner::name(result.verdict));
    }
    EXPECT_EQ(mine, cases.size());
    EXPECT_LE(lost, 1U);
    const bool doubtful = std::any_of(run.results.begin(), run.results.end(),
                                      [](const auto& result) { return result.verdict == Verdict::inconclusive; });
    EXPECT_EQ(run.exit_code(), doubtful ? 4 : 0);
  }
}

std::vector<Deed> deeds() {
  std::vector<Deed> all{{"shim", "stray"}};
  for (const char* road : {"shim", "emu"})
    for (const char* name :
         {"die", "exit", "hang", "half", "cut", "oversize", "noise", "twice", "flood", "garbage", "record"})
      all.push_back({road, name});
  return all;
}
INSTANTIATE_TEST_SUITE_P(Deeds, HostileTarget, testing::ValuesIn(deeds()), [](const auto& instance) {
  return std::string(instance.param.road) + "_" + instance.param.name;
});

// A device that always breaks down at the same place: no verdict, and everything up to there is on disk.
TEST(HostileTarget, that_always_dies_leaves_its_trace) {
  constexpr int AT = 20;
  for (const char* road : {"shim", "emu"}) {
    SCOPED_TRACE(road);
    const HostileRun hostile(road, "die", AT, /*once=*/false, selection({"tdisp/lock/served"}));
    const runner::Run& run = hostile.run();
    ASSERT_EQ(run.results.size(), 1U);
    const runner::CaseResult& result = run.results.front();
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_NE(result.reason.find("signal 9 (Killed)"), std::string::npos) << result.reason;
    EXPECT_EQ(run.exit_code(), 4);
    auto trace = HostileRun::trace(result);
    ASSERT_FALSE(trace.empty());
    // Connections, and what the replay needs of those before, stand between the steps.
    std::erase_if(trace, [](const auto& line) {
      return !line.contains("schema") && !line.contains("seq") && !line.contains("result");
    });
    // The first process has had three packets before the case began; the second try has a process of its own.
    const std::size_t steps = (AT - 1 - 3) + (AT - 1);
    ASSERT_GE(trace.size(), 1 + steps + 1);
    EXPECT_EQ(trace.back()["result"]["verdict"], "inconclusive");
    for (std::size_t i = 1; i + 1 < trace.size(); ++i) EXPECT_EQ(trace[i]["seq"], i);
  }
}

// --- nobody there ----------------------------------------------------------------------------------------------------

/// Cannot be reached, or can and says nothing; counts.
class Nobody : public adapters::Target {
 public:
  enum class Is { absent, mute, awake_at_third };
  explicit Nobody(Is is) : is_(is) {}

  std::string name() const override { return "nobody"; }
  bool can_restart() const override { return false; }
  Result<std::unique_ptr<adapters::Link>, adapters::LinkError> connect(bool) override {
    ++connections;
    if (is_ == Is::absent)
      return Unexpected{adapters::LinkError{adapters::LinkError::Kind::refused, "nobody is there"}};
    return std::unique_ptr<adapters::Link>(std::make_unique<NoLink>(is_ == Is::awake_at_third && connections % 3 == 0));
  }
  int connections = 0;

 private:
  class NoLink : public adapters::Link {
   public:
    explicit NoLink(bool answers) : answers_(answers) {}
    const adapters::Binding& binding() const override { return adapters::binding(adapters::Transport::none); }
    Result<std::optional<adapters::Packet>, adapters::LinkError> exchange(const adapters::Packet&,
                                                                          std::chrono::milliseconds) override {
      if (std::exchange(answers_, false)) return std::optional(adapters::Packet{false, Bytes{0x10, 0x7F, 0x03, 0}});
      return Unexpected{adapters::LinkError{adapters::LinkError::Kind::closed, "nobody speaks"}};
    }

   private:
    bool answers_;
  };
  Is is_;
};

std::vector<const cases::Case*> some_cases() {
  std::vector<const cases::Case*> cases;
  for (const cases::Case& test : cases::all_cases())
    if (test.given == cases::Given::negotiated && cases.size() < 20) cases.push_back(&test);
  EXPECT_EQ(cases.size(), 20U);
  return cases;
}

TEST(GivesUp, after_three_connections_without_a_word) {
  for (const auto is : {Nobody::Is::absent, Nobody::Is::mute}) {
    Nobody nobody(is);
    runner::Observer observer;
    const runner::Run run = runner::run(nobody, profile(), some_cases(), {}, observer);
    EXPECT_FALSE(run.complete);
    EXPECT_EQ(nobody.connections, 3);
    EXPECT_EQ(run.exit_code(), 4);
    ASSERT_EQ(run.results.size(), 1U);  // the survey was the first, the case and its second try the others
    EXPECT_EQ(run.results[0].verdict, Verdict::inconclusive);
    EXPECT_FALSE(run.survey.empty());
  }
}

TEST(GivesUp, not_while_the_target_speaks_now_and_then) {
  Nobody sleepy(Nobody::Is::awake_at_third);
  runner::Observer observer;
  const runner::Run run = runner::run(sleepy, profile(), some_cases(), {}, observer);
  EXPECT_TRUE(run.complete);
  EXPECT_EQ(run.results.size(), some_cases().size());
  EXPECT_EQ(run.exit_code(), 4);
}

}  // namespace
}  // namespace lockstep
