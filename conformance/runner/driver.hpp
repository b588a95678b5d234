// Drives one target through legal steps to where a case begins, and sends what the case says. Every exchange is judged
// on the way; nothing here knows what a right answer is.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>

#include "adapters/link.hpp"
#include "cases/case.hpp"
#include "device/requester.hpp"
#include "oracle/follower.hpp"
#include "runner/action.hpp"
#include "runner/records.hpp"

namespace lockstep::runner {

/// What the user says about the target; the rest is asked from it.
struct Profile {
  device::Shape shape;
  std::vector<std::uint32_t> function_ids = {0x0000BEEF};  ///< one for each TDI
  std::vector<device::StreamRecord> streams = {{.stream_id = 0, .port_index = 0}};
  device::RequesterOptions requester;
  std::map<Bytes, Bytes> psk;  ///< by hint
  bool tdisp = true;           ///< the transport carries TDISP, and the target is a TEE-IO device
  bool ide_km = true;
  bool sessions = true;                    ///< the transport carries secured messages
  adapters::Injector* injector = nullptr;  ///< for out-of-band stimuli; null: the one that the target brings
  /// For an answer, on top of the time the target claims for cryptography; the long one where silence would break a
  /// rule: the target or its machine may be busy.
  std::chrono::milliseconds patience{1000}, long_patience{10000};
  /// How long a stream, and the TDIs bound to it, may take to follow what turns it (IDE-STREAM-002, -009).
  std::chrono::milliseconds settling{10};
  /// The clock that heartbeats go by.
  std::function<std::chrono::steady_clock::time_point()> now = [] { return std::chrono::steady_clock::now(); };
};

/// Why something could not be done; never a verdict on the target.
struct Trouble {
  enum class Kind {
    link,         ///< the connection is lost
    unsupported,  ///< Lockstep or its provider cannot do it
    refused,      ///< a legal set-up step was not served
    absent,       ///< the target does not claim what is needed
  };
  Kind kind;
  std::string why;
};
inline Trouble absent(std::string why) { return {Trouble::Kind::absent, std::move(why)}; }

template <class T>
using Or = Result<T, Trouble>;
/// nullopt: done.
using Maybe = std::optional<Trouble>;

/// Told of every step, in order.
using Listener = std::function<void(const oracle::Step&, const wire::Context&)>;

class Driver {
 public:
  Driver(adapters::Target& target, Profile profile);

  void listen(Listener listener) { listener_ = std::move(listener); }
  /// Told of every new connection, and whether the target has no memory of what was before.
  void on_connect(std::function<void(bool fresh)> listener) { on_connect_ = std::move(listener); }

  bool can_restart() const { return target_.can_restart(); }
  /// A new connection; `restart`: of a device without memory, where the target can give one.
  Maybe connect(bool restart);
  /// Brings the device to where a case begins, from wherever it is. TDI and stream with index 0 are those under test.
  Maybe reach(cases::Given given, cases::SessionKind session);
  /// One step of a case.
  Or<oracle::Step> send(const cases::Step& step);
  /// What was done before once more, over the session with the same place. A right FINISH comes after the encapsulated
  /// flow that the target asks for, told or not.
  Or<oracle::Step> repeat(const Action& action);
  /// DEVICE_INTERFACE_STATE of every TDI and, when asked for, QUERY of the stream, over the session under test; nothing
  /// where there is no session.
  Or<std::vector<oracle::Step>> read_back(bool streams);
  /// Why the case does not apply to this target; nullopt: it does, or nothing was negotiated yet.
  Maybe lacks(const cases::Case& test) const;

  /// Rules that the transport has broken when the connection was made.
  const std::vector<wire::Finding>& discovery() const { return discovery_; }
  /// Rules that set-up steps saw broken since the last call: they are nobody's case, and not lost.
  std::vector<oracle::Step> take_breaches() { return std::exchange(breaches_, {}); }
  /// The target was not reached, or did not answer GET_VERSION, three times in a row: there is nobody to test.
  bool given_up() const { return unreached_ >= 3; }
  /// Takes no more for granted: the next reach() begins with a new connection.
  void distrust() { trusted_ = false; }
  /// Asks the target what it claims; before the first case.
  Maybe survey() { return reach(cases::Given::negotiated, cases::SessionKind::any); }
  const spdm::Negotiated& claims() const { return claims_; }
  bool connected() const { return follower_.has_value(); }
  const oracle::Follower& follower() const { return *follower_; }
  const Profile& profile() const { return profile_; }
  /// Null: there is no way to out-of-band stimuli.
  adapters::Injector* injector() const { return profile_.injector ? profile_.injector : target_.injector(); }

 private:
  using SpdmStimulus = spdm::Stimulus;

