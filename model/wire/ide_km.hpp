// IDE_KM objects (PCIe Base 6.x 6.33.3) and the IDE extended capability that QUERY_RESP reports (7.9.26).
//
// The Protocol ID byte of the SPDM VENDOR_DEFINED payload is part of every object here, because objects are aligned to
// DWORDs that way (TDISP layouts start behind it). All integers are little-endian. Names are the specification's.
#pragma once

#include "wire/registry.hpp"

namespace lockstep::wire::ide_km {

inline constexpr Byte PROTOCOL_ID = 0x00;

enum class ObjectId : Byte {
  QUERY = 0x00,
  QUERY_RESP = 0x01,
  KEY_PROG = 0x02,
  KP_ACK = 0x03,
  K_SET_GO = 0x04,
  K_SET_STOP = 0x05,
  K_GOSTOP_ACK = 0x06,
};

/// Status of KP_ACK.
enum class Status : Byte {
  SUCCESSFUL = 0,
  INCORRECT_LENGTH = 1,
  UNSUPPORTED_PORT_INDEX = 2,
  UNSUPPORTED_VALUE = 3,  ///< in other fields
  UNSPECIFIED_FAILURE = 4,
};

enum class KeySet : Byte { K0 = 0, K1 = 1 };
/// RxTxB as seen from the addressed port.
enum class KeyDirection : Byte { Rx = 0, Tx = 1 };
/// 3 to 15 are not valid for PCIe; CXL uses 8.
enum class SubStream : Byte { PR = 0, NPR = 1, CPL = 2 };

/// The Key/Sub-stream byte without its reserved bits 3:2.
struct KeySubStream {
  KeySet key_set = KeySet::K0;
  KeyDirection direction = KeyDirection::Rx;
  SubStream sub_stream = SubStream::PR;
  auto operator<=>(const KeySubStream&) const = default;

  constexpr Byte byte() const {
    return static_cast<Byte>(static_cast<unsigned>(key_set) | static_cast<unsigned>(direction) << 1 |
                             static_cast<unsigned>(sub_stream) << 4);
  }
  static constexpr KeySubStream from(Byte byte) {
    return {KeySet(byte & 1), KeyDirection(byte >> 1 & 1), SubStream(byte >> 4)};
  }
};

struct Header {
  Byte protocol_id = PROTOCOL_ID;
  Byte object_id = 0;
};

template <ObjectId Id>
struct Object : Header {
  static constexpr ObjectId id = Id;
  static constexpr Byte code = static_cast<Byte>(Id);
  Object() { object_id = code; }
};

/// 4 bytes.
struct QUERY : Object<ObjectId::QUERY> {
  static const Layout& layout();
  Byte reserved_2 = 0;
  Byte port_index = 0;
};

// --- the register block of QUERY_RESP --------------------------------------------------------------------------------

/// Low bits of the status registers of a stream.
enum class StreamState : Byte { Insecure = 0, Secure = 2 };

struct LINK_IDE_BLOCK {
  static const Layout& layout();
  std::uint32_t control = 0;
  std::uint32_t status = 0;
};

struct ADDRESS_ASSOCIATION_BLOCK {
  static const Layout& layout();
  std::uint32_t address_association_1 = 0;
  std::uint32_t address_association_2 = 0;
  std::uint32_t address_association_3 = 0;
};

struct SELECTIVE_IDE_BLOCK {
  static const Layout& layout();
  std::uint32_t capability = 0;  ///< bits 3:0: number of address association blocks
  std::uint32_t control = 0;
  std::uint32_t status = 0;
  std::uint32_t rid_association_1 = 0;
  std::uint32_t rid_association_2 = 0;
  std::vector<ADDRESS_ASSOCIATION_BLOCK> address_association;
};

/// 8 bytes, then the port's IDE extended capability from the IDE Capability register on.
struct QUERY_RESP : Object<ObjectId::QUERY_RESP> {
  static const Layout& layout();
  Byte reserved_2 = 0;
  Byte port_index = 0;
  Byte dev_func_num = 0;
  Byte bus_num = 0;
  Byte segment = 0;
  Byte max_port_index = 0;
  std::uint32_t ide_capability = 0;
  std::uint32_t ide_control = 0;
  std::vector<LINK_IDE_BLOCK> link_ide;
  std::vector<SELECTIVE_IDE_BLOCK> selective_ide;
};

/// Number of Link IDE register blocks: the field counts one less, and only where Link IDE is supported.
constexpr std::size_t link_ide_blocks(std::uint32_t ide_capability) {
  return (ide_capability & 1) != 0 ? (ide_capability >> 13 & 7) + 1 : 0;
}
/// Number of Selective IDE register blocks: the field counts one less, and only where Selective IDE is supported.
constexpr std::size_t selective_ide_blocks(std::uint32_t ide_capability) {
  return (ide_capability & 2) != 0 ? (ide_capability >> 16 & 0xFF) + 1 : 0;
}

// --- keys ------------------------------------------------------------------------------------------------------------

/// 48 bytes.
struct KEY_PROG : Object<ObjectId::KEY_PROG> {
  static const Layout& layout();
  std::uint16_t reserved_2 = 0;
  Byte stream_id = 0;
  Byte reserved_5 = 0;
  Byte key_sub_stream = 0;  ///< KeySubStream
  Byte port_index = 0;
  Bytes key = Bytes(32);  ///< in wire order: see wire_key()
  std::uint32_t ifv_dw1 = 0;
  std::uint32_t ifv_dw0 = 1;

