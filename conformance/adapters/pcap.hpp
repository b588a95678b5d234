// Classic pcap files (libpcap's file format) with DOE (link type 292) or MCTP (link type 291) records.
#pragma once

#include <chrono>
#include <filesystem>

#include "adapters/transport.hpp"

namespace lockstep::adapters {

/// One record. Either `carried` is there or `why` says what is wrong; the bytes are there in any case. A message of
/// several MCTP packets is one record, with the number of the last.
struct Record {
  std::size_t number = 0;            ///< from 1, as Wireshark counts
  std::size_t offset = 0;            ///< of the record's header in the file
  std::chrono::nanoseconds time{};   ///< since 1970
  Bytes bytes;                       ///< as captured, transport header included (of several packets, the first one's)
  std::optional<Carried> carried{};  ///< discovery and foreign types are marked, not left out
  std::string why{};                 ///< names the offset in the file
  bool incomplete = false;           ///< `why` is that the recording lacks a part of it
};

struct Capture {
  Transport transport = Transport::pci_doe;
  std::vector<Record> records;
  std::string error;  ///< why the file ends early, with record and offset; the records before it are here
};

/// Microsecond and nanosecond files, both byte orders. The error: this is no such file (pcapng says so).
Result<Capture, std::string> read_capture(View file);
/// The same from a file; errors name it.
Result<Capture, std::string> read_capture(const std::filesystem::path&);

}  // namespace lockstep::adapters
