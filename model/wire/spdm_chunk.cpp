#include "wire/spdm_chunk.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view send_source = "DSP0274, CHUNK_SEND request and CHUNK_SEND_ACK response";
constexpr std::string_view get_source = "DSP0274, CHUNK_GET request and CHUNK_RESPONSE response";

template <class M>
Field handle() {
  return Fields<M>::template integer<&M::param2>("Param2", "Handle of the large message");
}

/// ChunkSeqNo is as wide as the version says.
template <class M>
std::vector<Field> chunk_seq_no_fields() {
  using F = Fields<M>;
  constexpr std::string_view meaning = "number of the chunk, from 0";
  return {F::template integer<&M::chunk_seq_no, 2>("ChunkSeqNo", meaning).when(before(VERSION_1_4)),
          F::template integer<&M::chunk_seq_no, 4>("ChunkSeqNo", meaning).since(VERSION_1_4)};
}

template <class M>
std::vector<Field> chunk() {
  using F = Fields<M>;
  return with_header<M>(
      F::template integer<&M::param1>("Param1", "attributes").with_bits({{"LastChunk", 0}}).with_reserved(0xFE),
      handle<M>(),
      join(chunk_seq_no_fields<M>(),
           {F::template reserved<&M::reserved>().when(before(VERSION_1_4)),
            F::template integer<&M::chunk_size>("ChunkSize", "bytes of SPDMchunk"),
            F::template integer<&M::large_message_size>("LargeMessageSize", "first chunk: bytes of the whole message")
                .when(F::condition([](const M& m, const Context&) { return m.chunk_seq_no == 0; })),
            F::template counted<&M::spdm_chunk>("SPDMchunk", "a part of the large message", "ChunkSize")}));
}

}  // namespace

const Layout& CHUNK_SEND::layout() {
  using M = CHUNK_SEND;
  static const Layout layout = make_message<M>(
      {"CHUNK_SEND", VERSION_1_2, send_source}, chunk<M>(),
      {rule_check<M>("SPDM-CHUNK-006", "the first chunk is the last one too",
                     [](const M& m, const Context&) { return m.chunk_seq_no != 0 || !has(m.param1, LAST_CHUNK); }),
       rule_check<M>("SPDM-CHUNK-008", "LargeMessageSize is not greater than 42", [](const M& m, const Context&) {
         return m.chunk_seq_no != 0 || m.large_message_size > MIN_DATA_TRANSFER_SIZE;
       })});
  return layout;
}

const Layout& CHUNK_SEND_ACK::layout() {
  using M = CHUNK_SEND_ACK;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"CHUNK_SEND_ACK", VERSION_1_2, send_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "response attributes")
              .with_bits({{"EarlyErrorDetected", 0, 1, "the transfer is over, the response is ERROR"}})
              .with_reserved(0xFE),
          handle<M>(),
          join(chunk_seq_no_fields<M>(), {F::rest<&M::response_to_large_request>(
                                             "ResponseToLargeRequest", "behind the last chunk or an error")})));
  return layout;
}

const Layout& CHUNK_GET::layout() {
  using M = CHUNK_GET;
  static const Layout layout =
      make_message<M>({"CHUNK_GET", VERSION_1_2, get_source},
                      with_header<M>(reserved_param1<M>(), handle<M>(), chunk_seq_no_fields<M>()));
  return layout;
}

const Layout& CHUNK_RESPONSE::layout() {
  static const Layout layout =
      make_message<CHUNK_RESPONSE>({"CHUNK_RESPONSE", VERSION_1_2, get_source}, chunk<CHUNK_RESPONSE>());
  return layout;
}

}  // namespace lockstep::wire::spdm
