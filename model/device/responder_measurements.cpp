#include "device/responder_measurements.hpp"

#include "crypto/hash.hpp"

namespace lockstep::device {
namespace {

using wire::spdm::MeasurementBlock;

/// One thing that is measured (DSP0274, DMTFSpecMeasurementValueType).
struct Measured {
  Byte index;
  Byte type;
  std::string_view value;
  bool always_raw;
  bool trusted_base;
  Byte since;  ///< SPDM version
};

constexpr Byte IMMUTABLE_ROM = 0, MUTABLE_FIRMWARE = 1, HARDWARE_CONFIGURATION = 2, FIRMWARE_CONFIGURATION = 3,
               MANIFEST = 4, DEVICE_MODE = 5;

// Device mode: capabilities and state of operational and debug mode, four bytes each; operational, no debug.
constexpr std::string_view NORMAL_MODE{"\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0", 16};

constexpr Measured MEASURED[] = {
    {1, IMMUTABLE_ROM, "Lockstep boot ROM 1", false, true, 0x10},
    {2, MUTABLE_FIRMWARE, "Lockstep firmware 0.1.0", false, true, 0x10},
    {3, HARDWARE_CONFIGURATION, "one port, no straps set", false, false, 0x10},
    {4, FIRMWARE_CONFIGURATION, "default configuration", false, false, 0x10},
    {MeasurementBlock::INDEX_MANIFEST, MANIFEST, "Lockstep reference device: ROM, firmware, configuration", true, false,
     0x12},
    {MeasurementBlock::INDEX_DEVICE_MODE, DEVICE_MODE, NORMAL_MODE, true, false, 0x12},
};

MeasurementBlock block(const Measured& measured, crypto::Hash hash, bool raw) {
  MeasurementBlock block;
  const Bytes value = text_bytes(measured.value);
  const bool as_it_is = raw || measured.always_raw;
  block.index = measured.index;
  block.dmtf_spec_measurement_value_type =
      static_cast<Byte>(measured.type | (as_it_is ? MeasurementBlock::RAW_BIT_STREAM : 0));
  block.measurement_value = as_it_is ? value : crypto::digest(hash, value);
  block.dmtf_spec_measurement_value_size = static_cast<std::uint16_t>(block.measurement_value.size());
  block.measurement_size = static_cast<std::uint16_t>(block.measurement_value.size() + 3);
  return block;
}

}  // namespace

std::vector<MeasurementBlock> measurement_blocks(const spdm::Negotiated& negotiated, bool raw) {
  std::vector<MeasurementBlock> blocks;
  if (!negotiated.measurement_hash) return blocks;
  for (const Measured& measured : MEASURED)
    if (measured.since <= negotiated.spdm_version) blocks.push_back(block(measured, *negotiated.measurement_hash, raw));
  return blocks;
}

Bytes measurement_summary(const spdm::Negotiated& negotiated, Byte type) {
  if (!negotiated.hash) return {};  // a device that serves what comes too early
  Bytes all;
  const auto blocks = measurement_blocks(negotiated, false);
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (type != 1 || MEASURED[i].trusted_base) append(all, wire::encode(blocks[i], negotiated.context()));
  return crypto::digest(*negotiated.hash, all);
}

}  // namespace lockstep::device
