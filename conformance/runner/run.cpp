#include "runner/run.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "wire/text.hpp"

namespace lockstep::runner {
namespace {

using cases::Case;
using cases::Given;
using oracle::Ruling;

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

std::string describe_belief(const device::Shape& shape, const std::vector<device::Control>& belief) {
  constexpr std::size_t SHOWN = 3;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(belief.size(), SHOWN); ++i) parts.push_back(device::describe(shape, belief[i]));
  if (belief.size() > SHOWN) parts.push_back("... " + std::to_string(belief.size()) + " states in all");
  return join(parts, " | ");
}

/// The message that a person wants to read: what stands inside the envelope where there is one.
std::string message_text(const spdm::Seen& seen, const wire::Context& context) {
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) return wire::text(inner, {});
  if (seen.message) return wire::text(seen.message, context);
  return "undecodable" + (seen.error ? " (" + seen.error->field + ": " + seen.error->why + ")" : std::string());
}

std::string_view name(Ruling ruling) {
  return ruling == Ruling::fail ? "fail" : ruling == Ruling::warn ? "warn" : "legal";
}

}  // namespace

Exchange exchange_of(const oracle::Step& step, const device::Shape& shape, const wire::Context& context) {
  Exchange exchange;
  exchange.letter = device::describe(step.letter);
  exchange.request = message_text(step.request, context);
  exchange.request_hex = to_hex(step.request.bytes);
  if (step.response) {
    exchange.response = message_text(*step.response, context);
    exchange.response_hex = to_hex(step.response->bytes);
  } else if (step.unopened) {
    exchange.response = "a record that does not open: " + step.unopened->why;
  }
  exchange.before = describe_belief(shape, step.before);
  exchange.after = describe_belief(shape, step.after);
  std::vector<std::string> permitted;
  for (const Answer& answer : step.judgement.permitted) permitted.push_back(device::describe(answer));
  exchange.permitted = join(permitted, "; ");
  exchange.ruling = name(step.ruling());
  exchange.rule = step.rule().id();
  exchange.reason = step.reason();
  return exchange;
}

namespace {

class CaseRun {
 public:
  CaseRun(Driver& driver, const Case& test) : driver_(driver), test_(test) {}

  Result run() {
    Result result;
    result.case_id = test_.id;
    result.requirements = test_.asks;
    auto failed = driver_.reach(test_.given, test_.session);
    if (!failed) failed = driver_.lacks(test_);
    if (!failed) failed = steps();
    if (failed && worst_ == Ruling::legal)
      conclude(result, *failed);
    else
      conclude(result);
    return result;
  }

 private:
  std::optional<Trouble> steps() {
    for (const cases::Step& step : test_.steps) {
      auto done = driver_.send(step);
      if (!done) return done.error();
      progress_ = progress_ && done->judgement.progress;
      if (done->judgement.state_only) done->judgement.rule = test_.asks.front();
      weigh(*done);
      auto read = driver_.read_back();
      if (!read) return read.error();
      for (const oracle::Step& state : *read) weigh_state(state, done->observation.answer);
    }
    return std::nullopt;
  }

  void weigh(const oracle::Step& step) {
    if (step.ruling() == Ruling::legal) return;
    note(step);
  }

  /// Reading the state is not what the case asks about: only a state that the step before cannot explain counts, and it
  /// breaks the rule of that step.
  void weigh_state(oracle::Step step, const Answer& before) {
    progress_ = progress_ && (step.judgement.progress || step.judgement.state_only);
    if (step.judgement.ruling != Ruling::fail || !step.judgement.state_only) return;
    const bool refused = before.kind == Answer::Kind::error && before.protocol == AnswerProtocol::TDISP;
    step.judgement.rule = refused ? Rule("TDISP-HDR-022") : test_.asks.front();
    step.findings.clear();
    note(step);
  }

  void note(const oracle::Step& step) {
    const auto context = driver_.follower().store().conversation.context(Role::responder, step.session);
    exchanges_.push_back(exchange_of(step, driver_.profile().shape, context));
    if (step.ruling() <= worst_) return;
    worst_ = step.ruling();
    rule_ = step.rule();
    reason_ = step.reason();
  }

