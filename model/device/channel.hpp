// What makes messages at either end: where they travel, and their bytes.
#pragma once

#include "device/store.hpp"

namespace lockstep::device {

/// What waits outside sessions, or in a session; nullptr: there is no such session.
inline const spdm::Channel* channel_of(const Store& store, spdm::SessionId session) {
  const auto& memory = store.conversation.memory();
  if (!session) return &memory.outside;
  const auto* data = store.conversation.session(*session);
  return data == nullptr ? nullptr : &data->channel;
}

/// A message without what depends on cryptography.
template <class M>
Bytes encoded(M message, Byte version, const wire::Context& context) {
  message.version = version;
  return wire::encode(wire::canonical(std::move(message), context), context);
}

}  // namespace lockstep::device
