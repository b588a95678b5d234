// Answers whether properties hold in a setting, with traces in the verbs of the model.
#pragma once

#include "host/model.hpp"
#include "verify/explorer.hpp"
#include "verify/report.hpp"

namespace lockstep::host {

struct Line {
  const Verb* verb;
  World after;
};
/// A run from the initial world; with `loop`, the lines from `loop` on are done again and again.
struct Story {
  std::vector<Line> lines;
  std::optional<std::size_t> loop = {};
};

struct Cell {
  const Property* property = nullptr;
  verify::Verdict verdict = verify::Verdict::inconclusive;
  std::string why;               ///< where the verdict needs a reason
  bool premise_reached = false;  ///< false: the property says nothing here
  bool complete = true;          ///< every world was visited
  std::optional<Story> counterexample, witness;
};

/// What one exploration found: its properties in the order of properties().
struct Exploration {
  verify::Counts counts;
  bool complete = true;
  std::uint64_t digest = 0;    ///< of the set of states: two explorations with the same one reach the same states
  std::uint64_t unmarked = 0;  ///< the same, without the mark of who moved the TDI
  std::vector<Cell> cells;
};

class Checker {
 public:
  explicit Checker(verify::Limits limits = {}) : limits_(limits) {}
  /// Of tables with a spoilt row. What that row takes no part in is what it is in `sound`; both must outlive the
  /// checker.
  Checker(const RowMutant& mutant, Checker& sound) : mutant_(&mutant), sound_(&sound) {}

  /// The property's own scope, assumptions and moods replace those of the setting. Runs that differ only in switches
  /// that nobody looked at are made once.
  const Cell& check(const Setting&, const Property&);
  /// The exploration that answers the property.
  const Exploration& explore(const Setting&, const Property&);
  /// Every exploration that was made.
  verify::Counts total() const;
  const RowMutant* mutant() const { return mutant_; }
  /// The spoilt row, if any, takes no part in this.
  bool is_sound_in(const Setting&) const;

 private:
  struct Known {
    Setting setting;
    const Property* alone;  ///< asked by itself, or with all others of its scope
    Exploration exploration;
  };
  verify::Limits limits_;
  const RowMutant* mutant_ = nullptr;
  Checker* sound_ = nullptr;
  std::vector<std::unique_ptr<Known>> known_;
};

/// "holds", "fails", "inconclusive", or "unreachable": the premise is.
std::string_view verdict_word(const Cell&);

/// What a property is asked in.
Setting setting_for(const Setting&, const Property&);

/// One line for each step: "VMM -> TSM  TIO_TDI_BIND(run=0) [bind]   view LOCKED".
std::string as_text(const Story&, Profile);
/// For a sequence chart (verify::as_svg, verify::as_mermaid): each line with what it changes.
verify::TraceText chart(const Story&, Profile);
/// "bind, consent, start": the verbs alone.
std::string in_short(const Story&, Profile);

}  // namespace lockstep::host
