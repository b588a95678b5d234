#include "psk.hpp"

namespace lockstep::cli {

Result<Psks, std::string> parse_psks(const std::vector<std::string>& texts) {
  Psks psks;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const auto key = equals == text.npos ? std::nullopt : from_hex(text.substr(equals + 1));
    // The text itself is not repeated: it may be a secret.
    if (!key || key->empty() || equals == 0)
      return Unexpected{
          std::string("--psk expects HINT=HEX with an even number of hexadecimal digits, for example "
                      "TestPskHint=5465737450736b4461746100")};
    Bytes hint = text_bytes(text.substr(0, equals));
    psks.keys[hint] = *key;
    hint.push_back(0);
    psks.keys[hint] = *key;
    if (psks.hint.empty()) psks.hint = hint;
  }
  return psks;
}

}  // namespace lockstep::cli
