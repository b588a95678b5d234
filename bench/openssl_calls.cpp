// The definitions of the program stand before those of the shared libcrypto: each counts itself and goes on there.
#include "openssl_calls.hpp"

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>

#include <utility>

namespace {

using lockstep::bench::Calls;

thread_local Calls calls;
thread_local int depth = 0;  // calls that libcrypto makes by itself belong to the call that led there

Calls& counted() {
  static thread_local Calls inner;
  return depth == 0 ? calls : inner;
}

struct Inside {
  Inside() { ++depth; }
  ~Inside() { --depth; }
};

template <class Function>
Function* real(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

#define GO_ON(function, ...)                           \
  static const auto next = real(&function, #function); \
  const Inside inside;                                 \
  return next(__VA_ARGS__)

extern "C" {

int EVP_PKEY_generate(EVP_PKEY_CTX* context, EVP_PKEY** key) {
  ++counted().keys;
  GO_ON(EVP_PKEY_generate, context, key);
}
int EVP_PKEY_derive(EVP_PKEY_CTX* context, unsigned char* secret, std::size_t* size) {
  ++counted().secrets;
  GO_ON(EVP_PKEY_derive, context, secret, size);
}
int EVP_DigestSign(EVP_MD_CTX* context, unsigned char* signature, std::size_t* size, const unsigned char* message,
                   std::size_t length) {
  if (signature != nullptr) ++counted().signatures;  // otherwise only the size is asked for
  GO_ON(EVP_DigestSign, context, signature, size, message, length);
}
int EVP_DigestVerify(EVP_MD_CTX* context, const unsigned char* signature, std::size_t size,
                     const unsigned char* message, std::size_t length) {
  ++counted().verifications;
  GO_ON(EVP_DigestVerify, context, signature, size, message, length);
}
int X509_verify(X509* certificate, EVP_PKEY* key) {
  ++counted().certificates;
  GO_ON(X509_verify, certificate, key);
}
EVP_PKEY* X509_PUBKEY_get(const X509_PUBKEY* info) {
  ++counted().public_keys;
  GO_ON(X509_PUBKEY_get, info);
}
int EVP_Digest(const void* data, std::size_t count, unsigned char* value, unsigned int* size, const EVP_MD* type,
               ENGINE* engine) {
  ++counted().digests, counted().digested += count;
  GO_ON(EVP_Digest, data, count, value, size, type, engine);
}
unsigned char* HMAC(const EVP_MD* type, const void* key, int key_size, const unsigned char* data, std::size_t size,
                    unsigned char* value, unsigned int* value_size) {
  ++counted().macs;
  GO_ON(HMAC, type, key, key_size, data, size, value, value_size);
}
int EVP_CipherFinal_ex(EVP_CIPHER_CTX* context, unsigned char* output, int* size) {
  ++(EVP_CIPHER_CTX_is_encrypting(context) == 1 ? counted().seals : counted().opens);
  GO_ON(EVP_CipherFinal_ex, context, output, size);
}

}  // extern "C"

namespace lockstep::bench {

Calls take_calls() { return std::exchange(calls, {}); }

}  // namespace lockstep::bench
