// TDISP messages (PCIe Base 6.x chapter 11), as they stand behind the Protocol ID byte of the SPDM VENDOR_DEFINED
// payload. All integers are little-endian. Names are the specification's.
#pragma once

#include <optional>

#include "wire/registry.hpp"

namespace lockstep::wire::tdisp {

inline constexpr Byte PROTOCOL_ID = 0x01;
inline constexpr Byte VERSION_1_0 = 0x10;

enum class MessageType : Byte {
  GET_TDISP_VERSION = 0x81,
  GET_TDISP_CAPABILITIES = 0x82,
  LOCK_INTERFACE_REQUEST = 0x83,
  GET_DEVICE_INTERFACE_REPORT = 0x84,
  GET_DEVICE_INTERFACE_STATE = 0x85,
  START_INTERFACE_REQUEST = 0x86,
  STOP_INTERFACE_REQUEST = 0x87,
  BIND_P2P_STREAM_REQUEST = 0x88,
  UNBIND_P2P_STREAM_REQUEST = 0x89,
  SET_MMIO_ATTRIBUTE_REQUEST = 0x8A,
  VDM_REQUEST = 0x8B,
  SET_TDISP_CONFIG_REQUEST = 0x8C,
  TDISP_VERSION = 0x01,
  TDISP_CAPABILITIES = 0x02,
  LOCK_INTERFACE_RESPONSE = 0x03,
  DEVICE_INTERFACE_REPORT = 0x04,
  DEVICE_INTERFACE_STATE = 0x05,
  START_INTERFACE_RESPONSE = 0x06,
  STOP_INTERFACE_RESPONSE = 0x07,
  BIND_P2P_STREAM_RESPONSE = 0x08,
  UNBIND_P2P_STREAM_RESPONSE = 0x09,
  SET_MMIO_ATTRIBUTE_RESPONSE = 0x0A,
  VDM_RESPONSE = 0x0B,
  SET_TDISP_CONFIG_RESPONSE = 0x0C,
  TDISP_ERROR = 0x7F,
};

enum class TDI_STATE : Byte { CONFIG_UNLOCKED = 0, CONFIG_LOCKED = 1, RUN = 2, ERROR = 3 };

enum class ErrorCode : std::uint32_t {
  INVALID_REQUEST = 0x0001,
  BUSY = 0x0003,
  INVALID_INTERFACE_STATE = 0x0004,
  UNSPECIFIED = 0x0005,
  UNSUPPORTED_REQUEST = 0x0007,
  VERSION_MISMATCH = 0x0041,
  VENDOR_SPECIFIC_ERROR = 0x00FF,
  INVALID_INTERFACE = 0x0101,
  INVALID_NONCE = 0x0102,
  INSUFFICIENT_ENTROPY = 0x0103,
  INVALID_DEVICE_CONFIGURATION = 0x0104,
};

/// FLAGS of LOCK_INTERFACE_REQUEST and LOCK_INTERFACE_FLAGS_SUPPORTED of TDISP_CAPABILITIES.
enum LockFlags : std::uint16_t {
  NO_FW_UPDATE = 1 << 0,
  SYSTEM_CACHE_LINE_SIZE = 1 << 1,
  LOCK_MSIX = 1 << 2,
  BIND_P2P = 1 << 3,
  ALL_REQUEST_REDIRECT = 1 << 4,
};

/// The 12 bytes that name a TDI: FUNCTION_ID (4) and 8 reserved bytes.
struct INTERFACE_ID {
  std::uint32_t function_id = 0;
  std::uint64_t reserved = 0;
  auto operator<=>(const INTERFACE_ID&) const = default;
};

/// FUNCTION_ID of a function: the Requester ID (bus 15:8, device and function 7:0), and the segment where it is valid.
constexpr std::uint32_t function_id(std::uint16_t requester_id, std::optional<Byte> segment = std::nullopt) {
  return segment ? 1u << 24 | std::uint32_t{*segment} << 16 | requester_id : requester_id;
}

struct Header {
  Byte version = VERSION_1_0;
  Byte message_type = 0;
  std::uint16_t reserved = 0;
  std::uint32_t function_id = 0;
  std::uint64_t interface_id_reserved = 0;

