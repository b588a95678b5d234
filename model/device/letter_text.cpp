#include "device/letter_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "machine/names.hpp"
#include "requirements/no_such.hpp"

namespace lockstep::device {
namespace {

using Words = std::vector<std::string_view>;
/// Why a text is no letter; empty: it is one.
using Why = std::string;

constexpr std::string_view SLOT_PARTS[][2] = {{"k0", "k1"}, {"rx", "tx"}};
constexpr std::size_t MUT_AUTHS = 4;
std::string_view name(spdm::MutAuth value) { return machine::enumerator_name<MUT_AUTHS>(value); }
std::string_view name(DeviceEvent event) { return machine::enumerator_name<2>(event); }

// --- writing ---------------------------------------------------------------------------------------------------------

std::string index(std::string_view what, Byte value) {
  return value == NONE ? fmt::format(" {}=none", what) : fmt::format(" {}={}", what, value);
}
std::string flag(std::string_view what, bool set) { return set ? fmt::format(" {}", what) : std::string(); }

template <class L>
std::string stimulus(std::string_view protocol, const L& letter) {
  std::string text = fmt::format("{}:{}", protocol, name(letter.stimulus));
  if (static_cast<int>(letter.defect) != 0) text += fmt::format(" defect={}", name(letter.defect));
  return text;
}

std::string text_of(const SpdmLetter& l) {
  std::string text = stimulus("spdm", l.letter);
  if (l.created != NONE) text += index("created", l.created);
  if (l.letter.spdm_version != 0)
    text += fmt::format(" version={}.{}", l.letter.spdm_version >> 4, l.letter.spdm_version & 0xF);
  if (l.letter.mut_auth != spdm::MutAuth::none) text += fmt::format(" mut_auth={}", name(l.letter.mut_auth));
  return text + flag("handshake_in_the_clear", l.letter.handshake_in_the_clear) +
         flag("psk_without_context", l.letter.psk_without_context) + flag("heartbeat", l.letter.heartbeat) +
         flag("termination_policy", l.letter.termination_policy) +
         flag("encapsulated_last", l.letter.encapsulated_last);
}

std::string text_of(const IdeKmLetter& l) {
  const ide_km::Slot& slot = l.letter.slot;
  std::string text = stimulus("ide_km", l.letter) + index("stream", l.stream);
  if (slot != ide_km::Slot{})
    text += fmt::format(" slot={}/{}/{}", SLOT_PARTS[0][slot.k1], SLOT_PARTS[1][slot.tx], slot.sub_stream);
  return text;
}

std::string text_of(const TdispLetter& l) {
  std::string text = stimulus("tdisp", l.letter) + index("tdi", l.tdi);
  if (l.stream != 0) text += index("stream", l.stream);
  return text + flag("bind_p2p", l.letter.bind_p2p);
}

std::string text_of(DeviceEvent event) { return fmt::format("device:{}", name(event)); }

// --- reading ---------------------------------------------------------------------------------------------------------

/// The enumerator of this name among the first `count`.
template <class Enum>
Why read(std::string_view text, std::size_t count, std::string_view what, Enum& to) {
  Words names;
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back(name(static_cast<Enum>(i)));
    if (names.back() == text) return to = static_cast<Enum>(i), Why();
  }
  return no_such(what, text, names);
}

Why read_index(Words& words, std::string_view what, std::size_t count, Byte& to) {
  const auto text = take_value(words, what);
  if (!text) return {};
  if (*text == "none") return to = NONE, Why();
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), to);
  if (error == std::errc() && end == text->data() + text->size() && to < count) return {};
  return fmt::format("{}={}: expected a number from 0 to {}, or none", what, *text, count - 1);
}

template <class L>
Why read_defect(Words& words, std::size_t count, L& letter) {
  const auto text = take_value(words, "defect");
  return text ? read(*text, count, "defect", letter.defect) : Why();
}

/// The letter's own words, behind stimulus and defect; each returns why they are wrong.
Why read_rest(Words& words, SpdmLetter& l) {
  if (const Why why = read_index(words, "created", MAX_SESSIONS, l.created); !why.empty()) return why;
  if (const auto version = take_value(words, "version")) {
    if (version->size() != 3 || !version->starts_with("1.") || version->back() < '0' || version->back() > '4')
      return fmt::format("version={}: expected 1.0 to 1.4", *version);
    l.letter.spdm_version = static_cast<Byte>(0x10 + (version->back() - '0'));
  }
  if (const auto mut_auth = take_value(words, "mut_auth"))
    if (const Why why = read(*mut_auth, MUT_AUTHS, "mutual authentication", l.letter.mut_auth); !why.empty())
      return why;
  l.letter.handshake_in_the_clear = take_word(words, "handshake_in_the_clear");
  l.letter.psk_without_context = take_word(words, "psk_without_context");
  l.letter.heartbeat = take_word(words, "heartbeat");
  l.letter.termination_policy = take_word(words, "termination_policy");
  l.letter.encapsulated_last = take_word(words, "encapsulated_last");
  return {};
}