  void conclude(Result& result) const {
    result.decisive = exchanges_;
    result.rule = rule_;
    result.reason = reason_;
    if (worst_ == Ruling::fail) {
      result.verdict = Verdict::fail;
    } else if (!progress_) {
      result.verdict = Verdict::inconclusive;
      result.reason =
          "the target answered legally but did not do what the case needs (busy, refused, or ERROR by itself)";
    } else {
      result.verdict = worst_ == Ruling::warn ? Verdict::warn : Verdict::pass;
    }
  }

  static void conclude(Result& result, const Trouble& trouble) {
    result.reason = trouble.why;
    switch (trouble.kind) {
      case Trouble::Kind::absent:
        result.verdict = Verdict::not_applicable;
        break;
      case Trouble::Kind::unsupported:
        result.verdict = Verdict::unsupported;
        break;
      case Trouble::Kind::link:
      case Trouble::Kind::refused:
        result.verdict = Verdict::inconclusive;
        break;
    }
  }

  Driver& driver_;
  const Case& test_;
  Ruling worst_ = Ruling::legal;
  bool progress_ = true;
  Rule rule_;
  std::string reason_;
  std::vector<Exchange> exchanges_;
};

/// The same case once more from a fresh start: what does not come again was not the device.
Result confirm(Driver& driver, const Case& test, Result first) {
  driver.distrust();
  Result again = CaseRun(driver, test).run();
  if (again.verdict == first.verdict) return again;
  if (again.verdict == Verdict::fail) return again;
  again.decisive = first.decisive;
  again.rule = first.rule;
  again.reason = "first " + std::string(name(first.verdict)) + " (" + first.reason + "), then from fresh " +
                 std::string(name(again.verdict)) + (again.reason.empty() ? "" : " (" + again.reason + ")");
  again.verdict = Verdict::inconclusive;
  return again;
}

}  // namespace

bool matches(std::string_view pattern, const Case& test) {
  if (pattern.starts_with("req:")) {
    const std::string wanted(pattern.substr(4));
    return std::any_of(test.asks.begin(), test.asks.end(),
                       [&](Rule rule) { return fnmatch(wanted.c_str(), std::string(rule.id()).c_str(), 0) == 0; });
  }
  if (pattern.find_first_of("*?[") != std::string_view::npos)
    return fnmatch(std::string(pattern).c_str(), std::string(test.id).c_str(), 0) == 0;
  return test.id == pattern ||
         (test.id.starts_with(pattern) && (pattern.ends_with('/') || test.id[pattern.size()] == '/'));
}

Run run(adapters::Target& target, const Profile& profile, std::vector<const Case*> selection, const RunOptions& options,
        Observer& observer) {
  std::stable_sort(selection.begin(), selection.end(), [](const Case* a, const Case* b) {
    return std::pair(a->session, a->given) < std::pair(b->session, b->given);
  });
  Run run;
  run.target = target.name();
  run.seed = profile.requester.seed;
  run.strict = options.strict;
  Driver driver(target, profile);
  driver.listen([&](const oracle::Step& step, const wire::Context& context) { observer.steps(step, context); });
  for (const Case* test : selection) {
    if (options.stop != nullptr && options.stop->load()) {
      run.complete = false;
      break;
    }
    const auto start = std::chrono::steady_clock::now();
    observer.begins(*test);
    Result result = CaseRun(driver, *test).run();
    if (result.verdict == Verdict::fail || result.verdict == Verdict::inconclusive)
      result = confirm(driver, *test, std::move(result));
    if (result.verdict != Verdict::pass && result.verdict != Verdict::warn && result.verdict != Verdict::not_applicable)
      driver.distrust();
    result.trace = observer.trace();
    result.again = options.again + " --filter " + result.case_id;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    observer.ends(result);
    run.results.push_back(std::move(result));
  }
  std::sort(run.results.begin(), run.results.end(),
            [](const Result& a, const Result& b) { return a.case_id < b.case_id; });
  return run;
}

}  // namespace lockstep::runner
