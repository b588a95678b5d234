// Verification of a certification path (RFC 5280, 6.1, as far as SPDM chains need it).
#include <openssl/err.h>

#include "crypto/hash.hpp"
#include "crypto/openssl.hpp"
#include "crypto/x509.hpp"

namespace lockstep::crypto {

namespace {

struct Link {
  std::size_t index;  ///< position in the caller's chain
  Certificate certificate;
  X509Ptr x509;
};

std::optional<Link> link(std::size_t index, View der, std::vector<ChainFault>& faults, const std::string& what) {
  auto parsed = parse_certificate(der);
  if (!parsed) {
    faults.push_back({index, ChainFaultKind::malformed, what + ": " + parsed.error().why});
    return std::nullopt;
  }
  const Byte* at = der.data();
  X509Ptr x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return Link{index, std::move(*parsed), std::move(x509)};
}

bool names_match(const Link& subject, const Link& issuer) {
  return X509_NAME_cmp(X509_get_issuer_name(subject.x509.get()), X509_get_subject_name(issuer.x509.get())) == 0;
}

bool self_issued(const Link& link) { return names_match(link, link); }

/// The provider's signature algorithm and key type, or nothing: not decided.
std::optional<ChainFaultKind> signature_fault(const Link& subject, const Link& issuer) {
  EVP_PKEY* key = X509_get0_pubkey(issuer.x509.get());
  int key_type = NID_undef;
  if (key == nullptr || X509_get_signature_info(subject.x509.get(), nullptr, &key_type, nullptr, nullptr) != 1) {
    ERR_clear_error();
    return ChainFaultKind::undecided;
  }
  if (EVP_PKEY_is_a(key, "SM2")) {  // RFC 8998, 3.2.1: certificates are signed under this identity
    static constexpr char identity[] = "1234567812345678";
    ASN1_OCTET_STRING* id = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(id, reinterpret_cast<const unsigned char*>(identity), sizeof identity - 1);
    X509_set0_distinguishing_id(subject.x509.get(), id);
  }
  const bool good = X509_verify(subject.x509.get(), key) == 1;
  ERR_clear_error();
  if (good) return std::nullopt;
  return ChainFaultKind::bad_signature;
}

std::string describe(const Link& link) { return "\"" + link.certificate.subject + "\""; }

class Path {
 public:
  Path(std::vector<Link> links, const ChainOptions& options, std::vector<ChainFault>& faults)
      : links_(std::move(links)), options_(options), faults_(faults) {}

  void check() {
    if (self_issued(links_.front())) check_signature(links_.front(), links_.front());
    for (std::size_t i = 0; i < links_.size(); ++i) {
      check_validity(links_[i]);
      if (i + 1 == links_.size()) break;
      check_issuer(i);
      if (names_match(links_[i + 1], links_[i]))
        check_signature(links_[i + 1], links_[i]);
      else
        fault(links_[i + 1], ChainFaultKind::issuer_mismatch,
              "issuer of " + describe(links_[i + 1]) + " is \"" + links_[i + 1].certificate.issuer + "\", not " +
                  describe(links_[i]));
    }
  }

 private:
  void fault(const Link& at, ChainFaultKind kind, std::string why) {
    faults_.push_back({at.index, kind, std::move(why)});
  }

  void check_signature(const Link& subject, const Link& issuer) {
    const auto kind = signature_fault(subject, issuer);
    if (!kind) return;
    fault(subject, *kind,
          *kind == ChainFaultKind::undecided ? "the provider does not know the key or the signature algorithm " +
                                                   subject.certificate.signature_algorithm
                                             : describe(subject) + " is not signed by " + describe(issuer));
  }

  void check_validity(const Link& link) {
    if (!options_.at) return;
    if (*options_.at < link.certificate.not_before)
      fault(link, ChainFaultKind::not_yet_valid, describe(link) + " is not yet valid");
    if (*options_.at > link.certificate.not_after)
      fault(link, ChainFaultKind::expired, describe(link) + " has expired");
  }

  void check_issuer(std::size_t i) {
    const Certificate& issuer = links_[i].certificate;
    if (!issuer.is_ca) fault(links_[i], ChainFaultKind::not_a_ca, describe(links_[i]) + " issues but has no CA flag");
    if (issuer.key_usage && !issuer.has_key_usage(KeyUsage::key_cert_sign))
      fault(links_[i], ChainFaultKind::not_a_ca, describe(links_[i]) + " issues but lacks keyCertSign");
    // RFC 5280, 4.2.1.9: counts the certificates between this issuer and the last one that are not self-issued.
    int between = 0;
    for (std::size_t j = i + 1; j + 1 < links_.size(); ++j) between += self_issued(links_[j]) ? 0 : 1;
    if (issuer.path_length && between > *issuer.path_length)
      fault(links_[i], ChainFaultKind::path_too_long,
            describe(links_[i]) + " allows " + std::to_string(*issuer.path_length) + " intermediates, there are " +
                std::to_string(between));
  }

  std::vector<Link> links_;
  const ChainOptions& options_;
  std::vector<ChainFault>& faults_;
};

/// Judges the start of the path against what the caller trusts; puts an absent root in front.
void anchor(std::vector<Link>& links, const ChainOptions& options, std::vector<ChainFault>& faults) {
  const auto fault = [&](ChainFaultKind kind, std::string why) { faults.push_back({0, kind, std::move(why)}); };
  const auto has_hash = [&](View der) { return !options.root_hash || digest(options.hash, der) == *options.root_hash; };
  const Link& top = links.front();
  if (!options.root) {
    // Whatever has the trusted hash is the root, self-issued or not.
    if (options.root_hash && has_hash(top.certificate.der)) return;
    if (!self_issued(top)) return fault(ChainFaultKind::root_unknown, "the chain lacks the root and none was given");
    if (options.root_hash) fault(ChainFaultKind::root_hash_mismatch, "the chain's root has another hash");
    return;
  }
  if (!has_hash(*options.root)) fault(ChainFaultKind::root_hash_mismatch, "the given root has another hash");
  if (top.certificate.der == *options.root) return;
  auto root = link(0, *options.root, faults, "the given root");
  if (!root) return;
  if (self_issued(top) || !names_match(top, *root))
    return fault(ChainFaultKind::root_mismatch, "the chain starts with " + describe(top) + ", which is neither " +
                                                    describe(*root) + " nor issued by it");
  links.insert(links.begin(), std::move(*root));
}

}  // namespace

Result<Verified, std::vector<ChainFault>> verify_chain(const std::vector<Bytes>& chain, const ChainOptions& options) {
  std::vector<ChainFault> faults;
  if (chain.empty()) faults.push_back({0, ChainFaultKind::empty, "there is no certificate"});
  std::vector<Link> links;
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (auto parsed = link(i, chain[i], faults, "certificate " + std::to_string(i)))
      links.push_back(std::move(*parsed));
  if (!faults.empty()) return Unexpected{std::move(faults)};
  anchor(links, options, faults);
  Path(std::move(links), options, faults).check();
  if (!faults.empty()) return Unexpected{std::move(faults)};
  return Verified{};
}

}  // namespace lockstep::crypto
