#include "runner/discovery_walk.hpp"

#include <algorithm>

#include "wire/doe.hpp"

namespace lockstep::runner {
namespace {

constexpr std::size_t SIZE = 4;

bool looks_like_request(View payload) {
  const auto decoded = wire::decode<wire::doe::DiscoveryRequest>(payload, {});
  return decoded && decoded->message.reserved == 0;
}

}  // namespace

DiscoveryWalk::Verdict DiscoveryWalk::take(View payload) {
  if (payload.size() != SIZE) return {"DOE discovery " + to_hex(payload), "DOE-007", "is not one double word long"};
  if (asked_ && std::equal(payload.begin(), payload.end(), latest_.begin(), latest_.end())) return again(payload);
  return asked_ ? response(payload) : request(payload);
}

/// The same request once more: nobody answers with it.
DiscoveryWalk::Verdict DiscoveryWalk::again(View payload) {
  Verdict verdict{"DOE discovery request, index " + std::to_string(payload[0])};
  verdict.reason = "no answer to the same request before was recorded";
  verdict.missing = true;
  return verdict;
}

DiscoveryWalk::Verdict DiscoveryWalk::request(View payload) {
  const Byte index = payload[0];
  Verdict verdict{"DOE discovery request, index " + std::to_string(index)};
  if (!looks_like_request(payload)) {
    verdict.message = "DOE discovery " + to_hex(payload);
    verdict.reason = "its request was not recorded";
    verdict.missing = gap_ = true;
    return verdict;
  }
  const bool restarts = index == 0;             // who has found what it looks for need not go to the end
  const bool again = indices_.contains(index);  // who was not content with the answer may ask once more
  if (!restarts && !again && next_ && next_ != index) {
    const std::string expected = *next_ == 0 ? "the walk was not begun" : std::to_string(*next_);
    verdict.reason = "does not follow Next Index (" + expected + "), or records are missing";
    gap_ = true;
  }
  if (restarts) {
    indices_.clear();
    types_.clear();
    whole_ = gap_ = false;
  }
  if (verdict.reason.empty() && payload[1] != 0 && payload[1] != 2)
    verdict.reason = "the DOE discovery version is neither 0 nor 2";
  asked_ = index;
  latest_ = copy(payload);
  return verdict;
}

DiscoveryWalk::Verdict DiscoveryWalk::response(View payload) {
  const Byte index = *asked_;
  asked_.reset();
  const auto decoded = wire::decode<wire::doe::DiscoveryResponse>(payload, {});
  const wire::doe::DiscoveryResponse& entry = decoded->message;
  Verdict verdict{"DOE discovery response, Vendor ID " + std::to_string(entry.vendor_id) + ", type " +
                  std::to_string(entry.data_object_type) + ", Next Index " + std::to_string(entry.next_index)};
  const bool pci_sig = entry.vendor_id == wire::doe::VENDOR_ID_PCISIG;
  const bool is_discovery = pci_sig && entry.data_object_type == 0;
  const bool first = indices_.insert(index).second && !gap_;
  const bool repeats = first && entry.next_index != 0 && indices_.contains(entry.next_index);
  const bool twice = pci_sig && !types_.insert(entry.data_object_type).second && first;
  if (pci_sig) listed_.insert(entry.data_object_type);
  if (index == 0 && !is_discovery) {
    verdict.rule = "DOE-001";
    verdict.reason = "index 0 is not DOE discovery";
  } else if (repeats) {
    verdict.rule = "DOE-002";
    verdict.reason = "Next Index leads back to an entry that was given";
  } else if (twice) {
    verdict.reason = "lists a type a second time";
  }
  next_ = entry.next_index;
  whole_ = entry.next_index == 0 && indices_.contains(0);
  return verdict;
}

std::optional<DiscoveryWalk::Verdict> DiscoveryWalk::used(Byte type) {
  if (!whole_ || gap_ || listed_.contains(type) || !blamed_.insert(type).second) return std::nullopt;
  return Verdict{"DOE discovery", "DOE-003",
                 "no walk lists data object type " + std::to_string(type) + ", which is used"};
}

}  // namespace lockstep::runner
