// The requester: makes the bytes of a request that means a letter, with real cryptography.
#pragma once

#include <string>

#include "crypto/pki.hpp"
#include "crypto/random.hpp"
#include "device/identity.hpp"
#include "device/store.hpp"

namespace lockstep::device {

/// How the requester behaves where the specification leaves it a choice.
struct RequesterOptions {
  Byte highest_version = wire::spdm::VERSION_1_4;
  Byte lowest_version = wire::spdm::VERSION_1_0;
  Byte slot = 0;
  Bytes psk_hint;                   ///< sent in PSK_EXCHANGE; the key itself comes from the conversation's PSK lookup
  Byte measurement_summary = 0xFF;  ///< MeasurementSummaryHashType of KEY_EXCHANGE and PSK_EXCHANGE
  std::uint16_t certificate_portion = 0x400;
  bool handshake_in_the_clear = false;  ///< claims HANDSHAKE_IN_THE_CLEAR_CAP
  /// Claims CHUNK_CAP and receives no more at once than this: 42 and up. nullopt: every message comes in one piece.
  std::optional<std::uint32_t> data_transfer_size;
  std::optional<Identity> identity;  ///< for mutual authentication; nullopt: a throw-away path
  std::uint64_t seed = 1;            ///< of nonces, session ids and IDE keys
};

class Requester {
 public:
  explicit Requester(RequesterOptions options) : options_(std::move(options)), random_(options_.seed) {}

  /// The plaintext message (SPDM level) that means `letter` now. The error says why none can be made: cryptography that
  /// is unsupported, something not yet observed (no certificate before KEY_EXCHANGE), or a letter that is no message.
  Result<Bytes, std::string> concretise(Store&, const Control&, const Letter&);

  const RequesterOptions& options() const { return options_; }

 private:
  using Made = Result<Bytes, std::string>;

  // requester_spdm.cpp: one function for each request that is more than its header.
  Made spdm_message(Store&, const Control&, const SpdmLetter&, Byte session);
  Made correct_message(Store&, const spdm::Letter&, spdm::SessionId);
  Made get_capabilities(const Store&, const spdm::Letter&);
  Made negotiate_algorithms(const Store&, const spdm::Letter&);
  Made get_certificate(const Store&, const spdm::Letter&);
  Made challenge(const Store&);
  Made get_measurements(const Store&);
  Made get_endpoint_info(const Store&, spdm::SessionId);
  Made key_exchange(Store&, const spdm::Letter&);
  Made psk_exchange(Store&, const spdm::Letter&);
  Made finish(Store&, const spdm::Letter&, spdm::SessionId);
  Made psk_finish(Store&, const spdm::Letter&, spdm::SessionId);
  Byte version(const Store&) const;

  // requester_encapsulated.cpp
  Made deliver(Store&, const spdm::Letter&, spdm::SessionId);
  Made encapsulated_challenge_auth(const Store&, const wire::spdm::CHALLENGE&, View chain, spdm::SessionId);
  Made know_own_chain(Store&);
  Result<Signer, std::string> make_signer(crypto::Asym, crypto::Hash) const;

  // requester_pci.cpp
  Made tdisp_message(const Store&, const Control&, const TdispLetter&);
  Made ide_km_object(const Store&, const IdeKmLetter&);

  RequesterOptions options_;
  crypto::SeededRandom random_;
  std::optional<Signer> own_;  ///< for mutual authentication, of the algorithm last negotiated
  Byte key_update_tag_ = 0;
};

}  // namespace lockstep::device