  /// The initial value of the invocation field; 1 for a fresh key.
  std::uint64_t ifv() const { return std::uint64_t{ifv_dw1} << 32 | ifv_dw0; }
  void set_ifv(std::uint64_t v) {
    ifv_dw1 = static_cast<std::uint32_t>(v >> 32), ifv_dw0 = static_cast<std::uint32_t>(v);
  }
};

/// 8 bytes.
struct KP_ACK : Object<ObjectId::KP_ACK> {
  static const Layout& layout();
  std::uint16_t reserved_2 = 0;
  Byte stream_id = 0;
  Byte status = 0;  ///< Status
  Byte key_sub_stream = 0;
  Byte port_index = 0;
};

/// 8 bytes: K_SET_GO, K_SET_STOP and the acknowledgement of both have the same shape.
template <ObjectId Id>
struct KeySetObject : Object<Id> {
  std::uint16_t reserved_2 = 0;
  Byte stream_id = 0;
  Byte reserved_5 = 0;
  Byte key_sub_stream = 0;
  Byte port_index = 0;
};

struct K_SET_GO : KeySetObject<ObjectId::K_SET_GO> {
  static const Layout& layout();
};
struct K_SET_STOP : KeySetObject<ObjectId::K_SET_STOP> {
  static const Layout& layout();
};
struct K_GOSTOP_ACK : KeySetObject<ObjectId::K_GOSTOP_ACK> {
  static const Layout& layout();
};

/// The key as KEY_PROG carries it: Key_DW7 first, and AES byte 0 in bits 31:24 of Key_DW7. Both directions are the same
/// permutation of the 32 bytes. A key of another length is our own mistake.
Bytes wire_key(View aes_key);
inline Bytes aes_key(View wire) { return wire_key(wire); }

// --- registry --------------------------------------------------------------------------------------------------------

/// Every layout of this header: the objects, then the register blocks.
Layouts all_layouts();
/// nullptr when the Object ID is none of a request, of a response.
const Layout* find_request(Byte object_id);
const Layout* find_response(Byte object_id);
/// Decodes by Object ID; `bytes` starts with the Protocol ID. Bytes behind the object are not an error: see
/// DecodedAny::consumed.
Result<DecodedAny, DecodeError> decode_ide_km(View bytes, const Context& context);

}  // namespace lockstep::wire::ide_km
