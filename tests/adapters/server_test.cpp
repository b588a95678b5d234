#include "adapters/server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <mutex>

#include "adapters/emu.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

// Serves in a thread; every packet is answered with its bytes in reverse order, 0xEE with silence.
class Served {
 public:
  explicit Served(Transport transport, std::chrono::milliseconds idle = 5s)
      : server_(std::move(EmuServer::listen({.address = {"127.0.0.1", 0},
                                             .transport = transport,
                                             .frame = 150ms,
                                             .idle = idle,
                                             .note = [this](const std::string& text) { note(text); }})
                              .value())),
        thread_([this] { end_ = server_.run(&Served::reverse).value(); }) {}
  ~Served() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  EmuServer::End wait() {
    thread_.join();
    return end_;
  }
  const EmuServer& server() const { return server_; }
  Address address() const { return {"127.0.0.1", server_.port()}; }
  RawEnd connect() const { return RawEnd(std::move(connect_to(address(), in(1s)).value())); }
  bool noted(std::string_view words) const {
    const std::lock_guard lock(mutex_);
    return notes_.find(words) != std::string::npos;
  }

  static std::optional<Packet> reverse(const Packet& packet) {
    if (packet.payload[0] == 0xEE) return std::nullopt;
    return Packet{packet.secured, {packet.payload.rbegin(), packet.payload.rend()}};
  }

 private:
  void note(const std::string& text) {
    const std::lock_guard lock(mutex_);
    notes_ += text + "\n";
  }

  mutable std::mutex mutex_;
  std::string notes_;
  EmuServer server_;
  EmuServer::End end_ = EmuServer::End::stopped;
  std::thread thread_;
};

void expect_service(const Served& served) {
  const RawEnd client = served.connect();
  client.send(frame(test, doe_type, client_hello_text));
  EXPECT_EQ(client.receive_frame(), frame(test, doe_type, server_hello_text));
}

TEST(Server, answers_hello_and_messages) {
  const Served served(Transport::pci_doe);
  expect_service(served);
  const RawEnd client = served.connect();
  client.send(hex("00000001 00000002 0000000c 0100 01 00 03000000 10840000"));
  EXPECT_EQ(client.receive_frame(), hex("00000001 00000002 0000000c 0100 01 00 03000000 00008410"));
  client.send(hex("00000001 00000002 0000000c 0100 02 00 03000000 01020304"));
  EXPECT_EQ(client.receive_frame(), hex("00000001 00000002 0000000c 0100 02 00 03000000 04030201"));
  client.send(hex("00000001 00000002 0000000c 0100 01 00 03000000 ee000000"));
  EXPECT_EQ(client.receive_frame(), hex("00000001 00000002 00000000"));
}

TEST(Server, answers_discovery) {
  const Served served(Transport::pci_doe);
  const RawEnd client = served.connect();
  const auto ask = [&](std::string_view request) {
    client.send(frame(normal, doe_type, hex("0100 00 00 03000000" + std::string(request))));
    return to_hex(View(client.receive_frame()).subspan(20));
  };
  EXPECT_EQ(ask("00000000"), "01000001");
  EXPECT_EQ(ask("01000000"), "01000102");
  EXPECT_EQ(ask("02000000"), "01000200");
  EXPECT_EQ(ask("01020000"), "01000102");  // discovery version 2
  EXPECT_EQ(ask("03000000"), "ffff0000");
  EXPECT_EQ(ask("c8000000"), "ffff0000");
  EXPECT_EQ(ask("00070000"), "ffff0000");
}

TEST(Server, is_silent_to_objects_that_it_does_not_serve) {
  const Served served(Transport::pci_doe);
  const RawEnd client = served.connect();
  for (std::string_view object : {"0100 77 00 03000000 10840000", "3412 01 00 03000000 10840000", "0100 01 00 01000000",
                                  "0100 01 00 05000000 10840000", "0100 00 00 02000000", "01"}) {
    SCOPED_TRACE(object);
    client.send(frame(normal, doe_type, hex(object)));
    EXPECT_EQ(client.receive_frame(), frame(normal, doe_type, {}));
  }
}

TEST(Server, does_not_know_foreign_commands) {
  const Served served(Transport::mctp);
  const RawEnd client = served.connect();
  for (std::uint32_t command : {0x8001u, 0x8002u, 0x12345678u}) {
    client.send(frame(command, mctp_type, {}));
    EXPECT_EQ(client.receive_frame(), frame(unknown, mctp_type, {}));
  }
}

TEST(Server, continue_ends_the_connection_and_shutdown_the_server) {
  Served served(Transport::mctp);
  const RawEnd first = served.connect();
  first.send(frame(go_on, mctp_type, {}));
  EXPECT_EQ(first.receive_frame(), frame(go_on, mctp_type, {}));
  EXPECT_TRUE(first.is_closed());
  const RawEnd second = served.connect();
  second.send(frame(shut_down, mctp_type, {}));
  EXPECT_EQ(second.receive_frame(), frame(shut_down, mctp_type, {}));
  EXPECT_EQ(served.wait(), EmuServer::End::shutdown);
}

