#include "runner/keylog.hpp"

#include <algorithm>

#include "device/letter_text.hpp"
#include "runner/text_file.hpp"

namespace lockstep::runner {
namespace {

using spdm::SessionData;

constexpr std::string_view HANDSHAKE = "SPDM_HANDSHAKE_SECRET";
constexpr std::string_view EMPTY = "-";  // a column that holds no bytes
/// Every label; readers need the first one only.
constexpr std::string_view LABELS[] = {HANDSHAKE,
                                       "SPDM_PSK_HINT",
                                       "SPDM_REQUEST_HANDSHAKE_SECRET",
                                       "SPDM_RESPONSE_HANDSHAKE_SECRET",
                                       "SPDM_REQUEST_DATA_SECRET",
                                       "SPDM_RESPONSE_DATA_SECRET",
                                       "SPDM_EXPORT_MASTER_SECRET"};

std::string column(View bytes) { return bytes.empty() ? std::string(EMPTY) : to_hex(bytes); }

std::optional<Bytes> bytes_of(std::string_view column) { return column == EMPTY ? Bytes() : from_hex(column); }

std::string session_columns(const SessionData& session) {
  Bytes id;
  append_be(id, session.id, 4);
  return to_hex(id) + " " + column(session.made_up.request) + " " + column(session.made_up.response);
}

/// Why a line is wrong; empty: it is not.
std::string read_line(std::string_view line, std::map<std::pair<Bytes, Bytes>, Bytes>& handshake) {
  const auto words = device::words_of(line);
  if (words.empty() || words[0].starts_with('#')) return {};
  const std::string label(words[0]);
  if (std::find(std::begin(LABELS), std::end(LABELS), label) == std::end(LABELS))
    return "unknown label '" + label + "'";
  if (words.size() != 5)
    return "expected LABEL SESSION REQUEST RESPONSE SECRET, found " + std::to_string(words.size()) + " words";
  const auto id = from_hex(words[1]), request = bytes_of(words[2]), response = bytes_of(words[3]);
  const auto secret = from_hex(words[4]);
  if (!id || id->size() != 4) return "the SessionID is not 8 hexadecimal digits";
  if (!request || !response || !secret || secret->empty()) return "expected an even number of hexadecimal digits";
  if (label != HANDSHAKE) return {};
  const auto [known, added] = handshake.try_emplace({*request, *response}, *secret);
  return added || known->second == *secret ? std::string() : "another secret for a session that has one";
}

}  // namespace

std::vector<std::string> KeyLog::news(const spdm::Memory& memory) {
  std::vector<std::string> lines;
  for (const auto& [id, session] : memory.sessions) {
    if (!session.keys) continue;
    const std::string columns = session_columns(session);
    const auto tell = [&](std::string_view label, View secret) {
      const std::string start = std::string(label) + " " + columns;
      if (!secret.empty() && told_.insert(start).second) lines.push_back(start + " " + to_hex(secret));
    };
    const spdm::SessionKeys& keys = *session.keys;
    const bool established = session.phase == SessionData::Phase::established;
    tell(LABELS[0], keys.handshake_secret);
    tell(LABELS[1], session.psk_hint);
    tell(LABELS[established ? 4 : 2], keys.direction_secret.request);
    tell(LABELS[established ? 5 : 3], keys.direction_secret.response);
    tell(LABELS[6], keys.export_secret);
  }
  return lines;
}

Result<LoggedSecrets, std::string> LoggedSecrets::parse(std::string_view text, std::string_view name) {
  LoggedSecrets secrets;
  std::size_t number = 0;
  if (text.substr(0, text.find_first_of("\r\n")) != KEY_LOG_HEAD)
    return Unexpected{std::string(name) + ": line 1: expected \"" + std::string(KEY_LOG_HEAD) +
                      "\": this is no key log"};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ++number;
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const std::string why = read_line(line, secrets.handshake_); !why.empty())
      return Unexpected{std::string(name) + ": line " + std::to_string(number) + ": " + why};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return secrets;
}

Result<LoggedSecrets, std::string> LoggedSecrets::read(const std::filesystem::path& path) {
  const auto text = read_text(path);
  if (!text) return Unexpected{text.error()};
  return parse(*text, path.string());
}

std::optional<Bytes> LoggedSecrets::handshake_secret(View request, View response) const {
  const auto found = handshake_.find({copy(request), copy(response)});
  return found == handshake_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lockstep::runner
