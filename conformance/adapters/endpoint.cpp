#include "adapters/endpoint.hpp"

#include <algorithm>
#include <thread>

namespace lockstep::adapters {

using Kind = LinkError::Kind;

Result<Socket, LinkError> Endpoint::connect(bool restart) {
  const bool running = child_ && !child_->fate();
  if (can_restart() && (restart || !running))
    if (const auto error = start()) return Unexpected{*error};
  return reach();
}

std::optional<LinkError> Endpoint::start() {
  if (child_) child_->stop();
  const Deadline deadline = Clock::now() + limits::death;  // the last member of a killed group may still hold the port
  while (is_taken(options_.address)) {
    if (Clock::now() > deadline)
      return LinkError{Kind::refused, options_.address.text() + ": port in use: somebody else listens there already"};
    std::this_thread::sleep_for(limits::first_retry);
  }
  auto child = Child::start(options_.spawn, options_.output);
  if (!child) return LinkError{Kind::died, child.error()};
  child_ = std::move(*child);
  return std::nullopt;
}

Result<Socket, LinkError> Endpoint::reach() {
  const Deadline deadline = Clock::now() + options_.start;
  const std::string hint = output_hint(options_.output);
  for (auto pause = limits::first_retry;; pause = std::min(2 * pause, limits::last_retry)) {
    auto socket = connect_to(options_.address, deadline);
    if (socket) return std::move(*socket);
    const LinkError refused{Kind::refused, options_.address.text() + ": " + socket.error()};
    if (!child_) return Unexpected{refused};
    if (const auto fate = child_->fate())
      return Unexpected{
          LinkError{Kind::died, "the target ended with " + *fate + " before it accepted a connection" + hint}};
    if (Clock::now() + pause > deadline)
      return Unexpected{LinkError{Kind::refused, refused.why + ": the target runs, but did not listen within " +
                                                     std::to_string(options_.start.count()) + " ms" + hint}};
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace lockstep::adapters