TEST(Server, stops_while_a_client_is_connected) {
  Served served(Transport::mctp);
  const RawEnd client = served.connect();
  client.send(frame(test, mctp_type, client_hello_text));
  client.receive_frame();
  served.server().stop();
  EXPECT_EQ(served.wait(), EmuServer::End::stopped);
}

TEST(Server, stops_on_signals) {
  for (int signal : {SIGINT, SIGTERM}) {
    Served served(Transport::mctp);
    const StopOnSignals guard(served.server());
    std::raise(signal);
    EXPECT_EQ(served.wait(), EmuServer::End::stopped);
  }
}

TEST(Server, survives_half_frames) {
  const Served served(Transport::pci_doe);
  const Bytes whole = hex("00000001 00000002 0000000c 0100 01 00 03000000 10840000");
  for (std::size_t size = 0; size < whole.size(); ++size) served.connect().send(View(whole).first(size));
  expect_service(served);
  EXPECT_TRUE(served.noted("inside the frame"));
}

TEST(Server, does_not_wait_for_the_end_of_a_frame_for_ever) {
  const Served served(Transport::pci_doe);
  const RawEnd slow = served.connect();
  slow.send(hex("00000001 0000"));
  EXPECT_TRUE(slow.is_closed());
  EXPECT_TRUE(served.noted("client 1, frame 1, offset 6"));
  expect_service(served);
}

TEST(Server, refuses_wrong_headers) {
  const Served served(Transport::pci_doe);
  for (std::string_view bytes : {"00000001 00000002 00100001", "00000001 00000002 ffffffff",
                                 "00000001 00000001 00000000", "47455420 2f204854 54502f31"}) {
    const RawEnd client = served.connect();
    client.send(hex(bytes));
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
  expect_service(served);
}

// A client that sends and never reads fills the sockets of both sides.
TEST(Server, drops_a_client_that_floods) {
  const Served served(Transport::pci_doe);
  {
    const RawEnd client = served.connect();
    Bytes object = hex("0100 01 00 00000100");  // 65536 double words
    object.resize(65536 * 4, 0x55);
    const Bytes big = frame(normal, doe_type, object);
    const Deadline deadline = in(1500ms);
    while (!served.noted("does not read") && Clock::now() < deadline) client.send(big);
    EXPECT_TRUE(served.noted("does not read"));
  }
  expect_service(served);
}

TEST(Server, drops_an_idle_client_only_when_another_one_waits) {
  const Served served(Transport::pci_doe, 60ms);
  const RawEnd idle = served.connect();
  std::this_thread::sleep_for(150ms);
  idle.send(frame(test, doe_type, client_hello_text));
  EXPECT_EQ(idle.receive_frame(), frame(test, doe_type, server_hello_text));
  expect_service(served);
  EXPECT_TRUE(idle.is_closed());
}

TEST(Server, says_that_the_port_is_in_use) {
  const Socket taken = std::move(listen_on({"127.0.0.1", 0}).value());
  const auto server = EmuServer::listen({.address = {"127.0.0.1", local_port(taken)}});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, LinkError::Kind::refused);
  EXPECT_NE(server.error().why.find("Address already in use"), std::string::npos) << server.error().why;
}

TEST(Server, serves_our_own_client_over_every_transport) {
  for (Transport transport : {Transport::pci_doe, Transport::mctp, Transport::none}) {
    SCOPED_TRACE(binding(transport).name);
    const Served served(transport);
    EmuTarget target({.address = served.address(), .transport = transport});
    for (int connection = 0; connection < 2; ++connection) {
      auto link = target.connect(false);
      ASSERT_TRUE(link) << link.error().why;
      EXPECT_EQ((*link)->offered().size(), transport == Transport::pci_doe ? 3u : 0u);
      EXPECT_TRUE((*link)->take_findings().empty());
      for (bool secured : {false, true}) {
        const auto answer = (*link)->exchange({secured, hex("01020304")}, 1s);
        ASSERT_TRUE(answer && *answer);
        EXPECT_EQ((*answer)->payload, hex("04030201"));
        EXPECT_EQ((*answer)->secured, secured && transport != Transport::none);
      }
      const auto silence = (*link)->exchange({false, hex("ee000000")}, 1s);
      ASSERT_TRUE(silence);
      EXPECT_FALSE(*silence);
    }
  }
}

TEST(Server, largest_object_passes) {
  const Served served(Transport::pci_doe);
  EmuTarget target({.address = served.address()});
  auto link = target.connect(false);
  ASSERT_TRUE(link) << link.error().why;
  Bytes payload(limits::frame_payload - 8, 0x11);
  payload.front() = 0x22;
  const auto answer = (*link)->exchange({false, payload}, 2s);
  ASSERT_TRUE(answer) << answer.error().why;
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->payload, Bytes(payload.rbegin(), payload.rend()));
}

}  // namespace
}  // namespace lockstep::adapters
