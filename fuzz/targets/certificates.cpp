// Certificate chains as a peer sends them: the header, the DER inside, the checks on it.
// Input: the version and hash, then the chain.
#include "fuzz/target.hpp"
#include "spdm/chain.hpp"

namespace lockstep::fuzz {

void run(View input) {
  static constexpr crypto::Hash hashes[] = {crypto::Hash::SHA_256, crypto::Hash::SHA_384, crypto::Hash::SHA3_512};
  Reader reader(input);
  const auto version = static_cast<Byte>(0x10 + reader.below(5));
  const crypto::Hash hash = hashes[reader.below(3)];
  const View blob = reader.rest();
  const auto chain = spdm::parse_chain(version, hash, blob);
  if (!chain) {
    require(chain.error().offset <= blob.size(), "an error is inside the chain");
  } else {
    std::size_t size = spdm::chain_header_size + chain->root_hash.size();
    for (const Bytes& certificate : chain->certificates) size += certificate.size();
    require(size <= blob.size(), "no more is read than there is");
  }
  spdm::check_chain(version, hash, blob);
  const auto key = spdm::leaf_key(version, hash, blob);
  require(!key || chain, "a chain with a leaf can be parsed");
}

}  // namespace lockstep::fuzz
