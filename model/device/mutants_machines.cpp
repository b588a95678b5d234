#include <algorithm>
#include <initializer_list>

#include "device/events.hpp"
#include "device/letters.hpp"
#include "device/mutants_list.hpp"

namespace lockstep::device {
namespace {

// --- one machine of the composition, whichever it is -----------------------------------------------------------------

/// What follows from its letters in the composition and from its control data.
template <class BodyType, class Machine>
struct Part {
  using Body = BodyType;
  using State = decltype(Machine::state);
  using Stimulus = decltype(Body::letter.stimulus);
  using Defect = decltype(Body::letter.defect);
};

// How a machine is found in a Control and in a letter, what its states look like (the plain sample first; some of the
// others cannot occur), and which requests the reference device offers. `first_event`: the first that is no request.

struct TdiPart : Part<TdispLetter, tdisp::Tdi> {
  static constexpr std::string_view title = "tdi";
  static constexpr AnswerProtocol protocol = AnswerProtocol::TDISP;
  static constexpr Stimulus first_event = tdisp::FIRST_OUT_OF_BAND;
  static constexpr std::initializer_list<State> states{State::CONFIG_UNLOCKED, State::CONFIG_LOCKED, State::RUN,
                                                       State::ERROR};
  static tdisp::Tdi* of(Control& control, const Letter& letter) {
    const auto* body = std::get_if<Body>(&letter.body);
    return body == nullptr || body->tdi == NONE ? nullptr : &control.tdis[body->tdi];
  }
  static std::vector<tdisp::Tdi> samples(State state) {
    const bool locked = state == State::CONFIG_LOCKED;
    return {{.state = state, .nonce = locked},
            {.state = state, .nonce = locked, .bind_p2p = true},
            {.state = state, .bind_p2p = true, .p2p_bound = true}};
  }
  static bool offered(Stimulus s) { return s != Stimulus::VDM_REQUEST && s != Stimulus::SET_TDISP_CONFIG_REQUEST; }
};

struct StreamPart : Part<IdeKmLetter, ide_km::Stream> {
  static constexpr std::string_view title = "stream";
  static constexpr AnswerProtocol protocol = AnswerProtocol::IDE_KM;
  static constexpr Stimulus first_event = ide_km::FIRST_OUT_OF_BAND;
  static constexpr std::initializer_list<State> states{State::INSECURE, State::SECURE};
  static ide_km::Stream* of(Control& control, const Letter& letter) {
    const auto* body = std::get_if<Body>(&letter.body);
    return body == nullptr || body->stream == NONE ? nullptr : &control.streams[body->stream];
  }
  static std::vector<ide_km::Stream> samples(State state) {
    constexpr auto keys = ide_km::KEY_SET_K0, but_one = static_cast<std::uint16_t>(keys & ~ide_km::Slot{}.mask());
    if (state == State::SECURE) return {{.state = state, .programmed = keys, .active = keys, .owner = 0}};
    return {{},
            {.programmed = keys, .owner = 0},
            {.programmed = keys, .active = but_one, .owner = 0},
            {.enabled = false, .programmed = keys, .active = keys, .owner = 0}};
  }
};

/// What connection and session have in common.
template <class Machine>
struct SpdmPart : Part<SpdmLetter, Machine> {
  using Stimulus = spdm::Stimulus;
  static constexpr AnswerProtocol protocol = AnswerProtocol::SPDM;
  static constexpr Stimulus first_event = spdm::FIRST_OUT_OF_BAND;
  static constexpr Byte VERSION = 0x14;
  /// Provisioning, logs, events and chunks (in the order of the enumeration) are not.
  static bool offered(Stimulus s) { return s < Stimulus::GET_CSR || s > Stimulus::CHUNK_GET; }
};

struct ConnectionPart : SpdmPart<spdm::Connection> {
  static constexpr std::string_view title = "connection";
  static constexpr std::initializer_list<State> states{State::NOT_STARTED, State::AFTER_VERSION,
                                                       State::AFTER_CAPABILITIES, State::NEGOTIATED};
  static spdm::Connection* of(Control& control, const Letter& letter) {
    return std::holds_alternative<Body>(letter.body) && letter.session == NONE ? &control.connection : nullptr;
  }
  static std::vector<spdm::Connection> samples(State state) {
    const Byte version = state >= State::AFTER_CAPABILITIES ? VERSION : Byte{0};
    return {{.state = state, .spdm_version = version},
            {.state = state, .spdm_version = version, .authenticated = true, .encapsulated = true}};
  }
};

struct SessionPart : SpdmPart<spdm::Session> {
  static constexpr std::string_view title = "session";
  static constexpr std::initializer_list<State> states{State::HANDSHAKING, State::ESTABLISHED};
  static spdm::Session* of(Control& control, const Letter& letter) {
    return std::holds_alternative<Body>(letter.body) && letter.session != NONE ? &control.sessions[letter.session]
                                                                               : nullptr;
  }
  static std::vector<spdm::Session> samples(State state) {
    std::vector<spdm::Session> all(6, {.state = state, .spdm_version = VERSION});
    all[1].heartbeat = true;
    all[2].key_update = spdm::KeyUpdate::requester_key;
    all[3].mut_auth = all[4].mut_auth = spdm::MutAuth::encapsulated;
    all[4].encapsulated_open = true;
    all[5].psk = true;
    return all;
  }
};

// --- cells -----------------------------------------------------------------------------------------------------------

/// A state of one machine and a request, whatever is wrong with it, or an event.
template <class Part>
struct Cell {
  typename Part::State state;
  typename Part::Stimulus stimulus;

