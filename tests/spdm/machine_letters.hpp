// Every letter and every control value, for tests that walk the whole product.
#pragma once

#include <vector>

#include "spdm/connection.hpp"
#include "spdm/session.hpp"

namespace lockstep::spdm {

inline constexpr Byte VERSIONS[] = {0x10, 0x11, 0x12, 0x13, 0x14};
inline constexpr bool BOTH[] = {false, true};
inline constexpr MutAuth MUT_AUTHS[] = {MutAuth::none, MutAuth::no_encapsulation, MutAuth::encapsulated,
                                        MutAuth::implicit_get_digests};

inline std::vector<Letter> all_letters() {
  std::vector<Letter> letters;
  // RESPOND_IF_READY may carry what every other letter carries; plain and with all of it stand for the rest.
  const auto add = [&](const Letter& l) {
    const bool some = l.heartbeat || l.termination_policy || l.handshake_in_the_clear || l.psk_without_context;
    const bool all = l.heartbeat && l.termination_policy && l.handshake_in_the_clear && l.psk_without_context;
    if (meaningful(l) && (l.stimulus != Stimulus::RESPOND_IF_READY || some == all)) letters.push_back(l);
  };
  for (std::size_t s = 0; s < STIMULI; ++s)
    for (std::size_t d = 0; d < DEFECTS; ++d) {
      const Letter plain{.stimulus = static_cast<Stimulus>(s), .defect = static_cast<Defect>(d)};
      for (const Byte version : VERSIONS) {
        Letter l = plain;
        l.spdm_version = version;
        add(l);
      }
      for (const MutAuth mut_auth : MUT_AUTHS)
        for (unsigned flags = 0; flags < 32; ++flags) {
          Letter l = plain;
          l.mut_auth = mut_auth;
          l.handshake_in_the_clear = (flags & 1) != 0;
          l.psk_without_context = (flags & 2) != 0;
          l.heartbeat = (flags & 4) != 0;
          l.termination_policy = (flags & 8) != 0;
          l.encapsulated_last = (flags & 16) != 0;
          add(l);
        }
    }
  return letters;
}

inline std::vector<Connection> all_connections() {
  std::vector<Connection> all;
  for (const auto state : {ConnectionState::NOT_STARTED, ConnectionState::AFTER_VERSION,
                           ConnectionState::AFTER_CAPABILITIES, ConnectionState::NEGOTIATED})
    for (const Byte version : std::initializer_list<Byte>{0x00, 0x10, 0x11, 0x12, 0x13, 0x14})
      for (const bool authenticated : BOTH)
        for (const bool encapsulated : BOTH)
          for (const bool not_ready : BOTH)
            for (std::size_t owed = 0; owed < STIMULI; ++owed) {
              const Connection c{state, version, authenticated, encapsulated, not_ready, static_cast<Stimulus>(owed)};
              if (consistent(c)) all.push_back(c);
            }
  return all;
}

/// One request of each kind stands for all that may be owed: what is owed is answered as if it came now.
inline std::vector<Session> all_sessions() {
  std::vector<Session> all;
  for (const auto state : {SessionState::NONE, SessionState::HANDSHAKING, SessionState::ESTABLISHED})
    for (unsigned flags = 0; flags < 128; ++flags)
      for (const MutAuth mut_auth : MUT_AUTHS)
        for (const auto key_update : {KeyUpdate::none, KeyUpdate::requester_key, KeyUpdate::all_keys})
          for (const auto owed : {Stimulus{}, Stimulus::FINISH, Stimulus::GET_MEASUREMENTS})
            for (const Byte version : VERSIONS) {
              const Session s{.state = state,
                              .psk = (flags & 1) != 0,
                              .in_the_clear = (flags & 2) != 0,
                              .mut_auth = mut_auth,
                              .encapsulated_open = (flags & 4) != 0,
                              .encapsulated_done = (flags & 8) != 0,
                              .heartbeat = (flags & 16) != 0,
                              .termination_policy = (flags & 32) != 0,
                              .key_update = key_update,
                              .not_ready = (flags & 64) != 0,
                              .owed = owed,
                              .spdm_version = version};
              if (consistent(s)) all.push_back(s);
            }
  return all;
}

inline bool is_response(const Answer& answer, Stimulus request_of) {
  return answer.kind == Answer::Kind::response && answer.code == (request(request_of).code & 0x7FU);
}
inline bool served(const Answer& answer) { return answer.kind == Answer::Kind::response; }

/// The tag of a choice, or nothing when it is not permitted.
template <class Control>
std::optional<Tag> tag_of(const Control& control, const Letter& letter, Choice choice) {
  for (const Option& option : options(control, letter))
    if (option.choice == choice) return option.tag;
  return std::nullopt;
}

/// For the messages of failing assertions.
inline std::string text(const Letter& l) {
  return std::string(name(l.stimulus)) + "(" + std::string(name(l.defect)) + ")";
}

}  // namespace lockstep::spdm
