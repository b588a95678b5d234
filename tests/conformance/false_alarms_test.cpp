// No false alarm on a correct device: devices that take every choice which the rules leave them, and devices put
// together at random.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "reference_device.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep {
namespace {

namespace cap = wire::spdm::capability;
using Choose = decltype(device::ResponderOptions::choose);
using Cases = std::vector<const cases::Case*>;

std::string text(const runner::CaseResult& result) {
  std::string text = result.case_id + ": " + std::string(runner::name(result.verdict)) + " " +
                     std::string(result.rule.id()) + " " + result.reason;
  if (!result.decisive.empty()) {
    const runner::Exchange& last = result.decisive.back();
    text += "\n  " + last.letter + "\n  before: " + last.before + "\n  answer: " + last.response;
  }
  return text;
}

// --- every choice that is tolerated ----------------------------------------------------------------------------------

/// A choice and the rule that allows it.
using Liberty = std::pair<Choice, Rule>;

struct Liberties {
  std::map<Liberty, std::set<const cases::Case*>> where;
};

/// Which liberties each case gives the device.
Liberties find_liberties() {
  Liberties found;
  for (const cases::Case* test : every_case()) {
    device::ResponderOptions options = device_options();
    options.choose = [&, test](const device::Control&, const device::Letter&, const Options& permitted) {
      for (const Option& option : permitted)
        if (option.tag == Tag::tolerated) found.where[{option.choice, option.rule}].insert(test);
      return Choice::as_specified;
    };
    run(options, {test});
  }
  return found;
}

const Liberties& liberties() {
  static const Liberties all = find_liberties();
  return all;
}

/// The device takes the liberty at the first and every third chance, so that it comes to something else as well.
Choose takes(const Liberty& liberty, std::shared_ptr<std::size_t> taken) {
  return [liberty, taken, chance = std::make_shared<std::size_t>(0)](const device::Control&, const device::Letter&,
                                                                     const Options& permitted) {
    for (const Option& option : permitted)
      if (option.tag == Tag::tolerated && option.choice == liberty.first && option.rule == liberty.second &&
          (*chance)++ % 3 == 0) {
        ++*taken;
        return option.choice;
      }
    return Choice::as_specified;
  };
}

TEST(EveryLiberty, IsNoFinding) {
  std::size_t runs = 0;
  ASSERT_GT(liberties().where.size(), 50U);
  // Bytes behind the end may be overlooked where they are tried: with LOCK (TDISP-HDR-016).
  EXPECT_TRUE(liberties().where.contains(Liberty{Choice::serve, Rule("TDISP-HDR-016")}));
  for (const auto& [liberty, where] : liberties().where) {
    device::ResponderOptions options = device_options();
    const auto taken = std::make_shared<std::size_t>(0);
    options.choose = takes(liberty, taken);
    auto impatient = profile();
    impatient.patience = std::chrono::milliseconds(1);
    // Some liberties come up in nearly every case; a few of those say enough.
    Cases selection(where.begin(), where.end());
    if (selection.size() > 15) selection.resize(15);
    for (const runner::CaseResult& result : run(options, selection, impatient).results) {
      ++runs;
      EXPECT_NE(result.verdict, runner::Verdict::fail)
          << name(liberty.first) << " by " << liberty.second.id() << ": " << text(result);
      EXPECT_NE(result.verdict, runner::Verdict::warn)
          << name(liberty.first) << " by " << liberty.second.id() << ": " << text(result);
    }
    EXPECT_GT(*taken, 0U) << name(liberty.first) << " by " << liberty.second.id();
  }
  std::printf("%zu liberties, %zu runs of a case\n", liberties().where.size(), runs);
}

/// All six STOP make a stream Insecure, and nothing says before which of them it may not be: here it is the last one.
TEST(EveryLiberty, AStreamMayStaySecureUntilItsLastKeyIsStopped) {
  device::ResponderOptions options = device_options();
  std::map<Byte, std::set<unsigned>> stopped;  // slots, by stream
  std::size_t last = 0;
  options.choose = [&](const device::Control& control, const device::Letter& letter, const Options& permitted) {
    const auto* l = std::get_if<device::IdeKmLetter>(&letter.body);
    if (l == nullptr || l->letter.stimulus != ide_km::Stimulus::K_SET_STOP || permitted[0].rule != "IDE-STREAM-009" ||
        control.streams[l->stream].state != ide_km::StreamState::SECURE)
      return Choice::as_specified;
    stopped[l->stream].insert(l->letter.slot.bit());
    if (stopped[l->stream].size() < 6) return Choice::no_effect;
    stopped.erase(l->stream);
    ++last;
    return Choice::as_specified;
  };
  Cases stopping;
  for (const cases::Case* test : every_case())
    if (runner::matches("ide_km/set-stop", *test) || runner::matches("tdisp/p2p", *test)) stopping.push_back(test);
  for (const runner::CaseResult& result : run(options, stopping).results)
    EXPECT_TRUE(result.verdict == runner::Verdict::pass || result.verdict == runner::Verdict::not_applicable)
        << text(result);
  EXPECT_GE(last, 4U);
}

// --- devices put together at random ----------------------------------------------------------------------------------

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return engine_() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  /// Any non-empty part of the bits.
  template <class Bits>
  Bits part_of(Bits bits) {
    const Bits part = static_cast<Bits>(bits & engine_());
    return part != 0 ? part : bits;
  }