  bool in_band() const { return stimulus < Part::first_event; }
  bool met_by(const Meeting& m) const {
    Control before = m.before;
    const auto* machine = Part::of(before, m.letter);
    if (machine == nullptr || machine->state != state) return false;
    return std::get<typename Part::Body>(m.letter.body).letter.stimulus == stimulus;
  }
};

/// "machine/tdi/RUN/STOP_INTERFACE_REQUEST/no-row"
template <class Part>
std::string mutant_name(std::string_view state, typename Part::Stimulus stimulus, std::string_view kind) {
  std::string text = "machine";
  for (const std::string_view word : {Part::title, state, std::string_view(name(stimulus)), kind})
    text.append("/").append(word);
  return text;
}

/// The plain one.
template <class Part>
auto sample(typename Part::State state) {
  return Part::samples(state).front();
}

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
    *machine = sample<Part>(target);
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
      *Part::of(pretended, m.letter) = sample<Part>(state);
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
    *machine = sample<Part>(machine->state == first ? *(Part::states.begin() + 1) : first);
    release(outcome.after);
  };
}

/// The row does nothing but lead to its state.
template <class Part>
auto no_action(Cell<Part> cell) {
  return [=](const Meeting& m, Outcome<Control>& outcome) {
    if (!cell.met_by(m) || outcome.answer.is_refusal()) return;
    Control before = m.before;
    auto* machine = Part::of(outcome.after, m.letter);
    const auto state = machine->state;
    *machine = *Part::of(before, m.letter);
    machine->state = state;
    release(outcome.after);
  };
}

// --- which of them are wrong -----------------------------------------------------------------------------------------

/// Whether a tester that reads the states after each step can tell one from the other: a TDI may leave ERROR by itself
/// before anybody looks, and nothing is left of a session that has ended.
bool looks_like(const Control& real, Control permitted) {
  for (std::size_t i = 0; i < MAX_TDIS; ++i)
    if (permitted.tdis[i].state == tdisp::TdiState::ERROR && real.tdis[i].state == tdisp::TdiState::CONFIG_UNLOCKED) {
      permitted.tdis[i] = real.tdis[i];
      permitted.bindings[i] = real.bindings[i];
    }
  for (std::size_t i = 0; i < MAX_SESSIONS; ++i)
    if (permitted.sessions[i].state == spdm::SessionState::NONE && real.sessions[i].state == spdm::SessionState::NONE)
      permitted.sessions[i] = real.sessions[i];
  return permitted == real;
}

