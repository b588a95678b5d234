// A device in this process as a target: no socket.
#pragma once

#include "adapters/transport.hpp"

namespace lockstep::adapters {

class MemoryTarget : public Target, private Injector {
 public:
  /// `make` gives a device without memory; it is called by the first connect() and by each with restart.
  /// `transport` says how its records are made, and its objects where the device has them.
  MemoryTarget(std::string name, std::function<LocalDevice()> make, Transport transport = Transport::pci_doe)
      : name_(std::move(name)), make_(std::move(make)), transport_(transport) {}

  std::string name() const override { return name_; }
  bool can_restart() const override { return true; }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override;
  Injector* injector() override { return this; }

 private:
  Result<Injected, std::string> inject(const Injection& injection) override;

  std::string name_;
  std::function<LocalDevice()> make_;
  Transport transport_;
  std::shared_ptr<LocalDevice> device_;
};

}  // namespace lockstep::adapters
