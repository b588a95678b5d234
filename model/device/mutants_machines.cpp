#include <algorithm>
#include <initializer_list>

#include "device/events.hpp"
#include "device/letters.hpp"
#include "device/mutants_list.hpp"

namespace lockstep::device {
namespace {

// --- one machine of the composition, whichever it is
// ------------------------------------------------------------------

/// How a machine is found in a Control and in a letter, and what its states look like. `State` values are consecutive.
struct TdiPart {
  static constexpr std::string_view title = "tdi";
  static constexpr AnswerProtocol protocol = AnswerProtocol::TDISP;
  using Body = TdispLetter;
  using State = tdisp::TdiState;
  using Stimulus = tdisp::Stimulus;
  using Defect = tdisp::Defect;
  static constexpr std::initializer_list<State> states{State::CONFIG_UNLOCKED, State::CONFIG_LOCKED, State::RUN,
                                                       State::ERROR};
  static tdisp::Tdi* of(Control& control, const Letter& letter) {
    const auto* body = std::get_if<Body>(&letter.body);
    return body == nullptr || body->tdi == NONE ? nullptr : &control.tdis[body->tdi];
  }
  static tdisp::Tdi sample(State state) { return {.state = state, .nonce = state == State::CONFIG_LOCKED}; }
};

struct StreamPart {
  static constexpr std::string_view title = "stream";
  static constexpr AnswerProtocol protocol = AnswerProtocol::IDE_KM;
  using Body = IdeKmLetter;
  using State = ide_km::StreamState;
  using Stimulus = ide_km::Stimulus;
  using Defect = ide_km::Defect;
  static constexpr std::initializer_list<State> states{State::INSECURE, State::SECURE};
  static ide_km::Stream* of(Control& control, const Letter& letter) {
    const auto* body = std::get_if<Body>(&letter.body);
    return body == nullptr || body->stream == NONE ? nullptr : &control.streams[body->stream];
  }
  static ide_km::Stream sample(State state) {
    if (state == State::INSECURE) return {};
    return {.state = state, .programmed = ide_km::KEY_SET_K0, .active = ide_km::KEY_SET_K0, .owner = 0};
  }
};

struct ConnectionPart {
  static constexpr std::string_view title = "connection";
  static constexpr AnswerProtocol protocol = AnswerProtocol::SPDM;
  using Body = SpdmLetter;
  using State = spdm::ConnectionState;
  using Stimulus = spdm::Stimulus;
  using Defect = spdm::Defect;
  static constexpr std::initializer_list<State> states{State::NOT_STARTED, State::AFTER_VERSION,
                                                       State::AFTER_CAPABILITIES, State::NEGOTIATED};
  static spdm::Connection* of(Control& control, const Letter& letter) {
    return std::holds_alternative<Body>(letter.body) && letter.session == NONE ? &control.connection : nullptr;
  }
  static spdm::Connection sample(State state) {
    return {.state = state, .spdm_version = state >= State::AFTER_CAPABILITIES ? Byte{0x14} : Byte{0}};
  }
};

struct SessionPart {
  static constexpr std::string_view title = "session";
  static constexpr AnswerProtocol protocol = AnswerProtocol::SPDM;
  using Body = SpdmLetter;
  using State = spdm::SessionState;
  using Stimulus = spdm::Stimulus;
  using Defect = spdm::Defect;
  static constexpr std::initializer_list<State> states{State::HANDSHAKING, State::ESTABLISHED};
  static spdm::Session* of(Control& control, const Letter& letter) {
    return std::holds_alternative<Body>(letter.body) && letter.session != NONE ? &control.sessions[letter.session]
                                                                               : nullptr;
  }
  static spdm::Session sample(State state) { return {.state = state, .spdm_version = 0x14}; }
};

// --- cells -----------------------------------------------------------------------------------------------------------

/// A state of one machine and a request, whatever is wrong with it, or an event.
template <class Part>
struct Cell {
  typename Part::State state;
  typename Part::Stimulus stimulus;

