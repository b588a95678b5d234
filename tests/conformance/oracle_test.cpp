// The belief set: what it permits, what it remembers of doubtful steps, and how it goes on after a deviation.
#include "oracle/oracle.hpp"

#include <gtest/gtest.h>

#include "oracle/follower.hpp"

namespace lockstep::oracle {
namespace {

using device::Letter;
using device::Observation;
using tdisp::Stimulus;
using tdisp::TdiState;

constexpr std::uint32_t INVALID_NONCE = 0x0102;

Letter tdisp_letter(Stimulus stimulus, tdisp::Defect defect = tdisp::Defect::none) {
  return {0, device::TdispLetter{{.stimulus = stimulus, .defect = defect}, 0, 0}};
}

/// An oracle that has seen a whole bring-up: a PSK session, six keys taken into use.
class Bringup : public testing::Test {
 protected:
  void SetUp() override {
    spdm(spdm::Stimulus::GET_VERSION, 0x04);
    spdm(spdm::Stimulus::GET_CAPABILITIES, 0x61);
    spdm(spdm::Stimulus::NEGOTIATE_ALGORITHMS, 0x63);
    spdm(spdm::Stimulus::PSK_EXCHANGE, 0x66);
    spdm(spdm::Stimulus::PSK_FINISH, 0x67, 0);
    for (const auto stimulus : {ide_km::Stimulus::KEY_PROG, ide_km::Stimulus::K_SET_GO})
      for (const bool tx : {false, true})
        for (Byte sub_stream = 0; sub_stream < 3; ++sub_stream) {
          const ide_km::Letter letter{.stimulus = stimulus, .slot = {false, tx, sub_stream}, .session = 0};
          const Byte object = stimulus == ide_km::Stimulus::KEY_PROG ? 0x03 : 0x06;
          EXPECT_EQ(see({0, device::IdeKmLetter{letter, 0}}, Answer::response(AnswerProtocol::IDE_KM, object)).ruling,
                    Ruling::legal);
        }
  }

  void spdm(spdm::Stimulus stimulus, Byte response, Byte session = device::NONE) {
    device::SpdmLetter letter{{.stimulus = stimulus, .spdm_version = 0x12}};
    if (stimulus == spdm::Stimulus::PSK_EXCHANGE) letter.created = 0;
    EXPECT_EQ(see({session, letter}, Answer::response(AnswerProtocol::SPDM, response)).ruling, Ruling::legal)
        << name(stimulus);
  }

  Judgement see(const Letter& letter, Answer answer, std::optional<TdiState> state = std::nullopt) {
    return oracle_.observe(std::vector<Letter>(oracle_.belief().size(), letter), {answer, state, std::nullopt});
  }
  Judgement serve(Stimulus stimulus, Byte response) {
    return see(tdisp_letter(stimulus), Answer::response(AnswerProtocol::TDISP, response));
  }
  Judgement state(TdiState reported) {
    return see(tdisp_letter(Stimulus::GET_DEVICE_INTERFACE_STATE), Answer::response(AnswerProtocol::TDISP, 0x05),
               reported);
  }

