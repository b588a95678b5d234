// What a run says: one result per case, and the run as a whole.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "requirements/catalogue.hpp"

namespace lockstep::runner {

enum class Verdict : std::uint8_t {
  pass,
  fail,             ///< breaks a rule whose breach fails a device
  warn,             ///< breaks a rule that only warns, or strains one that no source settles
  expected_fail,    ///< shows what the user's expectation file waives, and nothing else
  unexpected_pass,  ///< passed, though the expectation file says that it does not
  inconclusive,     ///< the goal was not reached: BUSY, transport lost, setup refused, not repeated from fresh
  not_applicable,   ///< the target does not claim what the case needs
  unsupported,      ///< Lockstep or its cryptographic provider cannot do it, and says why
};
inline constexpr std::size_t VERDICTS = 8;
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

/// One rule that a case saw broken or strained.
struct Breach {
  Rule rule;
  Verdict weight = Verdict::fail;  ///< or warn
  std::string reason;
};

/// What the user's expectation file says of a result.
struct Waiver {
  std::string reason, issue;
  std::string until;                ///< "2027-03-01"; empty: for good
  Verdict outcome = Verdict::fail;  ///< what the verdict would be without it: fail, warn or inconclusive
};

struct CaseResult {
  std::string case_id;
  std::vector<Rule> requirements;
  Verdict verdict = Verdict::inconclusive;
  Rule rule;                          ///< what was broken or strained
  std::string reason;                 ///< never empty unless pass
  std::vector<Breach> breaches;       ///< everything that was broken or strained, each rule once
  std::optional<Waiver> waiver;       ///< with expected_fail and unexpected_pass
  std::string trace;                  ///< file with everything that happened; empty without --trace
  std::string again;                  ///< the command that shows it again
  std::vector<std::string> shortest;  ///< the fewest actions from a fresh start that fail; empty: not looked for, or it
                                      ///< did not come again
  std::string replay;                 ///< the command that does them again; empty with them
  std::vector<Exchange> decisive;     ///< the exchanges that decided, for fail and warn
  double seconds = 0;

  /// What the verdict would be without an expectation file.
  Verdict bare() const;
  /// The target was judged: pass, fail or warn, whatever the expectation file says of it.
  bool is_judged() const;
  /// Adds one breach of `rule`, or makes the known one weigh more.
  void add(Breach);
  /// Waived, and a rule that a device must obey is among what is waived (or, without a rule, among what is asked).
  bool waives_mandatory() const;
};

struct Run {
  std::string target, transport, tool_version, spdm_version;
  std::uint64_t seed = 0;
  bool strict = false;
  std::string survey;              ///< why the first negotiation failed; empty: it did not
  bool complete = true;            ///< false: the run was stopped or the target died for good
  std::string expectations;        ///< the file of waivers; empty: none
  std::vector<std::string> stale;  ///< its entries that were tested and nothing shows any more
  std::vector<CaseResult> results;

  std::array<std::size_t, VERDICTS> counts() const;
  /// 0 all passed or were expected not to (warnings allowed unless strict), 1 fail, 3 nothing wrong but stale
  /// expectations, 4 inconclusive or not complete, 5 nothing run or applicable.
  int exit_code() const;
};

}  // namespace lockstep::runner
