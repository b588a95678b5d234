#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "base/result.hpp"
#include "crypto/hash.hpp"

namespace lockstep::crypto {

namespace {
constexpr Hash drbg_hash = Hash::SHA_256;
constexpr std::size_t largest_request = 65536;  // SP 800-90A, table 2: 2^19 bits

Bytes number_bytes(std::uint64_t number) {
  Bytes bytes;
  append_be(bytes, number, 8);
  return bytes;
}
}  // namespace

Bytes random_bytes(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t done = 0; done < count; done += largest_request) {
    const std::size_t part = std::min(largest_request, count - done);
    LOCKSTEP_ASSERT(RAND_bytes(bytes.data() + done, static_cast<int>(part)) == 1);
  }
  return bytes;
}

SeededRandom::SeededRandom(View seed) : key_(hash_size(drbg_hash), 0x00), value_(hash_size(drbg_hash), 0x01) {
  update(seed);
}

SeededRandom::SeededRandom(std::uint64_t seed) : SeededRandom(number_bytes(seed)) {}

void SeededRandom::update(View data) {
  for (const Byte round : {Byte{0}, Byte{1}}) {
    Bytes input = value_;
    input.push_back(round);
    append(input, data);
    key_ = hmac(drbg_hash, key_, input);
    value_ = hmac(drbg_hash, key_, value_);
    if (data.empty()) return;
  }
}

void SeededRandom::generate(Bytes& to, std::size_t count) {
  const std::size_t end = to.size() + count;
  while (to.size() < end) {
    value_ = hmac(drbg_hash, key_, value_);
    append(to, View(value_).first(std::min(value_.size(), end - to.size())));
  }
  update({});
}

Bytes SeededRandom::bytes(std::size_t count) {
  Bytes result;
  result.reserve(count);
  while (result.size() < count) generate(result, std::min(largest_request, count - result.size()));
  return result;
}

}  // namespace lockstep::crypto
