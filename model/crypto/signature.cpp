#include "crypto/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"

namespace lockstep::crypto {

struct PublicKey::State {
  PkeyPtr key;
};

struct PrivateKey::State {
  Asym asym;
  PkeyPtr key;
};

EVP_PKEY* KeyAccess::pkey(const PrivateKey& key) { return key.state_->key.get(); }

namespace {

using EcdsaPtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

bool is_pss(Asym asym) { return asym == Asym::RSAPSS_2048 || asym == Asym::RSAPSS_3072 || asym == Asym::RSAPSS_4096; }
bool is_rsa(Asym asym) {
  return is_pss(asym) || asym == Asym::RSASSA_2048 || asym == Asym::RSASSA_3072 || asym == Asym::RSASSA_4096;
}
/// ECDSA and SM2: the signature is a pair of numbers.
bool is_pair(Asym asym) { return !is_rsa(asym) && asym <= Asym::SM2_P256; }

/// OpenSSL's name of the curve; empty where the key type says it all.
std::string curve(Asym asym) {
  switch (asym) {
    case Asym::ECDSA_P256:
      return "prime256v1";
    case Asym::ECDSA_P384:
      return "secp384r1";
    case Asym::ECDSA_P521:
      return "secp521r1";
    default:
      return {};
  }
}

bool key_fits(const EVP_PKEY* key, Asym asym) {
  if (is_rsa(asym))
    return (EVP_PKEY_is_a(key, "RSA") || (is_pss(asym) && EVP_PKEY_is_a(key, "RSA-PSS"))) &&
           static_cast<std::size_t>(EVP_PKEY_get_bits(key)) == 8 * signature_size(asym);
  if (asym == Asym::SM2_P256) return EVP_PKEY_is_a(key, "SM2");
  if (asym == Asym::ED25519 || asym == Asym::ED448) return EVP_PKEY_is_a(key, name(asym).c_str());
  char group[64] = {};
  return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         curve(asym) == group;
}

std::optional<Error> check(Asym asym, Hash hash) {
  if (auto why = unsupported(asym)) return Error{ErrorCode::unsupported, *why};
  if (signs_message_itself(asym)) return std::nullopt;
  if (auto why = unsupported(hash)) return Error{ErrorCode::unsupported, *why};
  if (asym == Asym::SM2_P256 && hash != Hash::SM3_256)
    return Error{ErrorCode::unsupported, "SM2 is defined with SM3, not with " + name(hash)};
  return std::nullopt;
}

std::optional<Error> check_digest(Asym asym, Hash hash, View digest) {
  if (auto error = check(asym, hash)) return error;
  if (signs_message_itself(asym) || asym == Asym::SM2_P256)
    return Error{ErrorCode::unsupported, name(asym) + " signs a message, not its digest"};
  if (digest.size() != hash_size(hash))
    return Error{ErrorCode::wrong_size, "a " + name(hash) + " digest has " + std::to_string(hash_size(hash)) +
                                            " bytes, not " + std::to_string(digest.size())};
  return std::nullopt;
}

/// Padding for RSA; SM2's signer identity, which SPDM leaves empty.
bool configure(EVP_PKEY_CTX* context, Asym asym, const EVP_MD* md) {
  if (asym == Asym::SM2_P256) return EVP_PKEY_CTX_set1_id(context, "", 0) == 1;
  if (!is_rsa(asym)) return true;
  if (!is_pss(asym)) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

Bytes pair_to_der(View signature) {
  const int half = static_cast<int>(signature.size() / 2);
  const EcdsaPtr pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(signature.data(), half, nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + half, half, nullptr);
  LOCKSTEP_ASSERT(pair != nullptr && r != nullptr && s != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1);
  return to_der(pair.get(), i2d_ECDSA_SIG);
}

Bytes pair_from_der(View der, std::size_t size) {
  const Byte* at = der.data();
  const EcdsaPtr pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  LOCKSTEP_ASSERT(pair != nullptr);
  Bytes signature(size);
  const int half = static_cast<int>(size / 2);
  LOCKSTEP_ASSERT(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature.data(), half) == half &&
                  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature.data() + half, half) == half);
  return signature;
}

Error refused(Asym asym, Hash hash) {
  return provider_error(ErrorCode::unsupported, name(asym) + " with " + name(hash) + " is refused by the provider");
}

/// OpenSSL's signature in SPDM's encoding.
Bytes from_provider(Asym asym, Bytes signature) {
  if (is_pair(asym)) signature = pair_from_der(signature, signature_size(asym));
  LOCKSTEP_ASSERT(signature.size() == signature_size(asym));
  return signature;
}

Bytes to_provider(Asym asym, View signature) { return is_pair(asym) ? pair_to_der(signature) : copy(signature); }

const EVP_MD* message_digest(Asym asym, Hash hash) {
  return signs_message_itself(asym) ? nullptr : openssl_digest(hash);
}

PkeyPtr generate_key(Asym asym) {
  if (is_rsa(asym)) return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", 8 * signature_size(asym)));
  if (asym == Asym::SM2_P256) return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  if (asym == Asym::ED25519) return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve(asym).c_str()));
}

/// Never asks a terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

Result<PublicKey, Error> PublicKey::from_subject_public_key_info(View der) {
  const Byte* at = der.data();
  const std::unique_ptr<X509_PUBKEY, Freed<X509_PUBKEY_free>> info(
      d2i_X509_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (info == nullptr || at != der.data() + der.size())
    return Unexpected{provider_error(ErrorCode::malformed, "not a DER SubjectPublicKeyInfo")};
  PkeyPtr key(X509_PUBKEY_get(info.get()));
  if (key == nullptr)
    return Unexpected{provider_error(ErrorCode::unsupported, "the provider does not take this public key")};
  ERR_clear_error();
  return PublicKey(std::make_shared<const State>(State{std::move(key)}));
}

Result<PublicKey, Error> PublicKey::from_certificate(View der) {
  const Byte* at = der.data();
  const X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr || at != der.data() + der.size())
    return Unexpected{provider_error(ErrorCode::malformed, "not a DER certificate")};
  return from_subject_public_key_info(to_der(X509_get_X509_PUBKEY(certificate.get()), i2d_X509_PUBKEY));
}