  Oracle oracle_{device::Shape{}};
};

TEST_F(Bringup, FollowsTheLifeOfATdi) {
  EXPECT_EQ(serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03).ruling, Ruling::legal);
  EXPECT_EQ(state(TdiState::CONFIG_LOCKED).ruling, Ruling::legal);
  EXPECT_EQ(serve(Stimulus::START_INTERFACE_REQUEST, 0x06).ruling, Ruling::legal);
  EXPECT_EQ(state(TdiState::RUN).ruling, Ruling::legal);
  EXPECT_EQ(serve(Stimulus::STOP_INTERFACE_REQUEST, 0x07).ruling, Ruling::legal);
  EXPECT_EQ(state(TdiState::CONFIG_UNLOCKED).ruling, Ruling::legal);
}

TEST_F(Bringup, ASecondLockThatIsServedFails) {
  serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  const Judgement judgement = serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  EXPECT_EQ(judgement.ruling, Ruling::fail);
  EXPECT_EQ(judgement.rule.id(), "TDISP-LOCK-002");
  EXPECT_FALSE(judgement.owed);
}

TEST_F(Bringup, BusyIsLegalAndNoProgress) {
  const Judgement judgement =
      see(tdisp_letter(Stimulus::LOCK_INTERFACE_REQUEST), Answer::error(AnswerProtocol::TDISP, 0x0003));
  EXPECT_EQ(judgement.ruling, Ruling::legal);
  EXPECT_FALSE(judgement.progress);
  EXPECT_EQ(state(TdiState::CONFIG_UNLOCKED).ruling, Ruling::legal);
}

TEST_F(Bringup, ErrorByItselfIsLegalAndNoProgress) {
  serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  const Judgement judgement = state(TdiState::ERROR);
  EXPECT_EQ(judgement.ruling, Ruling::legal);
  EXPECT_FALSE(judgement.progress);
}

TEST_F(Bringup, AStateThatNothingExplainsFailsAndIsBelieved) {
  serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  const Judgement judgement = state(TdiState::RUN);
  EXPECT_EQ(judgement.ruling, Ruling::fail);
  EXPECT_TRUE(judgement.state_only);
  EXPECT_EQ(state(TdiState::RUN).ruling, Ruling::legal) << "one deviation must not make every later answer wrong";
}

TEST_F(Bringup, EndOfTheSessionLeadsToErrorNeverToLocked) {
  serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  spdm(spdm::Stimulus::END_SESSION, 0x6C, 0);
  EXPECT_EQ(oracle_.likeliest().tdis[0].state, TdiState::ERROR);
  for (const Belief& belief : oracle_.belief()) {
    EXPECT_NE(belief.control.tdis[0].state, TdiState::CONFIG_LOCKED);
    EXPECT_NE(belief.control.tdis[0].state, TdiState::RUN);
  }
}

TEST_F(Bringup, ADoubtfulStepIsPaidForWhenOnlyItExplainsTheNext) {
  serve(Stimulus::LOCK_INTERFACE_REQUEST, 0x03);
  serve(Stimulus::GET_TDISP_VERSION, 0x01);  // a device that drops the nonce here strains TDISP-VER-005
  const Judgement judgement =
      see(tdisp_letter(Stimulus::START_INTERFACE_REQUEST), Answer::error(AnswerProtocol::TDISP, INVALID_NONCE));
  EXPECT_EQ(judgement.ruling, Ruling::warn);
  EXPECT_EQ(judgement.rule.id(), "TDISP-VER-005");
  EXPECT_TRUE(judgement.owed) << "the rule is that of the step before";
}

TEST_F(Bringup, ADoubtfulAnswerOwesNothingToOtherSteps) {
  const Letter unknown{device::NONE, device::SpdmLetter{{.stimulus = spdm::Stimulus::UNKNOWN_REQUEST}}};
  const Judgement judgement = see(unknown, Answer::error(AnswerProtocol::SPDM, 0x05));  // Unspecified
  EXPECT_EQ(judgement.ruling, Ruling::warn);
  EXPECT_EQ(judgement.rule.id(), "SPDM-LIFE-024");
  EXPECT_FALSE(judgement.owed) << "it is the rule of the request";
}

TEST(Oracle, KnowsNothingOfATargetThatWasThereBefore) {
  Oracle oracle{device::Shape{}};
  oracle.know_nothing();
  oracle.meet(0);
  EXPECT_EQ(oracle.belief().size(), 4U) << "one state of the TDI each";
  oracle.meet(0);
  EXPECT_EQ(oracle.belief().size(), 4U) << "only the first time";
}

// --- what names the rule (Follower) ----------------------------------------------------------------------------------

/// A VENDOR_DEFINED message of the PCI-SIG.
Bytes vendor_defined(Byte code, const Bytes& payload) {
  Bytes message{0x12, code, 0, 0, 3, 0, 2, 1, 0, static_cast<Byte>(payload.size()), 0};
  append(message, payload);
  return message;
}
/// Zeros behind the INTERFACE_ID.
Bytes tdisp_message(Byte code, Byte type, Byte function_id_23_16, std::size_t body) {
  Bytes payload{1, 0x10, type, 0, 0, 0xEF, 0xBE, function_id_23_16, 0};
  payload.resize(payload.size() + 8 + body);
  return vendor_defined(code, payload);
}
Bytes kp_ack(Byte code) { return vendor_defined(code, {0, 3, 0, 0, 0, 0, 0, 1}); }

Step in_the_clear(const Bytes& request, const Bytes& response) {
  device::Store store(device::Shape{}, spdm::Conversation());
  store.conversation.altered().negotiated.spdm_version = 0x12;
  Follower follower(std::move(store));
  follower.request(request, std::nullopt);
  return follower.response(response, std::nullopt);
}

/// What must not be carried in the clear is served there: whatever else is odd about the request, that it is acted on
/// is the worse breach.
TEST(CarriedWrongly, IsWorseThanASegmentThatIsNotValid) {
  const Step step = in_the_clear(tdisp_message(0xFE, 0x83, 0x5A, 20), tdisp_message(0x7E, 0x03, 0x5A, 32));
  EXPECT_EQ(step.judgement.rule.id(), "TDISP-HDR-018");
  EXPECT_EQ(step.judgement.ruling, Ruling::fail);
}

TEST(CarriedWrongly, IsWorseThanAResponseInPlaceOfARequest) {
  const Step step = in_the_clear(kp_ack(0xFE), kp_ack(0x7E));
  EXPECT_EQ(step.judgement.rule.id(), "IDE-MSG-002");
  EXPECT_EQ(step.judgement.ruling, Ruling::fail);
}

/// What a forged recording could make of it would have no end: each event doubles what was believed before.
TEST(Unseen, IsImaginedOnlySoFar) {
  Oracle oracle({.sessions = device::MAX_SESSIONS, .streams = device::MAX_STREAMS, .tdis = device::MAX_TDIS});
  oracle.look_on();
  for (Byte tdi = 0; tdi < device::MAX_TDIS; ++tdi) oracle.meet(tdi);
  ASSERT_EQ(oracle.belief().size(), 256U);
  using enum spdm::Stimulus;
  const auto in_the_clear = [](spdm::Stimulus stimulus, Byte version = 0) {
    return Letter{device::NONE, device::SpdmLetter{{.stimulus = stimulus, .spdm_version = version}}};
  };
  for (const Byte version : {Byte{0x10}, Byte{0x11}, Byte{0x12}, Byte{0x13}, Byte{0x14}})
    oracle.may_have_happened({in_the_clear(GET_VERSION), in_the_clear(GET_CAPABILITIES, version)});
  EXPECT_LT(oracle.belief().size(), 3 * 512U);
}

}  // namespace
}  // namespace lockstep::oracle
