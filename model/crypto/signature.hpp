// Signatures in the encodings of SPDM: ECDSA and SM2 r || s, RSA one number, all big-endian and of full width;
// EdDSA as RFC 8032 has it. RSAPSS: MGF1 with the same hash, salt as long as the hash.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::crypto {

/// Immutable; copies share the key.
class PublicKey {
 public:
  /// Errors: malformed, unsupported (a key type that the provider does not know).
  static Result<PublicKey, Error> from_subject_public_key_info(View der);
  static Result<PublicKey, Error> from_certificate(View der);

  Bytes subject_public_key_info() const;
  /// Whether type and size of the key are those of `asym`; padding is not part of a key.
  bool fits(Asym asym) const;

  /// Hashes `message` with `hash` first, except where signs_message_itself(asym): then `hash` is not used.
  /// Errors: unsupported, wrong_key, wrong_size (of the signature), authentication_failed.
  Result<Verified, Error> verify(Asym asym, Hash hash, View message, View signature) const;
  /// `digest` is what the algorithm signs (SPDM 1.0 and 1.1 sign Hash(transcript) itself).
  /// Errors as above; unsupported for algorithms that take the message, and for SM2.
  Result<Verified, Error> verify_digest(Asym asym, Hash hash, View digest, View signature) const;

 private:
  friend class PrivateKey;
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

/// Immutable; copies share the key.
class PrivateKey {
 public:
  /// A fresh key. Errors: unsupported.
  static Result<PrivateKey, Error> generate(Asym asym);
  /// PKCS #8 or traditional PEM without passphrase. Errors: unsupported, malformed, wrong_key.
  static Result<PrivateKey, Error> from_pem(Asym asym, std::string_view pem);

  Asym asym() const;
  std::string to_pem() const;
  PublicKey public_key() const;

  /// The counterparts of verify and verify_digest. Errors: unsupported, wrong_size (of the digest).
  Result<Bytes, Error> sign(Hash hash, View message) const;
  Result<Bytes, Error> sign_digest(Hash hash, View digest) const;

 private:
  friend struct KeyAccess;
  struct State;
  explicit PrivateKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace lockstep::crypto
