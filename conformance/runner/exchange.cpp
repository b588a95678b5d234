#include "runner/exchange.hpp"

#include <algorithm>

#include "wire/text.hpp"

namespace lockstep::runner {
namespace {

using oracle::Ruling;

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

std::string describe_belief(const device::Shape& shape, const std::vector<oracle::Belief>& belief) {
  constexpr std::size_t SHOWN = 3;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(belief.size(), SHOWN); ++i)
    parts.push_back(device::describe(shape, belief[i].control));
  if (belief.size() > SHOWN) parts.push_back("... " + std::to_string(belief.size()) + " states in all");
  return join(parts, " | ");
}

/// The message that a person wants to read: what stands inside the envelope where there is one.
std::string message_text(const spdm::Seen& seen, const wire::Context& context) {
  if (seen.bytes.empty()) return "no message: it happens out of band";
  if (!seen.message && !seen.error) return "a record that does not open";
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) return wire::text(inner, {});
  if (seen.message) return wire::text(seen.message, context);
  return "undecodable" + (seen.error ? " (" + seen.error->field + ": " + seen.error->why + ")" : std::string());
}

std::string_view name(Ruling ruling) {
  return ruling == Ruling::fail ? "fail" : ruling == Ruling::warn ? "warn" : "legal";
}

}  // namespace

std::vector<Breach> breaches_of(const oracle::Step& step) {
  const auto weight = [](Ruling ruling) { return ruling == Ruling::fail ? Verdict::fail : Verdict::warn; };
  std::vector<Breach> all;
  const oracle::Judgement& states = step.judgement;
  if (states.ruling != Ruling::legal) all.push_back({states.rule, weight(states.ruling), states.reason});
  for (const wire::Finding& finding : step.findings)
    all.push_back({finding.rule, weight(oracle::ruling_of(finding)),
                   finding.field.empty() ? finding.what : finding.field + ": " + finding.what});
  return all;
}

Exchange exchange_of(const oracle::Step& step, const device::Shape& shape, const wire::Context& context) {
  Exchange exchange;
  exchange.letter = device::describe(step.letter);
  exchange.request = message_text(step.request, context);
  exchange.request_hex = to_hex(step.request.bytes);
  if (step.response) {
    exchange.response = message_text(*step.response, context);
    exchange.response_hex = to_hex(step.response->bytes);
  } else if (step.unopened) {
    exchange.response = "a record that does not open: " + step.unopened->why;
  }
  exchange.before = describe_belief(shape, step.before);
  exchange.after = describe_belief(shape, step.after);
  std::vector<std::string> permitted;
  for (const Answer& answer : step.judgement.permitted) permitted.push_back(device::describe(answer));
  exchange.permitted = join(permitted, "; ");
  exchange.ruling = name(step.ruling());
  exchange.rule = step.rule().id();
  exchange.reason = step.reason();
  return exchange;
}

}  // namespace lockstep::runner
