// The capture reader. Input: a pcap file.
#include "adapters/pcap.hpp"
#include "fuzz/target.hpp"

namespace lockstep::fuzz {

void run(View input) {
  const auto capture = adapters::read_capture(input);
  if (!capture) return require(!capture.error().empty(), "an error says why");
  std::size_t end = 24;  // file header
  for (std::size_t i = 0; i < capture->records.size(); ++i) {
    const adapters::Record& record = capture->records[i];
    require(record.number == i + 1, "records count from 1");
    require(record.offset == end, "records follow each other");
    end = record.offset + 16 + record.bytes.size();
    require(end <= input.size(), "no more is read than there is");
    require(record.carried.has_value() == record.why.empty(), "a record has contents, or says why not");
  }
  require(end == input.size() || !capture->error.empty(), "a file that ends early says so");
}

}  // namespace lockstep::fuzz