  bool in_band() const {
    if constexpr (std::is_same_v<typename Part::Stimulus, tdisp::Stimulus>) return stimulus < tdisp::FIRST_OUT_OF_BAND;
    if constexpr (std::is_same_v<typename Part::Stimulus, ide_km::Stimulus>)
      return stimulus < ide_km::FIRST_OUT_OF_BAND;
    if constexpr (std::is_same_v<typename Part::Stimulus, spdm::Stimulus>) return stimulus < spdm::FIRST_OUT_OF_BAND;
  }
  bool met_by(const Meeting& m) const {
    Control before = m.before;
    const auto* machine = Part::of(before, m.letter);
    if (machine == nullptr || machine->state != state) return false;
    return std::get<typename Part::Body>(m.letter.body).letter.stimulus == stimulus;
  }
  std::string name(std::string_view kind) const {
    using lockstep::ide_km::name;
    using lockstep::spdm::name;
    using lockstep::tdisp::name;
    return "machine/" + std::string(Part::title) + "/" + std::string(name(state)) + "/" + std::string(name(stimulus)) +
           "/" + std::string(kind);
  }
};

bool served(const Answer& answer) { return answer.kind == Answer::Kind::response; }

/// A refusal as the protocol has it.
Answer refusal(AnswerProtocol protocol) {
  constexpr std::uint32_t UNSPECIFIED = 0x05, INVALID_REQUEST = 0x0001;
  if (protocol == AnswerProtocol::TDISP) return Answer::error(protocol, INVALID_REQUEST);
  return Answer::error(AnswerProtocol::SPDM, UNSPECIFIED);  // IDE_KM has no error object of its own
}

/// A TDI that is not locked is bound to nothing.
void release(Control& control) {
  for (std::size_t i = 0; i < MAX_TDIS; ++i)
    if (control.tdis[i].state == tdisp::TdiState::CONFIG_UNLOCKED) control.bindings[i] = {};
}

/// The cell leads to another state than it should.
template <class Part>
auto goes_to(Cell<Part> cell, typename Part::State target) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!cell.met_by(m) || outcome.answer.is_refusal()) return;
    auto* machine = Part::of(outcome.after, m.letter);
    if (machine->state == target) return;
    *machine = Part::sample(target);
    if constexpr (requires { machine->spdm_version; })
      if (machine->spdm_version != 0) machine->spdm_version = std::max(m.before.connection.spdm_version, Byte{0x10});
    release(outcome.after);
  };
}

template <class Part>
auto no_row(Cell<Part> cell) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!cell.met_by(m) || outcome.answer.is_refusal()) return;
    outcome.after = m.before;
    if (served(outcome.answer)) outcome.answer = refusal(Part::protocol);
  };
}

template <class Part>
auto wrong_answer(Cell<Part> cell) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (cell.met_by(m) && served(outcome.answer)) outcome.answer = refusal(Part::protocol);
  };
}

/// As if the machine were in a state that serves the request.
template <class Part>
auto serves(Cell<Part> cell) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!cell.met_by(m) || !outcome.answer.is_refusal()) return;
    for (const auto state : Part::states) {
      Control pretended = m.before;
      *Part::of(pretended, m.letter) = Part::sample(state);
      Letter letter = m.letter;
      std::get<typename Part::Body>(letter.body).letter.defect = Part::Defect::none;
      const Outcome<Control> other = step(m.shape, pretended, letter);
      if (!served(other.answer)) continue;
      outcome = other;
      return;
    }
  };
}

/// The refusal looks right, and the machine is another all the same.
template <class Part>
auto acts(Cell<Part> cell) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!cell.met_by(m) || !outcome.answer.is_refusal()) return;
    auto* machine = Part::of(outcome.after, m.letter);
    const auto first = *Part::states.begin();
    *machine = machine->state == first ? Part::sample(*(Part::states.begin() + 1)) : Part::sample(first);
    release(outcome.after);
  };
}

// --- the lists -------------------------------------------------------------------------------------------------------

/// Whether the rules leave a device free to do just that.
bool permitted(const Meeting& m, const Outcome<Control>& outcome) {
  const Options all = options(m.shape, m.before, m.letter);
  return std::any_of(all.begin(), all.end(), [&](const Option& option) {
    const Outcome<Control> free = step(m.shape, m.before, m.letter, option.choice);
    return option.tag != Tag::unclear && free.after == outcome.after && free.answer.covers(outcome.answer);
  });
}

/// The cell's stimulus as it comes to the device: requests of sessions, TDIs and streams over session 0.
template <class Part>
Letter plain_letter(const Cell<Part>& cell) {
  typename Part::Body body;
  body.letter.stimulus = cell.stimulus;
  if constexpr (std::is_same_v<Part, StreamPart>) body.letter.session = cell.in_band() ? Byte{0} : ide_km::NO_OWNER;
  const bool inside = cell.in_band() ? !std::is_same_v<Part, ConnectionPart> : std::is_same_v<Part, SessionPart>;
  return {inside ? Byte{0} : NONE, body};
}

/// Devices in which the letter is met: one machine in `state`, everything else as in everyday life.
template <class Part>
std::vector<Control> surroundings(typename Part::State state, const Letter& letter) {
  std::vector<Control> all;
  for (const bool psk : {false, true})
    for (const bool keyed : {false, true})
      for (const bool locked : {false, true}) {
        Control control;
        control.connection = ConnectionPart::sample(spdm::ConnectionState::NEGOTIATED);
        control.sessions[0] = SessionPart::sample(spdm::SessionState::ESTABLISHED);
        control.sessions[0].heartbeat = keyed;
        if (keyed) control.streams[0] = StreamPart::sample(ide_km::StreamState::SECURE);
        if (locked) control.tdis[0] = TdiPart::sample(tdisp::TdiState::CONFIG_LOCKED);
        *Part::of(control, letter) = Part::sample(state);
        control.sessions[0].psk = psk;
        if (control.tdis[0].state != tdisp::TdiState::CONFIG_UNLOCKED) control.bindings[0] = {0, 0, NONE};
        all.push_back(control);
      }
  return all;
}

