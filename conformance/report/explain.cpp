#include "report/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "machine/names.hpp"
#include "report/coverage.hpp"
#include "report/style.hpp"
#include "requirements/no_such.hpp"

namespace lockstep::report {
namespace {

constexpr std::size_t SHOWN_CASES = 20;

std::string_view words(cases::Given given) {
  using enum cases::Given;
  switch (given) {
    case nothing:
      return "a connection without messages";
    case version:
      return "VERSION received";
    case capabilities:
      return "CAPABILITIES received";
    case negotiated:
      return "ALGORITHMS received";
    case handshaking:
      return "a session in its handshake";
    case established:
      return "a session; TDI in CONFIG_UNLOCKED, its stream without keys";
    case keyed:
      return "a session; the stream's keys programmed";
    case secure:
      return "a session; the stream Secure";
    case session_lost:
      return "the session that made the stream Secure has ended, another is open";
    case tdi_locked:
      return "TDI in CONFIG_LOCKED";
    case tdi_run:
      return "TDI in RUN";
    case tdi_error:
      return "TDI in ERROR";
  }
  return {};
}
std::string_view words(cases::SessionKind kind) {
  using enum cases::SessionKind;
  switch (kind) {
    case any:
      return "any kind of session";
    case key_exchange:
      return "KEY_EXCHANGE";
    case psk:
      return "PSK_EXCHANGE";
  }
  return {};
}
std::string_view words(cases::Needs needs) {
  using enum cases::Needs;
  switch (needs) {
    case nothing:
      return "nothing";
    case session:
      return "a session";
    case key_exchange:
      return "KEY_EX_CAP";
    case psk:
      return "PSK_CAP";
    case ide_km:
      return "IDE_KM";
    case tdisp:
      return "TDISP";
    case heartbeat:
      return "HBEAT_CAP";
    case key_update:
      return "KEY_UPD_CAP";
    case p2p:
      return "P2P requests";
    case two_tdis:
      return "two TDIs under test";
    case mutual_authentication:
      return "MUT_AUTH_CAP";
    case two_streams:
      return "two IDE streams under test";
    case injector:
      return "an injector";
    case doe:
      return "a DOE mailbox";
    case mctp:
      return "MCTP";
    case tcp:
      return "TCP";
    case chunks:
      return "CHUNK_CAP";
    case measurement_log:
      return "MEL_CAP";
    case endpoint_info:
      return "EP_INFO_CAP with signatures";
    case objects:
      return "a way for objects of the transport";
  }
  return {};
}

std::string_view words(cases::Record record) {
  using enum cases::Record;
  switch (record) {
    case sound:
      return {};
    case flipped:
      return " in a record with a bit of its ciphertext flipped";
    case flipped_tag:
      return " in a record with a bit of its tag flipped";
    case truncated:
      return " in a record without its last four bytes";
    case length_too_great:
      return " in a record whose Length is too great";
    case length_changed:
      return " in a record that is longer than what was authenticated";
    case inner_length:
      return " in a record whose ApplicationDataLength is too great";
    case replayed:
      return ": the session's latest record once more";
    case skipped:
      return " in a record that leaves out a sequence number";
    case reflected:
      return ": the target's own latest record";
    case of_other_session:
      return " in a record made with the keys of another session";
    case unknown_session:
      return " in a record of a session that does not exist";
    case updated_key:
      return " in a record under the key before the update";
    case bare:
      return " where a record belongs, and not in one";
  }
  return {};
}

/// The names of the two read as words do.
template <std::size_t Size, class Enum>
std::string named(std::string_view before, Enum value) {
  return value == Enum{} ? std::string()
                         : fmt::format("{}{}", before, machine::kebab(machine::enumerator_name<Size>(value)));
}

std::string words(const cases::Edit& edit) {
  using enum cases::Edit::How;
  switch (edit.how) {
    case set:
      return fmt::format("{} = {:#x}", edit.field, edit.value);
    case add:
      return fmt::format("{} + {}", edit.field, edit.value);
    case flip:
      return fmt::format("{} with bit {} flipped", edit.field, edit.value);
    case raise:
      return fmt::format("{} with bit {} set", edit.field, edit.value);
    case cut:
      return fmt::format("{} bytes short", edit.value);
    case append:
      return fmt::format("{} bytes long", edit.value);
    case session:
      return fmt::format("{} as in the session under test", edit.field);
    case mutate:
      return edit.field;
  }
  return {};
}

template <class L>
std::string letter_words(const L& letter) {
  const std::string stimulus(name(letter.stimulus));
  return letter.defect == decltype(letter.defect)::none ? stimulus
                                                        : fmt::format("{} ({})", stimulus, name(letter.defect));
}
std::string letter_words(device::DeviceEvent event) {
  return event == device::DeviceEvent::CONVENTIONAL_RESET ? "CONVENTIONAL_RESET" : "FUNCTION_0_RESET";
}

std::string words(const cases::Step& step) {
  std::string text = std::visit([](const auto& letter) { return letter_words(letter); }, step.letter);
  for (std::size_t i = 0; i < step.edits.size(); ++i) text += (i == 0 ? ", " : " and ") + words(step.edits[i]);
  text += words(step.record);
  text += named<cases::OBJECTS>(" in an object: ", step.object);
  text += named<cases::CHUNKS>(" in chunks: ", step.chunks);
  if (step.unfetched) text += ", without fetching a large answer";
  if (step.tdi == device::NONE) text += " to an INTERFACE_ID that is not hosted";
  if (step.tdi != device::NONE && step.tdi != 0) text += fmt::format(" to TDI {}", step.tdi);
  if (step.stream != 0) text += fmt::format(", stream {}", step.stream);
  if (step.via == cases::Via::clear) text += " outside the session";
  if (step.via == cases::Via::second_session) text += " over a second session";
  if (step.via == cases::Via::next_session) text += " over a new session";
  if (step.then_reuse) text += ", then a record under the old keys";
  return step.afresh ? "from the beginning again: " + text : text;
}

std::string versions(const Requirement& requirement) {
  const auto version = [](std::uint8_t byte) { return fmt::format("{}.{}", byte >> 4, byte & 0xF); };
  if (requirement.since == 0 && requirement.until == 0) return {};
  if (requirement.until == 0) return "SPDM " + version(requirement.since) + " and later";
  if (requirement.since == 0) return "SPDM up to " + version(requirement.until);
  return "SPDM " + version(requirement.since) + " to " + version(requirement.until);
}

/// Left out when there is nothing to say.
std::string line(std::string_view name, std::string_view text) { return text.empty() ? "" : entry(name, text); }

std::string one_line(const Requirement& r) {
  return fmt::format("{} {} ({}, {})", name(r.level), r.statement, r.clause, name(r.confidence));
}

std::string same_text(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

std::vector<std::string_view> all_ids() {
  std::vector<std::string_view> ids;
  for (const cases::Case& test : cases::all_cases()) ids.push_back(test.id);
  for (const Requirement& requirement : catalogue()) ids.push_back(requirement.id);
  for (const device::Fault& fault : device::faults()) ids.push_back(fault.name);
  for (const FalseAlarm& alarm : false_alarms()) ids.push_back(alarm.id);
  return ids;
}

}  // namespace

std::string explain(const cases::Case& test) {
  std::string out = fmt::format("case {}\n", test.id) + entry("about", test.about);
  out += entry("begins with", words(test.given));
  if (test.given >= cases::Given::handshaking) out += entry("session", words(test.session));
  for (const cases::Needs needs : test.needs)
    if (needs != cases::Needs::nothing) out += entry("needs", words(needs));
  if (test.since > 0x10) out += entry("since", fmt::format("SPDM {}.{}", test.since >> 4, test.since & 0xF));
  if (test.until != 0xFF) out += entry("until", fmt::format("SPDM {}.{}", test.until >> 4, test.until & 0xF));
  for (std::size_t i = 0; i < test.steps.size(); ++i) out += entry(fmt::format("step {}", i + 1), words(test.steps[i]));
  for (const Rule rule : test.asks) {
    const Requirement& requirement = rule.requirement();
    out += fmt::format("\n  asks {}\n", rule.id()) + line("", one_line(requirement));
    out += line("expected", requirement.expected);
    out += entry("a breach", requirement.on_breach == OnBreach::fail ? "fails the device" : "only warns");
  }
  return out + fmt::format("\n  run it: lockstep test --filter {}\n", test.id);
}

std::string explain(Rule rule) {
  const Requirement& r = rule.requirement();
  std::string out = fmt::format("requirement {}\n", r.id);
  out += entry("statement", fmt::format("{}", r.statement));
  out += entry("level", fmt::format("{}, for the {}", name(r.level), name(r.roles)));
  out += line("clause", r.clause) + line("versions", versions(r));
  out += line("stimulus", r.stimulus) + line("expected", r.expected);
  out += line("confidence",
              fmt::format("{}{}{}", name(r.confidence), r.why_uncertain.empty() ? "" : ": ", r.why_uncertain));
  out += entry("a breach", r.on_breach == OnBreach::fail ? "fails the device" : "only warns");
  out += line("basis", r.basis) + line("audit", r.audited) + line("tested by", r.tested_by);
  const auto asking = cases_by_rule(cases::all_cases())[rule.index()];
  for (std::size_t i = 0; i < std::min(asking.size(), SHOWN_CASES); ++i)
    out += entry(i == 0 ? "cases" : "", asking[i]->id);
  if (asking.size() > SHOWN_CASES)
    out += entry("", fmt::format("... {} in all: lockstep list --filter req:{}", asking.size(), r.id));
  if (asking.empty()) out += entry("cases", "none");
  bool broken = false;
  for (const device::Fault& fault : device::faults())
    if (fault.breaks == rule)
      out +=
          entry(std::exchange(broken, true) ? "" : "broken by", fmt::format("fault {}: {}", fault.name, fault.about));
  return out;
}

std::string explain(const device::Fault& fault) {
  std::string out = fmt::format("fault {} of the reference device\n", fault.name) + entry("about", fault.about);
  if (fault.breaks)
    out += entry("breaks", fmt::format("{}: {}", fault.breaks.id(), one_line(fault.breaks.requirement())));
  return out + fmt::format("\n  see it caught: lockstep test --fault {}\n", fault.name);
}

std::string explain(const FalseAlarm& alarm) {
  return fmt::format("false alarm {}: where validators have failed correct devices\n", alarm.id) +
         entry("trap", alarm.trap) + entry("here", alarm.rule);
}

Result<std::string, std::string> explain(std::string_view id) {
  if (const cases::Case* test = cases::find_case(id)) return explain(*test);
  const std::string upper = same_text(id);
  if (const auto rule = Rule::find(upper)) return explain(*rule);
  if (const device::Fault* fault = device::find_fault(id)) return explain(*fault);
  for (const FalseAlarm& alarm : false_alarms())
    if (alarm.id == upper) return explain(alarm);
  return Unexpected{no_such("case, requirement, fault or false alarm", id, all_ids())};
}

}  // namespace lockstep::report
