#include "spdm/memory.hpp"

namespace lockstep::spdm {

const Bytes* Identity::chain(Byte slot) const {
  if (slot == PUBLIC_KEY_SLOT) return public_key ? &*public_key : nullptr;
  return slot < SLOTS && slots[slot].chain ? &*slots[slot].chain : nullptr;
}

SessionData* Memory::find_session(std::uint32_t id) {
  const auto found = sessions.find(id);
  return found == sessions.end() ? nullptr : &found->second;
}
const SessionData* Memory::find_session(std::uint32_t id) const {
  const auto found = sessions.find(id);
  return found == sessions.end() ? nullptr : &found->second;
}

}  // namespace lockstep::spdm
