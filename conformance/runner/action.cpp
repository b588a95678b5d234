#include "runner/action.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "device/letter_text.hpp"
#include "machine/names.hpp"
#include "requirements/catalogue.hpp"
#include "wire/spdm_error.hpp"
#include "wire/spdm_header.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::runner {
namespace {

using cases::Edit;
using cases::Record;

using cases::Chunks;
using cases::CHUNKS;
using cases::Object;
using cases::OBJECTS;
using cases::RECORDS;
constexpr std::size_t EDITS = static_cast<std::size_t>(Edit::How::mutate) + 1;
constexpr std::string_view ASKS_AGAIN = "spdm:RESPOND_IF_READY";

template <std::size_t Size, class Enum>
std::optional<Enum> find(std::string_view name) {
  for (std::size_t i = 0; i < Size; ++i)
    if (machine::enumerator_name<Size>(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  return std::nullopt;
}

template <std::size_t Size, class Enum>
std::string names() {
  std::string all;
  for (std::size_t i = 0; i < Size; ++i)
    all += (i == 0 ? "" : ", ") + std::string(machine::enumerator_name<Size>(static_cast<Enum>(i)));
  return all;
}

bool has_field(Edit::How how) { return how != Edit::How::cut && how != Edit::How::append; }
bool has_value(Edit::How how) { return how != Edit::How::mutate && how != Edit::How::session; }

/// Blanks part words and semicolons part actions, so fields have them as %20 and %3B.
constexpr std::pair<char, std::string_view> ESCAPES[] = {{'%', "%25"}, {' ', "%20"}, {';', "%3B"}};

std::string escaped(std::string_view field) {
  std::string out;
  for (const char c : field) {
    const auto escape =
        std::find_if(std::begin(ESCAPES), std::end(ESCAPES), [&](const auto& e) { return e.first == c; });
    out += escape == std::end(ESCAPES) ? std::string(1, c) : std::string(escape->second);
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto escape =
        std::find_if(std::begin(ESCAPES), std::end(ESCAPES), [&](const auto& e) { return text.starts_with(e.second); });
    const bool plain = escape == std::end(ESCAPES);
    out += plain ? text.front() : escape->first;
    text.remove_prefix(plain ? 1 : escape->second.size());
  }
  return out;
}

std::string text_of(const Edit& edit) {
  std::string text = " edit=" + std::string(machine::enumerator_name<EDITS>(edit.how));
  if (has_field(edit.how)) text += ":" + escaped(edit.field);
  if (has_value(edit.how)) text += ":" + std::to_string(edit.value);
  return text;
}

Result<Edit, std::string> parse_edit(std::string_view text) {
  const auto wrong = [&] {
    return Unexpected{"edit=" + std::string(text) +
                      ": expected HOW:FIELD:VALUE, session:FIELD, mutate:NAME, cut:COUNT or append:COUNT" +
                      ", where HOW is set, add, flip or raise"};
  };
  const std::size_t colon = text.find(':');
  const auto how = find<EDITS, Edit::How>(text.substr(0, colon));
  if (!how || colon == text.npos) return wrong();
  Edit edit{.how = *how};
  std::string_view rest = text.substr(colon + 1);
  if (has_field(*how)) {
    const std::size_t end = has_value(*how) ? rest.rfind(':') : rest.size();
    if (end == rest.npos || end == 0) return wrong();
    edit.field = unescaped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!has_value(*how)) return edit;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), edit.value);
  if (error != std::errc() || end != rest.data() + rest.size() || rest.empty()) return wrong();
  return edit;
}

}  // namespace

Action Action::of(const device::Letter& letter, const cases::Step* step) {
  Action action{letter};
  if (step == nullptr) return action;
  action.edits = step->edits;
  action.record = step->record;
  action.same_meaning = step->same_meaning;
  action.may_refuse = step->may_refuse;
  action.then_reuse = step->then_reuse;
  action.object = step->object;
  action.chunks = step->chunks;
  action.unfetched = step->unfetched;
  return action;
}

cases::Step Action::step() const {
  cases::Step step;
  if (const auto* l = std::get_if<device::SpdmLetter>(&letter.body)) step.letter = l->letter;
  if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body)) {
    step.letter = l->letter;
    step.stream = l->stream;
  }
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body)) {
    step.letter = l->letter;
    step.tdi = l->tdi;
    step.stream = l->stream;
  }
  if (const auto* event = std::get_if<device::DeviceEvent>(&letter.body)) step.letter = *event;
  step.via = letter.session == device::NONE ? cases::Via::clear : cases::Via::session;
  step.edits = edits;
  step.record = record;
  step.same_meaning = same_meaning;
  step.may_refuse = may_refuse;
  step.then_reuse = then_reuse;
  step.object = object;
  step.chunks = chunks;
  step.unfetched = unfetched;
  return step;
}

