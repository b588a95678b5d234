// One run of the verifier on the host's world: chosen properties in one setting.
#pragma once

#include "host/check.hpp"

namespace lockstep::host {

struct Run {
  Setting setting;
  std::vector<const Cell*> cells;
  verify::Counts counts;
};

/// The checker keeps the explorations that the cells point into.
Run run(Checker&, const Setting&, std::span<const Property* const>);

/// fails when one fails; else inconclusive when one is, or when no premise can be reached; else holds.
verify::Verdict verdict(const Run&);

/// As a sequence chart; none when nothing fails.
std::optional<verify::TraceText> first_counterexample(const Run&);

/// "0.28 s, 690000 transitions/s, 12 MiB in the largest exploration".
std::string effort(const verify::Counts&);

/// The last line is "N states, M transitions, depth D: holds".
std::string as_text(const Run&);
std::string as_json(const Run&);
std::string as_html(const Run&);

}  // namespace lockstep::host