/// Whether the rules leave a device free to do just that.
bool permitted(const Meeting& m, const Outcome<Control>& outcome) {
  const Options all = options(m.shape, m.before, m.letter);
  return std::any_of(all.begin(), all.end(), [&](const Option& option) {
    const Outcome<Control> free = step(m.shape, m.before, m.letter, option.choice);
    return option.tag != Tag::unclear && looks_like(outcome.after, free.after) && free.answer.covers(outcome.answer);
  });
}

/// The stimulus as it comes to the reference device: requests of sessions, TDIs and streams over session 0.
template <class Part>
Letter plain_letter(typename Part::Stimulus stimulus) {
  const bool request = stimulus < Part::first_event;
  typename Part::Body body;
  body.letter.stimulus = stimulus;
  if constexpr (requires { Part::offered(stimulus); })
    if (request && !Part::offered(stimulus)) body.letter.defect = Part::Defect::not_supported;
  if constexpr (std::is_same_v<Part, StreamPart>) body.letter.session = request ? Byte{0} : ide_km::NO_OWNER;
  const bool inside = request ? !std::is_same_v<Part, ConnectionPart> : std::is_same_v<Part, SessionPart>;
  return {inside ? Byte{0} : NONE, body};
}

constexpr Shape SMALL{.kind = Kind::endpoint_with_ide, .sessions = 2, .streams = 1, .tdis = 2};

bool can_be(const Control& control) {
  return spdm::consistent(control.connection) && spdm::consistent(control.sessions[0]) &&
         ide_km::consistent(control.streams[0]) && tdisp::consistent(control.tdis[0]);
}

/// Devices in which the letter is met: one machine in `state`, everything else as in everyday life.
template <class Part>
std::vector<Control> surroundings(typename Part::State state, const Letter& letter) {
  std::vector<Control> all;
  for (const auto& machine : Part::samples(state))
    for (const bool keyed : {false, true})
      for (const bool locked : {false, true}) {
        Control control;
        control.connection = sample<ConnectionPart>(spdm::ConnectionState::NEGOTIATED);
        control.sessions[0] = sample<SessionPart>(spdm::SessionState::ESTABLISHED);
        if (keyed) control.streams[0] = sample<StreamPart>(ide_km::StreamState::SECURE);
        if (locked) control.tdis[0] = sample<TdiPart>(tdisp::TdiState::CONFIG_LOCKED);
        if (auto* place = Part::of(control, letter)) *place = machine;
        if (control.tdis[0].state != tdisp::TdiState::CONFIG_UNLOCKED) control.bindings[0] = {0, 0, NONE};
        if (can_be(control) && possible(SMALL, control, letter)) all.push_back(control);
      }
  return all;
}

/// What is not offered may as well be taken for what comes out of order.
Letter sound(Letter letter) {
  if (auto* l = std::get_if<SpdmLetter>(&letter.body)) l->letter.defect = spdm::Defect::none;
  return letter;
}

/// In some device that meets the cell the mutant does what no rule permits, and is then a device that can be.
template <class Part>
bool is_wrong(const Cell<Part>& cell, const decltype(Behaviour::decide)& decide) {
  const Letter plain = plain_letter<Part>(cell.stimulus);
  for (const Control& control : surroundings<Part>(cell.state, plain)) {
    const Letter letter = normalised(SMALL, control, plain);
    Outcome<Control> outcome = step(SMALL, control, letter);
    decide({SMALL, control, letter}, outcome);
    if (can_be(outcome.after) && !permitted({SMALL, control, letter}, outcome) &&
        !permitted({SMALL, control, sound(letter)}, outcome))
      return true;
  }
  return false;
}

/// The same for a request whose defect is not seen. Where something else refuses it all the same it is not.
template <class Part>
bool is_wrong_blind(const Letter& letter, const decltype(Behaviour::misread)& misread) {
  for (const auto state : Part::states)
    for (const Control& control : surroundings<Part>(state, letter)) {
      const Letter met = normalised(SMALL, control, letter);
      Letter read = met;
      misread(read, control);
      const Outcome<Control> outcome = step(SMALL, control, read);
      if (!outcome.answer.is_refusal() && !permitted({SMALL, control, met}, outcome)) return true;
    }
  return false;
}

