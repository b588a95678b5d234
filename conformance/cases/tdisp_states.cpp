// Derived: every TDISP request in every TDI state, and in the clear. What each case asks is the rule that the machine
// applies there, so a new row of the table is a new case.
#include "cases/steps.hpp"

namespace lockstep::cases {
namespace {

using tdisp::Stimulus;
using tdisp::TdiState;

/// Requests whose defects decide what they mean when no defect is asked for: what the device offers is not known here.
bool optional(Stimulus stimulus) {
  return stimulus >= Stimulus::BIND_P2P_STREAM_REQUEST && stimulus <= Stimulus::SET_TDISP_CONFIG_REQUEST;
}

Case in_state(Stimulus stimulus, const TdiPlace& place) {
  const tdisp::Letter letter{.stimulus = stimulus};
  tdisp::Tdi tdi;
  tdi.state = place.state;
  tdi.nonce = place.state == TdiState::CONFIG_LOCKED;
  const std::string request = kebab(name(stimulus));
  return {.id = "tdisp/states/" + request + "-in-" + std::string(place.name),
          .about = std::string(name(stimulus)) + " in " + std::string(name(place.state)) + ".",
          .asks = {tdisp::step(tdi, letter).rule},
          .given = place.given,
          .needs = {Needs::tdisp},
          .steps = {{letter}}};
}

Case in_the_clear(Stimulus stimulus) {
  return {.id = "tdisp/states/" + kebab(name(stimulus)) + "-in-the-clear",
          .about = std::string(name(stimulus)) + " outside a session is not acted on.",
          .asks = {"TDISP-HDR-018"},
          .given = Given::secure,
          .needs = {Needs::tdisp},
          .steps = {{tdisp::Letter{.stimulus = stimulus}, Via::clear}}};
}

}  // namespace

std::vector<Case> tdisp_state_cases() {
  std::vector<Case> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(tdisp::FIRST_OUT_OF_BAND); ++i) {
    const auto stimulus = static_cast<Stimulus>(i);
    for (const TdiPlace& place : TDI_PLACES) {
      Case test = in_state(stimulus, place);
      if (optional(stimulus)) test.about += " The request is optional.";
      all.push_back(std::move(test));
    }
    all.push_back(in_the_clear(stimulus));
  }
  return all;
}

}  // namespace lockstep::cases