bool Action::is_reading() const {
  if (!edits.empty() || record != Record::sound) return false;
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body))
    return l->letter.stimulus == tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE && l->letter.defect == tdisp::Defect::none;
  const auto* l = std::get_if<device::IdeKmLetter>(&letter.body);
  return l != nullptr && l->letter.stimulus == ide_km::Stimulus::QUERY && l->letter.defect == ide_km::Defect::none;
}

std::string text(const Action& action) {
  std::string out = device::letter_text(action.letter);
  if (action.record != Record::sound) out += " record=" + std::string(machine::enumerator_name<RECORDS>(action.record));
  for (const Edit& edit : action.edits) out += text_of(edit);
  if (action.object != Object::sound) out += " object=" + std::string(machine::enumerator_name<OBJECTS>(action.object));
  if (action.chunks != Chunks::none) out += " chunks=" + std::string(machine::enumerator_name<CHUNKS>(action.chunks));
  if (action.same_meaning) out += " same_meaning";
  if (action.may_refuse) out += " may_refuse";
  if (action.then_reuse) out += " then_reuse";
  if (action.unfetched) out += " unfetched";
  return out;
}

Result<Action, std::string> parse_action(std::string_view text) {
  auto words = device::words_of(text);
  auto letter = device::parse_letter(words);
  if (!letter) return Unexpected{letter.error()};
  Action action{*letter};
  if (const auto record = device::take_value(words, "record")) {
    const auto found = find<RECORDS, Record>(*record);
    if (!found) return Unexpected{"record=" + std::string(*record) + ": expected one of " + names<RECORDS, Record>()};
    action.record = *found;
  }
  while (const auto edit = device::take_value(words, "edit")) {
    auto parsed = parse_edit(*edit);
    if (!parsed) return Unexpected{parsed.error()};
    action.edits.push_back(std::move(*parsed));
  }
  if (const auto object = device::take_value(words, "object")) {
    const auto found = find<OBJECTS, Object>(*object);
    if (!found) return Unexpected{"object=" + std::string(*object) + ": expected one of " + names<OBJECTS, Object>()};
    action.object = *found;
  }
  if (const auto chunks = device::take_value(words, "chunks")) {
    const auto found = find<CHUNKS, Chunks>(*chunks);
    if (!found) return Unexpected{"chunks=" + std::string(*chunks) + ": expected one of " + names<CHUNKS, Chunks>()};
    action.chunks = *found;
  }
  action.same_meaning = device::take_word(words, "same_meaning");
  action.may_refuse = device::take_word(words, "may_refuse");
  action.then_reuse = device::take_word(words, "then_reuse");
  action.unfetched = device::take_word(words, "unfetched");
  if (!words.empty()) return Unexpected{"'" + std::string(words.front()) + "' is no part of this action"};
  return action;
}

bool is_busy(const Answer& answer) {
  if (answer.kind != Answer::Kind::error) return false;
  if (answer.protocol == AnswerProtocol::TDISP)
    return answer.code == static_cast<std::uint32_t>(wire::tdisp::ErrorCode::BUSY);
  return answer.protocol == AnswerProtocol::SPDM &&
         answer.code == static_cast<std::uint32_t>(wire::spdm::ErrorCode::Busy);
}

bool is_not_ready(const Answer& answer) {
  return answer ==
         Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::ErrorCode::ResponseNotReady));
}

namespace {

/// The driver itself sends what is left of a large request.
bool sends_on(const Done& last, const Done& next) {
  static const std::string part = device::describe(
      Answer::response(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::Code::CHUNK_SEND_ACK)));
  const bool in_chunks =
      last.action.find(" chunks=") != std::string::npos || last.action.starts_with("spdm:CHUNK_SEND");
  return in_chunks && last.action.find(" chunks=begun") == std::string::npos && last.answer == part &&
         next.action.starts_with("spdm:CHUNK_SEND");
}

/// And asks for what is left of a large response.
bool goes_on(const Done& last, const Done& next) {
  using wire::spdm::Code;
  static const std::string announced = device::describe(
      Answer::error(AnswerProtocol::SPDM, static_cast<std::uint32_t>(wire::spdm::ErrorCode::LargeResponse)));
  static const std::string part =
      device::describe(Answer::response(AnswerProtocol::SPDM, static_cast<std::uint32_t>(Code::CHUNK_RESPONSE)));
  const bool fetches = next.action.starts_with("spdm:CHUNK_GET") && last.action.find(" unfetched") == std::string::npos;
  return fetches && (last.answer == announced || last.answer == part);
}

bool asks_again(const Done& last, const Done& next) {
  return last.put_off && (next.action == last.action || next.action.starts_with(ASKS_AGAIN));
}

}  // namespace

void Recording::add(Done done) {
  if (done.action.empty()) return;  // a consequence of the one before
  const bool same =
      !done_.empty() && (asks_again(done_.back(), done) || sends_on(done_.back(), done) || goes_on(done_.back(), done));
  if (!same) return done_.push_back(std::move(done));
  done_.back().answer = std::move(done.answer);
  done_.back().put_off = done.put_off;
}

}  // namespace lockstep::runner
