#include "runner/attribution.hpp"

#include <algorithm>

namespace lockstep::runner {
namespace {

using oracle::Ruling;

Ruling weight(Rule rule) {
  return rule && rule.requirement().on_breach == OnBreach::fail ? Ruling::fail : Ruling::warn;
}

/// Another rule than that of the row counts, and its weight.
void blame(oracle::Judgement& judgement, Rule rule) {
  judgement.rule = rule;
  judgement.ruling = std::min(judgement.ruling, weight(rule));
}

}  // namespace

bool Attribution::asks(Rule rule) const {
  return std::find(test_.asks.begin(), test_.asks.end(), rule) != test_.asks.end();
}

void Attribution::name_answer(oracle::Step& done, const cases::Step& step, bool continues) const {
  oracle::Judgement& judgement = done.judgement;
  if (judgement.owed || judgement.ruling == Ruling::legal) return;
  if (judgement.ruling == Ruling::fail) return blame(judgement, broken_by(done, step, continues));
  const Rule main = main_rule(done);
  if (weight(main) == Ruling::warn && decides(done, step)) judgement.rule = main;
}

void Attribution::name_passage(oracle::Step& seen) const {
  if (seen.judgement.state_only) blame(seen.judgement, main_rule(seen));
}

void Attribution::name_state(oracle::Step& state, const oracle::Step& before) const {
  if (state.judgement.state_only) blame(state.judgement, state_rule(state, before));
}

Rule Attribution::broken_by(const oracle::Step& done, const cases::Step& step, bool continues) const {
  const Rule row = done.judgement.rule;
  const Rule main = main_rule(done);
  const bool served = done.observation.answer.kind == Answer::Kind::response;
  if (done.judgement.state_only || step.same_meaning) return main;
  if (step.record != cases::Record::sound && served) return main;
  if (continues && !served && std::holds_alternative<tdisp::Letter>(step.letter)) return "TDISP-RPT-001";
  return weight(main) >= weight(row) && decides(done, step) ? main : row;
}

/// Whether the step is the case's last one, and shows something about a rule that no row cites.
bool Attribution::decides(const oracle::Step& done, const cases::Step& step) const {
  return &step == &test_.steps.back() && !asks(done.judgement.rule);
}

/// The first rule that the case asks of the protocol that the step speaks, unless it weighs less than the first of
/// all; that one otherwise.
Rule Attribution::main_rule(const oracle::Step& step) const {
  const std::string_view protocol = std::holds_alternative<device::TdispLetter>(step.letter.body)   ? "TDISP-"
                                    : std::holds_alternative<device::IdeKmLetter>(step.letter.body) ? "IDE-"
                                                                                                    : "SPDM-";
  const auto own =
      std::find_if(test_.asks.begin(), test_.asks.end(), [&](Rule rule) { return rule.id().starts_with(protocol); });
  const Rule first = test_.asks.front();
  return own == test_.asks.end() || protocol == "SPDM-" || weight(*own) < weight(first) ? first : *own;
}

/// A read-only request has a rule of its own for the state that it must not touch.
Rule Attribution::state_rule(const oracle::Step& state, const oracle::Step& before) const {
  const auto* sent = std::get_if<device::TdispLetter>(&before.letter.body);
  if (sent == nullptr) return main_rule(state);
  using tdisp::Stimulus;
  const Stimulus request = sent->letter.stimulus;
  const auto* read = std::get_if<device::TdispLetter>(&state.letter.body);
  if (request < tdisp::FIRST_OUT_OF_BAND && read != nullptr && sent->tdi != read->tdi)
    return request == Stimulus::STOP_INTERFACE_REQUEST ? Rule("TDISP-STOP-007") : Rule("TDISP-LOCK-025");
  const Answer& answer = before.observation.answer;
  if (answer.kind == Answer::Kind::error && answer.protocol == AnswerProtocol::TDISP)
    return asks("TDISP-LOCK-022") ? Rule("TDISP-LOCK-022") : Rule("TDISP-HDR-022");
  if (request == Stimulus::GET_TDISP_VERSION && !asks("TDISP-VER-005")) return "TDISP-VER-004";
  return request == Stimulus::GET_TDISP_CAPABILITIES ? Rule("TDISP-CAP-012") : main_rule(state);
}

}  // namespace lockstep::runner
