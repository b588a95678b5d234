#include "crypto/pki.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"

namespace lockstep::crypto {

namespace {

struct Issuance {
  std::string common_name;
  const PrivateKey& subject_key;
  const X509* issuer;       ///< nullptr: self-signed
  std::string constraints;  ///< of basicConstraints, in OpenSSL's words
  bool signs_certificates;
};

void set_common_name(X509_NAME* name, const std::string& text) {
  LOCKSTEP_ASSERT(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                             reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0) == 1);
}

void add_text_extension(X509* to, const X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, const_cast<X509*>(issuer), to, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, value));
  LOCKSTEP_ASSERT(extension != nullptr && X509_add_ext(to, extension.get(), -1) == 1);
}

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>>;
ObjectPtr object(std::string_view dotted) { return ObjectPtr(OBJ_txt2obj(std::string(dotted).c_str(), 1)); }

Bytes sequence(View content) {
  LOCKSTEP_ASSERT(content.size() < 128);  // short form of the length
  Bytes der{0x30, static_cast<Byte>(content.size())};
  append(der, content);
  return der;
}

/// id-DMTF-spdm-extension, see Certificate::spdm_oids.
void add_spdm_extension(X509* to, const MakePkiOptions& options) {
  Bytes entries;
  const auto add = [&](std::string_view oid) { append(entries, sequence(to_der(object(oid).get(), i2d_ASN1_OBJECT))); };
  if (options.hardware_identity) add(oid::hardware_identity);
  if (options.mutable_certificate) add(oid::mutable_certificate);
  if (entries.empty()) return;
  const Bytes value = sequence(entries);
  const std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> octets(ASN1_OCTET_STRING_new());
  LOCKSTEP_ASSERT(ASN1_OCTET_STRING_set(octets.get(), value.data(), static_cast<int>(value.size())) == 1);
  const std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, object(oid::spdm_extension).get(), 0, octets.get()));
  LOCKSTEP_ASSERT(extension != nullptr && X509_add_ext(to, extension.get(), -1) == 1);
}

/// subjectAltName with the otherName id-DMTF-device-info.
void add_device_info(X509* to, const std::string& text) {
  if (text.empty()) return;
  const std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_TYPE* value = ASN1_TYPE_new();
  ASN1_UTF8STRING* string = ASN1_UTF8STRING_new();
  LOCKSTEP_ASSERT(ASN1_STRING_set(string, text.data(), static_cast<int>(text.size())) == 1);
  ASN1_TYPE_set(value, V_ASN1_UTF8STRING, string);
  LOCKSTEP_ASSERT(GENERAL_NAME_set0_othername(name, object(oid::device_info).release(), value) == 1 &&
                  sk_GENERAL_NAME_push(names.get(), name) == 1 &&
                  X509_add1_ext_i2d(to, NID_subject_alt_name, names.get(), 0, 0) == 1);
}

void add_leaf_extensions(X509* leaf, const MakePkiOptions& options) {
  std::string usages;
  if (options.responder_auth) usages += std::string(oid::eku_responder_auth);
  if (options.requester_auth) usages += (usages.empty() ? "" : ",") + std::string(oid::eku_requester_auth);
  if (!usages.empty()) add_text_extension(leaf, leaf, NID_ext_key_usage, usages.c_str());
  add_spdm_extension(leaf, options);
  add_device_info(leaf, options.device_info);
}

Hash sha2_as_long_as(Hash hash) {
  switch (hash_size(hash)) {
    case 32:
      return Hash::SHA_256;
    case 48:
      return Hash::SHA_384;
    default:
      return Hash::SHA_512;
  }
}

/// RSA certificates are signed with PKCS #1 v1.5 padding also when the key signs SPDM messages with PSS: such are the
/// certificates that stacks in the field know by their OID.
void sign(X509* certificate, const PrivateKey& key, Hash hash) {
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // owned by context
  const bool sm2 = key.asym() == Asym::SM2_P256;
  const EVP_MD* md =
      signs_message_itself(key.asym()) ? nullptr : openssl_digest(sm2 ? Hash::SM3_256 : sha2_as_long_as(hash));
  LOCKSTEP_ASSERT(EVP_DigestSignInit(context.get(), &options, md, nullptr, KeyAccess::pkey(key)) == 1 &&
                  (!sm2 || EVP_PKEY_CTX_set1_id(options, "1234567812345678", 16) == 1) &&
                  X509_sign_ctx(certificate, context.get()) > 0);
}

X509Ptr unsigned_certificate(const Issuance& what, const MakePkiOptions& options) {
  X509Ptr certificate(X509_new());
  X509* x509 = certificate.get();
  const X509* issuer = what.issuer != nullptr ? what.issuer : x509;
  // One key has one certificate here, so a serial number that follows from the key is as good as a random one.
  Bytes serial = digest(Hash::SHA_256, what.subject_key.public_key().subject_public_key_info());
  serial.resize(16);
  serial[0] |= 0x01;  // of full length
  const NumberPtr number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  set_common_name(X509_get_subject_name(x509), what.common_name);
  LOCKSTEP_ASSERT(X509_set_version(x509, X509_VERSION_3) == 1 &&
                  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509)) != nullptr &&
                  X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
                  ASN1_TIME_set(X509_getm_notBefore(x509), options.not_before) != nullptr &&
                  ASN1_TIME_set(X509_getm_notAfter(x509), options.not_after) != nullptr &&
                  X509_set_pubkey(x509, KeyAccess::pkey(what.subject_key)) == 1);
  add_text_extension(x509, issuer, NID_basic_constraints, ("critical," + what.constraints).c_str());
  add_text_extension(x509, issuer, NID_key_usage,
                     what.signs_certificates ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  add_text_extension(x509, issuer, NID_subject_key_identifier, "hash");
  if (what.issuer != nullptr) add_text_extension(x509, issuer, NID_authority_key_identifier, "keyid:always");
  return certificate;
}

}  // namespace

Bytes Pki::concatenated() const {
  Bytes all;
  for (const Bytes& certificate : chain) append(all, certificate);
  return all;
}

Result<Pki, Error> make_pki(Asym asym, Hash hash, const MakePkiOptions& options) {
  std::vector<PrivateKey> keys = options.keys;
  while (keys.size() < 3) {
    auto key = PrivateKey::generate(asym);
    if (!key) return Unexpected{key.error()};
    keys.push_back(std::move(*key));
  }
  const PrivateKey &root_key = keys[0], &intermediate_key = keys[1], &leaf_key = keys[2];

  std::string root_constraints = "CA:TRUE";
  if (options.root_path_length) root_constraints += ",pathlen:" + std::to_string(*options.root_path_length);
  const X509Ptr root =
      unsigned_certificate({options.name + " root", root_key, nullptr, root_constraints, true}, options);
  sign(root.get(), root_key, hash);
  const X509Ptr intermediate = unsigned_certificate({options.name + " intermediate", intermediate_key, root.get(),
                                                     options.issuer_is_ca ? "CA:TRUE" : "CA:FALSE", true},
                                                    options);
  sign(intermediate.get(), root_key, hash);
  const X509Ptr leaf =
      unsigned_certificate({options.name + " leaf", leaf_key, intermediate.get(), "CA:FALSE", false}, options);
  add_leaf_extensions(leaf.get(), options);
  sign(leaf.get(), intermediate_key, hash);
  ERR_clear_error();

  return Pki{{to_der(root.get(), i2d_X509), to_der(intermediate.get(), i2d_X509), to_der(leaf.get(), i2d_X509)},
             root_key,
             intermediate_key,
             leaf_key};
}

}  // namespace lockstep::crypto
