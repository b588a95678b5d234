// The recordings of tests/captures, with what opens them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "adapters/pcap.hpp"
#include "runner/check.hpp"

namespace lockstep::runner {

struct Capture {
  std::string file;
  adapters::Transport transport;
  std::string second_psk;  ///< of the session inside, which a CXL TSP message of the first one carries; hexadecimal
};

inline std::filesystem::path recording_path(std::string_view file) {
  return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/captures" / file;
}

inline std::vector<Capture> recordings() {
  using enum adapters::Transport;
  return {{"mctp_10.pcap", mctp, {}},
          {"mctp_psk_13.pcap", mctp, {}},
          {"doe_psk_tdisp_11.pcap", pci_doe, "a23fe091954ad7a398a0679a5352dab68a2565dfcf51322e29cf691da78e50de"},
          {"doe_psk_tdisp_14.pcap", pci_doe, "d8b287968294a323250c79965f642f6ba932dc647675a3bb98aa5fbe295bee39"},
          {"doe_dhe_tdisp_14.pcap", pci_doe, {}}};
}

inline CheckOptions options_of(const Capture& recording) {
  CheckOptions options;
  const auto text = [](std::string_view hint) {
    Bytes bytes = text_bytes(hint);
    bytes.push_back(0);
    return bytes;
  };
  options.psk[text("TestPskHint")] = text("TestPskData");
  if (!recording.second_psk.empty()) options.psk[text("SECONDARY_SESSION_0_PSK")] = *from_hex(recording.second_psk);
  return options;
}

inline std::vector<adapters::Record> records_of(const Capture& recording) {
  auto capture = adapters::read_capture(recording_path(recording.file));
  if (!capture || !capture->error.empty()) return {};
  return std::move(capture->records);
}

/// A record of other bytes, as a pcap file would bring it.
inline adapters::Record record_of(const Capture& recording, std::size_t number, const Bytes& bytes) {
  constexpr std::uint32_t MAGIC = 0xA1B2C3D4, LINK_MCTP = 291, LINK_PCI_DOE = 292;
  Bytes file;
  append_le(file, MAGIC, 4);
  append_le(file, 0x0004'0002, 4);
  append_le(file, 0, 8);
  append_le(file, 0x10000, 4);
  append_le(file, recording.transport == adapters::Transport::mctp ? LINK_MCTP : LINK_PCI_DOE, 4);
  append_le(file, 0, 8);
  append_le(file, bytes.size(), 4);
  append_le(file, bytes.size(), 4);
  append(file, bytes);
  auto record = adapters::read_capture(View(file))->records.at(0);
  record.number = number;
  return record;
}

}  // namespace lockstep::runner
