#include "spdm/chain.hpp"

#include "crypto/hash.hpp"
#include "wire/spdm_authentication.hpp"

namespace lockstep::spdm {
namespace {

using crypto::ChainFaultKind;
using WireChain = wire::spdm::CertificateChain;

wire::Context context_of(Byte spdm_version, crypto::Hash hash) {
  wire::Context context;
  context.spdm_version = spdm_version;
  context.hash_size = crypto::hash_size(hash);
  return context;
}

bool self_issued(View der) {
  const auto certificate = crypto::parse_certificate(der);
  return certificate && certificate->subject == certificate->issuer;
}

/// none(): the fault is no breach, but something this provider cannot decide.
Rule rule_of(ChainFaultKind kind) {
  switch (kind) {
    case ChainFaultKind::undecided:
    case ChainFaultKind::root_unknown:
      return Rule::none();
    case ChainFaultKind::not_a_ca:
    case ChainFaultKind::path_too_long:
    case ChainFaultKind::not_yet_valid:
    case ChainFaultKind::expired:
      return "SPDM-CERT-010";
    default:
      return "SPDM-CERT-009";
  }
}

void check_path(std::vector<wire::Finding>& findings, const CertificateChain& chain, crypto::Hash hash,
                const ChainExpectation& expectation) {
  crypto::ChainOptions options{.root = expectation.root, .root_hash = std::nullopt, .hash = hash, .at = expectation.at};
  // The root may be absent from the chain; then only a trust anchor could say whether RootHash is right.
  const bool root_known = expectation.root || (!chain.certificates.empty() && self_issued(chain.certificates.front()));
  if (root_known) options.root_hash = chain.root_hash;
  const auto verified = crypto::verify_chain(chain.certificates, options);
  if (verified) return;
  for (const crypto::ChainFault& fault : verified.error())
    if (const Rule rule = rule_of(fault.kind))
      findings.push_back({rule, "Certificates[" + std::to_string(fault.index) + "]", fault.why});
}

void check_leaf(std::vector<wire::Finding>& findings, View der, Role owner) {
  const auto leaf = crypto::parse_certificate(der);
  if (!leaf) return;  // reported by check_path
  const auto finding = [&](std::string what) { findings.push_back({"SPDM-CERT-010", "Certificates[leaf]", what}); };
  if (leaf->version != 3) finding("is no X.509 v3 certificate");
  if (leaf->key_usage && !leaf->has_key_usage(crypto::KeyUsage::digital_signature))
    finding("key usage lacks digitalSignature");
  const auto wanted = owner == Role::requester ? crypto::oid::eku_requester_auth : crypto::oid::eku_responder_auth;
  const auto other = owner == Role::requester ? crypto::oid::eku_responder_auth : crypto::oid::eku_requester_auth;
  if (leaf->has_extended_key_usage(other) && !leaf->has_extended_key_usage(wanted))
    finding("extended key usage is that of the other end");
}

}  // namespace

Bytes build_chain(Byte spdm_version, crypto::Hash hash, View root_certificate, const std::vector<Bytes>& certificates) {
  WireChain chain;
  chain.root_hash = crypto::digest(hash, root_certificate);
  for (const Bytes& certificate : certificates) append(chain.certificates, certificate);
  chain.length = static_cast<std::uint32_t>(chain_header_size + chain.root_hash.size() + chain.certificates.size());
  return wire::encode(chain, context_of(spdm_version, hash));
}

Result<CertificateChain, wire::DecodeError> parse_chain(Byte spdm_version, crypto::Hash hash, View blob) {
  auto decoded = wire::decode<WireChain>(blob, context_of(spdm_version, hash));
  if (!decoded) return Unexpected{decoded.error()};
  auto certificates = crypto::split_chain(decoded->message.certificates);
  if (!certificates)
    return Unexpected{wire::DecodeError{"Certificates", chain_header_size + crypto::hash_size(hash),
                                        certificates.error().why, "SPDM-CERT-009"}};
  return CertificateChain{decoded->message.length, std::move(decoded->message.root_hash), std::move(*certificates)};
}

std::vector<wire::Finding> check_chain(Byte spdm_version, crypto::Hash hash, View blob,
                                       const ChainExpectation& expectation) {
  std::vector<wire::Finding> findings;
  const auto chain = parse_chain(spdm_version, hash, blob);
  if (!chain) return {{"SPDM-CERT-009", chain.error().field, chain.error().why}};
  if (chain->length != blob.size())
    findings.push_back({"SPDM-CERT-009", "Length",
                        "is " + std::to_string(chain->length) + ", the chain has " + std::to_string(blob.size())});
  check_path(findings, *chain, hash, expectation);
  if (!chain->certificates.empty()) check_leaf(findings, chain->certificates.back(), expectation.owner);
  return findings;
}

Result<crypto::PublicKey, crypto::Error> leaf_key(Byte spdm_version, crypto::Hash hash, View blob) {
  const auto chain = parse_chain(spdm_version, hash, blob);
  if (!chain) return Unexpected{crypto::Error{crypto::ErrorCode::malformed, chain.error().why}};
  if (chain->certificates.empty())
    return Unexpected{crypto::Error{crypto::ErrorCode::malformed, "the chain has no certificate"}};
  return crypto::PublicKey::from_certificate(chain->certificates.back());
}

}  // namespace lockstep::spdm
