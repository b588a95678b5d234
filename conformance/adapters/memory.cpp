#include "adapters/memory.hpp"

#include "adapters/discovery.hpp"

namespace lockstep::adapters {
namespace {

using std::chrono::milliseconds;
using Exchanged = Result<std::optional<Packet>, LinkError>;

class MemoryLink : public Link {
 public:
  MemoryLink(std::shared_ptr<LocalDevice> device, Transport transport)
      : device_(std::move(device)), transport_(transport) {}
  const Binding& binding() const override { return adapters::binding(transport_); }
  Exchanged exchange(const Packet& packet, milliseconds) override { return device_->respond(packet); }

 protected:
  std::shared_ptr<LocalDevice> device_;
  Transport transport_;
};

/// With the headers of the transport around everything.
class ObjectLink : public MemoryLink {
 public:
  using MemoryLink::MemoryLink;

  std::optional<LinkError> open() {
    if (transport_ != Transport::pci_doe) return std::nullopt;
    auto discovery = discover([this](View object) { return exchange_object(object, {}); });
    if (!discovery) return discovery.error();
    offered_ = std::move(discovery->offered);
    findings_ = std::move(discovery->findings);
    return std::nullopt;
  }
  bool takes_objects() const override { return true; }
  Result<std::optional<Bytes>, LinkError> exchange_object(View object, milliseconds) override {
    return device_->objects(object);
  }
  std::vector<Offered> offered() const override { return offered_; }
  std::vector<wire::Finding> take_findings() override { return std::exchange(findings_, {}); }

  Exchanged exchange(const Packet& packet, milliseconds) override {
    const auto object = device_->objects(wrap(transport_, packet));
    if (!object) return std::optional<Packet>();
    auto answer = unwrap_answer(transport_, *object, findings_);
    if (answer) return std::optional(std::move(*answer));
    return Unexpected{LinkError{LinkError::Kind::bad_frame, answer.error().field + ": " + answer.error().why}};
  }

 private:
  std::vector<Offered> offered_;
  std::vector<wire::Finding> findings_;
};

}  // namespace

Result<std::optional<Bytes>, LinkError> Link::exchange_object(View, milliseconds) {
  return Unexpected{LinkError{LinkError::Kind::unimplemented, "this way to the target takes no objects"}};
}

Result<std::unique_ptr<Link>, LinkError> MemoryTarget::connect(bool restart) {
  if (restart || !device_) device_ = std::make_shared<LocalDevice>(make_());
  if (!device_->objects) return std::unique_ptr<Link>(std::make_unique<MemoryLink>(device_, transport_));
  auto link = std::make_unique<ObjectLink>(device_, transport_);
  if (auto error = link->open()) return Unexpected{std::move(*error)};
  return std::unique_ptr<Link>(std::move(link));
}

Result<Injected, std::string> MemoryTarget::inject(const Injection& injection) {
  if (!device_) return Unexpected{std::string("nothing is connected yet")};
  return device_->inject ? device_->inject(injection) : Injected::unimplemented;
}

}  // namespace lockstep::adapters