Why read_rest(Words& words, IdeKmLetter& l) {
  if (const Why why = read_index(words, "stream", MAX_STREAMS, l.stream); !why.empty()) return why;
  const auto slot = take_value(words, "slot");
  if (!slot) return {};
  for (const bool k1 : {false, true})
    for (const bool tx : {false, true})
      for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream)
        if (*slot == fmt::format("{}/{}/{}", SLOT_PARTS[0][k1], SLOT_PARTS[1][tx], sub_stream))
          return l.letter.slot = {k1, tx, sub_stream}, Why();
  return fmt::format("slot={}: expected k0 or k1, rx or tx, and sub-stream 0 to 2, for example k0/rx/1", *slot);
}

Why read_rest(Words& words, TdispLetter& l) {
  if (const Why why = read_index(words, "tdi", MAX_TDIS, l.tdi); !why.empty()) return why;
  if (const Why why = read_index(words, "stream", MAX_STREAMS, l.stream); !why.empty()) return why;
  l.letter.bind_p2p = take_word(words, "bind_p2p");
  return {};
}

bool exists(spdm::Letter letter) {  // a version is no matter of existence
  if (letter.stimulus == spdm::Stimulus::GET_CAPABILITIES && letter.defect == spdm::Defect::none)
    letter.spdm_version = 0x10;
  return spdm::meaningful(letter);
}
bool exists(ide_km::Letter letter) {  // nor is the session
  if (letter.stimulus < ide_km::FIRST_OUT_OF_BAND) letter.session = 0;
  return ide_km::meaningful(letter);
}
bool exists(const tdisp::Letter& letter) { return tdisp::meaningful(letter); }

template <class Body>
Why read_body(Words& words, std::string_view stimulus, std::size_t stimuli, std::size_t defects, Letter& to) {
  Body body;
  if (const Why why = read(stimulus, stimuli, "stimulus", body.letter.stimulus); !why.empty()) return why;
  if (const Why why = read_defect(words, defects, body.letter); !why.empty()) return why;
  if (!exists(body.letter)) return fmt::format("{} cannot have the defect {}", stimulus, name(body.letter.defect));
  const Why why = read_rest(words, body);
  to.body = body;
  return why;
}

Why read_letter(Words& words, std::string_view protocol, std::string_view stimulus, Letter& letter) {
  if (protocol == "spdm") return read_body<SpdmLetter>(words, stimulus, spdm::STIMULI, spdm::DEFECTS, letter);
  if (protocol == "tdisp") return read_body<TdispLetter>(words, stimulus, tdisp::STIMULI, tdisp::DEFECTS, letter);
  if (protocol == "ide_km") return read_body<IdeKmLetter>(words, stimulus, ide_km::STIMULI, ide_km::DEFECTS, letter);
  if (protocol != "device") return fmt::format("'{}': expected spdm, ide_km, tdisp or device before ':'", protocol);
  DeviceEvent event{};
  const Why why = read(stimulus, 2, "event of the device", event);
  letter.body = event;
  return why;
}

}  // namespace

std::string letter_text(const Letter& letter) {
  const std::string text = std::visit([](const auto& body) { return text_of(body); }, letter.body);
  return letter.session == NONE ? text : text + index("session", letter.session);
}

std::vector<std::string_view> words_of(std::string_view text) {
  Words words;
  while (true) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == text.npos) return words;
    text.remove_prefix(start);
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
}

std::optional<std::string_view> take_value(Words& words, std::string_view name) {
  const auto found = std::find_if(words.begin(), words.end(), [&](std::string_view word) {
    return word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=';
  });
  if (found == words.end()) return std::nullopt;
  const std::string_view value = found->substr(name.size() + 1);
  words.erase(found);
  return value;
}

bool take_word(Words& words, std::string_view word) { return std::erase(words, word) != 0; }

Result<Letter, std::string> parse_letter(Words& words) {
  if (words.empty()) return Unexpected{std::string("nothing stands here")};
  const std::string_view first = words.front();
  words.erase(words.begin());
  const std::size_t colon = first.find(':');
  if (colon == first.npos)
    return Unexpected{fmt::format("'{}': expected PROTOCOL:STIMULUS, for example spdm:GET_VERSION", first)};
  Letter letter;
  Why why = read_index(words, "session", MAX_SESSIONS, letter.session);
  if (why.empty()) why = read_letter(words, first.substr(0, colon), first.substr(colon + 1), letter);
  if (!why.empty()) return Unexpected{std::move(why)};
  // An object says over which session it came; an event comes over none.
  auto* object = std::get_if<IdeKmLetter>(&letter.body);
  if (object != nullptr && object->letter.stimulus < ide_km::FIRST_OUT_OF_BAND) object->letter.session = letter.session;
  return letter;
}

Result<Letter, std::string> parse_letter(std::string_view text) {
  auto words = words_of(text);
  auto letter = parse_letter(words);
  if (letter && !words.empty()) return Unexpected{fmt::format("'{}' is no part of a letter", words.front())};
  return letter;
}

}  // namespace lockstep::device
