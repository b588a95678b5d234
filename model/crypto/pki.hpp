// A throw-away certification path made at run time: what the reference device and the tester present.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/x509.hpp"

namespace lockstep::crypto {

struct MakePkiOptions {
  std::string name = "Lockstep";             ///< prefix of the common names
  bool responder_auth = true;                ///< extended key usage id-DMTF-eku-responder-auth in the leaf
  bool requester_auth = false;               ///< extended key usage id-DMTF-eku-requester-auth in the leaf
  bool hardware_identity = true;             ///< id-DMTF-hardware-identity in the leaf's SPDM extension
  bool mutable_certificate = false;          ///< id-DMTF-mutable-certificate in the leaf's SPDM extension
  std::string device_info = {};              ///< "manufacturer:product:serial" as otherName in the leaf, or nothing
  bool issuer_is_ca = true;                  ///< false: the intermediate lacks the CA flag (a faulty chain)
  std::optional<int> root_path_length = {};  ///< pathLenConstraint of the root; 0 makes a faulty chain
  std::int64_t not_before = 1735689600;      ///< 2025-01-01
  std::int64_t not_after = 4102444800;       ///< 2100-01-01
  std::vector<PrivateKey> keys = {};         ///< of root, intermediate and leaf; empty: fresh ones
};

struct Pki {
  std::vector<Bytes> chain;  ///< root, intermediate, leaf; DER
  PrivateKey root_key;
  PrivateKey intermediate_key;
  PrivateKey leaf_key;

  const Bytes& root() const { return chain.front(); }
  const Bytes& leaf() const { return chain.back(); }
  Bytes concatenated() const;
};

/// All three keys are of `asym`. With given keys, and signatures that take no randomness, the path is always the same.
/// The certificates are signed with the SHA-2 hash as long as `hash` (SM2: SM3). Errors: unsupported.
Result<Pki, Error> make_pki(Asym asym, Hash hash, const MakePkiOptions& options = {});

}  // namespace lockstep::crypto
