// A device in this process as a target: no socket, no headers.
#pragma once

#include "adapters/transport.hpp"

namespace lockstep::adapters {

class MemoryTarget : public Target, private Injector {
 public:
  /// `make` gives a device without memory; it is called by the first connect() and by each with restart.
  /// `transport` says how its records are made, and whether it may pad.
  MemoryTarget(std::string name, std::function<LocalDevice()> make, Transport transport = Transport::pci_doe)
      : name_(std::move(name)), make_(std::move(make)), transport_(transport) {}

  std::string name() const override { return name_; }
  bool can_restart() const override { return true; }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override {
    if (restart || !device_) device_ = std::make_shared<LocalDevice>(make_());
    return std::unique_ptr<Link>(std::make_unique<MemoryLink>(device_, transport_));
  }
  Injector* injector() override { return this; }

 private:
  class MemoryLink : public Link {
   public:
    MemoryLink(std::shared_ptr<LocalDevice> device, Transport transport)
        : device_(std::move(device)), transport_(transport) {}
    const Binding& binding() const override { return adapters::binding(transport_); }
    Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, std::chrono::milliseconds) override {
      return device_->respond(packet);
    }

   private:
    std::shared_ptr<LocalDevice> device_;
    Transport transport_;
  };

  Result<Injected, std::string> inject(const Injection& injection) override {
    if (!device_) return Unexpected{std::string("nothing is connected yet")};
    return device_->inject ? device_->inject(injection) : Injected::unimplemented;
  }

  std::string name_;
  std::function<LocalDevice()> make_;
  Transport transport_;
  std::shared_ptr<LocalDevice> device_;
};

}  // namespace lockstep::adapters
