#include "crypto/algorithms.hpp"

#include <openssl/err.h>

#include "crypto/openssl.hpp"

namespace lockstep::crypto {

namespace {

constexpr const char* hash_names[] = {"SHA2-256", "SHA2-384", "SHA2-512", "SHA3-256", "SHA3-384", "SHA3-512", "SM3"};

template <class Pointer, class Fetch>
bool available(Fetch fetch, const char* algorithm) {
  const Pointer found(fetch(nullptr, algorithm, nullptr));
  ERR_clear_error();
  return found != nullptr;
}

}  // namespace

std::string name(Hash hash) {
  constexpr const char* names[] = {"SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512", "SM3-256"};
  return names[static_cast<std::size_t>(hash)];
}

std::string name(Asym asym) {
  constexpr const char* names[] = {"RSASSA-2048",
                                   "RSAPSS-2048",
                                   "RSASSA-3072",
                                   "RSAPSS-3072",
                                   "ECDSA-P256",
                                   "RSASSA-4096",
                                   "RSAPSS-4096",
                                   "ECDSA-P384",
                                   "ECDSA-P521",
                                   "SM2-P256",
                                   "Ed25519",
                                   "Ed448",
                                   "ML-DSA-44",
                                   "ML-DSA-65",
                                   "ML-DSA-87",
                                   "SLH-DSA-SHA2-128s",
                                   "SLH-DSA-SHAKE-128s",
                                   "SLH-DSA-SHA2-128f",
                                   "SLH-DSA-SHAKE-128f",
                                   "SLH-DSA-SHA2-192s",
                                   "SLH-DSA-SHAKE-192s",
                                   "SLH-DSA-SHA2-192f",
                                   "SLH-DSA-SHAKE-192f",
                                   "SLH-DSA-SHA2-256s",
                                   "SLH-DSA-SHAKE-256s",
                                   "SLH-DSA-SHA2-256f",
                                   "SLH-DSA-SHAKE-256f"};
  return names[static_cast<std::size_t>(asym)];
}

std::string name(Group group) {
  constexpr const char* names[] = {"ffdhe2048", "ffdhe3072", "ffdhe4096", "secp256r1",
                                   "secp384r1", "secp521r1", "SM2-P256"};
  return names[static_cast<std::size_t>(group)];
}

std::string name(Kem kem) {
  constexpr const char* names[] = {"ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"};
  return names[static_cast<std::size_t>(kem)];
}

std::string name(Aead aead) {
  constexpr const char* names[] = {"AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305", "SM4-GCM"};
  return names[static_cast<std::size_t>(aead)];
}

std::optional<std::string> unsupported(Hash hash) {
  // Distributions build OpenSSL without SM3; the others are in every build.
  if (hash != Hash::SM3_256) return std::nullopt;
  using DigestPtr = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
  if (available<DigestPtr>(EVP_MD_fetch, "SM3")) return std::nullopt;
  return "this build of OpenSSL has no SM3";
}

std::optional<std::string> unsupported(Asym asym) {
  if (asym == Asym::ED448) return "OpenSSL 3.0 cannot give Ed448 the context string that SPDM asks for";
  if (asym > Asym::ED448) return "OpenSSL 3.0 has no " + name(asym);
  if (asym != Asym::SM2_P256) return std::nullopt;
  using SignaturePtr = std::unique_ptr<EVP_SIGNATURE, Freed<EVP_SIGNATURE_free>>;
  if (available<SignaturePtr>(EVP_SIGNATURE_fetch, "SM2")) return unsupported(Hash::SM3_256);
  return "this build of OpenSSL has no SM2";
}

std::optional<std::string> unsupported(Group group) {
  if (group == Group::SM2_P256) return "OpenSSL 3.0 has no SM2 key exchange";
  return std::nullopt;
}

std::optional<std::string> unsupported(Kem kem) { return "OpenSSL 3.0 has no " + name(kem); }

std::optional<std::string> unsupported(Aead aead) {
  if (aead == Aead::SM4_GCM) return "OpenSSL 3.0 has no SM4-GCM";
  return std::nullopt;
}

const EVP_MD* openssl_digest(Hash hash) {
  const EVP_MD* md = EVP_get_digestbyname(hash_names[static_cast<std::size_t>(hash)]);
  LOCKSTEP_ASSERT(md != nullptr);
  return md;
}

Error provider_error(ErrorCode code, std::string what) {
  if (const char* reason = ERR_reason_error_string(ERR_peek_last_error()))
    what += std::string(" (OpenSSL: ") + reason + ")";
  ERR_clear_error();
  return {code, std::move(what)};
}

}  // namespace lockstep::crypto