  INTERFACE_ID interface_id() const { return {function_id, interface_id_reserved}; }
  void set_interface_id(const INTERFACE_ID& id) { function_id = id.function_id, interface_id_reserved = id.reserved; }
};

template <MessageType Type>
struct Message : Header {
  static constexpr MessageType type = Type;
  static constexpr Byte code = static_cast<Byte>(Type);
  Message() { message_type = code; }
};

// --- requests --------------------------------------------------------------------------------------------------------

struct GET_TDISP_VERSION : Message<MessageType::GET_TDISP_VERSION> {
  static const Layout& layout();
};

struct GET_TDISP_CAPABILITIES : Message<MessageType::GET_TDISP_CAPABILITIES> {
  static const Layout& layout();
  std::uint32_t tsm_caps = 0;
};

struct LOCK_INTERFACE_REQUEST : Message<MessageType::LOCK_INTERFACE_REQUEST> {
  static const Layout& layout();
  std::uint16_t flags = 0;  ///< LockFlags
  Byte default_stream_id = 0;
  Byte reserved_19 = 0;
  std::uint64_t mmio_reporting_offset = 0;
  std::uint64_t bind_p2p_address_mask = 0;
};

struct GET_DEVICE_INTERFACE_REPORT : Message<MessageType::GET_DEVICE_INTERFACE_REPORT> {
  static const Layout& layout();
  std::uint16_t offset = 0;
  std::uint16_t length = 0;
};

struct GET_DEVICE_INTERFACE_STATE : Message<MessageType::GET_DEVICE_INTERFACE_STATE> {
  static const Layout& layout();
};

struct START_INTERFACE_REQUEST : Message<MessageType::START_INTERFACE_REQUEST> {
  static const Layout& layout();
  Bytes nonce = Bytes(32);
};

struct STOP_INTERFACE_REQUEST : Message<MessageType::STOP_INTERFACE_REQUEST> {
  static const Layout& layout();
};

struct BIND_P2P_STREAM_REQUEST : Message<MessageType::BIND_P2P_STREAM_REQUEST> {
  static const Layout& layout();
  Byte p2p_stream_id = 0;
};

struct UNBIND_P2P_STREAM_REQUEST : Message<MessageType::UNBIND_P2P_STREAM_REQUEST> {
  static const Layout& layout();
  Byte p2p_stream_id = 0;
};

/// 16 bytes: a part of the device interface report, and the payload of SET_MMIO_ATTRIBUTE_REQUEST.
struct MMIO_RANGE {
  static const Layout& layout();
  enum Attributes : std::uint16_t {
    MSI_X_TABLE = 1 << 0,
    MSI_X_PBA = 1 << 1,
    IS_NON_TEE_MEM = 1 << 2,
    IS_MEM_ATTR_UPDATABLE = 1 << 3,
  };
  std::uint64_t first_page = 0;  ///< in pages of 4 KiB, MMIO_REPORTING_OFFSET added
  std::uint32_t number_of_pages = 0;
  std::uint16_t attributes = 0;  ///< Attributes
  std::uint16_t range_id = 0;    ///< the device's own choice
};

struct SET_MMIO_ATTRIBUTE_REQUEST : Message<MessageType::SET_MMIO_ATTRIBUTE_REQUEST>, MMIO_RANGE {
  static const Layout& layout();
};

struct VDM_REQUEST : Message<MessageType::VDM_REQUEST> {
  static const Layout& layout();
  Byte registry_id = 0;  ///< 0 PCI-SIG, 1 CXL
  Byte vendor_id_len = 0;
  Bytes vendor_id;
  Bytes vendor_data;
};

/// Known from third-party models of late revisions only; payload and size are unconfirmed.
struct SET_TDISP_CONFIG_REQUEST : Message<MessageType::SET_TDISP_CONFIG_REQUEST> {
  static const Layout& layout();
  std::uint32_t config = 0;
};

// --- responses -------------------------------------------------------------------------------------------------------

struct TDISP_VERSION : Message<MessageType::TDISP_VERSION> {
  static const Layout& layout();
  Byte version_num_count = 1;
  Bytes version_num_entry = {VERSION_1_0};
};

struct TDISP_CAPABILITIES : Message<MessageType::TDISP_CAPABILITIES> {
  static const Layout& layout();
  std::uint32_t dsm_caps = 0;
  std::uint64_t req_msgs_supported = 0xFE;  ///< bit i: request code 80h + i; the low half of the 16 bytes
  std::uint64_t req_msgs_supported_high = 0;
  std::uint16_t lock_interface_flags_supported = 0;  ///< LockFlags
  std::uint32_t reserved_38 = 0;                     ///< 3 bytes on the wire
  Byte dev_addr_width = 52;
  Byte num_req_this = 1;
  Byte num_req_all = 1;