// --- the lists -------------------------------------------------------------------------------------------------------

/// Events of this machine that are no mere consequence of another machine's.
template <class Part>
bool comes_by_itself(typename Part::Stimulus event) {
  return !std::is_same_v<Part, ConnectionPart> && happening(plain_letter<Part>(event)).has_value();
}

template <class Part>
void add_cells(Mutants& list) {
  for (const auto state : Part::states)
    for (std::size_t s = 0; s < static_cast<std::size_t>(Part::Stimulus::END_OF_STIMULI); ++s) {
      const Cell<Part> cell{state, static_cast<typename Part::Stimulus>(s)};
      if (!cell.in_band() && !comes_by_itself<Part>(cell.stimulus)) continue;
      const auto mutate = [&](std::string_view kind, const decltype(Behaviour::decide)& decide) {
        if (is_wrong(cell, decide)) add_mutant(list, mutant_name<Part>(name(state), cell.stimulus, kind), decide);
      };
      for (const auto target : Part::states) mutate("to-" + std::string(name(target)), goes_to(cell, target));
      if constexpr (requires { Part::State::NONE; }) mutate("to-NONE", goes_to(cell, Part::State::NONE));
      mutate("no-row", no_row(cell));
      mutate("no-action", no_action(cell));
      if (!cell.in_band()) continue;
      mutate("wrong-answer", wrong_answer(cell));
      mutate("serves", serves(cell));
      mutate("acts", acts(cell));
    }
}

/// What no letter of the device carries: it takes access to configuration space, or follows from the state.
bool is_carried(tdisp::Defect defect) {
  using enum tdisp::Defect;
  return defect != foreign_session && defect != stream_ambiguous && defect != stream_not_tc0 &&
         defect != device_configuration;
}
bool is_carried(ide_km::Defect) { return true; }
bool is_carried(spdm::Defect) { return true; }

/// A request for a stream that there is not is for none.
void address(Letter& letter) {
  if (auto* l = std::get_if<IdeKmLetter>(&letter.body))
    if (l->letter.defect == ide_km::Defect::stream_unknown || l->letter.defect == ide_km::Defect::port_unsupported)
      l->stream = NONE;
}

/// Does not see one defect of one request.
template <class Part>
void add_blind(Mutants& list) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(Part::first_event); ++s)
    for (std::size_t d = 1; d < static_cast<std::size_t>(Part::Defect::END_OF_DEFECTS); ++d) {
      const auto stimulus = static_cast<typename Part::Stimulus>(s);
      const auto defect = static_cast<typename Part::Defect>(d);
      Letter letter = plain_letter<Part>(stimulus);
      auto& request = std::get<typename Part::Body>(letter.body).letter;
      if (!is_carried(defect) || (request.defect != Part::Defect::none && request.defect != defect)) continue;
      request.defect = defect;
      if (!meaningful(request)) continue;
      address(letter);
      auto mutant = std::make_unique<Behaviour>();
      mutant->fault = {mutant_name<Part>("blind", stimulus, name(defect)), "machine-made", {}};
      mutant->writes_zeros = true;
      mutant->misread = [=](Letter& read, const Control& control) {
        auto* body = std::get_if<typename Part::Body>(&read.body);
        if (body == nullptr || body->letter.stimulus != stimulus || body->letter.defect != defect) return;
        if ((read.session == NONE) != (letter.session == NONE)) return;
        body->letter.defect = Part::Defect::none;
        if constexpr (std::is_same_v<Part, StreamPart>)
          if (defect == ide_km::Defect::foreign_session && body->stream != NONE)
            body->letter.session = control.streams[body->stream].owner;
      };
      if (is_wrong_blind<Part>(letter, mutant->misread)) list.push_back(std::move(mutant));
    }
}

template <class... Parts>
void add_all(Mutants& list) {
  (add_cells<Parts>(list), ...);
  (add_blind<Parts>(list), ...);
}

}  // namespace

void add_machine_mutants(Mutants& list) { add_all<TdiPart, StreamPart, ConnectionPart, SessionPart>(list); }

}  // namespace lockstep::device
