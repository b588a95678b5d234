// One run of one case: its steps, what they show, and the verdict.
#pragma once

#include "runner/attribution.hpp"
#include "runner/driver.hpp"
#include "runner/result.hpp"
#include "runner/shrink.hpp"

namespace lockstep::runner {

class CaseRun {
 public:
  CaseRun(Driver& driver, const cases::Case& test) : driver_(driver), test_(test), attribution_(test) {}

  CaseResult run();

  /// What was seen that the case does not ask about.
  const std::vector<oracle::Step>& unasked() const { return unasked_; }
  bool unasked_failure() const;
  /// By which the worst that was seen is known again.
  const Symptom& symptom() const { return symptom_; }
  Exchange shown(const oracle::Step& step) const;

 private:
  /// What was seen, by whom it concerns.
  struct Shares {
    oracle::Step own, other;
  };

  // Doing.
  Maybe steps();
  Maybe portions(const cases::Step& step);
  Maybe one(const cases::Step& step, bool continues = false);
  bool complete(const cases::Step& step) const;

  // Weighing.
  void weigh_discovery();
  void weigh_setup();
  void weigh_passage();
  void weigh_state(oracle::Step state, const oracle::Step& before);
  void weigh(const oracle::Step& step, Rule broken);
  Shares by_findings(const oracle::Step& step) const;
  void take(Shares shares, Rule broken);
  void note(const oracle::Step& step, Rule broken);

  // Concluding.
  void conclude(CaseResult& result) const;
  void conclude(CaseResult& result, const Trouble& trouble) const;
  void put_findings(CaseResult& result) const;
  static void undecided(CaseResult& result, const std::string& why);

  Driver& driver_;
  const cases::Case& test_;
  Attribution attribution_;
  oracle::Ruling worst_ = oracle::Ruling::legal;
  bool progress_ = true;
  bool wrong_on_the_way_ = false;  ///< the state that the case has led to, and the way ended there
  Rule rule_;                      ///< of the worst
  std::string reason_, not_judged_;
  std::vector<Exchange> exchanges_;
  std::vector<Breach> breaches_;
  Symptom symptom_;
  std::vector<oracle::Step> unasked_;
};

}  // namespace lockstep::runner
