#include "psk.hpp"

#include "runner/text_file.hpp"

namespace lockstep::cli {
namespace {

// No message repeats what was given: it may be a secret.
constexpr std::string_view EXPECTED =
    "--psk expects HINT=HEX with an even number of hexadecimal digits, for example "
    "TestPskHint=5465737450736b4461746100, or HINT=@FILE with the digits in a file";

Result<Bytes, std::string> key_in(const std::string& path) {
  auto text = runner::read_text(path);
  if (!text) return Unexpected{"--psk: " + text.error()};
  std::erase_if(*text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  auto key = from_hex(*text);
  if (!key || key->empty()) return Unexpected{"--psk: " + path + " does not hold an even number of hexadecimal digits"};
  return std::move(*key);
}

Result<Bytes, std::string> key_of(const std::string& text) {
  if (text.starts_with('@')) return key_in(text.substr(1));
  auto key = from_hex(text);
  if (!key || key->empty()) return Unexpected{std::string(EXPECTED)};
  return std::move(*key);
}

}  // namespace

Result<Psks, std::string> parse_psks(const std::vector<std::string>& texts) {
  Psks psks;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) return Unexpected{std::string(EXPECTED)};
    const auto key = key_of(text.substr(equals + 1));
    if (!key) return Unexpected{key.error()};
    Bytes hint = text_bytes(text.substr(0, equals));
    psks.keys[hint] = *key;
    hint.push_back(0);
    psks.keys[hint] = *key;
    if (psks.hint.empty()) psks.hint = hint;
  }
  return psks;
}

std::string without_key(const std::string& text) {
  const std::string hint = text.substr(0, text.find('=') + 1);
  return text.starts_with(hint + "@") ? text : hint + "@FILE";
}

}  // namespace lockstep::cli
