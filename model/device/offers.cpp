#include "device/offers.hpp"

#include "spdm/algorithms.hpp"

namespace lockstep::device {
namespace {

/// The bits of all values of an enumeration up to `last` that the provider can compute.
template <class Algorithm>
std::uint32_t bits_up_to(Algorithm last) {
  std::uint32_t bits = 0;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    if (!crypto::unsupported(algorithm)) bits |= spdm::bit_of(algorithm);
  }
  return bits;
}

}  // namespace

Offers computable() {
  Offers offers;
  offers.base_asym = bits_up_to(crypto::Asym::ED448);
  offers.base_hash = bits_up_to(crypto::Hash::SM3_256);
  offers.dhe = static_cast<std::uint16_t>(bits_up_to(crypto::Group::SM2_P256));
  offers.aead = static_cast<std::uint16_t>(bits_up_to(crypto::Aead::SM4_GCM));
  offers.requester_asym = static_cast<std::uint16_t>(offers.base_asym);
  return offers;
}

}  // namespace lockstep::device