constexpr Shape SMALL{.kind = Kind::endpoint_with_ide, .sessions = 2, .streams = 1, .tdis = 2};

/// In some device that meets the cell the mutant does what no rule permits.
template <class Part>
bool is_wrong(const Cell<Part>& cell, const decltype(Behaviour::decide)& decide) {
  const Letter plain = plain_letter(cell);
  for (const Control& control : surroundings<Part>(cell.state, plain)) {
    const Letter letter = normalised(SMALL, control, plain);
    Outcome<Control> outcome = step(SMALL, control, letter);
    decide({SMALL, control, letter}, outcome);
    if (!permitted({SMALL, control, letter}, outcome)) return true;
  }
  return false;
}

/// The same for a request whose defect is not seen.
template <class Part>
bool is_wrong_blind(const Letter& letter, const decltype(Behaviour::misread)& misread) {
  for (const auto state : Part::states)
    for (const Control& control : surroundings<Part>(state, letter)) {
      Letter read = letter;
      misread(read, control);
      if (!permitted({SMALL, control, letter}, step(SMALL, control, read))) return true;
    }
  return false;
}

/// Events of this machine that are no mere consequence of another machine's.
template <class Part>
bool comes_by_itself(const Cell<Part>& cell) {
  return !std::is_same_v<Part, ConnectionPart> && happening(plain_letter(cell)).has_value();
}

template <class Part>
void add_cells(Mutants& list, std::size_t stimuli) {
  using lockstep::ide_km::name;
  using lockstep::spdm::name;
  using lockstep::tdisp::name;
  for (const auto state : Part::states)
    for (std::size_t s = 0; s < stimuli; ++s) {
      const Cell<Part> cell{state, static_cast<typename Part::Stimulus>(s)};
      if (!cell.in_band() && !comes_by_itself(cell)) continue;
      const auto mutate = [&](std::string_view kind, const decltype(Behaviour::decide)& decide) {
        if (is_wrong(cell, decide)) add_mutant(list, cell.name(kind), decide);
      };
      for (const auto target : Part::states) mutate("to-" + std::string(name(target)), goes_to(cell, target));
      mutate("no-row", no_row(cell));
      if (!cell.in_band()) continue;
      mutate("wrong-answer", wrong_answer(cell));
      mutate("serves", serves(cell));
      mutate("acts", acts(cell));
    }
}

/// Does not see one defect of one request.
template <class Part>
void add_blind(Mutants& list, std::size_t stimuli, std::size_t defects) {
  using lockstep::ide_km::name;
  using lockstep::spdm::name;
  using lockstep::tdisp::name;
  for (std::size_t s = 0; s < stimuli; ++s)
    for (std::size_t d = 1; d < defects; ++d) {
      const auto stimulus = static_cast<typename Part::Stimulus>(s);
      const auto defect = static_cast<typename Part::Defect>(d);
      Letter letter = plain_letter(Cell<Part>{*Part::states.begin(), stimulus});
      auto& plain = std::get<typename Part::Body>(letter.body).letter;
      plain.defect = defect;
      if (!meaningful(plain)) continue;
      if constexpr (std::is_same_v<Part, TdiPart>)
        if (defect == tdisp::Defect::foreign_session) continue;  // no letter of the device carries it
      auto mutant = std::make_unique<Behaviour>();
      mutant->fault.name = "machine/" + std::string(Part::title) + "/blind/" + std::string(name(stimulus)) + "/" +
                           std::string(name(defect));
      mutant->fault.about = "machine-made";
      mutant->writes_zeros = true;
      mutant->misread = [=](Letter& read, const Control& control) {
        auto* body = std::get_if<typename Part::Body>(&read.body);
        if (body == nullptr || body->letter.stimulus != stimulus || body->letter.defect != defect) return;
        body->letter.defect = Part::Defect::none;
        if constexpr (std::is_same_v<Part, StreamPart>)
          if (defect == ide_km::Defect::foreign_session && body->stream != NONE)
            body->letter.session = control.streams[body->stream].owner;
      };
      if (!is_wrong_blind<Part>(letter, mutant->misread)) continue;
      list.push_back(std::move(mutant));
    }
}

}  // namespace

void add_machine_mutants(Mutants& list) {
  add_cells<TdiPart>(list, tdisp::STIMULI);
  add_cells<StreamPart>(list, ide_km::STIMULI);
  add_cells<ConnectionPart>(list, spdm::STIMULI);
  add_cells<SessionPart>(list, spdm::STIMULI);
  add_blind<TdiPart>(list, static_cast<std::size_t>(tdisp::FIRST_OUT_OF_BAND), tdisp::DEFECTS);
  add_blind<StreamPart>(list, static_cast<std::size_t>(ide_km::FIRST_OUT_OF_BAND), ide_km::DEFECTS);
  add_blind<ConnectionPart>(list, static_cast<std::size_t>(spdm::FIRST_OUT_OF_BAND), spdm::DEFECTS);
}

}  // namespace lockstep::device
