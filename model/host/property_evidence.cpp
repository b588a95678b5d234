// Properties of evidence, appraisal and consent, and of the epochs they are about.
#include "host/property_table.hpp"

namespace lockstep::host {
namespace {

bool becomes_accepted(const World& b, const World& a) {
  return b.appraisal != Appraisal::accepted && a.appraisal == Appraisal::accepted;
}
bool consents(const Verb& v) { return is(v, {"consent"}); }

/// Report and measurements are of one generation, or the measurements are older and policy says so.
bool one_generation(const World& w, const Setting& s) {
  if (w.report == Epoch::forged) return false;
  if (s.is(Attestation::MEASUREMENT_ONLY) || w.report == w.measurements) return true;
  return w.measurements == Epoch::older && (s.is(MeasureWhen::PRE) || s.is(AppraisedBy::PASSPORT));
}
bool locks(const World& b, const Verb& v, const World& a) {
  return is(v, {"answer"}) && b.talk == Talk::LOCK && a.wire == Wire::response;
}

}  // namespace

std::span<const Property> evidence_properties() {
  static const std::vector<Property> all{
      {.id = "P13",
       .name = "consent follows appraisal",
       .text = "The TVM consents only after its appraisal has accepted the evidence",
       .scope = EVIDENCE,
       .shape = Shape::step,
       .step = STEP(implies(consents(v), b.appraisal == Appraisal::accepted)),
       .step_premise = STEP(consents(v)),
       .mutant = {Flaw::TVM_VALIDATES_FIRST}},
      {.id = "P13/identity",
       .name = "consent to a known device",
       .text = "No accepting verb is taken for a device whose place another one on the wire has taken",
       .scope = EVIDENCE,
       .shape = Shape::step,
       .step = STEP(implies(accepting(v), b.peer != Peer::impostor)),
       .step_premise = STEP(accepting(v)),
       .mutant = {Flaw::TVM_SKIPS_CERTIFICATES}},
      {.id = "P14",
       .name = "one generation",
       .text = "What one appraisal looks at is of one lock, or older where policy says so, and nothing of it is forged",
       .scope = EVIDENCE,
       .shape = Shape::step,
       .step = STEP(implies(is(v, {"appraise"}), one_generation(b, s))),
       .step_premise = STEP(is(v, {"appraise"})),
       .mutant = {Flaw::TVM_MIXES_GENERATIONS}},
      {.id = "P15",
       .name = "acceptance is of this lock",
       .text = "An accepting verb that means another lock than the current one fails, and no lock finds an acceptance "
               "in force",
       .scope = EVIDENCE,
       .shape = Shape::step,
       .step = STEP(implies(accepting(v), b.consent == Epoch::current) &&
                    implies(locks(b, v, a), a.gate != Gate::PRIVATE && a.mmio == Party::nobody)),
       .step_premise = STEP(accepting(v)),
       .mutant = {Flaw::TSM_SKIPS_EPOCH}},
      {.id = "P17",
       .name = "fresh measurements",
       .text = "Measurements are accepted only over a nonce that the TVM chose and that was not used before",
       .scope = EVIDENCE,
       .shape = Shape::step,
       .step = STEP(implies(becomes_accepted(b, a), b.fresh)),
       .step_premise = STEP(becomes_accepted(b, a)),
       .mutant = {Flaw::TVM_SKIPS_MEASUREMENT_NONCE}},
      {.id = "L2",
       .name = "appraisals end",
       .text = "A pending appraisal is decided or times out",
       .scope = EVIDENCE,
       .shape = Shape::leads_to,
       .state = IF(w.appraisal != Appraisal::pending),
       .premise = IF(w.appraisal == Appraisal::pending),
       .mutant = {Flaw::TVM_WAITS_FOR_EVER},
       .fair = FAIR(is(v, {"time_out"}))},
  };
  return all;
}

}  // namespace lockstep::host
