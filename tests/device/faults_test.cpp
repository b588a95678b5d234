// The reference device without a fault breaks no rule, and its faults have names. That every fault shows is proven by
// the canaries (tests/conformance/canaries_test.cpp).
#include <algorithm>
#include <set>

#include "steps.hpp"

namespace lockstep::device {
namespace {

using spdm::Stimulus;
using TdispDefect = tdisp::Defect;

/// What one request led to.
struct Line {
  std::string request;
  std::string answer;
  bool operator==(const Line&) const = default;
};

class Play {
 public:
  Play(PairOptions options) : pair(std::move(options)) {}
  Pair pair;
  std::vector<Line> lines;

  void say(const Letter& l) {
    const Reply reply = pair.send(l);
    std::string answer = reply.made.empty() ? describe(reply.observation.answer) : reply.made;
    if (reply.observation.tdi_state) answer += " " + std::string(tdisp::name(*reply.observation.tdi_state));
    if (reply.observation.stream_state) answer += " " + std::string(ide_km::name(*reply.observation.stream_state));
    for (const wire::Finding& finding : reply.findings) answer += " breaks " + std::string(finding.rule.id());
    lines.push_back({describe(l), answer});
  }
  void say(Stimulus stimulus, Byte session = NONE, spdm::Defect defect = spdm::Defect::none) {
    say(letter(stimulus, session, defect));
  }
  void say(tdisp::Stimulus stimulus, Byte session, Byte tdi = 0, TdispDefect defect = TdispDefect::none) {
    say(letter(stimulus, session, tdi, defect));
  }
  void keys(Byte session, Byte count = 6, Byte stream = 0) {
    for (Byte i = 0; i < count; ++i)
      for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO}) {
        Letter l = letter(stimulus, session, {false, i >= 3, static_cast<Byte>(i % 3)});
        std::get<IdeKmLetter>(l.body).stream = stream;
        say(l);
      }
  }
  void key(Byte session, ide_km::Defect defect) {
    say(letter(ide_km::Stimulus::KEY_PROG, session, {true, false, 0}, defect));
  }
  void query(Byte session) { say(letter(ide_km::Stimulus::QUERY, session)); }
  void state(Byte session, Byte tdi = 0) { say(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, session, tdi); }
  void exchange(bool psk, Byte index) {
    Letter l = letter(psk ? Stimulus::PSK_EXCHANGE : Stimulus::KEY_EXCHANGE);
    std::get<SpdmLetter>(l.body).created = index;
    say(l);
  }
  void connect() {
    say(Stimulus::GET_VERSION);
    say(Stimulus::GET_CAPABILITIES);
    say(Stimulus::NEGOTIATE_ALGORITHMS);
  }
  void identify() {
    say(Stimulus::GET_DIGESTS);
    for (int i = 0; i < 4; ++i) say(Stimulus::GET_CERTIFICATE);
  }
};

void in_the_clear(Play& p) {
  p.say(Stimulus::GET_VERSION);
  p.say(Stimulus::GET_CAPABILITIES);
  p.exchange(false, 0);
  p.connect();
  p.identify();
  p.say(Stimulus::GET_DIGESTS);
  p.say(Stimulus::CHALLENGE);
  p.say(Stimulus::CHALLENGE);
  p.say(Stimulus::GET_MEASUREMENTS);
  p.say(Stimulus::FINISH);
  p.say(Stimulus::HEARTBEAT);
  p.say(tdisp::Stimulus::GET_TDISP_CAPABILITIES, NONE);
  p.query(NONE);
}

void handshakes(Play& p) {
  p.connect();
  p.identify();
  p.exchange(false, 0);
  p.say(Stimulus::GET_MEASUREMENTS, 0);
  p.say(Stimulus::FINISH, 0, spdm::Defect::mut_auth_missing);
  p.say(Stimulus::GET_ENCAPSULATED_REQUEST, 0);
  for (int i = 0; i < 4; ++i) p.say(Stimulus::DELIVER_ENCAPSULATED_RESPONSE, 0);
  p.say(Stimulus::FINISH, 0, spdm::Defect::bad_signature);
  p.say(Stimulus::HEARTBEAT, 0);
}

