#include "capture.hpp"

#include <fstream>
#include <iterator>

namespace lockstep::spdm::testing {
namespace {

constexpr std::size_t file_header_size = 24, record_header_size = 16;
constexpr std::uint64_t linktype_mctp = 291;

void append_doe(std::vector<Frame>& frames, std::size_t number, View object) {
  const Byte type = object[2];
  if (type == 1 || type == 2) frames.push_back({number, type == 2, copy(object.subspan(8))});
}

void append_mctp(std::vector<Frame>& frames, std::size_t number, View packet) {
  frames.push_back({number, packet[4] == 6, copy(packet.subspan(5))});
}

void list(std::vector<std::string>& lines, std::size_t number, const Seen& seen) {
  const std::string place = "frame " + std::to_string(number) + ": ";
  if (seen.error) lines.push_back(place + "undecoded " + seen.error->field + ": " + seen.error->why);
  for (const wire::Finding& f : seen.findings)
    lines.push_back(place + std::string(f.rule.id()) + " " + f.field + ": " + f.what);
  for (const Seen& inner : seen.carried) list(lines, number, inner);
}

}  // namespace

std::vector<Frame> read_capture(const std::string& name) {
  std::ifstream file(std::string(LOCKSTEP_SOURCE_DIR "/tests/captures/") + name, std::ios::binary);
  const Bytes all{std::istreambuf_iterator<char>(file), {}};
  LOCKSTEP_ASSERT(all.size() > file_header_size);
  const View view(all);
  const bool mctp = read_le(view.subspan(20, 4)) == linktype_mctp;
  std::vector<Frame> frames;
  std::size_t number = 0;
  for (std::size_t at = file_header_size; at < all.size(); ++number) {
    const std::size_t size = read_le(view.subspan(at + 8, 4));
    (mctp ? append_mctp : append_doe)(frames, number, view.subspan(at + record_header_size, size));
    at += record_header_size + size;
  }
  return frames;
}

std::optional<Bytes> recorded_psk(View hint) {
  if (copy(hint) != Bytes{'T', 'e', 's', 't', 'P', 's', 'k', 'H', 'i', 'n', 't', 0}) return std::nullopt;
  return Bytes{'T', 'e', 's', 't', 'P', 's', 'k', 'D', 'a', 't', 'a', 0};
}

std::vector<Heard> replay(Conversation& conversation, const std::vector<Frame>& frames) {
  std::vector<Heard> all;
  Role sender = Role::requester;
  for (const Frame& frame : frames) {
    Heard heard{.number = frame.number, .sender = sender, .secured = frame.secured, .unopened = {}, .seen = {}};
    const auto tell = [&](View message, SessionId session) {
      heard.seen = sender == Role::requester ? conversation.on_request(message, session)
                                             : conversation.on_response(message, session);
    };
    if (!frame.secured) {
      tell(frame.bytes, std::nullopt);
    } else if (const auto opened = conversation.open(sender, frame.bytes)) {
      if (opened->is_spdm()) tell(opened->message(), opened->session);
    } else {
      heard.unopened = opened.error();
    }
    all.push_back(std::move(heard));
    sender = sender == Role::requester ? Role::responder : Role::requester;
  }
  return all;
}

std::vector<std::string> findings(const std::vector<Heard>& heard) {
  std::vector<std::string> lines;
  for (const Heard& h : heard) list(lines, h.number, h.seen);
  return lines;
}

}  // namespace lockstep::spdm::testing
