#include "adapters/shim_server.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "adapters/shim_frames.hpp"

namespace lockstep::adapters {
namespace {

using shim::Frame;
using shim::Kind;

class ShimServer {
 public:
  ShimServer(int input, int output) : input_(input), output_(output) {}

  std::optional<std::string> write(const Frame& frame) const {
    const Bytes bytes = shim::encode(frame);
    for (View left(bytes); !left.empty();) {
      const ssize_t size = ::write(output_, left.data(), left.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return "cannot write a frame: " + std::generic_category().message(errno);
      left = left.subspan(static_cast<std::size_t>(size));
    }
    return std::nullopt;
  }

  /// nullopt: the input has ended, as it should, between two frames.
  Result<std::optional<Frame>, std::string> read() {
    for (;;) {
      const auto size = shim::measure(buffer_);
      if (!size) return Unexpected{"offset " + std::to_string(size.error().offset) + ": " + size.error().what};
      if (*size > 0 && buffer_.size() >= *size) {
        Frame frame = shim::decode(View(buffer_).first(*size));
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(*size));
        return std::optional(std::move(frame));
      }
      Bytes chunk(65536);
      const ssize_t got = ::read(input_, chunk.data(), chunk.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Unexpected{"cannot read a frame: " + std::generic_category().message(errno)};
      if (got == 0 && buffer_.empty()) return std::optional<Frame>();
      if (got == 0) return Unexpected{std::string("the input ends inside a frame")};
      append(buffer_, View(chunk).first(static_cast<std::size_t>(got)));
    }
  }

 private:
  int input_, output_;
  Bytes buffer_;
};

Frame packet_answer(const Frame& question, const LocalDevice& device) {
  auto answer = device.respond({question.kind == Kind::secured, question.body});
  if (!answer) return {Kind::silence, question.tag};
  return {answer->secured ? Kind::secured : Kind::clear, question.tag, std::move(answer->payload)};
}

Frame inject_answer(const Frame& question, const LocalDevice& device) {
  if (question.body.empty()) return {Kind::error, question.tag, text_bytes("a stimulus needs an index and a name")};
  if (!device.inject) return {Kind::unimplemented, question.tag};
  const auto done = device.inject({{question.body.begin() + 1, question.body.end()}, question.body[0]});
  if (!done) return {Kind::error, question.tag, text_bytes(done.error())};
  return {*done == Injected::done ? Kind::done : Kind::unimplemented, question.tag};
}

Frame answer_to(const Frame& question, const LocalDevice& device) {
  switch (question.kind) {
    case Kind::clear:
    case Kind::secured:
      return packet_answer(question, device);
    case Kind::inject:
      return inject_answer(question, device);
    default:
      return {Kind::unimplemented, question.tag};
  }
}

}  // namespace

std::optional<std::string> serve_shim(int input, int output, const Claims& claims, const LocalDevice& device) {
  ShimServer server(input, output);
  if (auto failed = server.write({Kind::hello, 0, text_bytes(hello_text(claims))})) return failed;
  for (;;) {
    const auto frame = server.read();
    if (!frame) return frame.error();
    if (!*frame) return std::nullopt;
    if (auto failed = server.write(answer_to(**frame, device))) return failed;
  }
}

}  // namespace lockstep::adapters
