#include "adapters/pcap.hpp"

#include <fstream>
#include <iterator>

#include "adapters/limits.hpp"
#include "adapters/mctp_packets.hpp"
#include "wire/mctp.hpp"

namespace lockstep::adapters {
namespace {

// libpcap, pcap-savefile(5): 24 bytes of file header, 16 bytes before each record.
constexpr std::size_t file_header = 24, record_header = 16;
constexpr std::uint32_t magic_microseconds = 0xA1B2C3D4, magic_nanoseconds = 0xA1B23C4D, magic_pcapng = 0x0A0D0D0A;
constexpr std::uint32_t link_mctp = 291, link_pci_doe = 292;
constexpr std::size_t mctp_header = 4;

std::string at(std::size_t offset) { return "offset " + std::to_string(offset) + ": "; }

/// A DOE object, or a message of MCTP.
Result<Carried, wire::DecodeError> read_object(Transport transport, View bytes) {
  if (transport != Transport::mctp) return unwrap(transport, bytes);
  const auto packet = wire::decode<wire::mctp::Packet>(bytes, {});
  if (!packet) return Unexpected{packet.error()};
  auto carried = unwrap(transport, bytes.subspan(mctp_header));
  if (carried) return carried;
  wire::DecodeError error = carried.error();
  error.offset += mctp_header;
  return Unexpected{std::move(error)};
}

class Reader {
 public:
  explicit Reader(View file) : file_(file) {}

  Result<Capture, std::string> run() {
    if (const auto why = read_file_header()) return Unexpected{*why};
    for (std::size_t offset = file_header; offset < file_.size() && capture_.error.empty();) offset = read(offset);
    if (capture_.error.empty() && packets_.unfinished())
      capture_.error = "a message of several MCTP packets has no end";
    return std::move(capture_);
  }

 private:
  std::optional<std::string> read_file_header() {
    if (file_.size() < 4) return at(file_.size()) + "too short for a capture file";
    big_endian_ = false;
    if (number(0) != magic_microseconds && number(0) != magic_nanoseconds) big_endian_ = true;
    nanoseconds_ = number(0) == magic_nanoseconds;
    if (number(0) == magic_pcapng)  // the same in both byte orders
      return "this is a pcapng file; convert it to pcap: editcap -F pcap IN OUT";
    if (!nanoseconds_ && number(0) != magic_microseconds) return at(0) + "no pcap file: unknown magic number";
    if (file_.size() < file_header) return at(file_.size()) + "the file ends inside its header";
    const std::uint32_t link = number(20) & 0x0FFFFFFF;  // above: length of a frame check sequence
    if (link != link_mctp && link != link_pci_doe)
      return at(20) + "link type " + std::to_string(link) + "; 291 (MCTP) and 292 (DOE) can be read";
    capture_.transport = link == link_mctp ? Transport::mctp : Transport::pci_doe;
    return std::nullopt;
  }

  // Returns where the next record begins; capture_.error ends the file.
  std::size_t read(std::size_t offset) {
    const std::size_t left = file_.size() - offset;
    if (left < record_header) return stop(offset, "the file ends inside the header of the record");
    const std::size_t captured = number(offset + 8), original = number(offset + 12);
    if (captured > limits::record)
      return stop(offset + 8, "captured length " + std::to_string(captured) + " is more than any message has");
    if (left - record_header < captured)
      return stop(offset, "the file ends " + std::to_string(captured - (left - record_header)) +
                              " bytes before the end of the record");
    Record record{++count_, offset, time_at(offset), copy(file_.subspan(offset + record_header, captured))};
    const bool whole = captured == original ? take(record) : cut(record, original);
    if (whole) capture_.records.push_back(std::move(record));
    return offset + record_header + captured;
  }

  bool cut(Record& record, std::size_t original) {
    record.why = at(record.offset + 8) + std::to_string(record.bytes.size()) + " of " + std::to_string(original) +
                 " bytes were captured";
    return record.incomplete = true;
  }

  /// false: more packets of the message must come.
  bool take(Record& record) {
    const std::size_t begin = record.offset + record_header;
    if (capture_.transport == Transport::mctp) {
      auto message = packets_.take(record.bytes);
      if (!message) {
        record.why = at(begin) + message.error();
        return record.incomplete = true;
      }
      if (!*message) return false;
      record.bytes = std::move(**message);
    }
    auto carried = read_object(capture_.transport, record.bytes);
    if (carried)
      record.carried = std::move(*carried);
    else
      record.why = at(begin + carried.error().offset) + carried.error().field + ": " + carried.error().why;
    return true;
  }

  std::size_t stop(std::size_t offset, const std::string& why) {
    capture_.error = "record " + std::to_string(count_ + 1) + ", " + at(offset) + why;
    return file_.size();
  }

  std::chrono::nanoseconds time_at(std::size_t offset) const {
    const std::chrono::seconds seconds(number(offset));
    const std::uint32_t fraction = number(offset + 4);
    if (nanoseconds_) return seconds + std::chrono::nanoseconds(fraction);
    return seconds + std::chrono::microseconds(fraction);
  }

  std::uint32_t number(std::size_t offset) const {
    const View raw = file_.subspan(offset, 4);
    return static_cast<std::uint32_t>(big_endian_ ? read_be(raw) : read_le(raw));
  }

  View file_;
  bool big_endian_ = false;
  bool nanoseconds_ = false;
  Capture capture_;
  MctpPackets packets_;
  std::size_t count_ = 0;
};

}  // namespace

Result<Capture, std::string> read_capture(View file) { return Reader(file).run(); }

Result<Capture, std::string> read_capture(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open() || std::filesystem::is_directory(path)) return Unexpected{path.string() + ": cannot be read"};
  const Bytes bytes(std::istreambuf_iterator<char>(in), {});
  auto capture = read_capture(bytes);
  if (!capture) return Unexpected{path.string() + ": " + capture.error()};
  if (!capture->error.empty()) capture->error = path.string() + ": " + capture->error;
  return capture;
}

}  // namespace lockstep::adapters
