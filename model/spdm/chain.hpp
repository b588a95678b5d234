// The certificate chain of a slot as GET_CERTIFICATE reads it (DSP0274, "Certificates and certificate chains"):
// Length, reserved (up to 1.3), RootHash, certificates in DER.
#pragma once

#include <optional>
#include <vector>

#include "crypto/signature.hpp"
#include "crypto/x509.hpp"
#include "requirements/catalogue.hpp"
#include "wire/layout.hpp"

namespace lockstep::spdm {

struct CertificateChain {
  std::uint32_t length = 0;  ///< as it stands in the header
  Bytes root_hash;
  std::vector<Bytes> certificates;  ///< DER, from the root or the one below it to the leaf
};

/// Bytes before RootHash: 4 in every version (2 of Length and 2 reserved up to 1.3, 4 of Length from 1.4).
inline constexpr std::size_t chain_header_size = 4;

/// The chain around the certificates, Length and all.
Bytes build_chain(Byte spdm_version, crypto::Hash hash, View root_certificate, const std::vector<Bytes>& certificates);
/// Error: shorter than its header, or no sequence of DER objects.
Result<CertificateChain, wire::DecodeError> parse_chain(Byte spdm_version, crypto::Hash hash, View blob);

struct ChainExpectation {
  std::optional<Bytes> root = {};       ///< DER of the trust anchor, where the judge has one
  std::optional<std::int64_t> at = {};  ///< seconds since 1970; nullopt: validity is not checked
  Role owner = Role::responder;         ///< whose extended key usage is expected in the leaf
};
/// What is wrong with the chain: SPDM-CERT-009 (length, root hash, signatures of the path), SPDM-CERT-010 (profile of
/// the leaf). What the provider cannot decide is no finding.
std::vector<wire::Finding> check_chain(Byte spdm_version, crypto::Hash hash, View blob,
                                       const ChainExpectation& expectation = {});
/// The key of the leaf. Errors: malformed, unsupported.
Result<crypto::PublicKey, crypto::Error> leaf_key(Byte spdm_version, crypto::Hash hash, View blob);

}  // namespace lockstep::spdm
