// The key schedule of SPDM sessions (DSP0274, "Key schedule"), parameterised by the negotiated version.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "crypto/algorithms.hpp"

namespace lockstep::spdm {

/// Key and IV that protect the records of one direction (DSP0277).
struct RecordKeys {
  Bytes key;
  Bytes iv;
};

/// The same thing for both directions; `request` is what the requester sends with.
template <class T>
struct PerDirection {
  T request;
  T response;
};

/// Precondition of all: the hash is one that the provider can compute. Secrets are hash_size(hash) bytes.
class KeySchedule {
 public:
  KeySchedule(Byte spdm_version, crypto::Hash hash) : version_(spdm_version), hash_(hash) {}

  crypto::Hash hash() const { return hash_; }

  /// u16le(length) || "spdmX.Y " || label || context.
  Bytes bin_concat(std::size_t length, std::string_view label, View context) const;

  /// HandshakeSecret of a DHE or KEM shared secret: Salt_0 is H zero bytes.
  Bytes handshake_secret(View shared_secret) const;
  /// HandshakeSecret of a pre-shared key: Salt_0 is H times the same byte.
  Bytes psk_handshake_secret(View psk, Byte salt) const;
  Bytes psk_handshake_secret(View psk) const { return psk_handshake_secret(psk, psk_salt()); }
  /// 0x00 up to 1.2, 0xFF from 1.3.
  Byte psk_salt() const { return version_ >= 0x13 ? 0xFF : 0x00; }
  /// `th1` is the hash of TH1.
  PerDirection<Bytes> handshake_direction_secrets(View handshake_secret, View th1) const;

  Bytes master_secret(View handshake_secret) const;
  /// `th2` is the hash of TH2.
  PerDirection<Bytes> data_direction_secrets(View master_secret, View th2) const;
  Bytes export_secret(View master_secret, View th2) const;

  Bytes finished_key(View direction_secret) const;
  /// HMAC(finished_key, Hash(th)): the VerifyData over the transcript `th`, which is given in full.
  Bytes verify_data(View finished_key, View th) const;
  RecordKeys record_keys(View direction_secret, crypto::Aead aead) const;
  /// The data secret after KEY_UPDATE.
  Bytes updated(View data_secret) const;

 private:
  Bytes expand(View secret, std::size_t length, std::string_view label, View context = {}) const;
  PerDirection<Bytes> both(View secret, std::string_view request_label, std::string_view response_label, View th) const;
  Byte version_;
  crypto::Hash hash_;
};

}  // namespace lockstep::spdm
