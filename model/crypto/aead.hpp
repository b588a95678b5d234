// Authenticated encryption with 12-byte IVs and 16-byte tags (SP 800-38D, RFC 8439).
#pragma once

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::crypto {

/// ciphertext || tag. An empty plaintext gives the tag alone: a MAC over `associated_data`.
/// Errors: unsupported, wrong_size (key or iv).
Result<Bytes, Error> aead_seal(Aead aead, View key, View iv, View associated_data, View plaintext);

/// The plaintext of ciphertext || tag.
/// Errors: unsupported, wrong_size (key, iv, or less than a tag), authentication_failed.
Result<Bytes, Error> aead_open(Aead aead, View key, View iv, View associated_data, View sealed);

}  // namespace lockstep::crypto
