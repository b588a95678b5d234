#include "verify/device_scope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lockstep::verify {
namespace {

using device::IdeKmLetter;
using device::Letter;
using device::SpdmLetter;

bool fits(const DeviceScope& scope, const SpdmLetter& l) {
  const spdm::Letter& letter = l.letter;
  const bool selects = letter.stimulus == spdm::Stimulus::GET_CAPABILITIES && letter.defect == spdm::Defect::none;
  return (!selects || letter.spdm_version == scope.spdm_version) &&
         (scope.mutual_authentication || letter.mut_auth == spdm::MutAuth::none) &&
         (scope.handshake_in_the_clear || !letter.handshake_in_the_clear) && (scope.heartbeat || !letter.heartbeat) &&
         (scope.termination_policy || !letter.termination_policy) &&
         (scope.psk_without_context || !letter.psk_without_context);
}

/// A whole key set is named by its first slot.
bool fits(const DeviceScope& scope, const IdeKmLetter& l) {
  const ide_km::Slot& slot = l.letter.slot;
  if (slot.k1 && scope.key_sets < 2) return false;
  return !scope.whole_key_sets || (!slot.tx && slot.sub_stream == 0);
}

bool fits(const DeviceScope& scope, const Letter& letter) {
  if (const auto* l = std::get_if<SpdmLetter>(&letter.body)) return fits(scope, *l);
  if (const auto* l = std::get_if<IdeKmLetter>(&letter.body)) return fits(scope, *l);
  return true;
}

bool names_keys(const Letter& letter) {
  const auto* l = std::get_if<IdeKmLetter>(&letter.body);
  if (l == nullptr || l->letter.defect != ide_km::Defect::none) return false;
  using enum ide_km::Stimulus;
  return l->letter.stimulus == KEY_PROG || l->letter.stimulus == K_SET_GO || l->letter.stimulus == K_SET_STOP ||
         l->letter.stimulus == FIRST_TLP_OF_NEW_KEY_SET;
}

std::string_view text_of(device::Kind kind) {
  return kind == device::Kind::endpoint_with_ide ? "endpoint with IDE" : "root-complex integrated";
}

}  // namespace

std::string describe(const DeviceScope& scope) {
  const auto count = [](unsigned n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  std::string text =
      fmt::format("{}; {}, {}, {}, {} programmed {}; SPDM 1.{}; {} choices", text_of(scope.shape.kind),
                  count(scope.shape.tdis, "TDI"), count(scope.shape.sessions, "session"),
                  count(scope.shape.streams, "stream"), count(scope.key_sets, "key set"),
                  scope.whole_key_sets ? "whole" : "key by key", scope.spdm_version & 0xF, name(scope.choices));
  if (scope.choices != Tag::expected) text += " and those before it";
  const auto add = [&](bool varied, std::string_view what) {
    if (varied) text.append("; ").append(what);
  };
  add(scope.mutual_authentication, "mutual authentication");
  add(scope.handshake_in_the_clear, "handshake in the clear");
  add(scope.heartbeat, "heartbeat");
  add(scope.termination_policy, "termination policy");
  add(scope.psk_without_context, "PSK without context");
  return text + (scope.symmetric ? "; symmetric" : "; not symmetric");
}

std::vector<DeviceAction> actions(const DeviceScope& scope) {
  std::vector<DeviceAction> all;
  for (const Letter& letter : device::letters(scope.shape))
    if (fits(scope, letter)) all.push_back({letter, scope.whole_key_sets && names_keys(letter)});
  return all;
}

std::vector<Letter> letters_of(const DeviceAction& action) {
  if (!action.whole_key_set) return {action.letter};
  std::vector<Letter> all;
  Letter letter = action.letter;
  auto& ide_km = std::get<IdeKmLetter>(letter.body).letter;
  for (const bool tx : {false, true})
    for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) {
      ide_km.slot.tx = tx;
      ide_km.slot.sub_stream = sub_stream;
      if (ide_km::meaningful(ide_km)) all.push_back(letter);
    }
  return all;
}

Outcome<device::Control> apply(const DeviceRules& rules, const DeviceScope& scope, const device::Control& control,
                               const DeviceAction& action, Choice choice) {
  Outcome<device::Control> outcome{control, {}, {}};
  for (const Letter& letter : letters_of(action))
    outcome = rules.step(scope.shape, outcome.after, rules.normalised(scope.shape, outcome.after, letter), choice);
  return outcome;
}

std::vector<Choice> choices(const DeviceRules& rules, const DeviceScope& scope, const device::Control& control,
                            const DeviceAction& action) {
  if (action.whole_key_set) return {Choice::as_specified};
  std::vector<Choice> all;
  for (const Option& option :
       rules.options(scope.shape, control, rules.normalised(scope.shape, control, action.letter)))
    if (option.tag <= scope.choices) all.push_back(option.choice);
  return all;
}

ide_km::Stream canonical(const DeviceScope& scope, ide_km::Stream stream) {
  if (!scope.symmetric || scope.whole_key_sets) return stream;  // whole sets are named by their sub-stream 0
  const auto bits_of = [](std::uint16_t slots, unsigned sub_stream) { return slots >> sub_stream & 0b001001001001U; };
  std::array<std::pair<unsigned, unsigned>, 3> keys;
  for (unsigned i = 0; i < 3; ++i) keys[i] = {bits_of(stream.programmed, i), bits_of(stream.active, i)};
  std::sort(keys.begin(), keys.end());
  stream.programmed = stream.active = 0;
  for (unsigned i = 0; i < 3; ++i) {
    stream.programmed = static_cast<std::uint16_t>(stream.programmed | keys[i].first << i);
    stream.active = static_cast<std::uint16_t>(stream.active | keys[i].second << i);
  }
  return stream;
}

}  // namespace lockstep::verify
