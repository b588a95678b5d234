#include "crypto/key_exchange.hpp"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "crypto/openssl.hpp"

namespace lockstep::crypto {

struct KeyExchange::State {
  Group group;
  PkeyPtr key;
};

namespace {

using NumberContextPtr = std::unique_ptr<BN_CTX, Freed<BN_CTX_free>>;
using EcGroupPtr = std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, Freed<EC_POINT_free>>;
using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

bool is_finite_field(Group group) { return group <= Group::FFDHE4096; }
const char* family(Group group) { return is_finite_field(group) ? "DH" : "EC"; }

std::string openssl_name(Group group) {
  switch (group) {
    case Group::SECP256R1:
      return "P-256";
    case Group::SECP384R1:
      return "P-384";
    case Group::SECP521R1:
      return "P-521";
    default:
      return name(group);
  }
}

constexpr Byte uncompressed = 0x04;  // SEC 1, 2.3.3: the form byte that SPDM leaves out

PkeyPtr generate_key(Group group) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, family(group), nullptr));
  EVP_PKEY* key = nullptr;
  LOCKSTEP_ASSERT(context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1 &&
                  EVP_PKEY_CTX_set_group_name(context.get(), openssl_name(group).c_str()) == 1 &&
                  EVP_PKEY_generate(context.get(), &key) == 1);
  return PkeyPtr(key);
}

/// The wire form with the form byte where OpenSSL wants one.
Bytes encoded_point(Group group, View public_bytes) {
  Bytes bytes = copy(public_bytes);
  if (!is_finite_field(group)) bytes.insert(bytes.begin(), uncompressed);
  return bytes;
}

NumberPtr domain_number(const EVP_PKEY* key, const char* parameter) {
  BIGNUM* number = nullptr;
  LOCKSTEP_ASSERT(EVP_PKEY_get_bn_param(key, parameter, &number) == 1);
  return NumberPtr(number);
}

NumberPtr number(View big_endian) {
  NumberPtr result(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr));
  LOCKSTEP_ASSERT(result != nullptr);
  return result;
}

/// Private numbers run from 1 to the order of the group minus 1.
bool in_range(const BIGNUM* secret, const BIGNUM* order) { return !BN_is_zero(secret) && BN_cmp(secret, order) < 0; }

Bytes public_number(const EVP_PKEY* domain, const BIGNUM* secret, std::size_t size) {
  const NumberPtr p = domain_number(domain, OSSL_PKEY_PARAM_FFC_P), g = domain_number(domain, OSSL_PKEY_PARAM_FFC_G);
  const NumberPtr result(BN_new());
  const NumberContextPtr context(BN_CTX_new());
  Bytes bytes(size);
  LOCKSTEP_ASSERT(BN_mod_exp(result.get(), g.get(), secret, p.get(), context.get()) == 1 &&
                  BN_bn2binpad(result.get(), bytes.data(), static_cast<int>(size)) > 0);
  return bytes;
}

Bytes public_point(Group group, const BIGNUM* secret, std::size_t size) {
  const EcGroupPtr curve(EC_GROUP_new_by_curve_name(EC_curve_nist2nid(openssl_name(group).c_str())));
  const EcPointPtr point(EC_POINT_new(curve.get()));
  Bytes bytes(1 + size);
  LOCKSTEP_ASSERT(EC_POINT_mul(curve.get(), point.get(), secret, nullptr, nullptr, nullptr) == 1 &&
                  EC_POINT_point2oct(curve.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                                     bytes.size(), nullptr) == bytes.size());
  bytes.erase(bytes.begin());
  return bytes;
}

PkeyPtr key_of(Group group, const BIGNUM* secret, View public_bytes) {
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  const std::string group_name = openssl_name(group);
  const Bytes point = encoded_point(group, public_bytes);
  const NumberPtr public_value = number(public_bytes);
  LOCKSTEP_ASSERT(
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group_name.c_str(), 0) == 1 &&
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1 &&
      (is_finite_field(group) ? OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, public_value.get())
                              : OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                                                 point.size())) == 1);
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, family(group), nullptr));
  EVP_PKEY* key = nullptr;
  LOCKSTEP_ASSERT(EVP_PKEY_fromdata_init(context.get()) == 1 &&
                  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) == 1);
  return PkeyPtr(key);
}

}  // namespace

Result<KeyExchange, Error> KeyExchange::generate(Group group) {
  if (const auto why = unsupported(group)) return Unexpected{Error{ErrorCode::unsupported, *why}};
  return KeyExchange(std::make_shared<const State>(State{group, generate_key(group)}));
}

Result<KeyExchange, Error> KeyExchange::from_private(Group group, View private_number) {
  if (const auto why = unsupported(group)) return Unexpected{Error{ErrorCode::unsupported, *why}};
  const PkeyPtr domain = generate_key(group);
  const NumberPtr secret = number(private_number);
  const NumberPtr order =
      domain_number(domain.get(), is_finite_field(group) ? OSSL_PKEY_PARAM_FFC_Q : OSSL_PKEY_PARAM_EC_ORDER);
  if (!in_range(secret.get(), order.get()))
    return Unexpected{
        Error{ErrorCode::invalid_public_value, "a private number runs from 1 to the group's order minus 1"}};
  const Bytes public_bytes = is_finite_field(group) ? public_number(domain.get(), secret.get(), exchange_size(group))
                                                    : public_point(group, secret.get(), exchange_size(group));
  return KeyExchange(std::make_shared<const State>(State{group, key_of(group, secret.get(), public_bytes)}));
}

Group KeyExchange::group() const { return state_->group; }

Bytes KeyExchange::public_bytes() const {
  unsigned char* encoded = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(state_->key.get(), &encoded);
  const std::size_t form = is_finite_field(group()) ? 0 : 1;
  LOCKSTEP_ASSERT(size == form + exchange_size(group()));
  Bytes bytes(encoded + form, encoded + size);
  OPENSSL_free(encoded);
  return bytes;
}

Result<Bytes, Error> KeyExchange::shared_secret(View peer_public_bytes) const {
  const std::size_t expected = exchange_size(group());
  if (peer_public_bytes.size() != expected)
    return Unexpected{Error{ErrorCode::wrong_size, name(group()) + " exchange data has " + std::to_string(expected) +
                                                       " bytes, not " + std::to_string(peer_public_bytes.size())}};
  const PkeyPtr peer(EVP_PKEY_new());
  LOCKSTEP_ASSERT(peer != nullptr && EVP_PKEY_copy_parameters(peer.get(), state_->key.get()) == 1);
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
  LOCKSTEP_ASSERT(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
                  (!is_finite_field(group()) || EVP_PKEY_CTX_set_dh_pad(context.get(), 1) == 1));
  const Bytes point = encoded_point(group(), peer_public_bytes);
  // Setting the peer checks the value in full (SP 800-56A, 5.6.2.3): on the curve; 2 to p-2 and in the subgroup.
  if (EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1)
    return Unexpected{
        provider_error(ErrorCode::invalid_public_value, "the peer's value is no public key of " + name(group()))};
  Bytes secret(shared_secret_size(group()));
  std::size_t size = secret.size();
  if (EVP_PKEY_derive(context.get(), secret.data(), &size) != 1)
    return Unexpected{provider_error(ErrorCode::invalid_public_value, "no secret comes of the peer's value")};
  LOCKSTEP_ASSERT(size == secret.size());
  return secret;
}

}  // namespace lockstep::crypto