Bytes PublicKey::subject_public_key_info() const { return to_der(state_->key.get(), i2d_PUBKEY); }

bool PublicKey::fits(Asym asym) const { return key_fits(state_->key.get(), asym); }

namespace {

std::optional<Error> check_verify(const PublicKey& key, Asym asym, View signature) {
  if (!key.fits(asym)) return Error{ErrorCode::wrong_key, "the key is none of " + name(asym)};
  if (signature.size() != signature_size(asym))
    return Error{ErrorCode::wrong_size, "an " + name(asym) + " signature has " + std::to_string(signature_size(asym)) +
                                            " bytes, not " + std::to_string(signature.size())};
  return std::nullopt;
}

Result<Verified, Error> verdict(Asym asym, int outcome) {
  ERR_clear_error();
  if (outcome == 1) return Verified{};
  return Unexpected{Error{ErrorCode::authentication_failed, "the " + name(asym) + " signature does not match"}};
}

}  // namespace

Result<Verified, Error> PublicKey::verify(Asym asym, Hash hash, View message, View signature) const {
  if (auto error = check(asym, hash)) return Unexpected{*error};
  if (auto error = check_verify(*this, asym, signature)) return Unexpected{*error};
  const DigestContextPtr context(EVP_MD_CTX_new());
  const EVP_MD* md = message_digest(asym, hash);
  EVP_PKEY_CTX* options = nullptr;  // owned by context
  if (EVP_DigestVerifyInit(context.get(), &options, md, nullptr, state_->key.get()) != 1 ||
      !configure(options, asym, md))
    return Unexpected{refused(asym, hash)};
  const Bytes encoded = to_provider(asym, signature);
  return verdict(asym, EVP_DigestVerify(context.get(), encoded.data(), encoded.size(), message.data(), message.size()));
}

Result<Verified, Error> PublicKey::verify_digest(Asym asym, Hash hash, View digest, View signature) const {
  if (auto error = check_digest(asym, hash, digest)) return Unexpected{*error};
  if (auto error = check_verify(*this, asym, signature)) return Unexpected{*error};
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
  const EVP_MD* md = openssl_digest(hash);
  if (EVP_PKEY_verify_init(context.get()) != 1 || !configure(context.get(), asym, md) ||
      EVP_PKEY_CTX_set_signature_md(context.get(), md) != 1)
    return Unexpected{refused(asym, hash)};
  const Bytes encoded = to_provider(asym, signature);
  return verdict(asym, EVP_PKEY_verify(context.get(), encoded.data(), encoded.size(), digest.data(), digest.size()));
}

Result<PrivateKey, Error> PrivateKey::generate(Asym asym) {
  if (auto why = unsupported(asym)) return Unexpected{Error{ErrorCode::unsupported, *why}};
  PkeyPtr key = generate_key(asym);
  LOCKSTEP_ASSERT(key != nullptr);
  return PrivateKey(std::make_shared<const State>(State{asym, std::move(key)}));
}

Result<PrivateKey, Error> PrivateKey::from_pem(Asym asym, std::string_view pem) {
  if (auto why = unsupported(asym)) return Unexpected{Error{ErrorCode::unsupported, *why}};
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return Unexpected{provider_error(ErrorCode::malformed, "not a private key in PEM")};
  ERR_clear_error();
  if (!key_fits(key.get(), asym)) return Unexpected{Error{ErrorCode::wrong_key, "the key is none of " + name(asym)}};
  return PrivateKey(std::make_shared<const State>(State{asym, std::move(key)}));
}

Asym PrivateKey::asym() const { return state_->asym; }

std::string PrivateKey::to_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  LOCKSTEP_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                  1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

PublicKey PrivateKey::public_key() const {
  return *PublicKey::from_subject_public_key_info(to_der(state_->key.get(), i2d_PUBKEY));
}

Result<Bytes, Error> PrivateKey::sign(Hash hash, View message) const {
  if (auto error = check(asym(), hash)) return Unexpected{*error};
  const DigestContextPtr context(EVP_MD_CTX_new());
  const EVP_MD* md = message_digest(asym(), hash);
  EVP_PKEY_CTX* options = nullptr;  // owned by context
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), &options, md, nullptr, state_->key.get()) != 1 ||
      !configure(options, asym(), md) ||
      EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) != 1)
    return Unexpected{refused(asym(), hash)};
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) != 1)
    return Unexpected{refused(asym(), hash)};
  signature.resize(size);
  return from_provider(asym(), std::move(signature));
}

Result<Bytes, Error> PrivateKey::sign_digest(Hash hash, View digest) const {
  if (auto error = check_digest(asym(), hash, digest)) return Unexpected{*error};
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
  const EVP_MD* md = openssl_digest(hash);
  std::size_t size = 0;
  if (EVP_PKEY_sign_init(context.get()) != 1 || !configure(context.get(), asym(), md) ||
      EVP_PKEY_CTX_set_signature_md(context.get(), md) != 1 ||
      EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()) != 1)
    return Unexpected{refused(asym(), hash)};
  Bytes signature(size);
  if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
    return Unexpected{refused(asym(), hash)};
  signature.resize(size);
  return from_provider(asym(), std::move(signature));
}

}  // namespace lockstep::crypto
