// Every bound of this layer, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace lockstep::adapters::limits {

using std::chrono::milliseconds;

/// Largest payload of a frame and largest message of a record: a DOE data object of 2^18 double words (PCIe 6.30.1).
inline constexpr std::size_t frame_payload = std::size_t{1} << 20;
/// MCTP transport header and message type byte before the message in a capture.
inline constexpr std::size_t record = frame_payload + 16;

/// A frame that has begun must end within this time: one that does not is broken, not slow.
inline constexpr milliseconds frame{5000};
/// Answers of the transport itself (hello, discovery), which need no cryptography.
inline constexpr milliseconds handshake{5000};
/// From the start of a command to the first accepted connection; emulators under sanitizers take seconds.
inline constexpr milliseconds start{10000};
/// Back-off between attempts to connect: doubles from the first to the second value.
inline constexpr milliseconds first_retry{1};
inline constexpr milliseconds last_retry{50};
/// After a lost connection: time for the process at the other end to be seen dead.
inline constexpr milliseconds death{200};
/// A process that is told to end (SIGTERM) is killed after this.
inline constexpr milliseconds terminate{200};
/// Saying goodbye must not delay the next case.
inline constexpr milliseconds goodbye{200};
/// For a stimulus to happen: a conventional reset of real hardware takes seconds.
inline constexpr milliseconds inject{30000};
/// What an injector prints beyond this many bytes before its end is not kept.
inline constexpr std::size_t injector_text = 4096;
/// A line on the control socket.
inline constexpr std::size_t control_line = 1024;
/// The server drops a client that says nothing for so long while another one waits.
inline constexpr milliseconds idle{5000};

}  // namespace lockstep::adapters::limits