void wrong_finishes(Play& p) {
  p.connect();
  p.identify();
  p.exchange(false, 0);
  p.say(Stimulus::PSK_FINISH, 0);
  p.say(Stimulus::HEARTBEAT, 0);
  p.exchange(false, 1);
  p.say(Stimulus::FINISH, 1, spdm::Defect::bad_verify_data);
  p.say(Stimulus::HEARTBEAT, 1);
  p.exchange(true, 1);
  p.say(Stimulus::PSK_FINISH, 1, spdm::Defect::bad_verify_data);
}

void session_life(Play& p) {
  p.connect();
  p.exchange(true, 0);
  p.say(Stimulus::PSK_FINISH, 0);
  p.say(Stimulus::KEY_UPDATE_VerifyNewKey, 0);
  p.say(Stimulus::KEY_UPDATE_UpdateKey, 0);
  p.say(Stimulus::KEY_UPDATE_VerifyNewKey, 0);
  p.say(Stimulus::END_SESSION, 0);
  p.say(Stimulus::HEARTBEAT, 0);
}

void two_sessions(Play& p) {
  p.connect();
  for (Byte i = 0; i < 2; ++i) {
    p.exchange(true, i);
    p.say(Stimulus::PSK_FINISH, i);
  }
}

void streams(Play& p) {
  two_sessions(p);
  p.query(0);
  p.key(0, ide_km::Defect::sub_stream_invalid);
  p.key(0, ide_km::Defect::port_unsupported);
  p.keys(0, 5);
  p.query(0);
  p.keys(0);
  p.key(1, ide_km::Defect::foreign_session);
  p.say(Stimulus::END_SESSION, 0);
  p.query(1);
}

void start(Play& p, TdispDefect defect) {
  p.say(tdisp::Stimulus::START_INTERFACE_REQUEST, 0, 0, defect);
  p.state(0);
}

void tdis(Play& p) {
  two_sessions(p);
  p.say(tdisp::Stimulus::GET_TDISP_CAPABILITIES, 0);
  p.say(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0, 0, TdispDefect::stream_not_keyed);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 0);
  p.keys(0);
  p.say(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 1, 1, TdispDefect::stream_keyed_elsewhere);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, 0, NONE);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_STATE, 0, 0, TdispDefect::wrong_version);
  p.say(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0);
  p.state(0, 1);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 0);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 0);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 0, 0, TdispDefect::offset_beyond_report);
  p.say(tdisp::Stimulus::STOP_INTERFACE_REQUEST, 0);
  p.state(0);
  p.say(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0);
  start(p, TdispDefect::nonce_old);
  start(p, TdispDefect::nonce_junk);
  start(p, TdispDefect::none);
  p.say(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0);
  p.say(tdisp::Stimulus::GET_TDISP_VERSION, 0);
  p.state(0);
  p.say(Stimulus::END_SESSION, 0);
  p.state(1);
  p.say(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 1);
}

struct Scene {
  const char* name;
  void (*play)(Play&);
  bool mutual_authentication = false;
};
constexpr Scene SCENES[] = {{"in the clear", in_the_clear},
                            {"handshakes", handshakes, true},
                            {"wrong finishes", wrong_finishes},
                            {"session", session_life},
                            {"streams", streams},
                            {"TDIs", tdis}};

std::vector<Line> play(const Scene& scene) {
  PairOptions options;
  options.responder.shape.tdis = 2;
  options.responder.mutual_authentication = scene.mutual_authentication;
  Play play(std::move(options));
  scene.play(play);
  return play.lines;
}

TEST(Faults, TheCorrectDeviceBreaksNoRule) {
  for (const Scene& scene : SCENES)
    for (const Line& line : play(scene))
      EXPECT_EQ(line.answer.find("breaks"), std::string::npos) << scene.name << ": " << line.request << line.answer;
}

TEST(Faults, NamesAreUniqueAndSpeakable) {
  std::set<std::string_view> names;
  for (const Fault& fault : faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_EQ(fault.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    EXPECT_TRUE(fault.breaks) << fault.name;
    EXPECT_EQ(find_fault(fault.name), &fault);
  }
  EXPECT_GE(names.size(), 100u);
  EXPECT_EQ(find_fault("no-such-fault"), nullptr);
}

}  // namespace
}  // namespace lockstep::device
