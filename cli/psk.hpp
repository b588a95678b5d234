// Pre-shared keys as they are written on the command line: HINT=HEX, or HINT=@FILE with the digits in a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lockstep::cli {

struct Psks {
  std::map<Bytes, Bytes> keys;  ///< by hint, each with and without a terminating zero: DMTF's samples send that zero
  Bytes hint;                   ///< to send in PSK_EXCHANGE: the first one, with its zero, which the samples insist on
};

Result<Psks, std::string> parse_psks(const std::vector<std::string>& texts);

/// What may be published of one that parse_psks() accepts: "HINT=@FILE" in place of the key, a file as it was named.
std::string without_key(const std::string& text);

}  // namespace lockstep::cli
