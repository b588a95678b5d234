// Derived: every SPDM request short by one byte, without the capability for it, in a version that does not have it, and
// with the bits set that a receiver ignores.
#include <algorithm>

#include "cases/steps.hpp"
#include "wire/mutations.hpp"
#include "wire/names.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::cases {
namespace {

using S = spdm::Stimulus;

/// Where a request is served.
Given place_of(S request) {
  switch (request) {
    case S::GET_VERSION:
    case S::GET_CAPABILITIES:
      return Given::version;
    case S::NEGOTIATE_ALGORITHMS:
      return Given::capabilities;
    case S::FINISH:
    case S::PSK_FINISH:
      return Given::handshaking;
    case S::CHALLENGE:
    case S::KEY_EXCHANGE:
    case S::PSK_EXCHANGE:
      return Given::negotiated;
    default:
      return Given::established;
  }
}

SessionKind kind_for(S request) {
  if (request == S::FINISH) return SessionKind::key_exchange;
  return request == S::PSK_FINISH ? SessionKind::psk : SessionKind::any;
}

/// Sessions carry other requests than the six of the application phase only from 1.2 on.
Byte since(S request) {
  const Byte first = spdm::request(request).since;
  const bool of_sessions = request >= S::HEARTBEAT && request <= S::END_SESSION;
  return place_of(request) == Given::established && !of_sessions && first < 0x12 ? Byte{0x12} : first;
}

std::string request_name(S request) { return request == S::KEY_UPDATE_UpdateKey ? "key-update" : kebab(name(request)); }

Case in_its_place(S request, std::string_view what, std::string about, Rule rule, Step step) {
  Case test{.id = "spdm/fields/" + request_name(request) + "/" + std::string(what),
            .about = std::move(about),
            .asks = {rule},
            .given = place_of(request),
            .session = kind_for(request),
            .steps = {std::move(step)},
            .since = since(request)};
  if (test.given >= Given::handshaking) test.needs = {Needs::session};
  return test;
}

bool is_operation_of_another(S request) {
  return request > S::KEY_UPDATE_UpdateKey && request <= S::KEY_UPDATE_undefined;
}

void add_short(std::vector<Case>& all, S request) {
  if (const Rule rule = spdm::request(request).malformed)
    all.push_back(in_its_place(request, "short-by-one",
                               std::string(name(request)) + " that is short by one byte is refused.", rule,
                               spdm_step(request, spdm::Defect::malformed)));
}

/// What is served in sessions and outside, outside too.
void add_short_in_clear(std::vector<Case>& all, S request) {
  all.push_back({.id = "spdm/fields/" + request_name(request) + "/short-by-one-in-clear",
                 .about = std::string(name(request)) + " that is short by one byte is refused outside sessions.",
                 .asks = {spdm::request(request).malformed},
                 .given = Given::negotiated,
                 .steps = {spdm_step(request, spdm::Defect::malformed)}});
}

/// A request that the target must not serve, outside sessions and in one, which goes on.
void add_absent(std::vector<Case>& all, S request) {
  const spdm::Request& row = spdm::request(request);
  Step step = spdm_step(request, spdm::Defect::not_supported);
  if (request == S::SET_CERTIFICATE) step.edits = {set("Param1", 0x0F)};  // a slot that exists nowhere
  const auto add = [&](std::string_view what, Rule rule, std::string about, Given given) -> Case& {
    return all.emplace_back(Case{.id = "spdm/fields/" + request_name(request) + "/" + std::string(what),
                                 .about = std::string(name(request)) + std::move(about),
                                 .asks = {rule},
                                 .given = given,
                                 .steps = {step},
                                 .since = row.since});
  };
  if (row.not_supported) {
    Case& outside = add("without-capability", row.not_supported,
                        " without the capability for it is refused, and changes nothing.", Given::negotiated);
    if (request != S::GET_DIGESTS) outside.steps.push_back(spdm_step(S::GET_DIGESTS));
    Case& inside = add("without-capability-in-session", row.not_supported,
                       " without the capability for it is refused in a session, which goes on.", Given::established);
    inside.needs = {Needs::session};
    inside.steps.push_back(spdm_step(S::END_SESSION));
    inside.since = std::max(inside.since, Byte{0x11});
  }
  if (!row.absent) return;
  Case& older =
      add("in-older-version", row.absent, " in a version that does not have it is refused.", Given::negotiated);
  older.since = 0x10;
  older.until = static_cast<Byte>(row.since - 1);
}

/// Where a bit means something in one version and nothing in another, the earliest context counts.
bool is_ignored(const wire::Mutation& mutation) {
  const bool reserved =
      mutation.field == "Param1" || mutation.field == "Param2" || mutation.field.starts_with("Reserved");
  return reserved && mutation.name.find("/bit-") != std::string::npos;
}

void add_ignored(std::vector<Case>& all, S request) {
  const wire::Layout& layout = *wire::spdm::find_request(spdm::request(request).code);
  wire::Context context;
  context.spdm_version = 0x12;
  wire::AnyMessage message(layout);
  wire::canonicalise(layout, message.object(), context);
  std::vector<Step> steps;
  for (const wire::Mutation& mutation : wire::mutations(message, context)) {
    if (!is_ignored(mutation)) continue;
    Step step = ignored({mutate(mutation.name.substr(mutation.name.find('/') + 1))}, spdm_step(request));
    step.afresh = !steps.empty();
    steps.push_back(std::move(step));
  }
  if (steps.empty()) return;
  Case test = in_its_place(request, "reserved-bits", std::string(name(request)) + ": reserved bits are ignored.",
                           "SPDM-FORM-001", steps.front());
  test.steps = std::move(steps);
  all.push_back(std::move(test));
}

}  // namespace

std::vector<Case> spdm_field_cases() {
  std::vector<Case> all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(S::UNKNOWN_REQUEST); ++i) {
    const auto request = static_cast<S>(i);
    if (request == S::KEY_UPDATE_UpdateAllKeys) add_absent(all, request);
    if (is_operation_of_another(request) || request == S::RESPOND_IF_READY || request == S::SLOT_MANAGEMENT) continue;
    // Nothing is tried that a broken device could take for an order to change its certificates or keys.
    if (request != S::SET_CERTIFICATE && request != S::SET_KEY_PAIR_INFO) add_short(all, request);
    add_absent(all, request);
  }
  for (const S request : {S::GET_VERSION, S::GET_CAPABILITIES, S::GET_DIGESTS, S::GET_CERTIFICATE, S::GET_MEASUREMENTS,
                          S::KEY_EXCHANGE, S::HEARTBEAT, S::END_SESSION})
    add_ignored(all, request);
  for (const S request : {S::GET_DIGESTS, S::GET_CERTIFICATE, S::GET_MEASUREMENTS}) add_short_in_clear(all, request);
  return all;
}

}  // namespace lockstep::cases
