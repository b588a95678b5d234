// Measurements and the measurement extension log (DSP0274, "Firmware measurement").
#pragma once

#include "wire/spdm_header.hpp"

namespace lockstep::wire::spdm {

/// Param1: request attributes; Param2: 0 total number, FFh all, otherwise an index.
struct GET_MEASUREMENTS : Message<Code::GET_MEASUREMENTS> {
  static const Layout& layout();
  static constexpr Byte SIGNATURE_REQUESTED = 1u << 0;        ///< in Param1
  static constexpr Byte RAW_BIT_STREAM_REQUESTED = 1u << 1;   ///< in Param1, since 1.2
  static constexpr Byte NEW_MEASUREMENT_REQUESTED = 1u << 2;  ///< in Param1, since 1.3
  static constexpr Byte TOTAL_NUMBER = 0x00;                  ///< in Param2
  static constexpr Byte ALL = 0xFF;                           ///< in Param2
  Bytes nonce;                                                ///< with a signature
  Byte slot_id_param = 0;                                     ///< with a signature, since 1.1
  Bytes context;                                              ///< since 1.3
};

/// Param1: total number of indices (operation 0); Param2: [3:0] SlotID, [5:4] content changed (1.2).
struct MEASUREMENTS : Message<Code::MEASUREMENTS> {
  static const Layout& layout();
  Byte number_of_blocks = 0;
  std::uint32_t measurement_record_length = 0;  ///< three bytes
  Bytes measurement_record;                     ///< a MeasurementRecord
  Bytes nonce;
  std::uint16_t opaque_data_length = 0;
  Bytes opaque_data;
  Bytes context;    ///< since 1.3
  Bytes signature;  ///< with Context::signature_requested
};

/// Measurement block. MeasurementSpecification 1 (DMTF): the rest is a DMTF measurement.
struct MeasurementBlock {
  static const Layout& layout();
  static constexpr Byte RAW_BIT_STREAM = 1u << 7;  ///< in DMTFSpecMeasurementValueType
  static constexpr Byte INDEX_MANIFEST = 0xFD;
  static constexpr Byte INDEX_DEVICE_MODE = 0xFE;
  Byte index = 0;
  Byte measurement_specification = 1;
  std::uint16_t measurement_size = 0;
  Byte dmtf_spec_measurement_value_type = 0;           ///< DMTF only
  std::uint16_t dmtf_spec_measurement_value_size = 0;  ///< DMTF only
  Bytes measurement_value = {};                        ///< DMTFSpecMeasurementValue, or the other specification's data
};

/// MeasurementRecord of MEASUREMENTS: blocks up to its end.
struct MeasurementRecord {
  static const Layout& layout();
  std::vector<MeasurementBlock> blocks;
};

struct GET_MEASUREMENT_EXTENSION_LOG : Message<Code::GET_MEASUREMENT_EXTENSION_LOG> {
  static const Layout& layout();
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

struct MEASUREMENT_EXTENSION_LOG : Message<Code::MEASUREMENT_EXTENSION_LOG> {
  static const Layout& layout();
  std::uint32_t portion_length = 0;
  std::uint32_t remainder_length = 0;
  Bytes mel;  ///< this portion of it
};

}  // namespace lockstep::wire::spdm
