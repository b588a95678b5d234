#include "identity.hpp"

#include <fstream>
#include <iterator>

#include "crypto/x509.hpp"

namespace lockstep::cli {
namespace {

Result<std::string, std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file || text.empty()) return Unexpected{"cannot read " + path};
  return text;
}

}  // namespace

Result<std::vector<Bytes>, std::string> read_certificates(const std::string& path) {
  const auto der = read_file(path);
  if (!der) return Unexpected{der.error()};
  auto certificates = crypto::split_chain(text_bytes(*der));
  if (!certificates) return Unexpected{path + " holds no DER certificates: " + certificates.error().why};
  return std::move(*certificates);
}

Result<std::optional<device::Identity>, std::string> read_identity(const std::string& chain_option,
                                                                   const std::string& chain,
                                                                   const std::string& key_option,
                                                                   const std::string& key) {
  if (chain.empty() != key.empty()) return Unexpected{chain_option + " and " + key_option + " go together"};
  if (chain.empty()) return std::optional<device::Identity>{};
  auto certificates = read_certificates(chain);
  if (!certificates) return Unexpected{chain_option + ": " + certificates.error()};
  auto pem = read_file(key);
  if (!pem) return Unexpected{key_option + ": " + pem.error()};
  device::Identity identity{std::move(*certificates), std::move(*pem)};
  if (const auto why = device::flaw(identity)) return Unexpected{chain_option + ", " + key_option + ": " + *why};
  return std::optional<device::Identity>(std::move(identity));
}

}  // namespace lockstep::cli
