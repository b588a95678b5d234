// One SPDM connection as a recording shows it: which record is a request, which its answer, what is missing between
// them; and the verdict on each. Copyable.
#pragma once

#include "runner/check.hpp"
#include "runner/requester_rules.hpp"

namespace lockstep::runner {

class Onlooker {
 public:
  Onlooker(spdm::RecordFormat format, const CheckOptions& options);

  void clear(std::size_t number, const Bytes& payload);
  void secured(std::size_t number, const Bytes& record);
  /// It is certain that the request got no answer, not only that none was recorded.
  void silence();
  /// A record that nobody can read took the place of a message.
  void unreadable() { lossy_ = lossy_devices_ = true; }
  /// The recording ends here.
  void finish();

  /// What was said since the last call, in order.
  std::vector<RecordVerdict> take() { return std::exchange(verdicts_, {}); }
  /// Of the latest record, as far as it could be told.
  std::optional<Role> sender() const { return sender_; }

 private:
  using Kind = RecordVerdict::Kind;
  /// The request that has no answer yet.
  struct Waiting {
    std::size_t number = 0;
    std::string text;
    bool closed = false;                     ///< it could not be opened or is of another protocol
    std::optional<std::string> beyond = {};  ///< why it cannot be judged
  };
  /// A session that is over, with the keys it had.
  struct Ended {
    spdm::SessionData session;
    bool by_decrypt_error = false;
  };
  /// One direction of a session.
  using Direction = std::pair<std::uint32_t, Role>;

  /// What may have moved TDIs since: a state that is wrong afterwards is its doing.
  struct Mover {
    std::optional<device::TdispLetter> letter;  ///< nullopt: the end of a session
    Answer answer;
  };

  spdm::Conversation& conversation() { return follower_.store().conversation; }

  // What a record is.
  void opened(std::size_t number, const Bytes& record, Role sender, const spdm::Opened& content);
  bool out_of_order(std::size_t number, const Bytes& record, Role sender);
  void unopened(std::size_t number, const Bytes& record, const spdm::RecordError& error);
  void not_authentic(std::size_t number, const Bytes& record, const spdm::RecordError& error);
  void without_session(std::size_t number, const Bytes& record, const spdm::RecordError& error);
  void of_ended_session(std::size_t number, const Bytes& record, Ended& ended);
  void without_keys(std::size_t number, const Bytes& record, const spdm::RecordError& error);
  Role turn() const { return waiting_ ? Role::responder : Role::requester; }

  // Pairs of them.
  void request(std::size_t number, View payload, spdm::SessionId session);
  void response(std::size_t number, View payload, spdm::SessionId session);
  void unanswered();
  void takes_turn(std::size_t number, Role role, std::string text);
  void make_room();
  void drop_session_of_the_same_id(std::size_t number, View payload);
  bool bury(const std::map<std::uint32_t, spdm::SessionData>& before, const oracle::Step& step);
  std::optional<std::string> beyond_what_is_followed(const device::Letter& letter, spdm::SessionId session) const;

  // What is said about them.
  void judge_request(std::size_t number, const device::Letter& letter, std::vector<wire::Finding> findings);
  void judge(std::size_t number, const oracle::Step& step, std::string text);
  Rule blamed(const oracle::Step& step) const;
  void note_mover(const oracle::Step& step, bool session_ended);
  void missing(std::size_t number, Role sender, std::string text, std::string why);
  void add(std::size_t number, Role sender, std::string text, Kind kind, Rule rule = {}, std::string reason = {});

  oracle::Follower follower_;
  RequesterRules rules_;
  std::vector<RecordVerdict> verdicts_;
  std::optional<Waiting> waiting_;
  std::optional<Role> sender_;
  std::optional<Mover> mover_;
  std::map<std::uint32_t, Ended> ended_;
  std::map<Direction, std::uint64_t> failed_;   ///< records that did not open, since one did
  std::map<Direction, std::uint16_t> numbers_;  ///< MCTP, without keys: the sequence number of the latest record
  bool anything_ = false;                       ///< was there before
  bool sees_events_ = false;                    ///< all is told from the start, what happens out of band included
  bool no_beginning_ = false;                   ///< it was said that the connection began before the recording
  bool begun_ = false;                          ///< VERSION came: no session of before is alive
  bool lossy_ = false;          ///< messages of this connection are missing: what nothing explains only warns
  bool lossy_devices_ = false;  ///< the same, for TDIs and streams, which outlive the connection
};

}  // namespace lockstep::runner
