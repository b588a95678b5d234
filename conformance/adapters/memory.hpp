// A responder in this process as a target: no socket, no headers.
#pragma once

#include "adapters/transport.hpp"

namespace lockstep::adapters {

class MemoryTarget : public Target {
 public:
  /// `make` gives a responder without memory; it is called by the first connect() and by each with restart.
  MemoryTarget(std::string name, std::function<Responder()> make) : name_(std::move(name)), make_(std::move(make)) {}

  std::string name() const override { return name_; }
  bool can_restart() const override { return true; }
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override {
    if (restart || !responder_) responder_ = std::make_shared<Responder>(make_());
    return std::unique_ptr<Link>(std::make_unique<MemoryLink>(responder_));
  }

 private:
  class MemoryLink : public Link {
   public:
    explicit MemoryLink(std::shared_ptr<Responder> responder) : responder_(std::move(responder)) {}
    const Binding& binding() const override { return adapters::binding(Transport::pci_doe); }
    Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, std::chrono::milliseconds) override {
      return (*responder_)(packet);
    }

   private:
    std::shared_ptr<Responder> responder_;
  };

  std::string name_;
  std::function<Responder()> make_;
  std::shared_ptr<Responder> responder_;
};

}  // namespace lockstep::adapters
