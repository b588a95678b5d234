// Follows one device message by message and judges every answer: the meeting place of Store (contents) and Oracle
// (states). The tester and the capture checker both look through it.
#pragma once

#include <set>

#include "oracle/oracle.hpp"

namespace lockstep::oracle {

/// One request, what came back, and what the rules say.
struct Step {
  device::Letter letter;
  spdm::Seen request;
  std::optional<spdm::Seen> response;  ///< nullopt: silence, or a record that could not be opened
  std::optional<spdm::RecordError> unopened;
  spdm::SessionId session;
  device::Observation observation;
  Judgement judgement;                  ///< of the answer, by the machines
  std::vector<wire::Finding> findings;  ///< of the answer, by its contents
  std::vector<spdm::NotJudged> not_judged;
  std::vector<Belief> before, after;
  // What the tester did, for recordings; the follower leaves these empty.
  std::string action;                     ///< so that it can be done again; empty: it belongs to the step before
  Bytes request_record, response_record;  ///< the secured records; empty: in the clear
  /// The chunk messages that brought the last of request and response; empty: they came in one piece.
  Bytes request_chunk, response_chunk;

  /// The worst of judgement and findings, and the rule behind it.
  Ruling ruling() const;
  Rule rule() const;
  std::string reason() const;
};

/// What a finding weighs: fail only when its rule's breach fails a device.
Ruling ruling_of(const wire::Finding&);

class Follower {
 public:
  explicit Follower(device::Store store);

  /// The plaintext of a request that is being sent. Opening and sealing records is the caller's.
  const device::Letter& request(View message, spdm::SessionId session);
  /// A record goes out that the target cannot open, over the session with this index; device::NONE: of no
  /// session that there is.
  void spoilt_record(Byte session, spdm::Defect defect, View record);
  /// What the conversation made of the message that waits for its answer: a CHUNK_SEND, not what it brings to its end.
  const spdm::Seen& asked() const { return open_->part ? *open_->part : open_->request; }
  /// Why the request that waits must be refused in every state believed possible; nullopt: in one of them it is right.
  std::optional<Rule> must_be_refused() const;
  /// Whether no rule would be broken or strained if nothing came back for it.
  bool may_be_silent() const;
  /// Its answer in plaintext; `session`: that of the record it came in.
  Step response(View message, spdm::SessionId session);
  Step silence();
  /// A record came that does not open.
  Step unopened(const spdm::RecordError&);

  /// The target was there before: its TDIs may be in any state.
  void know_nothing() { oracle_.know_nothing(); }
  /// It is a recording that is followed.
  void look_on() { oracle_.look_on(); }
  /// Nobody tells what happens out of band: what only that explains does not fail.
  void see_no_events() { sees_events_ = false; }
  /// Something out of band has happened: a step without a message.
  Step happened(const device::Letter& event);
  const Oracle& oracle() const { return oracle_; }
  device::Store& store() { return store_; }
  const device::Store& store() const { return store_; }
  const device::Control& control() const { return oracle_.likeliest(); }

 private:
  struct Open {
    std::vector<device::Letter> letters;  ///< what the request means in each state believed possible
    spdm::Seen request;
    spdm::SessionId session;
    bool spoilt = false;                  ///< a record that cannot be opened: the conversation knows nothing of it
    Byte adopted = device::NONE;          ///< the TDI that an onlooker came to know by this request
    bool interrupts = false;              ///< came in the middle of a transfer in chunks: a refusal changes nothing
    std::optional<spdm::Seen> part = {};  ///< the last CHUNK_SEND, which brought the request
  };

  std::vector<device::Letter> letters_of(const spdm::Seen& seen, spdm::SessionId session);
  const device::Letter& last_part(spdm::Seen part, spdm::SessionId session);
  Step judge(Step step);
  Step judge_large(spdm::Seen answer, Step chunk);
  /// ResponseNotReady and Busy of the message that carries IDE_KM or TDISP: legal at any time, and nothing has
  /// happened.
  bool puts_off(const Step& step) const;
  /// LargeResponse where both ends have CHUNK_CAP: the answer comes in chunks.
  bool comes_in_chunks(const Step& step) const;
  /// ResponseTooLarge where the answer would be more than the requester can take.
  bool too_large(const Step& step) const;
  bool give_back(Open& open, const Answer& answer);
  // What may have happened out of band before a request (unseen.cpp).
  void imagine(const device::Letter& letter);
  void imagine_before(const device::TdispLetter& letter);
  void imagine_before(const device::IdeKmLetter& letter, Byte session);
  void note_unseen(Step& step);
  void judge_vanished(Step& step, Byte tdi);
  void forget_ended_sessions();

  device::Store store_;
  Oracle oracle_;
  bool sees_events_ = true;
  std::array<bool, device::MAX_TDIS> error_shown_{};  ///< the TDI has said that it is in ERROR
  std::optional<Open> open_;
  std::optional<Open> large_;  ///< was answered by LargeResponse: CHUNK_GET asks for its answer
  std::optional<Open> owed_;   ///< was answered by ResponseNotReady: RESPOND_IF_READY asks for its answer
  /// Sessions in which a request was answered by an ERROR in the clear.
  std::set<std::uint32_t> errors_in_the_clear_;
};

}  // namespace lockstep::oracle
