// The algorithms that SPDM can negotiate, with their sizes in bytes (DSP0274, NEGOTIATE_ALGORITHMS / ALGORITHMS),
// and which of them this provider (OpenSSL 3.0) can compute.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace lockstep::crypto {

enum class Hash { SHA_256, SHA_384, SHA_512, SHA3_256, SHA3_384, SHA3_512, SM3_256 };

enum class Asym {
  RSASSA_2048,
  RSAPSS_2048,
  RSASSA_3072,
  RSAPSS_3072,
  ECDSA_P256,
  RSASSA_4096,
  RSAPSS_4096,
  ECDSA_P384,
  ECDSA_P521,
  SM2_P256,
  ED25519,
  ED448,
  ML_DSA_44,
  ML_DSA_65,
  ML_DSA_87,
  SLH_DSA_SHA2_128S,
  SLH_DSA_SHAKE_128S,
  SLH_DSA_SHA2_128F,
  SLH_DSA_SHAKE_128F,
  SLH_DSA_SHA2_192S,
  SLH_DSA_SHAKE_192S,
  SLH_DSA_SHA2_192F,
  SLH_DSA_SHAKE_192F,
  SLH_DSA_SHA2_256S,
  SLH_DSA_SHAKE_256S,
  SLH_DSA_SHA2_256F,
  SLH_DSA_SHAKE_256F,
};

enum class Group { FFDHE2048, FFDHE3072, FFDHE4096, SECP256R1, SECP384R1, SECP521R1, SM2_P256 };

enum class Kem { ML_KEM_512, ML_KEM_768, ML_KEM_1024 };

enum class Aead { AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305, SM4_GCM };

constexpr std::size_t hash_size(Hash hash) {
  constexpr std::size_t sizes[] = {32, 48, 64, 32, 48, 64, 32};
  return sizes[static_cast<std::size_t>(hash)];
}

constexpr std::size_t signature_size(Asym asym) {
  constexpr std::size_t sizes[] = {256,   256,   384,   384,   64,    512,   512,   96,    132,
                                   64,    64,    114,   2420,  3309,  4627,  7856,  7856,  17088,
                                   17088, 16224, 16224, 35664, 35664, 29792, 29792, 49856, 49856};
  return sizes[static_cast<std::size_t>(asym)];
}

/// Size of ExchangeData: x || y of a point, or a number as wide as the modulus.
constexpr std::size_t exchange_size(Group group) {
  constexpr std::size_t sizes[] = {256, 384, 512, 64, 96, 132, 64};
  return sizes[static_cast<std::size_t>(group)];
}

/// Size of the shared secret: the x coordinate, or a number as wide as the modulus; leading zeros count.
constexpr std::size_t shared_secret_size(Group group) {
  constexpr std::size_t sizes[] = {256, 384, 512, 32, 48, 66, 32};
  return sizes[static_cast<std::size_t>(group)];
}

constexpr std::size_t encapsulation_key_size(Kem kem) {
  constexpr std::size_t sizes[] = {800, 1184, 1568};
  return sizes[static_cast<std::size_t>(kem)];
}

constexpr std::size_t ciphertext_size(Kem kem) {
  constexpr std::size_t sizes[] = {768, 1088, 1568};
  return sizes[static_cast<std::size_t>(kem)];
}

constexpr std::size_t shared_secret_size(Kem) { return 32; }

constexpr std::size_t key_size(Aead aead) {
  constexpr std::size_t sizes[] = {16, 32, 32, 16};
  return sizes[static_cast<std::size_t>(aead)];
}

constexpr std::size_t iv_size = 12;
constexpr std::size_t tag_size = 16;

/// EdDSA and the post-quantum signatures take the message itself; all others sign a hash of it.
constexpr bool signs_message_itself(Asym asym) { return asym >= Asym::ED25519; }

/// The name as people write it: "SHA3-256", "RSAPSS-2048", "secp256r1", "AES-128-GCM".
std::string name(Hash);
std::string name(Asym);
std::string name(Group);
std::string name(Kem);
std::string name(Aead);

/// nullopt when this provider can compute the algorithm, otherwise why it cannot.
std::optional<std::string> unsupported(Hash);
std::optional<std::string> unsupported(Asym);
std::optional<std::string> unsupported(Group);
std::optional<std::string> unsupported(Kem);
std::optional<std::string> unsupported(Aead);

enum class ErrorCode {
  unsupported,            ///< the algorithm cannot be computed here
  wrong_size,             ///< an input does not have the size of its algorithm
  wrong_key,              ///< the key is of another type or size than the algorithm asks for
  malformed,              ///< an encoding (DER, PEM) cannot be parsed
  invalid_public_value,   ///< a peer's point or number is not one of the group
  authentication_failed,  ///< AEAD tag or signature does not match
  failed,                 ///< the provider refused; `why` has its words
};

/// What a peer, or an input, did wrong: a value for the caller to judge.
struct Error {
  ErrorCode code;
  std::string why;
};

/// The good outcome of a check that yields no data.
struct Verified {};

}  // namespace lockstep::crypto
