// Large messages: what the chunks carry is told as the message it is.
#include <gtest/gtest.h>

#include "pair.hpp"

namespace lockstep::spdm::testing {
namespace {

using namespace wire::spdm;

CHUNK_RESPONSE chunk_response(const Bytes& whole, std::size_t at, std::size_t size, std::uint32_t number) {
  CHUNK_RESPONSE chunk;
  chunk.param1 = at + size == whole.size() ? LAST_CHUNK : 0;
  chunk.param2 = 5;
  chunk.chunk_seq_no = number;
  chunk.large_message_size = static_cast<std::uint32_t>(whole.size());
  chunk.spdm_chunk = copy(View(whole).subspan(at, size));
  return chunk;
}

TEST(Chunks, LargeResponseIsTheResponseToItsRequest) {
  Pair pair = negotiated();
  const Bytes chain = pair.responder_chain();
  GET_CERTIFICATE get;
  get.length = 0xFFFF;
  pair.send(Role::requester, get);
  CERTIFICATE certificate;
  certificate.cert_chain = chain;
  const Bytes whole = pair.encode(Role::responder, certificate, {});
  pair.send_error(ErrorCode::LargeResponse, {}, {5});
  const std::size_t half = whole.size() / 2;
  for (const std::uint32_t number : {0, 1}) {
    CHUNK_GET next;
    next.param2 = 5;
    next.chunk_seq_no = number;
    pair.send(Role::requester, next);
    const Seen seen = pair.send(Role::responder, number == 0 ? chunk_response(whole, 0, half, 0)
                                                             : chunk_response(whole, half, whole.size() - half, 1));
    EXPECT_EQ(seen.carried.size(), number);
  }
  EXPECT_TRUE(pair.requester.memory().identities.response.slots[0].of_this_connection);
  pair.challenge();  // the transcript has CERTIFICATE, and no chunks
  EXPECT_EQ(pair.problems, none);
}

TEST(Chunks, ChunksOfAResponseMustAddUp) {
  Pair pair = negotiated();
  GET_CERTIFICATE get;
  get.length = 0xFFFF;
  pair.send(Role::requester, get);
  pair.send_error(ErrorCode::LargeResponse, {}, {5});
  CHUNK_GET next;
  next.param2 = 5;
  pair.send(Role::requester, next);
  auto chunk = chunk_response(Bytes(100, 1), 0, 60, 0);
  chunk.param1 = LAST_CHUNK;
  pair.send(Role::responder, chunk);
  EXPECT_BREACH(pair, "SPDM-CHUNK-005 LastChunk");
}

TEST(Chunks, LargeRequestIsAnsweredInTheLastAcknowledgement) {
  Pair pair = negotiated({.version = VERSION_1_3});
  pair.read_chain();
  CHALLENGE challenge;
  challenge.nonce = pair.nonce();
  GET_MEASUREMENTS request;
  request.param2 = GET_MEASUREMENTS::TOTAL_NUMBER;
  request.param1 = GET_MEASUREMENTS::SIGNATURE_REQUESTED;
  request.nonce = pair.nonce();
  const Bytes whole = pair.encode(Role::requester, request, {});
  CHUNK_SEND chunk;
  chunk.param2 = 1;
  chunk.large_message_size = static_cast<std::uint32_t>(whole.size());
  for (const std::uint32_t number : {0, 1}) {
    chunk.chunk_seq_no = number;
    chunk.param1 = number == 1 ? LAST_CHUNK : 0;
    chunk.spdm_chunk = number == 0 ? copy(View(whole).first(20)) : copy(View(whole).subspan(20));
    EXPECT_EQ(pair.send(Role::requester, chunk).carried.size(), number);
    CHUNK_SEND_ACK ack;
    ack.param2 = 1;
    ack.chunk_seq_no = number;
    if (number == 1) ack.response_to_large_request = {VERSION_1_3, static_cast<Byte>(Code::ERROR), 3, 0};
    EXPECT_EQ(pair.send(Role::responder, ack).carried.size(), number);
  }
  pair.measure(true, {});
  EXPECT_EQ(pair.problems, none);
}

TEST(Chunks, SmallMessageIsNoLargeRequest) {
  Pair pair = negotiated();
  CHUNK_SEND chunk;
  chunk.param2 = 1;
  chunk.large_message_size = 42;
  chunk.spdm_chunk = Bytes(42, 1);
  EXPECT_TRUE(pair.send(Role::requester, chunk).carried.empty());
  EXPECT_TRUE(pair.has("SPDM-CHUNK-008"));
}

}  // namespace
}  // namespace lockstep::spdm::testing
