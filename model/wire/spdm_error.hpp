// ERROR and RESPOND_IF_READY (DSP0274, "ERROR response message").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// Param1: ErrorCode; Param2: error data.
struct ERROR : Message<Code::ERROR> {
  static const Layout& layout();
  Bytes extended_error_data;
};

/// ExtendedErrorData of ResponseNotReady.
struct ResponseNotReadyData {
  static const Layout& layout();
  Byte rdt_exponent = 0;  ///< ready after 2^RDTExponent microseconds
  Byte request_code = 0;
  Byte token = 0;
  Byte rdtm = 0;  ///< dropped after RDTM times that
};

/// ExtendedErrorData of LargeResponse.
struct LargeResponseData {
  static const Layout& layout();
  Byte handle = 0;
};

/// ExtendedErrorData of ResponseTooLarge (ActualSize) and DataTooLarge (length of the data).
struct TooLargeData {
  static const Layout& layout();
  std::uint32_t actual_size = 0;
};

/// Param1: original RequestResponseCode; Param2: Token.
struct RESPOND_IF_READY : Message<Code::RESPOND_IF_READY> {
  static const Layout& layout();
};

}  // namespace lockstep::wire::spdm
