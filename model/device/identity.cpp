#include "device/identity.hpp"

#include "spdm/algorithms.hpp"

namespace lockstep::device {
namespace {

constexpr std::uint32_t EVERY_BIT = 0xFFFFFFFF;

}  // namespace

std::optional<Signer> signer(const Identity& identity, crypto::Asym asym) {
  auto key = crypto::PrivateKey::from_pem(asym, identity.private_key);
  if (!key) return std::nullopt;
  return Signer{identity.certificates, std::move(*key)};
}

std::uint32_t usable(const Identity& identity, std::uint32_t base_asym_algo) {
  std::uint32_t bits = 0;
  for (std::uint32_t bit = 1; bit != 0; bit <<= 1)
    if (const auto asym = spdm::base_asym_of(base_asym_algo & bit); asym && signer(identity, *asym)) bits |= bit;
  return bits;
}

std::optional<std::string> flaw(const Identity& identity) {
  if (identity.certificates.empty()) return "there is no certificate in it";
  const auto leaf = crypto::PublicKey::from_certificate(identity.certificates.back());
  if (!leaf) return "the last certificate: " + leaf.error().why;
  const std::uint32_t bits = usable(identity, EVERY_BIT);
  if (bits == 0) return "the key is no PEM of an algorithm that SPDM knows";
  const auto own = signer(identity, *spdm::base_asym_of(bits & -bits))->key.public_key();
  if (own.subject_public_key_info() != leaf->subject_public_key_info())
    return "the key is not that of the last certificate";
  return std::nullopt;
}

}  // namespace lockstep::device
