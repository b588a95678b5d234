#include "wire/registries.hpp"

#include <array>

#include "wire/doe.hpp"
#include "wire/emu.hpp"
#include "wire/ide_km.hpp"
#include "wire/mctp.hpp"
#include "wire/secured_message.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/tcp.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
namespace {

Layouts transport_layouts() {
  static const std::array all{
      &secured_message::SecuredMessage::layout(),
      &secured_message::Plaintext::layout(),
      &doe::DataObject::layout(),
      &doe::DiscoveryRequest::layout(),
      &doe::DiscoveryResponse::layout(),
      &mctp::Message::layout(),
      &mctp::Packet::layout(),
      &tcp::Message::layout(),
      &emu::Frame::layout(),
  };
  return all;
}

}  // namespace

std::span<const Registry> registries() {
  static const std::array all{
      Registry{"spdm", "SPDM messages", spdm::all_layouts()},
      Registry{"tdisp", "TDISP messages", tdisp::all_layouts()},
      Registry{"ide_km", "IDE_KM objects", ide_km::all_layouts()},
      Registry{"transport", "Secured messages and transports", transport_layouts()},
  };
  return all;
}

}  // namespace lockstep::wire
