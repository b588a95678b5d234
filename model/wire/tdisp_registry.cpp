#include <array>

#include "wire/tdisp.hpp"

namespace lockstep::wire::tdisp {

Layouts all_layouts() {
  static const std::array all{
      &GET_TDISP_VERSION::layout(),
      &GET_TDISP_CAPABILITIES::layout(),
      &LOCK_INTERFACE_REQUEST::layout(),
      &GET_DEVICE_INTERFACE_REPORT::layout(),
      &GET_DEVICE_INTERFACE_STATE::layout(),
      &START_INTERFACE_REQUEST::layout(),
      &STOP_INTERFACE_REQUEST::layout(),
      &BIND_P2P_STREAM_REQUEST::layout(),
      &UNBIND_P2P_STREAM_REQUEST::layout(),
      &SET_MMIO_ATTRIBUTE_REQUEST::layout(),
      &VDM_REQUEST::layout(),
      &SET_TDISP_CONFIG_REQUEST::layout(),
      &TDISP_VERSION::layout(),
      &TDISP_CAPABILITIES::layout(),
      &LOCK_INTERFACE_RESPONSE::layout(),
      &DEVICE_INTERFACE_REPORT::layout(),
      &DEVICE_INTERFACE_STATE::layout(),
      &START_INTERFACE_RESPONSE::layout(),
      &STOP_INTERFACE_RESPONSE::layout(),
      &BIND_P2P_STREAM_RESPONSE::layout(),
      &UNBIND_P2P_STREAM_RESPONSE::layout(),
      &SET_MMIO_ATTRIBUTE_RESPONSE::layout(),
      &VDM_RESPONSE::layout(),
      &SET_TDISP_CONFIG_RESPONSE::layout(),
      &TDISP_ERROR::layout(),
      &MMIO_RANGE::layout(),
      &EXTENDED_ERROR_DATA::layout(),
      &TDI_REPORT::layout(),
  };
  return all;
}

const Layout* find_request(Byte code) { return find_layout(all_layouts(), Direction::request, code); }
const Layout* find_response(Byte code) { return find_layout(all_layouts(), Direction::response, code); }

Result<DecodedAny, DecodeError> decode_tdisp(View bytes, const Context& context) {
  constexpr std::size_t message_type = 1;
  if (bytes.size() <= message_type)
    return Unexpected{DecodeError{"MessageType", bytes.size(), "the message ends before it", Rule::none()}};
  const Byte code = bytes[message_type];
  return decode_any((code & 0x80) != 0 ? find_request(code) : find_response(code), message_type, bytes, context);
}

}  // namespace lockstep::wire::tdisp
