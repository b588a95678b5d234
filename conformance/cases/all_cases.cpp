#include <algorithm>

#include "cases/steps.hpp"

namespace lockstep::cases {

std::vector<ide_km::Slot> slots(bool k1) {
  std::vector<ide_km::Slot> all;
  for (const bool tx : {false, true})
    for (const Byte sub_stream : {Byte{0}, Byte{1}, Byte{2}}) all.push_back({k1, tx, sub_stream});
  return all;
}

std::vector<Step> each_slot(ide_km::Stimulus stimulus, bool k1, std::size_t count, Byte stream) {
  std::vector<Step> steps;
  for (const auto& slot : slots(k1))
    if (steps.size() < count) steps.push_back(on_stream(stream, ide_km_step(stimulus, slot)));
  return steps;
}

std::span<const Case> all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    for (auto list : {tdisp_cases(), tdisp_content_cases(), tdisp_session_cases(), tdisp_state_cases(), ide_km_cases(),
                      ide_km_stream_cases(), spdm_cases(), spdm_content_cases(), spdm_order_cases(),
                      out_of_band_cases(), record_cases(), transport_cases(), pci_field_cases(), spdm_field_cases(),
                      spdm_chunk_cases(), spdm_information_cases()})
      for (Case& test : list) all.push_back(std::move(test));
    std::sort(all.begin(), all.end(), [](const Case& a, const Case& b) { return a.id < b.id; });
    return all;
  }();
  return cases;
}

const Case* find_case(std::string_view id) {
  const auto cases = all_cases();
  const auto found =
      std::lower_bound(cases.begin(), cases.end(), id, [](const Case& c, std::string_view i) { return c.id < i; });
  return found != cases.end() && found->id == id ? &*found : nullptr;
}

}  // namespace lockstep::cases
