// Faults of a device that takes large messages apart, or puts them together, wrongly.
#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;

/// The header of a chunk counts as a part of what was said.
void hash_a_chunk(Store& store, const Letter& letter) {
  constexpr std::size_t CHUNK_HEADER = 12;
  const auto& requester = store.conversation.negotiated().requester;
  const bool in_chunks = requester.has(w::capability::CHUNK_CAP);
  if (!in_chunks || letter.session != NONE || !is(letter, S::GET_CERTIFICATE)) return;
  append(store.conversation.altered().transcripts.b, Bytes(CHUNK_HEADER));
}

Behaviour transfer(std::string name, std::string about, Rule breaks, TransferFault fault) {
  return {.fault = {std::move(name), std::move(about), breaks}, .transfer = fault};
}

}  // namespace

std::vector<Behaviour> chunk_behaviours() {
  using F = TransferFault;
  return {
      transfer("spdm-large-in-one-piece", "a response beyond DataTransferSize comes in one piece", "SPDM-CHUNK-001",
               F::in_one_piece),
      {.fault = {"spdm-larger-than-allowed", "a response beyond MaxSPDMmsgSize is given", "SPDM-CHUNK-002"},
       .answers_of_any_size = true},
      transfer("spdm-chunk-get-any", "CHUNK_GET with any handle and number is served", "SPDM-CHUNK-003",
               F::any_chunk_get),
      transfer("spdm-chunk-made-up", "CHUNK_GET is served though nothing waits to be fetched", "SPDM-CHUNK-004",
               F::makes_up_chunks),
      transfer("spdm-chunk-last-unsaid", "LastChunk is never set", "SPDM-CHUNK-005", F::last_flag_missing),
      transfer("spdm-chunk-byte-lost", "chunks lack a byte", "SPDM-CHUNK-005", F::loses_a_byte),
      transfer("spdm-chunk-number-wrong", "chunks are not numbered in order", "SPDM-CHUNK-005", F::wrong_number),
      transfer("spdm-chunk-first-any-number", "a large request may begin with any chunk", "SPDM-CHUNK-006",
               F::any_first_number),
      transfer("spdm-chunk-first-is-last", "the first chunk may be the last one too", "SPDM-CHUNK-006",
               F::first_may_be_last),
      transfer("spdm-chunk-size-any", "LargeMessageSize beyond MaxSPDMmsgSize is taken", "SPDM-CHUNK-007", F::any_size),
      transfer("spdm-chunk-size-small", "LargeMessageSize of 42 is taken", "SPDM-CHUNK-008", F::small_size),
      transfer("spdm-chunk-order-any", "chunks are taken in any order", "SPDM-CHUNK-009", F::any_number),
      transfer("spdm-chunk-bytes-beyond", "more bytes than LargeMessageSize are taken", "SPDM-CHUNK-010",
               F::more_than_announced),
      transfer("spdm-chunk-bytes-missing", "less bytes than LargeMessageSize are taken", "SPDM-CHUNK-011",
               F::less_than_announced),
      transfer("spdm-chunk-in-chunks", "CHUNK_SEND in chunks is taken", "SPDM-CHUNK-012", F::chunks_in_chunks),
      transfer("spdm-chunk-others-served", "other requests are served in the middle of a transfer", "SPDM-CHUNK-013",
               F::serves_others),
      transfer("spdm-chunk-others-end-it", "another request ends the transfer", "SPDM-CHUNK-013", F::others_end_it),
      transfer("spdm-chunk-number-width", "ChunkSeqNo has the width of another version", "SPDM-CHUNK-014",
               F::half_a_number),
      {.fault = {"spdm-chunk-in-transcript", "the header of a chunk stands in a transcript", "SPDM-CHUNK-015"},
       .misremembers = hash_a_chunk},
      transfer("spdm-chunk-handle-same", "every large response has the same handle", "SPDM-CHUNK-016", F::same_handle),
      transfer("spdm-version-keeps-transfer", "a transfer outlives GET_VERSION", "SPDM-VER-006",
               F::outlives_the_connection),
      transfer("spdm-chunk-any-version", "CHUNK_GET is served in a version that was not negotiated", "SPDM-VERS-027",
               F::any_version),
  };
}

}  // namespace lockstep::device