 private:
  std::mt19937_64 engine_;
};

/// Now and then something else than expected, as long as the rules allow it beyond doubt.
Choose now_and_then(std::uint64_t seed, std::size_t how_often) {
  return [dice = std::make_shared<Dice>(seed), how_often](const device::Control&, const device::Letter&,
                                                          const Options& options) {
    if (!dice->one_in(how_often)) return Choice::as_specified;
    const Option& option = options[dice->below(options.size())];
    return option.tag == Tag::unclear ? Choice::as_specified : option.choice;
  };
}

struct Subject {
  device::ResponderOptions device;
  runner::Profile profile;
};

Subject any_device(std::uint64_t seed) {
  Dice dice(seed);
  Subject subject{device_options(), profile()};
  auto& device = subject.device;
  device.seed = subject.profile.requester.seed = seed;
  std::erase_if(device.versions, [&](Byte) { return dice.one_in(3); });
  if (device.versions.empty()) device.versions = {static_cast<Byte>(0x10 + dice.below(5))};
  device.mutual_authentication = dice.one_in(2);
  device.basic_mutual_authentication = dice.one_in(3);
  if (dice.one_in(2)) device.mutual_authentication_by = spdm::MutAuth::implicit_get_digests;
  device.handshake_in_the_clear = subject.profile.requester.handshake_in_the_clear = dice.one_in(3);
  device.psk_without_context = dice.one_in(3);
  device.heartbeat_period = dice.one_in(2) ? 0 : 60;
  device.optional_requests = dice.one_in(2);
  if (dice.one_in(2)) device.report_portion = static_cast<std::uint16_t>(1 + dice.below(64));
  device.shape.tdis = subject.profile.shape.tdis = static_cast<Byte>(1 + dice.below(2));
  device.shape.kind = subject.profile.shape.kind =
      dice.one_in(4) ? device::Kind::root_complex_integrated : device::Kind::endpoint_with_ide;
  subject.profile.function_ids.resize(device.shape.tdis);
  for (const std::uint32_t capability : {cap::CHAL_CAP, cap::HBEAT_CAP, cap::KEY_UPD_CAP})
    if (dice.one_in(4)) device.capabilities_left_out |= capability;
  device.algorithms.base_asym = dice.part_of(device.algorithms.base_asym & 0x1FF);
  device.algorithms.base_hash = dice.part_of(device.algorithms.base_hash);
  device.algorithms.dhe = dice.part_of(device.algorithms.dhe);
  device.algorithms.aead = dice.part_of(device.algorithms.aead);
  device.choose = now_and_then(seed, 5 + dice.below(30));
  subject.profile.patience = std::chrono::milliseconds(1);
  return subject;
}

/// A device that now and then takes long for an answer, by a clock that only it moves, and rightly ends a session whose
/// heartbeat has not come for twice its period.
class SlowDevice {
 public:
  using Clock = std::chrono::steady_clock;

  SlowDevice(const device::ResponderOptions& options, std::shared_ptr<Clock::time_point> clock)
      : device_(options, spdm::doe_records),
        period_(options.heartbeat_period),
        clock_(std::move(clock)),
        dice_(options.seed + static_cast<std::uint64_t>(clock_->time_since_epoch().count())) {}

