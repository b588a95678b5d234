// X.509 certificates (RFC 5280) as SPDM uses them: parsed into values, chains split and verified.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"
#include "crypto/signature.hpp"

namespace lockstep::crypto {

/// Object identifiers of DSP0274 (certificate requirements), dotted.
namespace oid {
inline constexpr std::string_view device_info = "1.3.6.1.4.1.412.274.1";
inline constexpr std::string_view hardware_identity = "1.3.6.1.4.1.412.274.2";
inline constexpr std::string_view eku_responder_auth = "1.3.6.1.4.1.412.274.3";
inline constexpr std::string_view eku_requester_auth = "1.3.6.1.4.1.412.274.4";
inline constexpr std::string_view mutable_certificate = "1.3.6.1.4.1.412.274.5";
inline constexpr std::string_view spdm_extension = "1.3.6.1.4.1.412.274.6";
inline constexpr std::string_view subject_alternative_name = "2.5.29.17";
}  // namespace oid

/// Bits of Certificate::key_usage: bit n is named bit n of RFC 5280, 4.2.1.3.
enum class KeyUsage : std::uint16_t { digital_signature = 1 << 0, key_cert_sign = 1 << 5, crl_sign = 1 << 6 };

struct Extension {
  std::string oid;
  bool critical;
  Bytes value;  ///< content of extnValue, DER
};

struct Certificate {
  Bytes der;
  int version;          ///< 3 for X.509 v3
  std::string subject;  ///< RFC 2253 text
  std::string issuer;
  Bytes serial;             ///< magnitude, big-endian
  std::int64_t not_before;  ///< seconds since 1970, UTC
  std::int64_t not_after;
  std::string signature_algorithm;  ///< dotted OID
  Bytes subject_public_key_info;    ///< DER
  bool is_ca;
  std::optional<int> path_length;
  std::optional<std::uint16_t> key_usage;  ///< nullopt: extension absent
  std::vector<std::string> extended_key_usage;
  std::vector<Extension> extensions;

  /// The key may be of a type that the provider does not know: then `unsupported`.
  Result<PublicKey, Error> public_key() const {
    return PublicKey::from_subject_public_key_info(subject_public_key_info);
  }
  bool has_key_usage(KeyUsage usage) const {
    return key_usage && (*key_usage & static_cast<std::uint16_t>(usage)) != 0;
  }
  bool has_extended_key_usage(std::string_view oid) const;
  const Extension* find_extension(std::string_view oid) const;
  /// The SPDM OIDs inside the spdm_extension (id-DMTF-spdm-extension), such as hardware_identity.
  std::vector<std::string> spdm_oids() const;
};

/// One certificate and nothing after it. Errors: malformed.
Result<Certificate, Error> parse_certificate(View der);

/// Splits concatenated DER certificates by their outer lengths; the content is not looked at.
/// Errors: malformed (not a SEQUENCE, bad length, cut short); nothing at all is an empty list.
Result<std::vector<Bytes>, Error> split_chain(View der);

enum class ChainFaultKind {
  empty,            ///< no certificate at all
  malformed,        ///< a certificate cannot be parsed
  issuer_mismatch,  ///< issuer is not the subject of the certificate before
  bad_signature,    ///< not signed by the certificate before
  undecided,        ///< signature or key algorithm unknown to the provider: not decided
  not_a_ca,         ///< an issuer without CA flag or without keyCertSign
  path_too_long,    ///< pathLenConstraint of an issuer exceeded
  not_yet_valid,
  expired,
  root_mismatch,       ///< the chain starts with another root than the given one
  root_hash_mismatch,  ///< the root has another hash than the given one
  root_unknown,        ///< the root is not in the chain and none was given: the first signature is not decided
};

struct ChainFault {
  std::size_t index;  ///< position in the chain
  ChainFaultKind kind;
  std::string why;
};

struct ChainOptions {
  std::optional<Bytes> root = {};       ///< DER of the trusted root; the chain may start with it or just below it
  std::optional<Bytes> root_hash = {};  ///< RootHash of the SPDM chain header
  Hash hash = Hash::SHA_256;            ///< the hash of `root_hash`
  std::optional<std::int64_t> at = {};  ///< seconds since 1970 at which validity is checked; nullopt: not checked
};

/// `chain` runs from the root, or the certificate below it, to the leaf. All faults are listed, not the first one only.
/// Whether the leaf fits its purpose (extended key usage, CA flag) is for the caller: see Certificate.
Result<Verified, std::vector<ChainFault>> verify_chain(const std::vector<Bytes>& chain,
                                                       const ChainOptions& options = {});

}  // namespace lockstep::crypto
