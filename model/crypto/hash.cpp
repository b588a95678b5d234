#include "crypto/hash.hpp"

#include <openssl/hmac.h>

#include <limits>

#include "crypto/openssl.hpp"

namespace lockstep::crypto {

Bytes digest(Hash hash, View data) {
  Bytes value(hash_size(hash));
  LOCKSTEP_ASSERT(EVP_Digest(data.data(), data.size(), value.data(), nullptr, openssl_digest(hash), nullptr) == 1);
  return value;
}

Bytes hmac(Hash hash, View key, View data) {
  LOCKSTEP_ASSERT(key.size() <= std::numeric_limits<int>::max());
  // OpenSSL takes a null key for "the key of the last call", so an empty one needs an address.
  static constexpr Byte no_key = 0;
  Bytes value(hash_size(hash));
  LOCKSTEP_ASSERT(HMAC(openssl_digest(hash), key.empty() ? &no_key : key.data(), static_cast<int>(key.size()),
                       data.data(), data.size(), value.data(), nullptr) != nullptr);
  return value;
}

Bytes hkdf_extract(Hash hash, View salt, View input_key) { return hmac(hash, salt, input_key); }

Bytes hkdf_expand(Hash hash, View pseudo_random_key, View info, std::size_t length) {
  LOCKSTEP_ASSERT(length <= 255 * hash_size(hash));
  Bytes output, block;
  for (Byte counter = 1; output.size() < length; ++counter) {
    append(block, info);
    block.push_back(counter);
    block = hmac(hash, pseudo_random_key, block);
    append(output, block);
  }
  output.resize(length);
  return output;
}

struct Digest::State {
  DigestContextPtr context{EVP_MD_CTX_new()};
  State() { LOCKSTEP_ASSERT(context != nullptr); }
  State(const State& other) : State() { LOCKSTEP_ASSERT(EVP_MD_CTX_copy_ex(context.get(), other.context.get()) == 1); }
};

Digest::Digest(Hash hash) : hash_(hash), state_(std::make_unique<State>()) {
  LOCKSTEP_ASSERT(EVP_DigestInit_ex2(state_->context.get(), openssl_digest(hash), nullptr) == 1);
}
Digest::Digest(const Digest& other) : hash_(other.hash_), state_(std::make_unique<State>(*other.state_)) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(const Digest& other) { return *this = Digest(other); }
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

Digest& Digest::update(View data) {
  LOCKSTEP_ASSERT(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1);
  return *this;
}

Bytes Digest::value() const {
  const State fork(*state_);
  Bytes value(hash_size(hash_));
  LOCKSTEP_ASSERT(EVP_DigestFinal_ex(fork.context.get(), value.data(), nullptr) == 1);
  return value;
}

}  // namespace lockstep::crypto
