#include "runner/chunks.hpp"

#include <algorithm>

#include "wire/spdm_chunk.hpp"

namespace lockstep::runner {
namespace {

using cases::Chunks;
using wire::spdm::CHUNK_SEND;
using wire::spdm::LAST_CHUNK;
constexpr std::size_t LEAST = wire::spdm::MIN_DATA_TRANSFER_SIZE;  // what every device can receive at once: 42
constexpr std::size_t HEADER = 12, SIZE_FIELD = 4;

CHUNK_SEND chunk(std::uint32_t number, Byte handle, View part) {
  CHUNK_SEND one;
  one.param2 = handle;
  one.chunk_seq_no = number;
  one.chunk_size = static_cast<std::uint32_t>(part.size());
  one.spdm_chunk = copy(part);
  return one;
}

std::vector<CHUNK_SEND> cut(View message, Byte handle) {
  std::vector<CHUNK_SEND> all;
  while (!message.empty()) {
    const std::size_t room = LEAST - HEADER - (all.empty() ? SIZE_FIELD : 0);
    const std::size_t size = std::min(room, message.size());
    all.push_back(chunk(static_cast<std::uint32_t>(all.size()), handle, message.first(size)));
    message = message.subspan(size);
  }
  all.back().param1 = LAST_CHUNK;
  return all;
}

void spoil(std::vector<CHUNK_SEND>& all, Chunks how, const spdm::Negotiated& negotiated) {
  CHUNK_SEND& first = all.front();
  switch (how) {
    case Chunks::begun:
      break;
    case Chunks::first_numbered_one:
      for (CHUNK_SEND& one : all) ++one.chunk_seq_no;
      break;
    case Chunks::size_beyond_limit:
      first.large_message_size = negotiated.responder.max_spdm_msg_size + 1;
      break;
    case Chunks::number_skipped:
      for (std::size_t i = 1; i < all.size(); ++i) ++all[i].chunk_seq_no;
      break;
    case Chunks::number_repeated:
      all.insert(all.begin(), first);
      break;
    case Chunks::other_handle:
      for (std::size_t i = 1; i < all.size(); ++i) ++all[i].param2;
      break;
    case Chunks::more_than_announced:
      --first.large_message_size;
      break;
    case Chunks::less_than_announced:
      ++first.large_message_size;
      break;
    default:
      break;
  }
}

}  // namespace

Result<std::vector<Bytes>, std::string> chunks_of(View message, Chunks how, const spdm::Negotiated& negotiated,
                                                  Byte handle) {
  wire::Context context;
  context.spdm_version = negotiated.spdm_version;
  const auto encoded = [&](CHUNK_SEND one) {
    one.version = negotiated.spdm_version;
    return wire::encode(one, context);
  };
  // One that announces one byte less is still a large message.
  if (message.size() <= LEAST + 1) return Unexpected{std::string("the request is too small for chunks")};
  if (how == Chunks::first_is_last && message.size() + HEADER + SIZE_FIELD > negotiated.responder.data_transfer_size)
    return Unexpected{std::string("the request does not fit into one chunk")};
  Bytes whole = copy(message);
  if (how == Chunks::size_too_small) whole.resize(LEAST);
  if (how == Chunks::nested) {
    CHUNK_SEND inside = chunk(0, handle, message.first(LEAST));
    inside.large_message_size = static_cast<std::uint32_t>(message.size());
    whole = encoded(std::move(inside));
  }
  std::vector<CHUNK_SEND> all = cut(whole, handle);
  if (how == Chunks::first_is_last) {
    all = {chunk(0, handle, whole)};
    all.front().param1 = LAST_CHUNK;
  }
  all.front().large_message_size = static_cast<std::uint32_t>(whole.size());
  spoil(all, how, negotiated);
  std::vector<Bytes> bytes;
  for (CHUNK_SEND& one : all) bytes.push_back(encoded(std::move(one)));
  return bytes;
}

}  // namespace lockstep::runner
