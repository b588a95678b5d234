#include "crypto/aead.hpp"

#include <openssl/err.h>

#include <limits>

#include "crypto/openssl.hpp"

namespace lockstep::crypto {

namespace {

using CipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

const EVP_CIPHER* cipher(Aead aead) {
  switch (aead) {
    case Aead::AES_128_GCM:
      return EVP_aes_128_gcm();
    case Aead::AES_256_GCM:
      return EVP_aes_256_gcm();
    case Aead::CHACHA20_POLY1305:
      return EVP_chacha20_poly1305();
    case Aead::SM4_GCM:
      break;
  }
  assertion_failed("an AEAD that unsupported() let pass", __FILE__, __LINE__);
}

std::optional<Error> check(Aead aead, View key, View iv) {
  if (const auto why = unsupported(aead)) return Error{ErrorCode::unsupported, *why};
  if (key.size() != key_size(aead))
    return Error{ErrorCode::wrong_size, name(aead) + " takes a key of " + std::to_string(key_size(aead)) +
                                            " bytes, not " + std::to_string(key.size())};
  if (iv.size() != iv_size)
    return Error{ErrorCode::wrong_size, name(aead) + " takes an IV of 12 bytes, not " + std::to_string(iv.size())};
  return std::nullopt;
}

/// OpenSSL takes a null output for associated data, and an empty update is not the same as none: leave it out.
void update(EVP_CIPHER_CTX* context, Byte* output, View input) {
  if (input.empty()) return;
  LOCKSTEP_ASSERT(input.size() <= std::numeric_limits<int>::max());
  int written = 0;
  LOCKSTEP_ASSERT(EVP_CipherUpdate(context, output, &written, input.data(), static_cast<int>(input.size())) == 1);
}

CipherContextPtr start(Aead aead, View key, View iv, View associated_data, int encrypt) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  LOCKSTEP_ASSERT(context != nullptr);
  LOCKSTEP_ASSERT(EVP_CipherInit_ex2(context.get(), cipher(aead), key.data(), iv.data(), encrypt, nullptr) == 1);
  update(context.get(), nullptr, associated_data);
  return context;
}

}  // namespace

Result<Bytes, Error> aead_seal(Aead aead, View key, View iv, View associated_data, View plaintext) {
  if (auto error = check(aead, key, iv)) return Unexpected{*error};
  const auto context = start(aead, key, iv, associated_data, 1);
  Bytes sealed(plaintext.size() + tag_size);
  Byte* const tag = sealed.data() + plaintext.size();
  update(context.get(), sealed.data(), plaintext);
  int written = 0;
  LOCKSTEP_ASSERT(EVP_CipherFinal_ex(context.get(), tag, &written) == 1);
  LOCKSTEP_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_size, tag) == 1);
  return sealed;
}

Result<Bytes, Error> aead_open(Aead aead, View key, View iv, View associated_data, View sealed) {
  if (auto error = check(aead, key, iv)) return Unexpected{*error};
  if (sealed.size() < tag_size) return Unexpected{Error{ErrorCode::wrong_size, "shorter than the tag of 16 bytes"}};
  const View ciphertext = sealed.first(sealed.size() - tag_size);
  Bytes tag = copy(sealed.last(tag_size));
  const auto context = start(aead, key, iv, associated_data, 0);
  Bytes plaintext(ciphertext.size() + tag_size);  // room, so that the final call has an address for an empty plaintext
  update(context.get(), plaintext.data(), ciphertext);
  LOCKSTEP_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag.data()) == 1);
  int written = 0;
  if (EVP_CipherFinal_ex(context.get(), plaintext.data() + ciphertext.size(), &written) != 1) {
    ERR_clear_error();
    return Unexpected{Error{ErrorCode::authentication_failed, name(aead) + " tag does not match"}};
  }
  plaintext.resize(ciphertext.size());
  return plaintext;
}

}  // namespace lockstep::crypto
