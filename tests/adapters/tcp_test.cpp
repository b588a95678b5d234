// SPDM over TCP: messages written by hand from DSP0287's table of the header.
#include "adapters/tcp.hpp"

#include <gtest/gtest.h>

#include "adapters/emu.hpp"
#include "adapters/server.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

bool says(const LinkError& error, std::string_view words) { return error.why.find(words) != std::string::npos; }

TcpOptions quick(Address address) {
  return {.endpoint = {.address = std::move(address), .start = 300ms}, .frame = 150ms};
}

Result<std::optional<Packet>, LinkError> ask(const ScriptedPeer::Script& reply, std::chrono::milliseconds patience) {
  ScriptedPeer peer([&](RawEnd& end) {
    EXPECT_EQ(end.receive(8), hex("0600 01 05 10840000"));
    reply(end);
  });
  auto link = TcpTarget(quick(peer.address())).connect(false);
  EXPECT_TRUE(link);
  if (!link) return Unexpected{link.error()};
  return (*link)->exchange({false, get_version}, patience);
}

LinkError error_of(const ScriptedPeer::Script& reply) {
  const auto answer = ask(reply, 500ms);
  EXPECT_FALSE(answer);
  return answer ? LinkError{} : answer.error();
}

TEST(Tcp, exchanges_messages_of_both_kinds) {
  ScriptedPeer peer([](RawEnd& end) {
    EXPECT_EQ(end.receive(8), hex("0600 01 05 10840000"));
    end.send(hex("0a00 01 05 1004000000010012"));
    EXPECT_EQ(end.receive(6), hex("0400 01 06 aabb"));
    end.send(hex("0300 01 06 cc"));
  });
  TcpTarget target(quick(peer.address()));
  EXPECT_FALSE(target.can_restart());
  auto link = target.connect(false);
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ((*link)->binding().name, "tcp");
  const auto plain = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(plain && *plain);
  EXPECT_FALSE((*plain)->secured);
  EXPECT_EQ((*plain)->payload, version_12);
  const auto secured = (*link)->exchange({true, hex("aabb")}, 1s);
  ASSERT_TRUE(secured && *secured);
  EXPECT_TRUE((*secured)->secured);
  EXPECT_EQ((*secured)->payload, hex("cc"));
  EXPECT_TRUE((*link)->take_findings().empty());
}

TEST(Tcp, reports_a_foreign_binding_version) {
  ScriptedPeer peer([](RawEnd& end) {
    end.receive(8);
    end.send(hex("0600 02 05 10840000"));
  });
  auto link = TcpTarget(quick(peer.address())).connect(false);
  ASSERT_TRUE(link);
  ASSERT_TRUE((*link)->exchange({false, get_version}, 1s));
  const auto findings = (*link)->take_findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule.id(), "TCP-001");
}

TEST(Tcp, takes_no_answer_as_silence_and_a_late_one_for_nothing) {
  ScriptedPeer peer([](RawEnd& end) {
    end.receive(8);
    std::this_thread::sleep_for(60ms);
    end.send(hex("0400 01 05 dead"));  // too late
    EXPECT_EQ(end.receive(8), hex("0600 01 05 10840000"));
    end.send(hex("0a00 01 05 1004000000010012"));
  });
  auto link = TcpTarget(quick(peer.address())).connect(false);
  ASSERT_TRUE(link);
  const auto silence = (*link)->exchange({false, get_version}, 20ms);
  ASSERT_TRUE(silence);
  EXPECT_FALSE(*silence);
  std::this_thread::sleep_for(100ms);
  const auto answer = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->payload, version_12);
}

TEST(Tcp, names_what_is_no_answer) {
  for (const auto& [message, type] :
       {std::pair{"0200 01 c1", "193"}, std::pair{"0000 01 bf", "191"}, std::pair{"0300 01 77 00", "119"}}) {
    const LinkError error = error_of([text = message](RawEnd& end) { end.send(hex(text)); });
    EXPECT_EQ(error.kind, Kind::bad_frame) << error.why;
    EXPECT_TRUE(says(error, std::string("frame 1, offset 3: type: the answer to SPDM is TCP message type ") + type))
        << error.why;
  }
}

TEST(Tcp, names_the_place_where_a_message_stops) {
  for (std::size_t size : {1U, 2U, 3U, 5U}) {
    const Bytes answer = hex("0a00 01 05 1004000000010012");
    const LinkError stopped = error_of([&](RawEnd& end) {
      end.send(View(answer).first(size));
      EXPECT_TRUE(end.is_closed());
    });
    EXPECT_EQ(stopped.kind, Kind::timeout_in_frame) << stopped.why;
    EXPECT_TRUE(says(stopped, "frame 1, offset " + std::to_string(size))) << stopped.why;
    const LinkError cut = error_of([&](RawEnd& end) { end.send(View(answer).first(size)); });
    EXPECT_EQ(cut.kind, Kind::closed) << cut.why;
  }
}

TEST(Tcp, reports_a_second_answer) {
  ScriptedPeer peer([](RawEnd& end) {
    end.receive(8);
    end.send(hex("0400 01 05 1004 0400 01 05 1004"));
    EXPECT_TRUE(end.is_closed());
  });
  auto link = TcpTarget(quick(peer.address())).connect(false);
  ASSERT_TRUE(link);
  ASSERT_TRUE((*link)->exchange({false, get_version}, 500ms));
  const auto second = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_FALSE(second);
  EXPECT_TRUE(says(second.error(), "nobody asked for")) << second.error().why;
  EXPECT_EQ((*link)->exchange({false, get_version}, 500ms).error().why, second.error().why);
}

