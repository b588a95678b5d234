// Objects of the transport that no link makes by itself: a wrong header around a message, or no message at all.
#pragma once

#include "adapters/transport.hpp"
#include "cases/case.hpp"

namespace lockstep::runner {

/// Whether such objects exist on the transport.
bool exists_on(cases::Object object, adapters::Transport transport);
/// `message`: what the object carries, a record where it is in a session.
Bytes odd_object(cases::Object object, View message);
/// The rule that the answer breaks, and why; nullopt: none. What serves nobody is right: what a device does with an
/// object that it must not take no source settles.
std::optional<wire::Finding> judge_object(cases::Object object, adapters::Transport transport, View answer);

}  // namespace lockstep::runner
