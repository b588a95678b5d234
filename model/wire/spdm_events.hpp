// Events (DSP0274 1.3, "Event mechanism").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

struct GET_SUPPORTED_EVENT_TYPES : Message<Code::GET_SUPPORTED_EVENT_TYPES> {
  static const Layout& layout();
};

/// Param1: EventGroupCount.
struct SUPPORTED_EVENT_TYPES : Message<Code::SUPPORTED_EVENT_TYPES> {
  static const Layout& layout();
  std::uint32_t supported_event_groups_list_len = 0;
  Bytes supported_event_groups_list;
};

/// Param1: SubscribeEventGroupCount; 0 ends the subscription, and the message is its header.
struct SUBSCRIBE_EVENT_TYPES : Message<Code::SUBSCRIBE_EVENT_TYPES> {
  static const Layout& layout();
  std::uint32_t subscribe_list_len = 0;
  Bytes subscribe_list;
};

struct SUBSCRIBE_EVENT_TYPES_ACK : Message<Code::SUBSCRIBE_EVENT_TYPES_ACK> {
  static const Layout& layout();
};

/// DMTF event types: EventTypeId in the group of registry 0.
enum class DMTFEvent : std::uint16_t {
  EventLost = 1,             ///< 8 bytes of detail
  MeasurementChanged = 2,    ///< 32 bytes: bit mask over the indices
  MeasurementPreUpdate = 3,  ///< 32 bytes: bit mask over the indices
  CertificateChanged = 4,    ///< 1 byte: bit mask over the slots
};

struct EventData {
  static const Layout& layout();
  std::uint32_t event_instance_id = 0;
  std::uint32_t reserved = 0;
  Byte id = 0;  ///< SVH: registry
  Byte vendor_id_len = 0;
  Bytes vendor_id = {};
  std::uint16_t event_type_id = 0;
  std::uint16_t event_detail_len = 0;
  Bytes event_detail = {};
};

struct SEND_EVENT : Message<Code::SEND_EVENT> {
  static const Layout& layout();
  std::uint32_t event_count = 0;
  std::vector<EventData> events_list;
};

struct EVENT_ACK : Message<Code::EVENT_ACK> {
  static const Layout& layout();
};

}  // namespace lockstep::wire::spdm
