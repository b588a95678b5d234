#include "runner/result.hpp"

#include <algorithm>

namespace lockstep::runner {

std::string_view name(Verdict verdict) {
  static constexpr std::string_view names[VERDICTS] = {
      "pass", "fail", "warn", "expected_fail", "unexpected_pass", "inconclusive", "not_applicable", "unsupported"};
  return names[static_cast<std::size_t>(verdict)];
}

Verdict CaseResult::bare() const {
  if (verdict == Verdict::expected_fail) return waiver->outcome;
  return verdict == Verdict::unexpected_pass ? Verdict::pass : verdict;
}

bool CaseResult::is_judged() const {
  return bare() == Verdict::pass || bare() == Verdict::fail || bare() == Verdict::warn;
}

void CaseResult::add(Breach breach) {
  const auto known =
      std::find_if(breaches.begin(), breaches.end(), [&](const Breach& b) { return b.rule == breach.rule; });
  if (known == breaches.end())
    breaches.push_back(std::move(breach));
  else if (known->weight == Verdict::warn && breach.weight == Verdict::fail)
    *known = std::move(breach);
}

bool CaseResult::waives_mandatory() const {
  if (verdict != Verdict::expected_fail) return false;
  const auto mandatory = [](Rule r) { return r && r.requirement().level == Level::SHALL; };
  const auto broken = [&](const Breach& b) { return b.weight == waiver->outcome && mandatory(b.rule); };
  if (breaches.empty()) return std::any_of(requirements.begin(), requirements.end(), mandatory);
  return std::any_of(breaches.begin(), breaches.end(), broken);
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
  if (of(Verdict::unexpected_pass) > 0 || !stale.empty()) return 3;
  if (of(Verdict::pass) + of(Verdict::warn) + of(Verdict::expected_fail) == 0) return 5;
  return 0;
}

}  // namespace lockstep::runner
