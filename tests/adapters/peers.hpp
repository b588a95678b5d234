// Scripted ends of a connection, and the frames in them written by hand: nothing here uses the code under test beyond
// its sockets.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "adapters/link.hpp"
#include "adapters/socket.hpp"

namespace lockstep::adapters {

using namespace std::chrono_literals;

inline Bytes hex(std::string_view text) { return from_hex(text).value(); }
inline Deadline in(std::chrono::milliseconds time) { return Clock::now() + time; }

// spdm-emu: command, transport type, size; all big-endian.
inline Bytes frame(std::uint32_t command, std::uint32_t transport, View payload) {
  Bytes bytes;
  for (std::size_t number : {std::size_t{command}, std::size_t{transport}, payload.size()})
    for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<Byte>(number >> shift));
  append(bytes, payload);
  return bytes;
}
inline constexpr std::uint32_t normal = 1, test = 0xDEAD, go_on = 0xFFFD, shut_down = 0xFFFE, unknown = 0xFFFF;
inline constexpr std::uint32_t none_type = 0, mctp_type = 1, doe_type = 2;

inline const Bytes server_hello_text = hex("53 65 72 76 65 72 20 48 65 6c 6c 6f 21 00");
inline const Bytes client_hello_text = hex("43 6c 69 65 6e 74 20 48 65 6c 6c 6f 21 00");
inline const Bytes get_version = hex("10 84 00 00");
inline const Bytes version_12 = hex("10 04 00 00 00 01 00 12");

/// One end of a connection, driven step by step by a test.
class RawEnd {
 public:
  explicit RawEnd(Socket socket) : socket_(std::move(socket)) {}

  /// Whether everything could be sent.
  bool send(View bytes) const { return !send_all(socket_, bytes, in(1s)); }
  /// Up to `size` bytes; fewer when the other end closes or is silent for `patience`.
  Bytes receive(std::size_t size, std::chrono::milliseconds patience = 1s) const {
    Bytes bytes;
    while (bytes.size() < size && wait_for(socket_.fd(), POLLIN, in(patience)) == Waited::ready) {
      Bytes more(size - bytes.size());
      const ssize_t got = ::recv(socket_.fd(), more.data(), more.size(), 0);
      if (got <= 0) break;
      append(bytes, View(more).first(static_cast<std::size_t>(got)));
    }
    return bytes;
  }
  /// The next frame, header included.
  Bytes receive_frame() const {
    Bytes bytes = receive(12);
    if (bytes.size() == 12) append(bytes, receive(static_cast<std::size_t>(read_be(View(bytes).subspan(8, 4)))));
    return bytes;
  }
  /// Whether the other end has closed the connection within a second.
  bool is_closed() const {
    Byte byte = 0;
    return wait_for(socket_.fd(), POLLIN, in(1s)) == Waited::ready && ::recv(socket_.fd(), &byte, 1, 0) <= 0;
  }
  void close() { socket_ = Socket(); }
  /// Sends this until the other end closes the connection.
  void flood(const Bytes& one) const {
    Bytes many;
    for (int i = 0; i < 1000; ++i) append(many, one);
    while (::send(socket_.fd(), many.data(), many.size(), MSG_NOSIGNAL) > 0) continue;
  }

 private:
  Socket socket_;
};

/// Listens on a free port of the loopback and runs a script for each connection, as many as there are scripts.
class ScriptedPeer {
 public:
  using Script = std::function<void(RawEnd&)>;
  explicit ScriptedPeer(std::vector<Script> scripts)
      : listener_(std::move(listen_on({"127.0.0.1", 0}).value())),
        thread_([this, scripts = std::move(scripts)] { run(scripts); }) {}
  explicit ScriptedPeer(Script script) : ScriptedPeer(std::vector<Script>{std::move(script)}) {}
  ~ScriptedPeer() { thread_.join(); }
  Address address() const { return {"127.0.0.1", local_port(listener_)}; }

 private:
  void run(const std::vector<Script>& scripts) const {
    for (const Script& script : scripts) {
      if (wait_for(listener_.fd(), POLLIN, in(1s)) != Waited::ready) return;
      RawEnd end(Socket(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC)));
      script(end);
    }
  }

  Socket listener_;
  std::thread thread_;
};

/// A port on which nobody listens.
inline std::uint16_t free_port() { return local_port(listen_on({"127.0.0.1", 0}).value()); }

}  // namespace lockstep::adapters