TEST(Tcp, a_flood_after_silence_ends) {
  ScriptedPeer peer([](RawEnd& end) {
    end.receive(8);
    std::this_thread::sleep_for(40ms);
    end.flood(hex("0400 01 05 1004"));
  });
  auto link = TcpTarget(quick(peer.address())).connect(false);
  ASSERT_TRUE(link);
  ASSERT_TRUE((*link)->exchange({false, get_version}, 10ms));
  std::this_thread::sleep_for(100ms);
  const auto flooded = (*link)->exchange({false, get_version}, 150ms);
  ASSERT_FALSE(flooded);
  EXPECT_TRUE(says(flooded.error(), "sends without end")) << flooded.error().why;
  link->reset();
}

TEST(Tcp, says_who_refuses_the_connection) {
  const Address nobody{"127.0.0.1", free_port()};
  const auto link = TcpTarget(quick(nobody)).connect(true);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, Kind::refused);
  EXPECT_TRUE(says(link.error(), nobody.text()));
}

// --- the server ------------------------------------------------------------------------------------------------------

class ServedTcp {
 public:
  ServedTcp()
      : server_(std::move(TcpServer::listen({.address = {"127.0.0.1", 0}, .frame = 150ms}).value())), thread_([this] {
          const auto end = server_.run([](const Packet& packet) -> std::optional<Packet> {
            if (packet.payload[0] == 0xEE) return std::nullopt;
            return Packet{packet.secured, {packet.payload.rbegin(), packet.payload.rend()}};
          });
          EXPECT_TRUE(end);
        }) {}
  ~ServedTcp() {
    server_.stop();
    thread_.join();
  }
  Address address() const { return {"127.0.0.1", server_.port()}; }
  RawEnd connect() const { return RawEnd(std::move(connect_to(address(), in(1s)).value())); }

 private:
  TcpServer server_;
  std::thread thread_;
};

TEST(TcpServer, answers_messages_and_what_it_cannot_be) {
  const ServedTcp served;
  const RawEnd client = served.connect();
  for (const auto& [request, answer] :
       {std::pair{"0600 01 05 10840000", "0600 01 05 00008410"}, std::pair{"0500 01 06 010203", "0500 01 06 030201"},
        std::pair{"0200 01 bf", "0200 01 c2"},     // role inquiry: this end is no requester
        std::pair{"0000 01 bf", "0200 01 c2"},     // as libspdm writes it
        std::pair{"0300 01 77 01", "0200 01 c1"},  // no such type
        std::pair{"0600 02 05 10840000", "0200 01 c1"}}) {
    client.send(hex(request));
    const Bytes expected = hex(answer);
    EXPECT_EQ(to_hex(client.receive(expected.size())), to_hex(expected)) << request;
  }
  client.send(hex("0300 01 05 ee"));
  EXPECT_EQ(client.receive(1, 80ms), Bytes{});
}

TEST(TcpServer, survives_half_messages_and_serves_our_own_client) {
  const ServedTcp served;
  const Bytes whole = hex("0600 01 05 10840000");
  for (std::size_t size = 0; size < whole.size(); ++size) served.connect().send(View(whole).first(size));
  TcpTarget target(quick(served.address()));
  for (int connection = 0; connection < 2; ++connection) {
    auto link = target.connect(false);
    ASSERT_TRUE(link) << link.error().why;
    Bytes largest(wire::tcp::MAX_PAYLOAD, 0x11);
    largest.front() = 0x22;
    for (const bool secured : {false, true}) {
      const auto answer = (*link)->exchange({secured, largest}, 2s);
      ASSERT_TRUE(answer && *answer);
      EXPECT_EQ((*answer)->secured, secured);
      EXPECT_EQ((*answer)->payload, Bytes(largest.rbegin(), largest.rend()));
    }
  }
}

// The emulator puts the same messages into its own frames.
TEST(Tcp, inside_the_frames_of_the_emulator) {
  ScriptedPeer peer([](RawEnd& end) {
    EXPECT_EQ(end.receive_frame(), frame(test, 3, client_hello_text));
    end.send(frame(test, 3, server_hello_text));
    EXPECT_EQ(end.receive_frame(), hex("00000001 00000003 00000008 0600 01 05 10840000"));
    end.send(hex("00000001 00000003 0000000c 0a00 01 05 1004000000010012"));
    EXPECT_EQ(end.receive_frame(), hex("00000001 00000003 00000008 0600 01 05 10840000"));
    end.send(hex("00000001 00000003 00000008 0700 01 05 10840000"));
  });
  EmuTarget target({.address = peer.address(), .transport = Transport::tcp});
  auto link = target.connect(false);
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ((*link)->binding().name, "tcp");
  const auto answer = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->payload, version_12);
  const auto lying = (*link)->exchange({false, get_version}, 1s);
  ASSERT_FALSE(lying);
  EXPECT_TRUE(says(lying.error(), "frame 3, offset 1")) << lying.error().why;
}

}  // namespace
}  // namespace lockstep::adapters
