#include "runner/result.hpp"

#include <algorithm>

namespace lockstep::runner {

std::string_view name(Verdict verdict) {
  static constexpr std::string_view names[VERDICTS] = {"pass",         "fail",           "warn",
                                                       "inconclusive", "not_applicable", "unsupported"};
  return names[static_cast<std::size_t>(verdict)];
}

std::array<std::size_t, VERDICTS> Run::counts() const {
  std::array<std::size_t, VERDICTS> counts{};
  for (const CaseResult& result : results) ++counts[static_cast<std::size_t>(result.verdict)];
  return counts;
}

int Run::exit_code() const {
  const auto count = counts();
  const auto of = [&](Verdict verdict) { return count[static_cast<std::size_t>(verdict)]; };
  if (of(Verdict::fail) > 0 || (strict && of(Verdict::warn) > 0)) return 1;
  if (!complete || of(Verdict::inconclusive) > 0) return 4;
  if (of(Verdict::pass) + of(Verdict::warn) == 0) return 5;
  return 0;
}

}  // namespace lockstep::runner
