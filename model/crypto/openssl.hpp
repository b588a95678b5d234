// For the sources of this folder only: owners of OpenSSL objects, and OpenSSL's names for our algorithms.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::crypto {

template <auto free_function>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;

class PrivateKey;
/// What the maker of certificates needs of a private key.
struct KeyAccess {
  static EVP_PKEY* pkey(const PrivateKey& key);
};

/// Precondition: !unsupported(hash).
const EVP_MD* openssl_digest(Hash hash);

/// An error with the latest words of OpenSSL's queue, which is left empty.
Error provider_error(ErrorCode code, std::string what);

/// The DER of `object` by its i2d function.
template <class T, class I2d>
Bytes to_der(const T* object, I2d i2d) {
  unsigned char* der = nullptr;
  const int size = i2d(object, &der);
  LOCKSTEP_ASSERT(size >= 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace lockstep::crypto
