#include "adapters/discovery.hpp"

#include <algorithm>
#include <bitset>

#include "adapters/transport.hpp"
#include "wire/doe.hpp"

namespace lockstep::adapters {
namespace {

using wire::doe::DataObjectType;
using wire::doe::DiscoveryRequest;
using wire::doe::DiscoveryResponse;

constexpr Byte discovery_versions[] = {0, 2};
constexpr Offered served[] = {
    {wire::doe::VENDOR_ID_PCISIG, static_cast<Byte>(DataObjectType::DISCOVERY)},
    {wire::doe::VENDOR_ID_PCISIG, static_cast<Byte>(DataObjectType::SPDM)},
    {wire::doe::VENDOR_ID_PCISIG, static_cast<Byte>(DataObjectType::SECURED_SPDM)},
};

Bytes discovery_object(View payload) { return wire::doe::wrap_doe(DataObjectType::DISCOVERY, payload); }

class Walk {
 public:
  explicit Walk(const AskObject& ask) : ask_(ask) {}

  Result<Discovery, LinkError> run() {
    auto first = ask_first();
    if (!first) return Unexpected{first.error()};
    if (!*first) return std::move(found_);
    if ((*first)->vendor_id != served[0].vendor_id || (*first)->data_object_type != served[0].data_object_type)
      find("DOE-001", 0, "lists " + text(**first) + " instead of discovery itself");
    if (const auto error = follow(**first)) return Unexpected{*error};
    if (std::find(found_.offered.begin(), found_.offered.end(), served[1]) == found_.offered.end())
      found_.findings.push_back({"DOE-003", {}, "discovery does not list SPDM (vendor 0001h, type 1)"});
    return std::move(found_);
  }

 private:
  using Answer = Result<std::optional<DiscoveryResponse>, LinkError>;

  Answer ask_first() {
    for (Byte version : discovery_versions) {
      version_ = version;
      auto answer = ask(0);
      const bool refused = answer && *answer && (*answer)->vendor_id == wire::doe::VENDOR_ID_NONE;
      if (!refused) return answer;
    }
    find("DOE-005", 0, "neither discovery version 0 nor 2 is served");
    return std::optional<DiscoveryResponse>();
  }

  // From `entry`, the answer for index 0, to the end of the chain.
  std::optional<LinkError> follow(DiscoveryResponse entry) {
    std::bitset<256> seen;
    for (Byte index = 0;;) {
      seen.set(index);
      found_.offered.push_back({entry.vendor_id, entry.data_object_type});
      if (entry.next_index == 0) return std::nullopt;
      if (seen.test(entry.next_index)) {
        find("DOE-002", index, "leads back to index " + std::to_string(entry.next_index));
        return std::nullopt;
      }
      index = entry.next_index;
      const auto next = ask(index);
      if (!next) return next.error();
      if (!*next) return std::nullopt;
      entry = **next;
      if (entry.vendor_id == wire::doe::VENDOR_ID_NONE) {
        find("DOE-002", index, "the chain leads to an entry that does not exist");
        return std::nullopt;
      }
    }
  }

  // nullopt: no answer that could be read; the finding is written.
  Answer ask(Byte index) {
    const auto answer = ask_(discovery_object(wire::encode(DiscoveryRequest{.index = index, .version = version_}, {})));
    if (!answer) return Unexpected{answer.error()};
    const Rule rule = index == 0 ? Rule("DOE-001") : Rule("DOE-002");
    if (!*answer) return find(rule, index, "is not answered");
    const auto carried = unwrap(Transport::pci_doe, **answer);
    if (!carried)
      return find("DOE-007", index,
                  carried.error().field + " at offset " + std::to_string(carried.error().offset) +
                      " of the answer: " + carried.error().why);
    for (const auto& finding : carried->findings) found_.findings.push_back(finding);
    if (carried->kind != Carried::Kind::discovery)
      return find("DOE-015", index, "the answer is of another object type");
    const auto response = wire::decode<DiscoveryResponse>(carried->payload, {});
    if (!response) return find(rule, index, "the answer is shorter than a discovery response");
    return std::optional(response->message);
  }

  std::optional<DiscoveryResponse> find(Rule rule, Byte index, const std::string& what) {
    found_.findings.push_back({rule, {}, "discovery index " + std::to_string(index) + ": " + what});
    return std::nullopt;
  }
  static std::string text(const DiscoveryResponse& entry) {
    return "vendor " + std::to_string(entry.vendor_id) + ", type " + std::to_string(entry.data_object_type);
  }

  const AskObject& ask_;
  Byte version_ = 0;
  Discovery found_;
};

}  // namespace

Result<Discovery, LinkError> discover(const AskObject& ask) { return Walk(ask).run(); }

std::optional<Bytes> answer_discovery(View request_payload) {
  const auto request = wire::decode<DiscoveryRequest>(request_payload, {});
  if (!request) return std::nullopt;
  const std::size_t index = request->message.index;
  const bool known_version = std::find(std::begin(discovery_versions), std::end(discovery_versions),
                                       request->message.version) != std::end(discovery_versions);
  DiscoveryResponse response{.vendor_id = wire::doe::VENDOR_ID_NONE};
  if (known_version && index < std::size(served)) {
    response = {.vendor_id = served[index].vendor_id, .data_object_type = served[index].data_object_type};
    response.next_index = static_cast<Byte>((index + 1) % std::size(served));
  }
  return discovery_object(wire::encode(response, {}));
}

}  // namespace lockstep::adapters
