// The capture reader. Input: a pcap file.
#include "adapters/pcap.hpp"
#include "fuzz/target.hpp"

namespace lockstep::fuzz {

void run(View input) {
  const auto capture = adapters::read_capture(input);
  if (!capture) return require(!capture.error().empty(), "an error says why");
  const bool in_packets = capture->transport == adapters::Transport::mctp;  // of which several may be one message
  std::size_t number = 0, end = 24;                                         // file header
  for (const adapters::Record& record : capture->records) {
    require(record.number == number + 1 || (in_packets && record.number > number), "records count from 1");
    require(record.offset == end || (in_packets && record.offset > end), "records follow each other");
    number = record.number;
    end = record.offset + 16 + (in_packets ? 0 : record.bytes.size());
    require(record.offset + 16 <= input.size() && record.bytes.size() <= input.size(), "no more than there is");
    require(record.carried.has_value() == record.why.empty(), "a record has contents, or says why not");
  }
  require(in_packets || end == input.size() || !capture->error.empty(), "a file that ends early says so");
}

}  // namespace lockstep::fuzz
