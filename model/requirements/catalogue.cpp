#include "requirements/catalogue.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace lockstep {

const Requirement& Rule::requirement() const {
  LOCKSTEP_ASSERT(*this);
  return catalogue()[index_];
}

void Rule::no_such_requirement() {
  assertion_failed("every cited requirement is in the catalogue", __FILE__, __LINE__);
}

const Requirement* find_requirement(std::string_view id) {
  const auto rule = Rule::find(id);
  return rule ? &rule->requirement() : nullptr;
}

namespace {

// Levenshtein's distance, ignoring case.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::toupper(static_cast<unsigned char>(x)) == std::toupper(static_cast<unsigned char>(y));
  };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (same(a[i], b[j]) ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string_view> nearest(std::string_view id, std::size_t count) {
  return nearest(id, detail::rule_ids, count);
}

std::vector<std::string_view> nearest(std::string_view wanted, std::span<const std::string_view> names,
                                      std::size_t count) {
  std::vector<std::pair<std::size_t, std::string_view>> similar;
  for (const std::string_view known : names)
    // Two exchanged letters are two changes: as much is forgiven in the shortest name.
    if (const std::size_t d = distance(wanted, known); d <= std::max<std::size_t>(2, known.size() / 3))
      similar.emplace_back(d, known);
  std::sort(similar.begin(), similar.end());
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < std::min(count, similar.size()); ++i) ids.push_back(similar[i].second);
  return ids;
}

std::string_view name(Level level) {
  switch (level) {
    case Level::SHALL:
      return "SHALL";
    case Level::SHOULD:
      return "SHOULD";
    case Level::MAY:
      return "MAY";
  }
  return "?";
}

std::string_view name(Roles roles) {
  if (roles == (Role::responder | Role::requester)) return "responder/requester";
  if (roles == Role::responder) return "responder";
  if (roles == Role::requester) return "requester";
  if (roles == Role::host) return "host";
  return "?";
}

std::string_view name(Confidence confidence) {
  switch (confidence) {
    case Confidence::ok:
      return "ok";
    case Confidence::recall:
      return "recall";
    case Confidence::unclear:
      return "unclear";
  }
  return "?";
}

std::string_view name(OnBreach on_breach) { return on_breach == OnBreach::fail ? "fail" : "warn"; }

std::string_view name(Needs needs) {
  switch (needs) {
    case Needs::plain:
      return "plain";
    case Needs::session:
      return "session";
    case Needs::injection:
      return "injection";
  }
  return "?";
}

}  // namespace lockstep