  std::chrono::milliseconds patience(const device::Letter& letter, bool long_wait) const;
  bool heartbeat_missed(const device::Letter& letter) const;
  Or<oracle::Step> exchange(const device::Letter& letter, const cases::Step* as = nullptr);
  Or<oracle::Step> exchange_once(const device::Letter& letter, const cases::Step* as);
  Or<oracle::Step> transmit(const device::Letter& letter, const Bytes& message, const Action& action);
  void weigh_transport(oracle::Step& step, const adapters::Packet& sent, const std::optional<adapters::Packet>& packet);
  Or<oracle::Step> received(const Action& action, const adapters::Packet& sent,
                            const std::optional<adapters::Packet>& packet, spdm::SessionId session);
  Trouble lost(const Action& action, const adapters::Packet& sent, const Bytes& message,
               const adapters::LinkError& error);
  void tell(const oracle::Step& step, spdm::SessionId session) const;
  oracle::Step receive(const std::optional<adapters::Packet>& packet);
  /// Sends a legal step and insists that it is served.
  Maybe insist(const device::Letter& letter);
  Maybe insist(SpdmStimulus stimulus, Byte session = device::NONE);
  Maybe insist(tdisp::Stimulus stimulus, Byte tdi = 0);
  Maybe insist(ide_km::Stimulus stimulus, ide_km::Slot slot);

  // driver_steps.cpp
  Or<Byte> session_for(cases::Via via);
  Or<oracle::Step> inject(const device::Letter& event, const cases::Step& as);
  Or<oracle::Step> spoilt(const cases::Step& step, const device::Letter& letter);
  template <class Send>
  Or<oracle::Step> reusing(const device::Letter& letter, Send&& send);
  bool past(spdm::Conversation& old, std::uint32_t id, const oracle::Step& step);
  static Rule over_rule(const device::Letter& letter);
  Maybe as_meant(const device::Letter& letter, const cases::Step& step);
  Or<Bytes> composed(oracle::Follower& follower, device::Requester& requester, const device::Letter& letter,
                     const cases::Step* step) const;
  bool reads_streams(Byte session) const;
  device::Letter letter_of(const cases::Step& step, Byte session) const;

  Or<oracle::Step> odd_object(const device::Letter& letter, const cases::Step& step);
  // driver_chunks.cpp
  bool goes_on(const oracle::Step& step) const;
  Or<oracle::Step> fetch(oracle::Step announced, Byte session);
  bool goes_in_chunks(const device::Letter& letter, const cases::Step& step) const;
  Or<oracle::Step> in_chunks(const device::Letter& letter, const cases::Step& step);
  Or<oracle::Step> send_part(const device::Letter& letter, const Bytes& part, const Action& action);

  // driver_needs.cpp
  const char* lacks(cases::Needs need) const;

  // driver.cpp and driver_reach.cpp
  Maybe negotiate(cases::Given given);
  Maybe read_certificate();
  Maybe open_session(cases::SessionKind kind, bool finish, Byte& place);
  Maybe authenticate_mutually(Byte session);
  Maybe finish_session(Byte session);
  Maybe provisioned_for_another(Byte session) const;
  Maybe end_session(Byte& place);
  Maybe program_keys();
  Maybe set_go();
  Maybe clear_streams(cases::Given given);
  Maybe unlock();
  Maybe first_words();
  Maybe change_session(cases::SessionKind kind);
  Maybe lock_and_lose_session(cases::SessionKind kind);
  bool alive(Byte session) const;
  bool can(cases::SessionKind kind) const;
  spdm::SessionId id_of(Byte session) const;

  adapters::Target& target_;
  Profile profile_;
  device::Requester requester_;
  crypto::SeededRandom random_;  ///< of paddings
  Listener listener_;
  std::function<void(bool)> on_connect_;
  std::unique_ptr<adapters::Link> link_;
  std::optional<oracle::Follower> follower_;
  std::vector<oracle::Step> breaches_;
  std::vector<wire::Finding> discovery_;
  LatestRecords latest_;
  spdm::Negotiated claims_;  ///< what the last whole negotiation agreed on
  int unreached_ = 0;
  int in_vain_ = 0;  ///< so often was it waited for long, and nothing came
  /// When the latest request over each session was sent: its heartbeat counts from there.
  std::map<std::uint32_t, std::chrono::steady_clock::time_point> spoken_;
  bool trusted_ = false;
  cases::SessionKind kind_ = cases::SessionKind::any;  ///< of the session under test
  Byte session_ = device::NONE;                        ///< under test
  Byte second_ = device::NONE;
  std::deque<Bytes> unsent_;  ///< of a large request that was begun
  Byte handle_ = 0;           ///< of the latest one
  /// A case has negotiated as it wanted, or begun a session of its own: no other case takes the connection over.
  bool odd_ = false;
  bool greeted_ = false;  ///< what any TSM asks first was asked since the connection began
};

}  // namespace lockstep::runner
