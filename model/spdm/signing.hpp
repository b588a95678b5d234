// SPDM signatures (DSP0274, "Signature generation" and "Signature verification").
//
// 1.0 and 1.1 sign Hash(transcript). From 1.2 on the signed message is a prefix of 100 bytes, which names version and
// purpose, and Hash(transcript); hash-then-sign algorithms hash that once more.
#pragma once

#include "base/bytes.hpp"
#include "crypto/signature.hpp"

namespace lockstep::spdm {

/// What a signature is made for; each has a context string of its own.
enum class Purpose {
  responder_challenge_auth,
  requester_challenge_auth,
  responder_measurements,
  responder_key_exchange_rsp,
  requester_finish,
  responder_endpoint_info,
  requester_endpoint_info,
};
std::string_view context_string(Purpose purpose);

/// The algorithms that a signature of this connection uses.
struct SignatureScheme {
  Byte spdm_version;
  crypto::Hash hash;  ///< BaseHashSel: hashes the transcript, and is the hash of the signature algorithm
  crypto::Asym asym;  ///< of the signer
};

/// 1.2 and later: prefix || Hash(transcript), 100 + H bytes.
Bytes signed_message(const SignatureScheme& scheme, Purpose purpose, View transcript);

/// Errors: those of crypto::PrivateKey::sign.
Result<Bytes, crypto::Error> sign(const SignatureScheme& scheme, const crypto::PrivateKey& key, Purpose purpose,
                                  View transcript);
/// Errors: those of crypto::PublicKey::verify.
Result<crypto::Verified, crypto::Error> verify(const SignatureScheme& scheme, const crypto::PublicKey& key,
                                               Purpose purpose, View transcript, View signature);

}  // namespace lockstep::spdm
