#include "host/layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "device/letters.hpp"
#include "host/dsm.hpp"

namespace lockstep::host {
namespace {

using device::Control;
using device::Letter;

/// The layer's machine goes there by one of its own events: what another layer does to it is no more than that.
template <class Layer, class Stimulus, class Step>
bool by_event(const Layer& from, const Layer& to, Stimulus first, Step step) {
  for (auto s = static_cast<std::size_t>(first); s < static_cast<std::size_t>(Stimulus::END_OF_STIMULI); ++s)
    if (step(from, static_cast<Stimulus>(s)) == to) return true;
  return false;
}

bool tdi_moves_alone(const Control& before, const Letter& letter, const Control& after) {
  const tdisp::Tdi &from = before.tdis[0], &to = after.tdis[0];
  if (from == to) return true;
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body)) return tdisp::step(from, l->letter).after == to;
  return by_event(from, to, tdisp::FIRST_OUT_OF_BAND, [](const tdisp::Tdi& tdi, tdisp::Stimulus stimulus) {
    return tdisp::step(tdi, {.stimulus = stimulus}).after;
  });
}

bool stream_moves_alone(const Control& before, const Letter& letter, const Control& after) {
  const ide_km::Stream &from = before.streams[0], &to = after.streams[0];
  if (from == to) return true;
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body)) return ide_km::step(from, l->letter).after == to;
  return by_event(from, to, ide_km::FIRST_OUT_OF_BAND, [](const ide_km::Stream& stream, ide_km::Stimulus stimulus) {
    return ide_km::step(stream, {.stimulus = stimulus}).after;
  });
}

/// A session that another layer or the connection touches can only end.
bool session_moves_alone(const Control& before, const Letter& letter, const Control& after, Byte index) {
  const spdm::Session &from = before.sessions[index], &to = after.sessions[index];
  if (from == to || to.state == SessionState::NONE) return true;
  const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
  if (l == nullptr) return false;
  return l->created == index || (letter.session == index && spdm::step(from, l->letter).after == to);
}

}  // namespace

Claim layers_can_be_exchanged() {
  return [](Checker& checker) -> Outcome {
    Setting setting = setting_of({.policies = {"SESSIONS=SHARED"}});
    setting.scope = Scope::LINK;
    setting.mutant = checker.mutant();
    const Model model(setting);
    verify::Explorer<Model> explorer(model, {}, {});
    explorer.run();
    const std::vector<Letter> letters = device::letters(device_shape());
    std::size_t steps = 0;
    bool alone = true;
    for (unsigned s = 0; s < verify::SHARDS; ++s)
      for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i) {
        const Control before = control_of(unpack(explorer.states().shard(s).state(i)));
        for (const Letter& letter : letters) {
          if (!device::possible(device_shape(), before, letter)) continue;
          const Letter read = device::normalised(device_shape(), before, letter);
          const Control after = device::step(device_shape(), before, read).after;
          alone = alone && tdi_moves_alone(before, read, after) && stream_moves_alone(before, read, after) &&
                  session_moves_alone(before, read, after, TSM_SESSION) &&
                  session_moves_alone(before, read, after, HOST_SESSION);
          ++steps;
        }
      }
    return {alone && steps > 0, fmt::format("{} steps of the composed device are steps of each layer alone", steps)};
  };
}

Claim a_broken_layer_is_found() {
  return each_breaks_its_own(
      {{Flaw::TSM_SKIPS_SEQUENCE, "P02"}, {Flaw::DSM_WRAPS_COUNTER, "P11"}, {Flaw::DSM_IGNORES_NONCE, "P21"}},
      "each of three layers, broken alone, breaks its own property and no other");
}

}  // namespace lockstep::host
