// Who an end point is: a certificate chain and the key of its leaf, made for the run or given by the user.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/signature.hpp"

namespace lockstep::device {

/// As files give it.
struct Identity {
  std::vector<Bytes> certificates;  ///< DER, from the root to the leaf
  std::string private_key;          ///< of the leaf: PKCS #8 or traditional PEM without passphrase
};

/// An identity that signs with one algorithm.
struct Signer {
  std::vector<Bytes> certificates;
  crypto::PrivateKey key;
};

/// nullopt: the key is of another kind than `asym`, or the provider cannot use it.
std::optional<Signer> signer(const Identity&, crypto::Asym asym);
/// Those of the bits of BaseAsymAlgo that the identity can sign with.
std::uint32_t usable(const Identity&, std::uint32_t base_asym_algo);
/// Why the identity is none: the private key is not that of the leaf, or unreadable.
std::optional<std::string> flaw(const Identity&);

}  // namespace lockstep::device
