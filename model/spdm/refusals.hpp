// How the refusal tables and the tolerance tables of SPDM's two machines are written and read. Private to the layer.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/names.hpp"
#include "machine/tables.hpp"
#include "spdm/events.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep::spdm {

using wire::spdm::ErrorCode;

struct Any {};
inline constexpr Any ANY;

/// A set of enumerators, of less than 64.
template <class Enum>
class Set {
 public:
  constexpr Set(Any) : bits_(~std::uint64_t{0}) {}      // NOLINT(google-explicit-constructor): tables read better
  constexpr Set(Enum one) : bits_(bit(one)) {}          // NOLINT(google-explicit-constructor)
  constexpr Set(std::initializer_list<Enum> members) {  // NOLINT(google-explicit-constructor)
    for (const Enum member : members) bits_ |= bit(member);
  }
  constexpr bool contains(Enum member) const { return (bits_ & bit(member)) != 0; }
  constexpr bool is_any() const { return bits_ == ~std::uint64_t{0}; }
  friend constexpr Set operator|(Set a, Set b) { return Set(a.bits_ | b.bits_); }
  friend constexpr Set operator-(Set a, Set b) { return Set(a.bits_ & ~b.bits_); }

 private:
  constexpr explicit Set(std::uint64_t bits) : bits_(bits) {}
  static constexpr std::uint64_t bit(Enum member) { return std::uint64_t{1} << static_cast<unsigned>(member); }
  std::uint64_t bits_ = 0;
};

/// What a refusal answers; the code may depend on the version.
struct Reply {
  Answer::Kind kind = Answer::Kind::error;
  ErrorCode until_1_1{}, in_1_2{}, from_1_3{};

  constexpr Reply(Answer::Kind k) : kind(k) {}                                                // NOLINT
  constexpr Reply(ErrorCode always) : until_1_1(always), in_1_2(always), from_1_3(always) {}  // NOLINT
  constexpr Reply(ErrorCode a, ErrorCode b, ErrorCode c) : until_1_1(a), in_1_2(b), from_1_3(c) {}
  Answer in(Byte spdm_version) const;
};
inline constexpr Reply SILENCE{Answer::Kind::silence};
/// For stimuli that are no requests.
inline constexpr Reply NO_EFFECT{Answer::Kind::none};
inline constexpr Reply SESSION_REQUIRED{ErrorCode::UnexpectedRequest, ErrorCode::SessionRequired,
                                        ErrorCode::SessionRequired};
inline constexpr Reply NO_PENDING_REQUESTS{ErrorCode::UnexpectedRequest, ErrorCode::UnexpectedRequest,
                                           ErrorCode::NoPendingRequests};
inline constexpr Reply REQUEST_TOO_LARGE{ErrorCode::InvalidRequest, ErrorCode::RequestTooLarge,
                                         ErrorCode::RequestTooLarge};

/// One rule, or each request's own rule for the case.
struct Cite {
  Rule rule;
  Rule Request::*own = nullptr;
  consteval Cite(const char* id) : rule(id) {}            // NOLINT(google-explicit-constructor)
  constexpr Cite(Rule Request::*column) : own(column) {}  // NOLINT(google-explicit-constructor)
  Rule of(Stimulus stimulus, Byte spdm_version) const;
};

/// What is no row of a transition table; the first entry that fits counts.
template <class State>
struct Refusal {
  Set<Stimulus> stimuli;
  Set<State> from;
  Set<Defect> defects;
  Reply reply;
  Cite cite;
  Byte until = 0xFF;  ///< last version that it holds for
};

template <class State>
const Refusal<State>* find(std::span<const Refusal<State>> table, State state, const Letter& l, Byte spdm_version) {
  for (const auto& r : table)
    if (r.stimuli.contains(l.stimulus) && r.from.contains(state) && r.defects.contains(l.defect) &&
        spdm_version <= r.until)
      return &r;
  return nullptr;
}

/// What the answer would have been: a response, a refusal, or nothing because the stimulus is no request.
enum class Kind : Byte { served, refused, event };

inline constexpr std::optional<Tag> NEVER = std::nullopt;

/// One choice that is left to the device. For each choice the first entry that fits counts.
template <class Control>
struct Tolerance {
  Choice choice;
  Set<Kind> kinds;
  Set<Stimulus> stimuli;
  Set<decltype(Control::state)> from;
  Set<Defect> defects;
  Byte since, until;  ///< versions
  std::optional<Tag> tag;
  Rule rule;  ///< none: the rule of the row or refusal
  bool (*when)(const Control&, const Letter&) = nullptr;
};

/// Choices that do not do what the request is about: a case that waits for its answer has to ask again.
constexpr bool puts_off(Choice choice, Kind kind) {
  return choice == Choice::busy || choice == Choice::not_ready ||
         (kind == Kind::served && choice != Choice::as_specified);
}

