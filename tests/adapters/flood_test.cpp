// Peers that never stop sending: every wait of a link ends. One that does not is ended by ctest.
#include <gtest/gtest.h>

#include <atomic>

#include "adapters/emu.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

constexpr auto HANDSHAKE = 300ms;

const Bytes late = frame(normal, mctp_type, hex("05 1004"));

void greet(const RawEnd& end) {
  end.receive_frame();
  end.send(frame(test, mctp_type, server_hello_text));
}

EmuOptions quick(const ScriptedPeer& peer, Transport transport = Transport::mctp) {
  return {.address = peer.address(), .transport = transport, .frame = HANDSHAKE, .handshake = HANDSHAKE};
}

TEST(Flood, of_late_answers_instead_of_hello) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    end.receive_frame();
    end.receive_frame();  // after silence: hello
    end.flood(late);
  });
  EmuTarget target(quick(peer));
  auto link = target.connect(false);
  ASSERT_TRUE(link);
  ASSERT_FALSE((*link)->exchange({false, get_version}, 20ms).value());
  const auto flooded = (*link)->exchange({false, get_version}, 20ms);
  ASSERT_FALSE(flooded);
  EXPECT_EQ(flooded.error().kind, Kind::hung) << flooded.error().why;
  link->reset();
}

// Over `none` there is no hello; what came late is thrown away, for so long and no longer.
TEST(Flood, of_late_answers_over_none) {
  const Bytes one = frame(normal, none_type, hex("1004"));
  ScriptedPeer peer([&](RawEnd& end) {
    end.receive_frame();
    std::this_thread::sleep_for(40ms);
    end.flood(one);
  });
  EmuTarget target(quick(peer, Transport::none));
  auto link = target.connect(false);
  ASSERT_TRUE(link);
  ASSERT_FALSE((*link)->exchange({false, get_version}, 10ms).value());
  std::this_thread::sleep_for(100ms);
  const auto flooded = (*link)->exchange({false, get_version}, 20ms);
  ASSERT_FALSE(flooded);
  EXPECT_EQ(flooded.error().kind, Kind::bad_frame);
  EXPECT_NE(flooded.error().why.find("sends without end"), std::string::npos) << flooded.error().why;
  link->reset();
}

TEST(Flood, of_answers_while_the_link_says_goodbye) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    end.flood(late);
  });
  EmuTarget target(quick(peer));
  auto link = target.connect(false);
  ASSERT_TRUE(link);
  link->reset();
}

TEST(Flood, of_answers_to_hello_is_a_frame_that_nobody_asked_for) {
  ScriptedPeer peer([](RawEnd& end) {
    end.receive_frame();
    end.flood(frame(test, mctp_type, server_hello_text));
  });
  EmuTarget target(quick(peer));
  auto link = target.connect(false);
  ASSERT_TRUE(link);
  const auto flooded = (*link)->exchange({false, get_version}, 20ms);
  ASSERT_FALSE(flooded);
  EXPECT_EQ(flooded.error().kind, Kind::bad_frame) << flooded.error().why;
  link->reset();
}

// Sends and never reads: what the link wants to say fills the sockets of both sides.
TEST(Flood, by_a_peer_that_does_not_read) {
  std::atomic<bool> done{false};
  ScriptedPeer peer([&](RawEnd&) {
    while (!done) std::this_thread::sleep_for(5ms);
  });
  EmuTarget target(quick(peer, Transport::none));
  auto link = target.connect(false);
  ASSERT_TRUE(link);
  const Bytes large(limits::frame_payload, 0x11);
  const Deadline deadline = in(5s);
  std::optional<LinkError> error;
  while (!error && Clock::now() < deadline)
    if (auto answer = (*link)->exchange({false, large}, 1ms); !answer) error = answer.error();
  done = true;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, Kind::closed) << error->why;
  EXPECT_NE(error->why.find("does not read"), std::string::npos) << error->why;
  link->reset();
}

}  // namespace
}  // namespace lockstep::adapters
