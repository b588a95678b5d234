// The vocabulary that all machines share: what a device answers, what it is free to choose, and what a step gives.
//
// A machine is a pure function: step(control, letter, choice) -> Outcome. Boost.MSM yields one result, so the choice
// that a specification leaves open travels inside the event; options(control, letter) names every choice that is
// permitted.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "requirements/rule.hpp"

namespace lockstep {

/// Which protocol's message carries the answer.
enum class AnswerProtocol : Byte { SPDM, IDE_KM, TDISP };

/// What comes back, without its contents.
struct Answer {
  enum class Kind : Byte {
    none,      ///< the stimulus was no request: nothing is owed
    silence,   ///< the request was discarded
    response,  ///< `code` is the response code (SPDM, TDISP) or Object ID (IDE_KM)
    error,     ///< `code` is the error code (SPDM ERROR, TDISP_ERROR) or KP_ACK Status
  };
  static constexpr std::uint32_t ANY = 0xFFFFFFFF;

  Kind kind = Kind::none;
  AnswerProtocol protocol = AnswerProtocol::SPDM;
  std::uint32_t code = 0;  ///< ANY: every code of that kind and protocol

  static constexpr Answer silent() { return {Kind::silence, AnswerProtocol::SPDM, 0}; }
  static constexpr Answer response(AnswerProtocol protocol, std::uint32_t code) {
    return {Kind::response, protocol, code};
  }
  static constexpr Answer error(AnswerProtocol protocol, std::uint32_t code) { return {Kind::error, protocol, code}; }

  /// Whether what was seen is what this answer stands for.
  constexpr bool covers(const Answer& seen) const {
    if (kind != seen.kind) return false;
    if (kind == Kind::none || kind == Kind::silence) return true;
    return protocol == seen.protocol && (code == ANY || code == seen.code);
  }
  constexpr bool is_refusal() const { return kind == Kind::silence || kind == Kind::error; }
  constexpr bool operator==(const Answer&) const = default;
};

/// What a device is free to do with one letter. Every machine uses the same names.
enum class Choice : Byte {
  as_specified,       ///< what the specification leads one to expect
  other_code,         ///< refuses with another error code of the same protocol
  spdm_error,         ///< refuses with an SPDM ERROR where the protocol has an error of its own
  discard,            ///< refuses without an answer
  serve,              ///< serves a request that may as well be refused
  refuse,             ///< refuses, for reasons of its own, a request that it could serve
  busy,               ///< answers BUSY or Busy and does nothing
  spontaneous_error,  ///< had gone to ERROR by itself before the letter came
  self_scrubbed,      ///< had gone from ERROR to CONFIG_UNLOCKED by itself before the letter came
  unlocked,           ///< goes to CONFIG_UNLOCKED where ERROR is expected
  forgets,    ///< as specified, but drops what was negotiated (SPDM 1.2.2: out-of-order requests), the nonce, the keys
  uncoupled,  ///< as specified, but what depended on a session that GET_VERSION ended stays as it was
  not_ready,  ///< answers ResponseNotReady: the response is owed to RESPOND_IF_READY
  forgets_silently,  ///< forgets without an answer
  no_effect,         ///< acknowledges, or lets an event pass, and nothing changes
  keeps_keys,        ///< K_SET_STOP takes the key out of use but does not erase it
};
inline constexpr std::size_t CHOICES = 16;
std::string_view name(Choice);

/// How well a choice is covered by the rules.
enum class Tag : Byte {
  expected,   ///< what every reader of the specification expects
  tolerated,  ///< legal, though not the usual way
  unclear,    ///< no source says that it is wrong: it warns, it never fails
};
std::string_view name(Tag);

struct Option {
  Choice choice = Choice::as_specified;
  Tag tag = Tag::expected;
  Rule rule;  ///< the rule that allows it, or that it strains
  bool progress =
      true;  ///< false: legal, but a case that waits for its goal has not reached it (BUSY, spontaneous ERROR)
};

/// A short list without allocation.
class Options {
 public:
  void add(Option option) {
    LOCKSTEP_ASSERT(size_ < items_.size());
    items_[size_++] = option;
  }
  const Option* begin() const { return items_.data(); }
  const Option* end() const { return items_.data() + size_; }
  std::size_t size() const { return size_; }
  const Option& operator[](std::size_t i) const { return items_[i]; }

 private:
  std::array<Option, CHOICES> items_{};
  std::size_t size_ = 0;
};

/// The result of one step of a machine with the control data `Control`.
template <class Control>
struct Outcome {
  Control after;
  Answer answer;
  Rule rule;  ///< the row or refusal that was applied
};

}  // namespace lockstep
