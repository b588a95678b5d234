// What a target says of itself before the first message, and the text in which a shim says it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "adapters/transport.hpp"

namespace lockstep::adapters {

struct Claims {
  std::string name = {};  ///< of the implementation, for reports
  Transport transport = Transport::pci_doe;
  bool root_complex_integrated = false;          ///< needs no IDE
  std::vector<std::uint32_t> function_ids = {};  ///< one for each TDI under test; none: no TDISP
  struct Stream {
    Byte stream_id = 0, port_index = 0;
    bool operator==(const Stream&) const = default;
  };
  std::vector<Stream> streams = {};          ///< none: no IDE_KM
  bool reset = false;                        ///< a new process finds a device without memory of what was before
  std::vector<std::string> injects = {};     ///< the out-of-band stimuli that it can make happen
  std::chrono::milliseconds patience{1000};  ///< it answers every frame within this time
  bool operator==(const Claims&) const = default;
};

/// Of docs/shim.md; the error names what is wrong in the text.
Result<Claims, std::string> parse_hello(std::string_view json);
std::string hello_text(const Claims&);

}  // namespace lockstep::adapters
