// What a run says: one result per case, and the run as a whole.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "requirements/catalogue.hpp"

namespace lockstep::runner {

enum class Verdict : std::uint8_t {
  pass,
  fail,            ///< breaks a rule whose breach fails a device
  warn,            ///< breaks a rule that only warns, or strains one that no source settles
  inconclusive,    ///< the goal was not reached: BUSY, transport lost, setup refused, not repeated from fresh
  not_applicable,  ///< the target does not claim what the case needs
  unsupported,     ///< Lockstep or its cryptographic provider cannot do it, and says why
};
inline constexpr std::size_t VERDICTS = 6;
std::string_view name(Verdict);

/// One exchange as a report shows it.
struct Exchange {
  std::string letter;             ///< what the request means to the machines
  std::string request, response;  ///< decoded, one line each; empty response: silence
  std::string request_hex, response_hex;
  std::string before, after;  ///< the states believed possible
  std::string permitted;      ///< what the model allows
  std::string ruling;         ///< legal, warn, fail
  std::string rule;
  std::string reason;
};

struct CaseResult {
  std::string case_id;
  std::vector<Rule> requirements;
  Verdict verdict = Verdict::inconclusive;
  Rule rule;                       ///< what was broken or strained
  std::string reason;              ///< never empty unless pass
  std::string trace;               ///< file with everything that happened; empty without --trace
  std::string again;               ///< the command that shows it again
  std::vector<Exchange> decisive;  ///< the exchanges that decided, for fail and warn
  double seconds = 0;
};

struct Run {
  std::string target, transport, tool_version, spdm_version;
  std::uint64_t seed = 0;
  bool strict = false;
  std::string survey;    ///< why the first negotiation failed; empty: it did not
  bool complete = true;  ///< false: the run was stopped or the target died for good
  std::vector<CaseResult> results;

  std::array<std::size_t, VERDICTS> counts() const;
  /// 0 all passed (warnings allowed unless strict), 1 fail, 4 inconclusive or not complete, 5 nothing run or
  /// applicable.
  int exit_code() const;
};

}  // namespace lockstep::runner
