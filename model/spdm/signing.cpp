#include "spdm/signing.hpp"

#include "crypto/hash.hpp"

namespace lockstep::spdm {
namespace {

constexpr std::size_t prefix_size = 100;

bool signs_digest(const SignatureScheme& scheme) { return scheme.spdm_version < 0x12; }

Bytes version_text(Byte version) {
  Bytes text = text_bytes("dmtf-spdm-v");
  text.push_back(static_cast<Byte>('0' + (version >> 4)));
  text.push_back('.');
  text.push_back(static_cast<Byte>('0' + (version & 0x0F)));
  append(text, text_bytes(".*"));
  return text;
}

}  // namespace

std::string_view context_string(Purpose purpose) {
  switch (purpose) {
    case Purpose::responder_challenge_auth:
      return "responder-challenge_auth signing";
    case Purpose::requester_challenge_auth:
      return "requester-challenge_auth signing";
    case Purpose::responder_measurements:
      return "responder-measurements signing";
    case Purpose::responder_key_exchange_rsp:
      return "responder-key_exchange_rsp signing";
    case Purpose::requester_finish:
      return "requester-finish signing";
    case Purpose::responder_endpoint_info:
      return "responder-endpoint_info signing";
    case Purpose::requester_endpoint_info:
      return "requester-endpoint_info signing";
  }
  LOCKSTEP_ASSERT(false);
}

Bytes signed_message(const SignatureScheme& scheme, Purpose purpose, View transcript) {
  Bytes message;
  for (int i = 0; i < 4; ++i) append(message, version_text(scheme.spdm_version));
  const std::string_view context = context_string(purpose);
  message.resize(prefix_size - context.size(), 0x00);
  append(message, text_bytes(context));
  append(message, crypto::digest(scheme.hash, transcript));
  return message;
}

Result<Bytes, crypto::Error> sign(const SignatureScheme& scheme, const crypto::PrivateKey& key, Purpose purpose,
                                  View transcript) {
  if (signs_digest(scheme)) return key.sign_digest(scheme.hash, crypto::digest(scheme.hash, transcript));
  return key.sign(scheme.hash, signed_message(scheme, purpose, transcript));
}

Result<crypto::Verified, crypto::Error> verify(const SignatureScheme& scheme, const crypto::PublicKey& key,
                                               Purpose purpose, View transcript, View signature) {
  if (signs_digest(scheme))
    return key.verify_digest(scheme.asym, scheme.hash, crypto::digest(scheme.hash, transcript), signature);
  return key.verify(scheme.asym, scheme.hash, signed_message(scheme, purpose, transcript), signature);
}

}  // namespace lockstep::spdm
