// The policy x property table: what each property comes to under the defaults of every profile, under every single
// deviation from one of them, and under the pairs of deviations that the debates turn on. Nothing expected goes in.
#pragma once

#include "host/check.hpp"

namespace lockstep::host {

struct Row {
  std::string label;    ///< "BIND_SCOPE=LOCK_AND_RUN", "profile amd"
  std::string section;  ///< "profiles", "scenarios", "1 what bind does", "BIND_SCOPE x CONSENT_BINDING"
  Setting setting;
  std::vector<const Cell*> cells;  ///< in the order of questions()
};

struct DeadSwitch {
  const Switch* what;
  std::string why;
};

struct Matrix {
  Profile profile;
  std::vector<Row> rows;  ///< the first is the baseline of the profile
  std::vector<DeadSwitch> dead;
  std::vector<DeadSwitch> alike;  ///< two values of a switch that is not dead reach the same states
  verify::Counts counts;
};

/// The checker keeps the explorations that the cells point into.
Matrix make_matrix(Checker&, Profile);

/// No cell is inconclusive.
bool complete(const Matrix&);

/// One line for each policy: what fails there beyond the baseline, and what no longer does.
std::string as_text(const Matrix&);
std::string as_markdown(const Matrix&);
std::string as_html(const Matrix&);
std::string as_json(const Matrix&);

}  // namespace lockstep::host
