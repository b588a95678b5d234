// What the driver does on its own: it waits as long as a device may take, sends nothing into a session that may have
// expired, and looks at what is sealed with the keys of a session that is over.
#include "runner/driver.hpp"

#include <gtest/gtest.h>

#include "device.hpp"

namespace lockstep::runner {
namespace {

/// Devices with a heartbeat period of 5 seconds; `secured` counts the records that each of them got.
struct Devices {
  std::vector<std::size_t> secured = {};

  adapters::MemoryTarget target() {
    device::ResponderOptions options;
    options.shape = test_profile().shape;
    options.psks = test_profile().psk;
    options.heartbeat_period = 5;
    return adapters::MemoryTarget("reference device", [this, options] {
      adapters::LocalDevice device = local_device(options);
      const std::size_t mine = secured.size();
      secured.push_back(0);
      device.respond = [this, mine, respond = device.respond](const adapters::Packet& packet) {
        secured[mine] += packet.secured;
        return respond(packet);
      };
      return device;
    });
  }
};

/// A clock that goes on by `tick` whenever somebody looks at it.
Run heartbeat_case(Devices& devices, std::chrono::seconds tick) {
  adapters::MemoryTarget target = devices.target();
  Profile profile = test_profile();
  profile.now = [tick, now = std::chrono::steady_clock::time_point(tick)]() mutable { return now += tick; };
  Observer nobody;
  return run(target, profile, {cases::find_case("spdm/life/heartbeat")}, {}, nobody);
}

TEST(Heartbeat, IsSentInTime) {
  Devices devices;
  const auto in_time = heartbeat_case(devices, std::chrono::seconds(1));
  EXPECT_EQ(in_time.results.front().verdict, Verdict::pass) << in_time.results.front().reason;
}

TEST(Heartbeat, IsNotAskedOfASessionThatMayHaveExpired) {
  Devices devices;
  const auto late = heartbeat_case(devices, std::chrono::seconds(11));
  EXPECT_EQ(late.results.front().verdict, Verdict::inconclusive);
  EXPECT_NE(late.results.front().reason.find("expired"), std::string::npos) << late.results.front().reason;
  for (const std::size_t records : devices.secured) EXPECT_LE(records, 1U) << "more than the end of the handshake";
}

/// A stream may take so long to turn Secure or Insecure: nothing is asked before.
TEST(Settling, IsWaitedForWhenAStreamTurns) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds SETTLING{60};  // longer than cryptography takes
  Clock::time_point answered = Clock::now();
  int pauses = 0;
  adapters::MemoryTarget target("reference device", [&] {
    device::ResponderOptions options;
    options.shape = test_profile().shape;
    options.psks = test_profile().psk;
    adapters::LocalDevice device = local_device(options);
    device.respond = [&, respond = device.respond](const adapters::Packet& packet) {
      pauses += Clock::now() - answered >= SETTLING;
      auto answer = respond(packet);
      answered = Clock::now();
      return answer;
    };
    return device;
  });
  Profile profile = test_profile();
  Observer nobody;
  profile.settling = SETTLING;
  const auto results = run(target, profile, {cases::find_case("ide_km/set-stop/in-use")}, {}, nobody).results;
  EXPECT_EQ(results.front().verdict, Verdict::pass) << results.front().reason;
  EXPECT_GE(pauses, 2) << "once when the stream turns Secure, and once when it turns Insecure";
}

/// A device may take so long to follow what happens to it out of band. This one takes as long as it may: what it is
/// asked earlier it answers as if nothing had happened.
TEST(Settling, IsWaitedForAfterAnInjectedStimulus) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds SETTLING{60};  // longer than cryptography takes
  int followed = 0;
  adapters::MemoryTarget target("reference device", [&] {
    device::ResponderOptions options;
    options.shape = test_profile().shape;
    options.psks = test_profile().psk;
    adapters::LocalDevice device = local_device(options);
    auto due = std::make_shared<std::optional<std::pair<adapters::Injection, Clock::time_point>>>();
    device.respond = [&followed, due, device](const adapters::Packet& packet) {
      if (*due && Clock::now() >= (*due)->second) {
        EXPECT_TRUE(device.inject((*due)->first));
        due->reset();
        ++followed;
      }
      return device.respond(packet);
    };
    device.inject = [due, SETTLING](const adapters::Injection& injection) {
      due->emplace(injection, Clock::now() + SETTLING);
      return adapters::Injected::done;
    };
    return device;
  });
  Profile profile = test_profile();
  Observer nobody;
  profile.settling = SETTLING;
  for (const char* test : {"ide_km/out-of-band/check-failed-in-run", "tdisp/out-of-band/function-level-reset-in-run"}) {
    const auto results = run(target, profile, {cases::find_case(test)}, {}, nobody).results;
    EXPECT_EQ(results.front().verdict, Verdict::pass) << test << ": " << results.front().reason;
  }
  EXPECT_EQ(followed, 2);
}

