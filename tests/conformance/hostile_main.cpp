// A correct device behind a transport that does one deed: it answers packet AT of a process as it should not.
// usage: hostile_device (shim|PORT) DEED AT MARKER; once: by whoever creates the file MARKER; "-": every time
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>

#include "adapters/claims.hpp"
#include "adapters/discovery.hpp"
#include "adapters/frames.hpp"
#include "adapters/shim_frames.hpp"
#include "device/responder.hpp"

namespace lockstep {
namespace {

using namespace adapters;

/// How an answer is framed; `question` is the frame that it belongs to.
using Pack = std::function<Bytes(const Packet& answer, const Bytes& question)>;

class Hostile {
 public:
  Hostile(char** arguments) : deed_(arguments[2]), at_(std::atoi(arguments[3])), marker_(arguments[4]) {}

  /// What to send for a packet.
  void answer(ByteStream& stream, const Packet& packet, const Bytes& question, const Pack& pack) {
    auto answer = device_.receive({packet.secured, packet.payload});
    const Packet right = answer ? Packet{answer->secured, answer->payload} : Packet{};
    const bool now = ++count_ == at_ && is_my_turn();
    now ? misbehave(stream, right, question, pack) : send(stream, pack(right, question));
  }

 private:
  bool is_my_turn() const { return marker_ == "-" || ::open(marker_.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0; }
  static void send(ByteStream& stream, const Bytes& bytes) {
    if (stream.send(bytes)) std::_Exit(0);
  }

  void misbehave(ByteStream& stream, const Packet& right, const Bytes& question, const Pack& pack) const {
    const Bytes frame = pack(right, question);
    const Bytes half(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(frame.size() / 2));
    if (deed_ == "die") std::raise(SIGKILL);
    if (deed_ == "exit") std::_Exit(3);
    while (deed_ == "hang") ::pause();
    if (deed_ == "half" || deed_ == "cut") send(stream, half);
    while (deed_ == "half") ::pause();
    if (deed_ == "cut") std::raise(SIGKILL);
    if (deed_ == "oversize") send(stream, Bytes(16, 0xFF));
    if (deed_ == "noise") send(stream, text_bytes("Segmentation fault (core dumped)\n"));
    if (deed_ == "twice") send(stream, frame), send(stream, frame);
    while (deed_ == "flood") send(stream, frame);
    if (deed_ == "garbage") send(stream, pack({false, Bytes(40, 0xA5)}, question));
    if (deed_ == "record") send(stream, pack({true, Bytes(64, 0xA5)}, question));
    if (deed_ == "stray") {
      Bytes other = question;
      other[5] = static_cast<Byte>(other[5] + 77);  // a shim's tag
      send(stream, pack(right, other));
    }
  }

  static device::ResponderOptions options() {
    device::ResponderOptions options;
    options.shape.tdis = 2;
    return options;
  }

  std::string deed_;
  int at_;
  std::string marker_;
  int count_ = 0;
  device::Responder device_{options(), spdm::doe_records};
};

Bytes next(ByteStream& stream, const Measure& measure) {
  auto frame = stream.receive(Clock::now() + std::chrono::hours(1), measure);
  if (!frame || !*frame) std::_Exit(0);
  return std::move(**frame);
}

void serve_shim_frames(Hostile& hostile) {
  ByteStream stream(Socket(::dup(0)), "tester", {});
  Claims claims{.function_ids = {0xBEEF, 0xBEF0}, .streams = {{0, 1}}, .reset = true};
  if (stream.send(shim::encode({shim::Kind::hello, 0, text_bytes(hello_text(claims))}))) return;
  const Pack pack = [](const Packet& answer, const Bytes& question) {
    return shim::encode({answer.secured ? shim::Kind::secured : shim::Kind::clear, question[5], answer.payload});
  };
  for (;;) {
    const Bytes bytes = next(stream, shim::measure);
    shim::Frame question = shim::decode(bytes);
    hostile.answer(stream, {question.kind == shim::Kind::secured, std::move(question.body)}, bytes, pack);
  }
}

void serve_emu_frames(Hostile& hostile, std::uint16_t port) {
  using wire::emu::Command;
  using wire::emu::TransportType;
  const auto frame = [](Command command, View payload) {
    return wire::emu::wrap_emu(command, TransportType::PCI_DOE, payload);
  };
  const Measure measure = [](View begun) -> Result<std::size_t, BadFrame> {
    return begun.size() < 12 ? std::size_t{0} : 12 + static_cast<std::size_t>(read_be(begun.subspan(8, 4)));
  };
  const Pack pack = [&](const Packet& answer, const Bytes&) {
    return frame(Command::NORMAL, wrap(Transport::pci_doe, answer));
  };
  const Socket listener = std::move(listen_on({"127.0.0.1", port}).value());
  for (;;) {
    static_cast<void>(wait_for(listener.fd(), 1, Clock::now() + std::chrono::hours(1)));
    ByteStream stream(Socket(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC)), "tester", {});
    for (bool going_on = true; going_on;) {
      const Bytes bytes = next(stream, measure);
      const auto command = static_cast<Command>(read_be(View(bytes).first(4)));
      const View object = View(bytes).subspan(12);
      going_on = command != Command::CONTINUE;
      if (command != Command::NORMAL) {
        static_cast<void>(stream.send(frame(command, command == Command::TEST ? text_bytes(server_hello) : Bytes())));
        continue;
      }
      auto carried = unwrap(Transport::pci_doe, object);
      if (carried && carried->kind == Carried::Kind::discovery)
        static_cast<void>(stream.send(frame(Command::NORMAL, *answer_discovery(carried->payload))));
      else if (carried)
        hostile.answer(stream, carried->packet(), bytes, pack);
    }
  }
}

}  // namespace
}  // namespace lockstep

int main(int, char** arguments) {
  lockstep::Hostile hostile(arguments);
  if (std::strcmp(arguments[1], "shim") == 0) lockstep::serve_shim_frames(hostile);
  lockstep::serve_emu_frames(hostile, static_cast<std::uint16_t>(std::atoi(arguments[1])));
}
