#include "runner/padding.hpp"

#include <algorithm>

namespace lockstep::runner {

std::optional<wire::Finding> dirty_padding(Role sender, View object, std::size_t size) {
  const View padding = object.subspan(std::min(size, object.size()));
  if (std::all_of(padding.begin(), padding.end(), [](Byte b) { return b == 0; })) return std::nullopt;
  return wire::Finding{sender == Role::responder ? Rule("DOE-016") : Rule::none(), "padding", "is not zero"};
}

std::size_t size_of_answer(const oracle::Step& step) {
  return step.response_chunk.empty() ? step.response->bytes.size() : step.response_chunk.size();
}

std::size_t size_of_record(const spdm::RecordFormat& format, View record) {
  const auto header = spdm::read_record_header(format, record);
  return header ? header->size : record.size();
}

}  // namespace lockstep::runner