  bool supports(MessageType request) const {
    return (req_msgs_supported >> (static_cast<Byte>(request) & 0x3F) & 1) != 0;
  }
};

struct LOCK_INTERFACE_RESPONSE : Message<MessageType::LOCK_INTERFACE_RESPONSE> {
  static const Layout& layout();
  Bytes nonce = Bytes(32);
};

/// Carries a portion of a TDI_REPORT.
struct DEVICE_INTERFACE_REPORT : Message<MessageType::DEVICE_INTERFACE_REPORT> {
  static const Layout& layout();
  std::uint16_t portion_length = 0;
  std::uint16_t remainder_length = 0;
  Bytes report_bytes;
};

struct DEVICE_INTERFACE_STATE : Message<MessageType::DEVICE_INTERFACE_STATE> {
  static const Layout& layout();
  Byte tdi_state = 0;  ///< TDI_STATE
};

struct START_INTERFACE_RESPONSE : Message<MessageType::START_INTERFACE_RESPONSE> {
  static const Layout& layout();
};

struct STOP_INTERFACE_RESPONSE : Message<MessageType::STOP_INTERFACE_RESPONSE> {
  static const Layout& layout();
};

struct BIND_P2P_STREAM_RESPONSE : Message<MessageType::BIND_P2P_STREAM_RESPONSE> {
  static const Layout& layout();
};

struct UNBIND_P2P_STREAM_RESPONSE : Message<MessageType::UNBIND_P2P_STREAM_RESPONSE> {
  static const Layout& layout();
};

struct SET_MMIO_ATTRIBUTE_RESPONSE : Message<MessageType::SET_MMIO_ATTRIBUTE_RESPONSE> {
  static const Layout& layout();
};

struct VDM_RESPONSE : Message<MessageType::VDM_RESPONSE> {
  static const Layout& layout();
  Byte registry_id = 0;
  Byte vendor_id_len = 0;
  Bytes vendor_id;
  Bytes vendor_data;
};

struct SET_TDISP_CONFIG_RESPONSE : Message<MessageType::SET_TDISP_CONFIG_RESPONSE> {
  static const Layout& layout();
};

/// 24 bytes; EXTENDED_ERROR_DATA follows a VENDOR_SPECIFIC_ERROR and is kept as it came.
struct TDISP_ERROR : Message<MessageType::TDISP_ERROR> {
  static const Layout& layout();
  std::uint32_t error_code = 0;  ///< ErrorCode
  std::uint32_t error_data = 0;
  Bytes extended_error_data;  ///< an EXTENDED_ERROR_DATA
};

// --- parts -----------------------------------------------------------------------------------------------------------

/// What follows the fixed part of a TDISP_ERROR with VENDOR_SPECIFIC_ERROR.
struct EXTENDED_ERROR_DATA {
  static const Layout& layout();
  Byte registry_id = 0;
  Byte vendor_id_len = 0;
  Bytes vendor_id;
  Bytes vendor_err_data;
};

/// The device interface report that the portions of DEVICE_INTERFACE_REPORT add up to: 20 + 16 n + m bytes.
struct TDI_REPORT {
  static const Layout& layout();
  static constexpr std::uint16_t NO_FW_UPDATE = 1 << 0;  ///< 1: no firmware updates in CONFIG_LOCKED and RUN
  static constexpr std::uint16_t DMA_WITHOUT_PASID = 1 << 1;
  static constexpr std::uint16_t DMA_WITH_PASID = 1 << 2;
  static constexpr std::uint16_t ATS = 1 << 3;
  static constexpr std::uint16_t PRS = 1 << 4;
  std::uint16_t interface_info = 0;  ///< of the bits above
  std::uint16_t reserved = 0;
  std::uint16_t msi_x_message_control = 0;
  std::uint16_t lnr_control = 0;
  std::uint32_t tph_control = 0;
  std::uint32_t mmio_range_count = 0;
  std::vector<MMIO_RANGE> mmio_range;
  std::uint32_t device_specific_info_len = 0;
  Bytes device_specific_info;
};

// --- registry --------------------------------------------------------------------------------------------------------

/// Every layout of this header: requests, responses, TDISP_ERROR, then the parts.
Layouts all_layouts();
/// nullptr when the code is none of a request, of a response.
const Layout* find_request(Byte code);
const Layout* find_response(Byte code);
/// Decodes by MessageType. Bytes behind the message are not an error: see DecodedAny::consumed.
Result<DecodedAny, DecodeError> decode_tdisp(View bytes, const Context& context);

}  // namespace lockstep::wire::tdisp
