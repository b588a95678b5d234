// A device in this process as a target: no socket, no headers.
#pragma once

#include "adapters/transport.hpp"

namespace lockstep::adapters {

class MemoryTarget : public Target, private Injector {
 public:
  /// `make` gives a device without memory; it is called by the first connect() and by each with restart.
  MemoryTarget(std::string name, std::function<LocalDevice()> make) : name_(std::move(name)), make_(std::move(make)) {}

  std::string name() const override { return name_; }
  bool can_restart() const override { return true; }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override {
    if (restart || !device_) device_ = std::make_shared<LocalDevice>(make_());
    return std::unique_ptr<Link>(std::make_unique<MemoryLink>(device_));
  }
  Injector* injector() override { return this; }

 private:
  class MemoryLink : public Link {
   public:
    explicit MemoryLink(std::shared_ptr<LocalDevice> device) : device_(std::move(device)) {}
    const Binding& binding() const override { return adapters::binding(Transport::pci_doe); }
    Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, std::chrono::milliseconds) override {
      return device_->respond(packet);
    }

   private:
    std::shared_ptr<LocalDevice> device_;
  };

  Result<Injected, std::string> inject(const Injection& injection) override {
    if (!device_) return Unexpected{std::string("nothing is connected yet")};
    return device_->inject ? device_->inject(injection) : Injected::unimplemented;
  }

  std::string name_;
  std::function<LocalDevice()> make_;
  std::shared_ptr<LocalDevice> device_;
};

}  // namespace lockstep::adapters