/// A target that says nothing to requests with this code, and notes how long each of them was waited for.
class Mute : public adapters::Target {
 public:
  Mute(adapters::Target& target, Byte code) : target_(target), code_(code) {}

  std::string name() const override { return target_.name(); }
  bool can_restart() const override { return true; }
  Result<std::unique_ptr<adapters::Link>, adapters::LinkError> connect(bool restart) override {
    auto link = target_.connect(restart);
    if (!link) return Unexpected{link.error()};
    return std::unique_ptr<adapters::Link>(std::make_unique<MuteLink>(*this, std::move(*link)));
  }
  std::vector<std::chrono::milliseconds> waited;

 private:
  struct MuteLink : adapters::Link {
    MuteLink(Mute& mute, std::unique_ptr<adapters::Link> link) : mute_(mute), link_(std::move(link)) {}
    const adapters::Binding& binding() const override { return link_->binding(); }
    Result<std::optional<adapters::Packet>, adapters::LinkError> exchange(const adapters::Packet& packet,
                                                                          std::chrono::milliseconds patience) override {
      if (packet.secured || packet.payload[1] != mute_.code_) return link_->exchange(packet, patience);
      mute_.waited.push_back(patience);
      return std::optional<adapters::Packet>();
    }
    Mute& mute_;
    std::unique_ptr<adapters::Link> link_;
  };

  adapters::Target& target_;
  Byte code_;
};

// On a busy machine a right answer may be late: silence fails nobody before it was waited for long. A target that stays
// silent costs that no more than three times.
TEST(Patience, IsLongWhereNoAnswerBreaksARule) {
  constexpr Byte GET_DIGESTS = 0x81;
  adapters::MemoryTarget device = device_with({});
  Mute mute(device, GET_DIGESTS);
  const Profile profile = test_profile();
  const auto run =
      run_cases(mute, {cases::find_case("spdm/certificate/digests"), cases::find_case("spdm/certificate/chain")});
  EXPECT_EQ(run.results.front().verdict, Verdict::fail) << run.results.front().reason;
  ASSERT_GT(mute.waited.size(), 3U);
  for (std::size_t i = 0; i < mute.waited.size(); ++i)
    EXPECT_EQ(mute.waited[i], i < 3 ? profile.long_patience : profile.patience) << i;
}

TEST(Patience, IsShortWhereNoAnswerIsRight) {
  constexpr Byte VENDOR_DEFINED_REQUEST = 0xFE;
  adapters::MemoryTarget device = device_with({});
  Mute mute(device, VENDOR_DEFINED_REQUEST);
  const auto run = run_cases(mute, {cases::find_case("tdisp/session/lock-in-clear")});
  EXPECT_EQ(run.results.front().verdict, Verdict::pass) << run.results.front().reason;
  ASSERT_FALSE(mute.waited.empty());
  for (const auto patience : mute.waited) EXPECT_EQ(patience, test_profile().patience);
}

/// A device that keeps a session which has ended, and refuses HEARTBEAT in it: under keys that should be gone.
Run refusing_under_old_keys(const std::string& fault, std::string_view case_id) {
  device::ResponderOptions options;
  options.shape = test_profile().shape;
  options.psks = test_profile().psk;
  options.heartbeat_period = 0;
  options.fault = fault;
  adapters::MemoryTarget target("reference device", [options] { return local_device(options); });
  return run_cases(target, {cases::find_case(case_id)});
}

TEST(EndedSession, EvenAnErrorUnderItsKeysFails) {
  const auto run = refusing_under_old_keys("spdm-request-after-end-session", "spdm/life/end-session");
  EXPECT_EQ(run.results.front().verdict, Verdict::fail);
  EXPECT_EQ(run.results.front().rule.id(), "SECMSG-029");
}

TEST(EndedSession, MayEndByRefusingAllAfterABadRecord) {  // as libspdm 2.3 does
  const auto run = refusing_under_old_keys("spdm-bad-record-keeps-session", "spdm/life/bad-record");
  ASSERT_EQ(run.results.size(), 1U);
  EXPECT_EQ(run.results.front().verdict, Verdict::pass) << run.results.front().reason;
}

}  // namespace
}  // namespace lockstep::runner
