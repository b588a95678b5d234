#include "spdm/key_schedule.hpp"

#include "crypto/hash.hpp"

namespace lockstep::spdm {

Bytes KeySchedule::bin_concat(std::size_t length, std::string_view label, View context) const {
  Bytes text;
  append_le(text, length, 2);
  append(text, text_bytes("spdm"));
  text.push_back(static_cast<Byte>('0' + (version_ >> 4)));
  text.push_back('.');
  text.push_back(static_cast<Byte>('0' + (version_ & 0x0F)));
  text.push_back(' ');
  append(text, text_bytes(label));
  append(text, context);
  return text;
}

Bytes KeySchedule::expand(View secret, std::size_t length, std::string_view label, View context) const {
  return crypto::hkdf_expand(hash_, secret, bin_concat(length, label, context), length);
}

Bytes KeySchedule::handshake_secret(View shared_secret) const {
  return crypto::hkdf_extract(hash_, Bytes(crypto::hash_size(hash_), 0x00), shared_secret);
}

Bytes KeySchedule::psk_handshake_secret(View psk, Byte salt) const {
  return crypto::hkdf_extract(hash_, Bytes(crypto::hash_size(hash_), salt), psk);
}

PerDirection<Bytes> KeySchedule::both(View secret, std::string_view request_label, std::string_view response_label,
                                      View th) const {
  const std::size_t size = crypto::hash_size(hash_);
  return {expand(secret, size, request_label, th), expand(secret, size, response_label, th)};
}

PerDirection<Bytes> KeySchedule::handshake_direction_secrets(View handshake_secret, View th1) const {
  return both(handshake_secret, "req hs data", "rsp hs data", th1);
}

Bytes KeySchedule::master_secret(View handshake_secret) const {
  const std::size_t size = crypto::hash_size(hash_);
  return crypto::hkdf_extract(hash_, expand(handshake_secret, size, "derived"), Bytes(size, 0x00));
}

PerDirection<Bytes> KeySchedule::data_direction_secrets(View master_secret, View th2) const {
  return both(master_secret, "req app data", "rsp app data", th2);
}

Bytes KeySchedule::export_secret(View master_secret, View th2) const {
  return expand(master_secret, crypto::hash_size(hash_), "exp master", th2);
}

Bytes KeySchedule::finished_key(View direction_secret) const {
  return expand(direction_secret, crypto::hash_size(hash_), "finished");
}

Bytes KeySchedule::verify_data(View finished_key, View th) const {
  return crypto::hmac(hash_, finished_key, crypto::digest(hash_, th));
}

RecordKeys KeySchedule::record_keys(View direction_secret, crypto::Aead aead) const {
  return {expand(direction_secret, crypto::key_size(aead), "key"), expand(direction_secret, crypto::iv_size, "iv")};
}

Bytes KeySchedule::updated(View data_secret) const {
  return expand(data_secret, crypto::hash_size(hash_), "traffic upd");
}

}  // namespace lockstep::spdm
