// The device's end of a transport: whole objects, with their headers.
#pragma once

#include "adapters/transport.hpp"

namespace lockstep::adapters {

/// Told why an object gets no answer of SPDM.
using Note = std::function<void(const std::string&)>;

/// What a DOE mailbox, an MCTP endpoint or a TCP connection with `responder` behind it answers; nullopt: nothing. DOE
/// discovery and the role inquiry of TCP are answered here.
std::optional<Bytes> serve_object(Transport, View object, const Responder& responder, const Note& note = {});

}  // namespace lockstep::adapters
