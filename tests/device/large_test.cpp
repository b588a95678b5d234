// Large messages of the reference device: in chunks when either side cannot take them in one piece.
#include "steps.hpp"

namespace lockstep::device {
namespace {

using spdm::SessionState;
using spdm::Stimulus;
namespace w = wire::spdm;

constexpr std::uint32_t SMALL = 100;

PairOptions small(int spdm_version) {
  PairOptions options;
  options.requester.highest_version = static_cast<Byte>(spdm_version);
  options.requester.data_transfer_size = options.responder.data_transfer_size = SMALL;
  return options;
}

Answer spdm_error(w::ErrorCode code) { return Answer::error(AnswerProtocol::SPDM, static_cast<Byte>(code)); }

/// The response that LargeResponse announces, fetched chunk by chunk.
std::optional<spdm::Seen> fetch(Pair& pair, const Letter& l) {
  const Reply announced = pair.send(l);
  EXPECT_EQ(announced.observation.answer, spdm_error(w::ErrorCode::LargeResponse)) << describe(l);
  for (int i = 0; i < 100; ++i) {
    const Reply chunk = pair.send(letter(Stimulus::CHUNK_GET));
    if (!chunk.seen || !chunk.seen->is(w::Code::CHUNK_RESPONSE)) break;
    EXPECT_LE(chunk.seen->bytes.size(), SMALL);
    EXPECT_EQ(text(chunk.findings), "");
    if (!chunk.seen->carried.empty()) return chunk.seen->carried.front();
  }
  ADD_FAILURE() << "no last chunk";
  return std::nullopt;
}

class LargeMessages : public testing::TestWithParam<int> {
 protected:
  LargeMessages() : pair(small(GetParam())) {
    negotiate(pair);
    served(pair, letter(Stimulus::GET_DIGESTS));
    for (int i = 0; i < 10 && pair.store.conversation.memory().identities.response.chain(0) == nullptr; ++i)
      fetch(pair, letter(Stimulus::GET_CERTIFICATE));
  }

  wire::Context context() const {
    wire::Context c;
    c.spdm_version = static_cast<Byte>(GetParam());
    return c;
  }
  w::CHUNK_SEND chunk_of(View whole, std::size_t at, std::size_t size, std::uint32_t number) const {
    w::CHUNK_SEND chunk;
    chunk.version = static_cast<Byte>(GetParam());
    chunk.param1 = at + size == whole.size() ? w::LAST_CHUNK : Byte{0};
    chunk.param2 = 9;
    chunk.chunk_seq_no = number;
    chunk.large_message_size = static_cast<std::uint32_t>(whole.size());
    chunk.chunk_size = static_cast<std::uint32_t>(size);
    chunk.spdm_chunk = copy(whole.subspan(at, size));
    return chunk;
  }
  Reply send(const w::CHUNK_SEND& chunk) { return pair.send_bytes(wire::encode(chunk, context()), std::nullopt); }
  Bytes key_exchange() {
    const auto bytes = pair.requester.concretise(pair.store, pair.control(), letter(Stimulus::KEY_EXCHANGE));
    EXPECT_TRUE(bytes);
    return *bytes;
  }
  static bool early_error(const Reply& reply) {
    const auto* ack = reply.seen ? reply.seen->message.as<w::CHUNK_SEND_ACK>() : nullptr;
    return ack != nullptr && (ack->param1 & w::EARLY_ERROR_DETECTED) != 0;
  }

  Pair pair;
};
INSTANTIATE_TEST_SUITE_P(Spdm, LargeMessages, testing::Values(0x12, 0x13, 0x14));

TEST_P(LargeMessages, AResponseIsFetchedAndVerifies) {
  for (const auto stimulus : {Stimulus::CHALLENGE, Stimulus::GET_MEASUREMENTS}) {
    const auto response = fetch(pair, letter(stimulus));
    ASSERT_TRUE(response);
    EXPECT_TRUE(response->message);
    EXPECT_EQ(text(response->findings), "");
    EXPECT_TRUE(response->not_judged.empty());
  }
  EXPECT_TRUE(pair.control().connection.authenticated);
}

TEST_P(LargeMessages, ARequestIsPutTogether) {
  const Bytes whole = key_exchange();
  for (std::size_t at = 0, number = 0; at < whole.size(); ++number) {
    const std::size_t size = std::min<std::size_t>(60, whole.size() - at);
    const Reply reply = send(chunk_of(whole, at, size, static_cast<std::uint32_t>(number)));
    ASSERT_TRUE(reply.seen && reply.seen->is(w::Code::CHUNK_SEND_ACK)) << number;
    EXPECT_FALSE(early_error(reply));
    EXPECT_EQ(pair.control().sessions[0].state == SessionState::HANDSHAKING, at + size == whole.size());
    at += size;
  }
  // KEY_EXCHANGE_RSP is too large for the acknowledgement itself, which announces it.
  EXPECT_EQ(pair.send(letter(Stimulus::CHUNK_GET)).observation.answer.code, 0x06u);
}

TEST_P(LargeMessages, OtherRequestsWait) {
  const Bytes whole = key_exchange();
  send(chunk_of(whole, 0, 60, 0));
  EXPECT_EQ(pair.send(letter(Stimulus::GET_DIGESTS)).observation.answer, spdm_error(w::ErrorCode::UnexpectedRequest));
  EXPECT_FALSE(early_error(send(chunk_of(whole, 60, 60, 1))));
  served(pair, letter(Stimulus::GET_VERSION));  // this one ends every transfer
  EXPECT_EQ(pair.control().connection.state, spdm::ConnectionState::AFTER_VERSION);
}

TEST_P(LargeMessages, ChunksOutOfOrderEndTheTransfer) {
  const Bytes whole = key_exchange();
  EXPECT_TRUE(early_error(send(chunk_of(whole, 60, 60, 1)))) << "begins with the second one";
  send(chunk_of(whole, 0, 60, 0));
  EXPECT_TRUE(early_error(send(chunk_of(whole, 60, 60, 2)))) << "leaves one out";
  served(pair, letter(Stimulus::GET_DIGESTS));  // nothing is open any more
  auto huge = chunk_of(whole, 0, 60, 0);
  huge.large_message_size = 0x10000;
  EXPECT_TRUE(early_error(send(huge))) << "more than MaxSPDMmsgSize";
}

TEST_P(LargeMessages, NothingIsThereToBeFetched) {
  EXPECT_EQ(pair.send(letter(Stimulus::CHUNK_GET)).observation.answer, spdm_error(w::ErrorCode::UnexpectedRequest));
  pair.send(letter(Stimulus::CHALLENGE));
  w::CHUNK_GET wrong;
  wrong.version = static_cast<Byte>(GetParam());
  wrong.param2 = 0x77;
  EXPECT_EQ(pair.send_bytes(wire::encode(wrong, context()), std::nullopt).observation.answer,
            spdm_error(w::ErrorCode::InvalidRequest));
  EXPECT_EQ(pair.send(letter(Stimulus::CHUNK_GET)).observation.answer.code, 0x06u);
}

}  // namespace
}  // namespace lockstep::device
