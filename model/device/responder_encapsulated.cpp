#include "device/responder_encapsulated.hpp"

#include "device/channel.hpp"
#include "wire/spdm.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;

constexpr std::uint16_t CERTIFICATE_PORTION = 0x400;

enum class Next { nothing, certificate, challenge };

const spdm::Identity::Slot& requester_slot(const Store& store) {
  return store.conversation.memory().identities.request.slots[REQUESTER_SLOT];
}

/// A handshake in the clear has its flow outside sessions as well, and no CHALLENGE in it.
bool authenticates_connection(const Store& store, spdm::SessionId session) {
  return !session && !store.conversation.memory().in_the_clear;
}

Next next(const Store& store, spdm::SessionId session) {
  const spdm::Channel* channel = channel_of(store, session);
  if (channel == nullptr || !channel->encapsulated) return Next::nothing;
  const wire::AnyMessage& asked = channel->encapsulated->message;
  if (asked.as<w::GET_DIGESTS>() != nullptr) return Next::certificate;
  if (asked.as<w::GET_CERTIFICATE>() == nullptr) return Next::nothing;
  const bool complete = requester_slot(store).chain && requester_slot(store).of_this_connection;
  if (!complete) return Next::certificate;
  return authenticates_connection(store, session) ? Next::challenge : Next::nothing;
}

}  // namespace

Bytes first_encapsulated(const wire::Context& c) { return encoded(w::GET_DIGESTS{}, c.spdm_version, c); }

bool flow_goes_on(const Store& store, spdm::SessionId session) { return next(store, session) != Next::nothing; }

std::optional<Bytes> next_encapsulated(const Store& store, spdm::SessionId session, crypto::Random& random) {
  const wire::Context c = store.conversation.context(Role::requester, session);
  switch (next(store, session)) {
    case Next::certificate: {
      w::GET_CERTIFICATE get;
      get.param1 = REQUESTER_SLOT;
      get.offset = static_cast<std::uint16_t>(requester_slot(store).reading.size());
      get.length = CERTIFICATE_PORTION;
      return encoded(get, c.spdm_version, c);
    }
    case Next::challenge: {
      w::CHALLENGE challenge;
      challenge.param1 = REQUESTER_SLOT;
      challenge.nonce = random.bytes(w::NONCE_SIZE);
      challenge.context = random.bytes(w::REQUESTER_CONTEXT_SIZE);
      return encoded(challenge, c.spdm_version, c);
    }
    case Next::nothing:
      break;
  }
  return std::nullopt;
}

}  // namespace lockstep::device
