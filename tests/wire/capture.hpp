// The recorded traffic in tests/captures: classic pcap files, parsed by hand, and their plain SPDM messages with the
// context in which each has to be read.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "wire/spdm.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::wire::captures {

inline constexpr std::uint32_t LINK_MCTP = 291;
inline constexpr std::uint32_t LINK_DOE = 292;

struct Capture {
  std::uint32_t link_type = 0;
  std::vector<Bytes> records;
};

inline const std::vector<std::string>& names() {
  static const std::vector<std::string> all = {"mctp_10", "mctp_psk_13", "doe_psk_tdisp_11", "doe_psk_tdisp_14",
                                               "doe_dhe_tdisp_14"};
  return all;
}

/// Global header of 24 bytes (link type at 20), then records of 16 bytes (captured size at 8) and data, little-endian.
inline Capture read(const std::string& name) {
  std::ifstream in(LOCKSTEP_SOURCE_DIR "/tests/captures/" + name + ".pcap", std::ios::binary);
  const Bytes file{std::istreambuf_iterator<char>(in), {}};
  EXPECT_GE(file.size(), 24u) << name;
  Capture capture;
  if (file.size() < 24) return capture;
  const View all(file);
  EXPECT_EQ(read_le(all.first(4)), 0xA1B2C3D4u) << name;
  capture.link_type = static_cast<std::uint32_t>(read_le(all.subspan(20, 4)));
  for (std::size_t at = 24; at < all.size();) {
    const auto size = static_cast<std::size_t>(read_le(all.subspan(at + 8, 4)));
    capture.records.push_back(copy(all.subspan(at + 16, size)));
    at += 16 + size;
  }
  return capture;
}

/// The SPDM message of a record that no session protects; empty for all others. MCTP: four bytes of transport header,
/// type 5. DOE: eight bytes of header, data object type 1.
inline View plain_spdm(const Capture& capture, const Bytes& record) {
  const View all(record);
  if (capture.link_type == LINK_MCTP) return all[4] == 0x05 ? all.subspan(5) : View{};
  return all[2] == 0x01 ? all.subspan(8) : View{};
}

struct Seen {
  AnyMessage message;
  Context context;
  View bytes;  ///< without what the message does not consume
  View rest;
};

/// Follows the negotiation of one capture. All captures select SHA-384, P-384 for the responder, RSAPSS-3072 for the
/// requester and secp384r1, hence the sizes.
class Reader {
 public:
  /// A failed decode is a test failure and nothing is returned.
  std::vector<Seen> read(View bytes) {
    std::vector<Seen> seen;
    if (bytes[1] != spdm::GET_VERSION::code && bytes[1] != spdm::VERSION::code) context_.spdm_version = bytes[0];
    read(bytes, spdm::is_request(bytes[1]) ? context_ : spdm::answering(context_, request_), request_, seen);
    if (!seen.empty()) negotiate(seen.front().message);
    return seen;
  }

 private:
  void read(View bytes, const Context& context, AnyMessage& request, std::vector<Seen>& seen) {
    const auto decoded = spdm::decode_spdm(bytes, context);
    if (!decoded) {
      ADD_FAILURE() << to_hex(bytes.first(std::min<std::size_t>(bytes.size(), 16))) << " " << decoded.error().field
                    << " at " << decoded.error().offset << ": " << decoded.error().why;
      return;
    }
    const AnyMessage message = decoded.value().message;
    seen.push_back({message, context, bytes.first(decoded.value().consumed), bytes.subspan(decoded.value().consumed)});
    if (message.layout().direction == Direction::request) request = message;
    read_inner(message, seen);
  }

  /// The messages inside the encapsulated flow: the responder asks, the requester answers.
  void read_inner(const AnyMessage& outer, std::vector<Seen>& seen) {
    if (const auto* m = outer.as<spdm::ENCAPSULATED_REQUEST>())
      read(m->encapsulated_request, context_, inner_request_, seen);
    if (const auto* m = outer.as<spdm::ENCAPSULATED_RESPONSE_ACK>(); m != nullptr && m->param2 == 1)
      read(m->encapsulated_request, context_, inner_request_, seen);
    if (const auto* m = outer.as<spdm::DELIVER_ENCAPSULATED_RESPONSE>())
      read(m->encapsulated_response, spdm::answering(spdm::encapsulated(context_), inner_request_), inner_request_,
           seen);
  }

  void negotiate(const AnyMessage& message) {
    using namespace spdm;
    if (const auto* m = message.as<GET_CAPABILITIES>()) requester_flags_ = m->flags;
    if (const auto* m = message.as<CAPABILITIES>()) {
      context_.measurement_capability = (m->flags & capability::MEAS_CAP) != 0;
      context_.handshake_in_the_clear = (m->flags & requester_flags_ & capability::HANDSHAKE_IN_THE_CLEAR_CAP) != 0;
    }
    if (const auto* m = message.as<ALGORITHMS>()) {
      EXPECT_EQ(m->base_hash_sel, base_hash_algo::TPM_ALG_SHA_384);
      EXPECT_EQ(m->base_asym_sel, base_asym_algo::TPM_ALG_ECDSA_ECC_NIST_P384);
      context_.hash_size = 48;
      context_.signature_size = 96;
      context_.requester_signature_size = 384;
      context_.request_exchange_size = context_.response_exchange_size = 96;
      context_.measurement_hash_size = 64;
      // Both directions select it or neither.
      context_.multi_key = (m->other_params_selection & other_params::MULTI_KEY_CONN) != 0;
    }
  }

  Context context_;
  AnyMessage request_, inner_request_;
  std::uint32_t requester_flags_ = 0;
};

/// Every plain SPDM message of a capture, encapsulated ones included, in the order of the wire.
inline std::vector<Seen> spdm_messages(const Capture& capture) {
  Reader reader;
  std::vector<Seen> all;
  for (const Bytes& record : capture.records) {
    const View bytes = plain_spdm(capture, record);
    if (bytes.empty()) continue;
    for (Seen& seen : reader.read(bytes)) all.push_back(std::move(seen));
  }
  return all;
}

}  // namespace lockstep::wire::captures