  std::optional<adapters::Packet> respond(const adapters::Packet& request) {
    end_what_is_overdue();
    const Byte session =
        request.secured && request.payload.size() > 4
            ? device_.store().session_index(static_cast<std::uint32_t>(read_le(View(request.payload).first(4))))
            : device::NONE;
    if (session != device::NONE) heard_[session] = *clock_;
    auto answer = device_.receive({request.secured, request.payload});
    if (dice_.one_in(10)) *clock_ += std::chrono::seconds(dice_.below(50));
    if (dice_.one_in(25)) *clock_ += std::chrono::seconds(2 * period_ + 1);  // longer than its own heartbeat allows
    if (!answer) return std::nullopt;
    return adapters::Packet{answer->secured, std::move(answer->payload)};
  }

 private:
  bool lives(Byte place) const { return device_.control().sessions[place].state == spdm::SessionState::ESTABLISHED; }

  void end_what_is_overdue() {
    for (Byte place = 0; place < device::MAX_SESSIONS; ++place) {
      if (!lives(place)) heard_[place] = *clock_;
      if (period_ == 0 || *clock_ - heard_[place] <= std::chrono::seconds(2 * period_)) continue;
      device_.happens({place, device::SpdmLetter{{.stimulus = spdm::Stimulus::HEARTBEAT_EXPIRED}}});
    }
  }

  device::Responder device_;
  Byte period_;
  std::shared_ptr<Clock::time_point> clock_;
  Dice dice_;
  std::array<Clock::time_point, device::MAX_SESSIONS> heard_{};
};

/// LOCKSTEP_DEVICES=N: so many devices instead of a few.
std::size_t devices_wanted() {
  const char* wish = std::getenv("LOCKSTEP_DEVICES");
  return wish == nullptr ? 20 : std::strtoul(wish, nullptr, 10);
}

Cases any_cases(std::uint64_t seed) {
  static const Cases all = every_case();
  Dice dice(seed + 1'000'000);
  Cases some;
  for (int i = 0; i < 30; ++i) some.push_back(all[dice.below(all.size())]);
  return some;
}

TEST(AnyCorrectDevice, NeverFails) {
  std::size_t passed = 0, runs = 0;
  for (std::uint64_t seed = 1; seed <= devices_wanted(); ++seed) {
    const Subject subject = any_device(seed);
    const Cases some = any_cases(seed);
    for (const runner::CaseResult& result : run(subject.device, some, subject.profile).results) {
      ++runs;
      passed += result.verdict == runner::Verdict::pass;
      EXPECT_NE(result.verdict, runner::Verdict::fail) << "device " << seed << ": " << text(result);
    }
  }
  EXPECT_GT(passed, runs / 5);
  std::printf("%zu devices, %zu runs of a case, %zu passed\n", devices_wanted(), runs, passed);
}

TEST(AnyCorrectDevice, MayBeSlow) {
  std::size_t passed = 0, runs = 0, waited = 0;
  for (std::uint64_t seed = 1; seed <= devices_wanted(); ++seed) {
    Subject subject = any_device(seed);
    const auto clock = std::make_shared<SlowDevice::Clock::time_point>(std::chrono::hours(1));
    subject.profile.now = [clock] { return *clock; };
    adapters::MemoryTarget target("slow device", [&]() -> adapters::LocalDevice {
      const auto device = std::make_shared<SlowDevice>(subject.device, clock);
      return {[device](const adapters::Packet& packet) { return device->respond(packet); }};
    });
    runner::Observer observer;
    for (const runner::CaseResult& result :
         runner::run(target, subject.profile, any_cases(seed), {}, observer).results) {
      ++runs;
      passed += result.verdict == runner::Verdict::pass;
      waited += result.reason.find("waited so long") != std::string::npos;
      EXPECT_NE(result.verdict, runner::Verdict::fail) << "device " << seed << ": " << text(result);
    }
  }
  EXPECT_GT(passed, runs / 10);
  EXPECT_GT(waited, 0U);
  std::printf("%zu devices, %zu runs of a case, %zu passed, %zu given up because a session may have expired\n",
              devices_wanted(), runs, passed, waited);
}

}  // namespace
}  // namespace lockstep
