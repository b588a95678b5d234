#include "adapters/tcp.hpp"

#include <algorithm>

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

constexpr std::size_t LENGTH_FIELD = 2;
constexpr std::size_t REST_OF_HEADER = 2;

/// PayloadLength counts the rest of the header as well; libspdm sends 0 in messages that are nothing but a header.
Result<std::size_t, BadFrame> measure(View begun) {
  if (begun.size() < LENGTH_FIELD) return std::size_t{0};
  return LENGTH_FIELD + std::max<std::size_t>(REST_OF_HEADER, read_le(begun.first(LENGTH_FIELD)));
}

class TcpLink : public Link {
 public:
  TcpLink(TcpStream stream, Fate fate) : stream_(std::move(stream)), fate_(std::move(fate)) {}

  const Binding& binding() const override { return adapters::binding(Transport::tcp); }
  std::vector<wire::Finding> take_findings() override { return std::exchange(findings_, {}); }

  bool takes_objects() const override { return true; }
  Result<std::optional<Bytes>, LinkError> exchange_object(View object, std::chrono::milliseconds patience) override {
    if (broken_) return Unexpected{*broken_};
    auto answer = send_object(object, patience);
    if (!answer) broken_ = fate_.explain(answer.error());
    if (!answer) return Unexpected{*broken_};
    return answer;
  }

  Result<std::optional<Packet>, LinkError> exchange(const Packet& packet, std::chrono::milliseconds patience) override {
    if (broken_) return Unexpected{*broken_};
    auto answer = exchange_message(wrap(Transport::tcp, packet), patience);
    if (!answer) {
      broken_ = fate_.explain(answer.error());
      return Unexpected{*broken_};
    }
    return answer;
  }

 private:
  Result<std::optional<Bytes>, LinkError> send_object(View message, std::chrono::milliseconds patience) {
    if (const auto error = synchronise(patience)) return Unexpected{*error};
    if (const auto error = stream_.send(message)) return Unexpected{*error};
    auto bytes = stream_.receive(Clock::now() + patience);
    if (bytes) silent_ = !*bytes;
    return bytes;
  }

  Result<std::optional<Packet>, LinkError> exchange_message(View message, std::chrono::milliseconds patience) {
    const auto bytes = send_object(message, patience);
    if (!bytes) return Unexpected{bytes.error()};
    if (!*bytes) return std::optional<Packet>();
    auto carried = unwrap_answer(Transport::tcp, **bytes, findings_);
    if (carried) return std::optional(std::move(*carried));
    const wire::DecodeError& wrong = carried.error();
    return Unexpected{LinkError{Kind::bad_frame, stream_.place(wrong.offset) + ": " + wrong.field + ": " + wrong.why}};
  }

  /// After silence a late answer may be waiting, otherwise nothing.
  std::optional<LinkError> synchronise(std::chrono::milliseconds patience) {
    if (!silent_ && stream_.has_bytes_waiting())
      return LinkError{Kind::bad_frame, stream_.peer() + ": sent a message that nobody asked for"};
    const Deadline enough = Clock::now() + patience;  // a flood does not end by itself
    while (silent_ && stream_.has_bytes_waiting()) {
      if (Clock::now() >= enough) return LinkError{Kind::bad_frame, stream_.peer() + ": sends without end"};
      if (const auto late = stream_.receive(Clock::now()); !late) return late.error();
    }
    return std::nullopt;
  }

  TcpStream stream_;
  Fate fate_;
  bool silent_ = false;  // the last request has no answer yet
  std::optional<LinkError> broken_;
  std::vector<wire::Finding> findings_;
};

}  // namespace

Result<std::optional<Bytes>, LinkError> TcpStream::receive(Deadline deadline) {
  return stream_.receive(deadline, measure);
}

Result<std::unique_ptr<Link>, LinkError> TcpTarget::connect(bool restart) {
  auto socket = endpoint_.connect(restart);
  if (!socket) return Unexpected{socket.error()};
  return std::unique_ptr<Link>(std::make_unique<TcpLink>(
      TcpStream(std::move(*socket), endpoint_.address().text(), {.frame = frame_}), endpoint_.fate()));
}

}  // namespace lockstep::adapters
