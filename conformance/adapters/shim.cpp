#include "adapters/shim.hpp"

#include <algorithm>

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;
using shim::Frame;
using std::chrono::milliseconds;

std::string within(milliseconds patience) { return " within " + std::to_string(patience.count()) + " ms"; }
std::string text_of(const Bytes& body) { return {body.begin(), body.end()}; }

class ShimLink : public Link {
 public:
  explicit ShimLink(std::shared_ptr<ShimProcess> process) : process_(std::move(process)) {}

  const Binding& binding() const override { return adapters::binding(process_->claims().transport); }

  Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, milliseconds patience) override {
    const auto answer =
        process_->ask(packet.secured ? shim::Kind::secured : shim::Kind::clear, packet.payload, patience);
    if (!answer) return Unexpected{answer.error()};
    if (answer->kind == shim::Kind::unimplemented)
      return Unexpected{LinkError{Kind::unimplemented, "the shim does not implement this"}};
    const bool message = answer->kind == shim::Kind::clear || answer->kind == shim::Kind::secured;
    if (!message || answer->body.empty()) return std::optional<Packet>();
    return std::optional(Packet{answer->kind == shim::Kind::secured, answer->body});
  }

 private:
  std::shared_ptr<ShimProcess> process_;
};

constexpr Byte HELLO_TAG = 0;

/// Whether a frame of this kind can be an answer to `question`.
bool answers(shim::Kind question, shim::Kind answer) {
  if (answer == shim::Kind::error || answer == shim::Kind::unimplemented) return true;
  if (question == shim::Kind::inject) return answer == shim::Kind::done;
  return answer == shim::Kind::clear || answer == shim::Kind::secured || answer == shim::Kind::silence;
}

}  // namespace

Result<std::unique_ptr<ShimProcess>, LinkError> ShimProcess::start(const ShimOptions& options) {
  auto talking = Child::start_talking(options.command, options.output);
  if (!talking) return Unexpected{LinkError{Kind::died, talking.error()}};
  std::unique_ptr<ShimProcess> process(
      new ShimProcess({std::move(talking->child), output_hint(options.output)},
                      ByteStream(std::move(talking->socket), "shim", {.frame = options.frame})));
  if (const auto error = process->hear_hello(options.start)) return Unexpected{process->fail(*error)};
  return process;
}

std::optional<LinkError> ShimProcess::hear_hello(milliseconds patience) {
  const auto frame = receive(Clock::now() + patience);
  if (!frame) return frame.error();
  if (!*frame) return LinkError{Kind::hung, "shim: does not say hello" + within(patience)};
  if ((*frame)->kind != shim::Kind::hello)
    return LinkError{Kind::bad_frame, stream_.place(4) + ": begins with " + text((*frame)->kind) + " instead of hello"};
  auto claims = parse_hello(text_of((*frame)->body));
  if (!claims) return LinkError{Kind::bad_frame, stream_.place(shim::HEADER_SIZE) + ": hello: " + claims.error()};
  claims_ = std::move(*claims);
  return std::nullopt;
}

Result<std::optional<Frame>, LinkError> ShimProcess::receive(Deadline deadline) {
  const auto bytes = stream_.receive(deadline, shim::measure);
  if (!bytes) return Unexpected{bytes.error()};
  return *bytes ? std::optional(shim::decode(**bytes)) : std::nullopt;
}

/// What is no answer to the frame that is open; `answered`: the tag of the one before.
LinkError ShimProcess::stray(const Frame& frame, Byte answered) const {
  const std::string tag = std::to_string(frame.tag);
  const bool twice = frame.tag == answered && answered != HELLO_TAG;
  return {Kind::bad_frame, stream_.place(5) + (twice ? ": answers tag " + tag + " a second time"
                                                     : ": answers tag " + tag + ", which no open frame has")};
}

Result<Frame, LinkError> ShimProcess::ask(shim::Kind kind, Bytes body, milliseconds patience) {
  if (broken_) return Unexpected{*broken_};
  auto answer = exchange({kind, tag_, std::move(body)}, patience);
  if (!answer) return Unexpected{fail(answer.error())};
  return answer;
}

Result<Frame, LinkError> ShimProcess::exchange(Frame question, milliseconds patience) {
  const Byte answered = tag_;
  if (stream_.has_bytes_waiting()) {
    const auto early = receive(Clock::now());
    if (!early) return Unexpected{early.error()};
    if (*early) return Unexpected{stray(**early, answered)};
  }
  if (++tag_ == HELLO_TAG) ++tag_;
  question.tag = tag_;
  if (const auto error = stream_.send(shim::encode(question))) return Unexpected{*error};
  auto frame = receive(Clock::now() + patience);
  if (!frame) return Unexpected{frame.error()};
  if (!*frame)
    return Unexpected{LinkError{Kind::hung, "shim: does not answer " + text(question.kind) + " with tag " +
                                                std::to_string(tag_) + within(patience)}};
  if ((*frame)->tag != tag_) return Unexpected{stray(**frame, answered)};
  if (!answers(question.kind, (*frame)->kind))
    return Unexpected{LinkError{
        Kind::bad_frame, stream_.place(4) + ": " + text((*frame)->kind) + " is no answer to " + text(question.kind)}};
  if (question.kind != shim::Kind::inject && (*frame)->kind == shim::Kind::error)
    return Unexpected{LinkError{Kind::closed, "the shim says: " + text_of((*frame)->body)}};
  return std::move(**frame);
}

// A shim that lost its place in the stream, or its device, has no way back.
LinkError ShimProcess::fail(const LinkError& error) {
  broken_ = fate_.explain(error);
  if (fate_.child->exit_status() == EXIT_UNIMPLEMENTED) {
    broken_->kind = Kind::unimplemented;
    broken_->why = "the shim does not implement this (exit status 89)";
  }
  return *broken_;
}

// --- the target ------------------------------------------------------------------------------------------------------

std::optional<LinkError> ShimTarget::run(bool restart) {
  const bool usable = process_ != nullptr && !process_->is_broken() && (!restart || process_->is_fresh());
  if (usable) return std::nullopt;
  process_.reset();
  auto process = ShimProcess::start(options_);
  if (!process) return process.error();
  process_ = std::move(*process);
  return std::nullopt;
}

std::string ShimTarget::name() const {
  const std::string own = process_ == nullptr ? std::string() : process_->claims().name;
  return "shim:" + options_.command + (own.empty() ? "" : " (" + own + ")");
}

Result<std::unique_ptr<Link>, LinkError> ShimTarget::connect(bool restart) {
  if (const auto error = run(restart)) return Unexpected{*error};
  return std::unique_ptr<Link>(std::make_unique<ShimLink>(process_));
}

Result<std::optional<Claims>, LinkError> ShimTarget::claims() {
  if (const auto error = run(false)) return Unexpected{*error};
  return std::optional(process_->claims());
}

Result<Injected, std::string> ShimTarget::inject(const Injection& injection) {
  if (process_ == nullptr) return Unexpected{std::string("nothing is connected yet")};
  const auto& known = process_->claims().injects;
  if (std::find(known.begin(), known.end(), injection.stimulus) == known.end()) return Injected::unimplemented;
  Bytes body{injection.index};
  append(body, text_bytes(injection.stimulus));
  const auto answer = process_->ask(shim::Kind::inject, std::move(body), limits::inject);
  if (!answer) return Unexpected{answer.error().why};
  if (answer->kind == shim::Kind::error) return Unexpected{"the shim says: " + text_of(answer->body)};
  return answer->kind == shim::Kind::done ? Injected::done : Injected::unimplemented;
}

}  // namespace lockstep::adapters
