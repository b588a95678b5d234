// Runs cases against a target and gives each its verdict.
#pragma once

#include <atomic>

#include "runner/driver.hpp"
#include "runner/exchange.hpp"
#include "runner/expect.hpp"
#include "runner/result.hpp"

namespace lockstep::runner {

/// Sees everything as it happens: traces, progress lines.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void begins(const cases::Case&) {}
  virtual void steps(const oracle::Step&, const wire::Context&) {}
  /// A new connection; `fresh`: to a target without memory.
  virtual void connects(bool /*fresh*/) {}
  /// What the tester knows, after every step: key logs.
  virtual void secrets(const spdm::Memory&) {}
  virtual void ends(const CaseResult&) {}
  /// The file that holds what steps() was told of the current case; empty: none.
  virtual std::string trace() const { return {}; }
};

/// As many failures are shortened in one run, if each takes all its attempts.
inline constexpr std::size_t SHRINKS = 4;

struct RunOptions {
  bool strict = false;
  const Expectations* expectations = nullptr;  ///< applied to each result before the observer is told of it
  std::size_t shrink = 0;   ///< attempts to shorten one failure; a run makes at most SHRINKS times as many
  std::string again = {};   ///< the command line that runs the same target again, without --filter
  std::string replay = {};  ///< the command line that replays actions against it, without them
  const std::atomic<bool>* stop = nullptr;  ///< becomes true when the user interrupts
};

/// The cases in the order given, grouped by where they begin so that verified sessions are shared. A failure counts
/// only when it comes again from a fresh device or connection.
Run run(adapters::Target& target, const Profile& profile, std::vector<const cases::Case*> selection,
        const RunOptions& options, Observer& observer);

/// Where the shortened failure of a case with this trace is written.
std::string shortest_file(const std::string& trace);

/// A shell-like pattern over case ids: '*' and '?' match anything; a pattern without them matches the id or a prefix
/// that ends at '/'; "req:ID" matches the cases that ask that requirement.
bool matches(std::string_view pattern, const cases::Case& test);

}  // namespace lockstep::runner
