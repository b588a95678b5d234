#include "adapters/emu.hpp"

#include "adapters/discovery.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;
using std::chrono::milliseconds;
using wire::emu::Command;
using wire::emu::Frame;

using Answer = Result<std::optional<Bytes>, LinkError>;

bool is(const Frame& frame, Command command) { return frame.command == static_cast<std::uint32_t>(command); }

class EmuLink : public Link {
 public:
  EmuLink(FrameStream stream, Transport transport, milliseconds handshake, Fate fate)
      : stream_(std::move(stream)), transport_(transport), handshake_(handshake), fate_(std::move(fate)) {}
  ~EmuLink() override { say_goodbye(); }

  /// The first words on a new connection.
  std::optional<LinkError> open() {
    // The emulator's requester does not say hello over `none` either.
    if (transport_ != Transport::none)
      if (const auto error = hello()) return fail(*error);
    if (transport_ != Transport::pci_doe) return std::nullopt;
    auto discovery = discover([this](View object) { return send_object(object, handshake_); });
    if (!discovery) return fail(discovery.error());
    offered_ = std::move(discovery->offered);
    findings_ = std::move(discovery->findings);
    return std::nullopt;
  }

  const Binding& binding() const override { return adapters::binding(transport_); }
  std::vector<Offered> offered() const override { return offered_; }
  std::vector<wire::Finding> take_findings() override { return std::exchange(findings_, {}); }

  bool takes_objects() const override { return transport_ != Transport::none; }
  Result<std::optional<Bytes>, LinkError> exchange_object(View object, milliseconds patience) override {
    if (broken_) return Unexpected{*broken_};
    auto answer = send_object(object, patience);
    if (!answer) return Unexpected{fail(answer.error())};
    return answer;
  }

  Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, milliseconds patience) override {
    if (broken_) return Unexpected{*broken_};
    auto answer = send_object(wrap(transport_, packet), patience);
    if (!answer) return Unexpected{fail(answer.error())};
    if (!*answer) return std::optional<Packet>();
    auto carried = unwrap_answer(transport_, **answer, findings_);
    if (carried) return std::optional(std::move(*carried));
    const wire::DecodeError& wrong = carried.error();
    return Unexpected{fail({Kind::bad_frame, place_in_payload(wrong.offset) + ": " + wrong.field + ": " + wrong.why})};
  }

 private:
  Answer send_object(View object, milliseconds patience) {
    if (const auto error = synchronise()) return Unexpected{*error};
    if (const auto error = stream_.send(Command::NORMAL, object)) return Unexpected{*error};
    auto frame = stream_.receive(Clock::now() + patience);
    if (!frame) return Unexpected{frame.error()};
    silent_ = !*frame;
    if (silent_) return std::optional<Bytes>();
    if (!is(**frame, Command::NORMAL)) return Unexpected{unexpected(**frame, Command::NORMAL)};
    if ((*frame)->payload.empty()) return std::optional<Bytes>();
    return std::optional(std::move((*frame)->payload));
  }

  // Frames carry no number: an answer that comes late would be taken for the next one. After silence a hello separates
  // the two, since the emulator serves one frame after the other; otherwise nothing may be waiting.
  std::optional<LinkError> synchronise() {
    if (silent_ && transport_ != Transport::none) return hello();
    if (!silent_ && stream_.has_bytes_waiting())
      return LinkError{Kind::bad_frame, stream_.peer() + ": sent a frame that nobody asked for"};
    const Deadline enough = Clock::now() + handshake_;  // a flood does not end by itself
    while (silent_ && stream_.has_bytes_waiting()) {
      if (Clock::now() >= enough) return LinkError{Kind::bad_frame, stream_.peer() + ": sends without end"};
      if (const auto late = stream_.receive(Clock::now()); !late) return late.error();
    }
    return std::nullopt;
  }

  // Skips late answers: frames with NORMAL, after silence only.
  std::optional<LinkError> hello() {
    if (const auto error = stream_.send(Command::TEST, text_bytes(client_hello))) return error;
    const Deadline deadline = Clock::now() + handshake_;
    for (;;) {
      const auto frame = stream_.receive(deadline);
      if (!frame) return frame.error();
      if (!*frame || Clock::now() > deadline)
        return LinkError{Kind::hung, stream_.peer() + ": does not answer \"Client Hello!\" within " +
                                         std::to_string(handshake_.count()) + " ms"};
      if (is(**frame, Command::TEST)) return std::nullopt;
      if (!silent_ || !is(**frame, Command::NORMAL)) return unexpected(**frame, Command::TEST);
    }
  }

  LinkError unexpected(const Frame& frame, Command expected) const {
    return {Kind::bad_frame, stream_.place(0) + ": Command is " + std::to_string(frame.command) + ", expected " +
                                 std::to_string(static_cast<std::uint32_t>(expected))};
  }
  std::string place_in_payload(std::size_t offset) const { return stream_.place(wire::emu::HEADER_SIZE + offset); }

  // A link that lost its place in the stream has no way back.
  LinkError fail(const LinkError& error) {
    broken_ = fate_.explain(error);
    return *broken_;
  }

  void say_goodbye() {
    if (broken_ || stream_.send(Command::CONTINUE, {})) return;
    const Deadline deadline = Clock::now() + limits::goodbye;
    for (;;) {
      const auto frame = stream_.receive(deadline);
      if (!frame || !*frame || is(**frame, Command::CONTINUE) || Clock::now() > deadline) return;
    }
  }

  FrameStream stream_;
  Transport transport_;
  milliseconds handshake_;
  Fate fate_;
  bool silent_ = false;  // the last request has no answer yet
  std::optional<LinkError> broken_;
  std::vector<Offered> offered_;
  std::vector<wire::Finding> findings_;
};

}  // namespace

Result<std::unique_ptr<Link>, LinkError> EmuTarget::connect(bool restart) {
  auto socket = endpoint_.connect(restart);
  if (!socket) return Unexpected{socket.error()};
  FrameStream stream(std::move(*socket), endpoint_.address().text(), options_.transport, {.frame = options_.frame});
  auto link = std::make_unique<EmuLink>(std::move(stream), options_.transport, options_.handshake, endpoint_.fate());
  if (const auto error = link->open()) return Unexpected{*error};
  return std::unique_ptr<Link>(std::move(link));
}

}  // namespace lockstep::adapters
