// Certificate chains and keys as files give them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "device/identity.hpp"

namespace lockstep::cli {

/// DER certificates one after the other, from the root to the leaf.
Result<std::vector<Bytes>, std::string> read_certificates(const std::string& path);
/// Both files, or neither: then nullopt. `chain_option` and `key_option` are named in the error.
Result<std::optional<device::Identity>, std::string> read_identity(const std::string& chain_option,
                                                                   const std::string& chain,
                                                                   const std::string& key_option,
                                                                   const std::string& key);

}  // namespace lockstep::cli