template <class Control>
Options permitted(std::span<const Tolerance<Control>> table, const Control& control, const Letter& l, Kind kind,
                  Rule rule) {
  Options options;
  options.add({Choice::as_specified, Tag::expected, rule, true});
  Set<Choice> decided{Choice::as_specified};
  for (const auto& t : table) {
    const bool fits =
        !decided.contains(t.choice) && t.kinds.contains(kind) && t.stimuli.contains(l.stimulus) &&
        t.from.contains(control.state) && t.defects.contains(l.defect) &&
        (control.spdm_version == 0 || (t.since <= control.spdm_version && control.spdm_version <= t.until)) &&
        (t.when == nullptr || t.when(control, l));
    if (!fits) continue;
    decided = decided | t.choice;
    if (t.tag) options.add({t.choice, *t.tag, t.rule ? t.rule : rule, !puts_off(t.choice, kind)});
  }
  return options;
}

inline Kind kind_of(const Answer& answer) {
  if (answer.kind == Answer::Kind::response) return Kind::served;
  return answer.is_refusal() ? Kind::refused : Kind::event;
}
inline Answer error(ErrorCode code) { return Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(code)); }
inline Answer any_error() { return Answer::error(AnswerProtocol::SPDM, Answer::ANY); }
inline Answer response_to(Stimulus stimulus) {
  return Answer::response(AnswerProtocol::SPDM, request(stimulus).code & 0x7FU);
}

/// The answer under a choice that leaves the request undone.
Answer chosen(const Answer& as_specified, Choice choice);
/// What a choice that leaves the request undone makes of an outcome. Without an effect of its own it only answers
/// differently: what ends a session as specified ends it still.
template <class Control>
Outcome<Control> undone(const Control& control, const Letter& letter, Outcome<Control> outcome, Choice choice) {
  outcome.answer = chosen(outcome.answer, choice);
  if (choice == Choice::forgets || choice == Choice::forgets_silently) outcome.after = {};
  if (choice == Choice::busy || choice == Choice::refuse || choice == Choice::no_effect) outcome.after = control;
  if (choice == Choice::not_ready) {
    outcome.after = control;
    outcome.after.not_ready = true;
    if (letter.stimulus != Stimulus::RESPOND_IF_READY) outcome.after.owed = letter.stimulus;
  }
  return outcome;
}

/// The letter as the negotiated version sees it: a code that it does not have is not supported, whatever else is wrong.
Letter seen_in(Byte spdm_version, const Letter& letter);
/// The request without what is wrong with it.
Letter sound(const Letter& letter);

/// Keeps a text for the rest of the program: the generated tables hold views.
std::string_view kept(std::string text);

template <class Enum>
std::string_view joined(const Set<Enum>& members, std::size_t size) {
  if (members.is_any()) return {};
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    if (const auto member = static_cast<Enum>(i); members.contains(member))
      text.append(text.empty() ? "" : ", ").append(name(member));
  return kept(std::move(text));
}

std::string text_of(const Reply&);
/// Rows as text, with the stimuli in place of the event that stands for them.
std::vector<machine::RowText> with_stimuli(std::vector<machine::RowText> rows, Event (*event_of)(const Letter&));

/// Whether some letter with this stimulus gets as far as this entry.
template <std::size_t States, class State>
bool reached(std::span<const Refusal<State>> table, const Refusal<State>& entry, Stimulus stimulus) {
  for (std::size_t state = 0; state < States; ++state)
    for (std::size_t defect = 0; defect < DEFECTS; ++defect) {
      const Letter l{.stimulus = stimulus, .defect = static_cast<Defect>(defect)};
      if (meaningful(l) && find(table, static_cast<State>(state), l, 0) == &entry) return true;
    }
  return false;
}

/// An entry whose rule is the request's own becomes one line for each request.
template <std::size_t States, class State>
std::vector<machine::RefusalText> texts(std::span<const Refusal<State>> table) {
  std::vector<machine::RefusalText> lines;
  for (const auto& r : table) {
    const machine::RefusalText line{r.cite.rule.id(), joined(r.from, States), joined(r.stimuli, STIMULI),
                                    joined(r.defects, DEFECTS), text_of(r.reply)};
    if (r.cite.own == nullptr) lines.push_back(line);
    for (std::size_t i = 0; r.cite.own != nullptr && i < static_cast<std::size_t>(FIRST_OUT_OF_BAND); ++i) {
      const auto stimulus = static_cast<Stimulus>(i);
      const Rule rule = request(stimulus).*r.cite.own;
      if (!rule || !reached<States>(table, r, stimulus)) continue;
      lines.push_back(line);
      lines.back().rule = rule.id();
      lines.back().stimulus = name(stimulus);
    }
  }
  return lines;
}

}  // namespace lockstep::spdm
