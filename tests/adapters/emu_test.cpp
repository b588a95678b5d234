#include "adapters/emu.hpp"

#include <gtest/gtest.h>

#include "peers.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

const Bytes hello = frame(test, mctp_type, server_hello_text);
const Bytes answer = frame(normal, mctp_type, hex("05 1004 0000 0001 0012"));

void greet(const RawEnd& end, std::uint32_t type = mctp_type) {
  EXPECT_EQ(end.receive_frame(), frame(test, type, client_hello_text));
  end.send(frame(test, type, server_hello_text));
}

EmuOptions quick(Address address, Transport transport = Transport::mctp) {
  return {.address = std::move(address), .transport = transport, .frame = 150ms, .handshake = 150ms, .start = 300ms};
}

Result<std::unique_ptr<Link>, LinkError> connect(const ScriptedPeer& peer, Transport transport = Transport::mctp) {
  return EmuTarget(quick(peer.address(), transport)).connect(false);
}

// After hello, one request; the peer then does what is under test.
Result<std::optional<Packet>, LinkError> ask(const ScriptedPeer::Script& reply, std::chrono::milliseconds patience) {
  ScriptedPeer peer([&](RawEnd& end) {
    greet(end);
    end.receive_frame();
    reply(end);
  });
  auto link = connect(peer);
  EXPECT_TRUE(link);
  return link.value()->exchange({false, get_version}, patience);
}

LinkError error_of(const ScriptedPeer::Script& reply) {
  auto result = ask(reply, 500ms);
  EXPECT_FALSE(result);
  return result ? LinkError{} : result.error();
}

bool says(const LinkError& error, std::string_view words) { return error.why.find(words) != std::string::npos; }

TEST(Emu, exchanges_a_message_over_mctp) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    EXPECT_EQ(end.receive_frame(), hex("00000001 00000001 00000005 05 10840000"));
    end.send(answer);
    EXPECT_EQ(end.receive_frame(), hex("00000001 00000001 00000003 06 aabb"));
    end.send(frame(normal, mctp_type, hex("06 cc")));
    EXPECT_EQ(end.receive_frame(), frame(go_on, mctp_type, {}));  // the link says goodbye
    end.send(frame(go_on, mctp_type, {}));
  });
  auto link = connect(peer);
  ASSERT_TRUE(link);
  EXPECT_EQ((*link)->binding().name, "mctp");
  const auto plain = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(plain && *plain);
  EXPECT_FALSE((*plain)->secured);
  EXPECT_EQ((*plain)->payload, version_12);
  const auto secured = (*link)->exchange({true, hex("aabb")}, 1s);
  ASSERT_TRUE(secured && *secured);
  EXPECT_TRUE((*secured)->secured);
  EXPECT_EQ((*secured)->payload, hex("cc"));
}

TEST(Emu, says_nothing_before_the_first_message_over_none) {
  ScriptedPeer peer([](RawEnd& end) {
    EXPECT_EQ(end.receive_frame(), frame(normal, none_type, get_version));
    end.send(frame(normal, none_type, version_12));
  });
  auto link = connect(peer, Transport::none);
  ASSERT_TRUE(link);
  const auto got = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->payload, version_12);
}

TEST(Emu, reads_a_frame_that_comes_byte_by_byte) {
  const auto got = ask(
      [](RawEnd& end) {
        for (const Byte& byte : answer) {
          end.send({&byte, 1});
          std::this_thread::sleep_for(1ms);
        }
      },
      500ms);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->payload, version_12);
}

// The patience is for the begin of the answer; a frame that has begun has a deadline of its own.
TEST(Emu, lets_a_frame_that_began_in_time_end_after_the_patience) {
  const auto got = ask(
      [](RawEnd& end) {
        end.send(View(answer).first(5));
        std::this_thread::sleep_for(60ms);
        end.send(View(answer).subspan(5));
      },
      30ms);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->payload, version_12);
}

TEST(Emu, names_the_place_where_a_frame_stops) {
  for (std::size_t size : {1u, 11u, 12u, 20u}) {
    const LinkError error = error_of([size](RawEnd& end) {
      end.send(View(answer).first(size));
      EXPECT_TRUE(end.is_closed());
    });
    EXPECT_EQ(error.kind, Kind::timeout_in_frame) << error.why;
    EXPECT_TRUE(says(error, "frame 2, offset " + std::to_string(size))) << error.why;
  }
}

TEST(Emu, names_the_place_where_a_frame_is_cut_off) {
  for (std::size_t size : {1u, 11u, 12u, 20u}) {
    const LinkError error = error_of([size](RawEnd& end) { end.send(View(answer).first(size)); });
    EXPECT_EQ(error.kind, Kind::closed) << error.why;
    EXPECT_TRUE(says(error, "frame 2, offset " + std::to_string(size))) << error.why;
  }
  const LinkError error = error_of([](RawEnd&) {});
  EXPECT_EQ(error.kind, Kind::closed);
  EXPECT_TRUE(says(error, "instead of sending a frame")) << error.why;
}

TEST(Emu, refuses_frames_that_are_none) {
  struct Wrong {
    Bytes frame;
    std::string_view where;
  };
  for (const Wrong& wrong : {
           Wrong{hex("00000001 00000002 00000005 05 10840000"), "offset 4: TransportType is 2"},
           Wrong{hex("00000001 00000001 00100001"), "offset 8: PayloadSize is 1048577"},
           Wrong{hex("00000001 00000001 ffffffff 05"), "offset 8: PayloadSize is 4294967295"},
           Wrong{hex("0000ffff 00000001 00000000"), "offset 0: Command is 65535, expected 1"},
           Wrong{frame(test, mctp_type, server_hello_text), "offset 0: Command is 57005, expected 1"},
           Wrong{hex("00000001 00000001 00000002 7e 00"),
                 "offset 12: type: the answer to SPDM is MCTP message type 126"},
       }) {
    const LinkError error = error_of([&](RawEnd& end) { end.send(wrong.frame); });
    EXPECT_EQ(error.kind, Kind::bad_frame) << error.why;
    EXPECT_TRUE(says(error, "frame 2, " + std::string(wrong.where))) << error.why;
  }
}

TEST(Emu, refuses_garbage) {
  const LinkError error = error_of([](RawEnd& end) { end.send(text_bytes("HTTP/1.1 400 Bad Request\r\n\r\n")); });
  EXPECT_EQ(error.kind, Kind::bad_frame) << error.why;
}

TEST(Emu, takes_an_empty_answer_as_silence) {
  const auto got = ask([](RawEnd& end) { end.send(frame(normal, mctp_type, {})); }, 500ms);
  ASSERT_TRUE(got);
  EXPECT_FALSE(*got);
}

TEST(Emu, takes_no_answer_as_silence_after_the_patience) {
  const auto before = Clock::now();
  const auto got = ask([](RawEnd& end) { end.receive_frame(); }, 80ms);
  ASSERT_TRUE(got);
  EXPECT_FALSE(*got);
  EXPECT_GE(Clock::now() - before, 80ms);
}

TEST(Emu, does_not_take_a_late_answer_for_the_next_one) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    end.receive_frame();
    std::this_thread::sleep_for(60ms);
    end.send(frame(normal, mctp_type, hex("05 dead")));  // too late
    greet(end);
    end.receive_frame();
    end.send(answer);
  });
  auto link = connect(peer);
  ASSERT_TRUE(link);
  const auto silence = (*link)->exchange({false, get_version}, 20ms);
  ASSERT_TRUE(silence);
  EXPECT_FALSE(*silence);
  const auto got = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ((*got)->payload, version_12);
}

TEST(Emu, calls_a_peer_hung_that_does_not_even_answer_hello) {
  ScriptedPeer silent([](RawEnd& end) { EXPECT_TRUE((end.receive_frame(), end.is_closed())); });
  const auto link = connect(silent);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, Kind::hung) << link.error().why;
}

TEST(Emu, reports_a_second_answer) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    end.receive_frame();
    Bytes twice = answer;
    append(twice, answer);
    end.send(twice);
    EXPECT_TRUE(end.is_closed());
  });
  auto link = connect(peer);
  ASSERT_TRUE(link);
  ASSERT_TRUE((*link)->exchange({false, get_version}, 500ms));
  const auto got = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::bad_frame);
  EXPECT_TRUE(says(got.error(), "nobody asked for")) << got.error().why;
}

TEST(Emu, sends_nothing_more_over_a_broken_link) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end);
    end.receive_frame();
    end.send(frame(unknown, mctp_type, {}));
    EXPECT_TRUE(end.is_closed());
  });
  auto link = connect(peer);
  ASSERT_TRUE(link);
  const auto first = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_FALSE(first);
  const auto second = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().why, first.error().why);
}

TEST(Emu, says_who_refuses_the_connection) {
  const Address nobody{"127.0.0.1", free_port()};
  const auto link = EmuTarget(quick(nobody)).connect(true);
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, Kind::refused);
  EXPECT_TRUE(says(link.error(), nobody.text())) << link.error().why;
}

// --- DOE: discovery --------------------------------------------------------------------------------------------------

Bytes discovery_request(Byte index, Byte version) {
  return frame(normal, doe_type, Bytes{1, 0, 0, 0, 3, 0, 0, 0, index, version, 0, 0});
}
Bytes discovery_entry(std::uint16_t vendor, Byte type, Byte next) {
  Bytes object{1, 0, 0, 0, 3, 0, 0, 0};
  append_le(object, vendor, 2);
  append(object, Bytes{type, next});
  return frame(normal, doe_type, object);
}

struct Turn {
  Bytes request, reply;
};

// What the link knows after the peer has given these answers.
struct Seen {
  std::vector<Offered> offered;
  std::vector<std::string> rules;
};
Seen discover_from(const std::vector<Turn>& turns) {
  ScriptedPeer peer([&](RawEnd& end) {
    greet(end, doe_type);
    for (const Turn& turn : turns) {
      EXPECT_EQ(end.receive_frame(), turn.request);
      end.send(turn.reply);
    }
  });
  auto link = connect(peer, Transport::pci_doe);
  EXPECT_TRUE(link) << (link ? "" : link.error().why);
  if (!link) return {};
  Seen seen{(*link)->offered(), {}};
  for (const auto& finding : (*link)->take_findings()) seen.rules.emplace_back(finding.rule.id());
  EXPECT_TRUE((*link)->take_findings().empty());
  return seen;
}

TEST(Discovery, walks_the_chain_in_its_own_order) {
  const Seen seen = discover_from({{discovery_request(0, 0), discovery_entry(1, 0, 9)},
                                   {discovery_request(9, 0), discovery_entry(1, 1, 4)},
                                   {discovery_request(4, 0), discovery_entry(1, 2, 200)},
                                   {discovery_request(200, 0), discovery_entry(0x1234, 5, 0)}});
  EXPECT_EQ(seen.offered, (std::vector<Offered>{{1, 0}, {1, 1}, {1, 2}, {0x1234, 5}}));
  EXPECT_TRUE(seen.rules.empty());
}

TEST(Discovery, tries_version_2_where_0_is_not_served) {
  const Seen seen = discover_from({{discovery_request(0, 0), discovery_entry(0xFFFF, 0, 0)},
                                   {discovery_request(0, 2), discovery_entry(1, 0, 1)},
                                   {discovery_request(1, 2), discovery_entry(1, 1, 0)}});
  EXPECT_EQ(seen.offered, (std::vector<Offered>{{1, 0}, {1, 1}}));
  EXPECT_TRUE(seen.rules.empty());
}

TEST(Discovery, cites_the_rule_that_is_broken) {
  using Rules = std::vector<std::string>;
  const Bytes last = discovery_entry(1, 1, 0);
  EXPECT_EQ(discover_from({{discovery_request(0, 0), discovery_entry(1, 1, 0)}}).rules, Rules{"DOE-001"});
  EXPECT_EQ(discover_from({{discovery_request(0, 0), frame(normal, doe_type, {})}}).rules, (Rules{"DOE-001"}));
  EXPECT_EQ(discover_from({{discovery_request(0, 0), discovery_entry(1, 0, 1)},
                           {discovery_request(1, 0), discovery_entry(1, 1, 1)}})
                .rules,
            Rules{"DOE-002"});
  EXPECT_EQ(discover_from({{discovery_request(0, 0), discovery_entry(1, 0, 1)},
                           {discovery_request(1, 0), discovery_entry(1, 1, 2)},
                           {discovery_request(2, 0), discovery_entry(0xFFFF, 0, 0)}})
                .rules,
            Rules{"DOE-002"});
  EXPECT_EQ(discover_from({{discovery_request(0, 0), discovery_entry(1, 0, 0)}}).rules, Rules{"DOE-003"});
  EXPECT_EQ(discover_from({{discovery_request(0, 0), discovery_entry(0xFFFF, 0, 0)},
                           {discovery_request(0, 2), discovery_entry(0xFFFF, 0, 0)}})
                .rules,
            Rules{"DOE-005"});
  EXPECT_EQ(
      discover_from({{discovery_request(0, 0), frame(normal, doe_type, hex("0100 00 00 09000000 01000001"))}}).rules,
      Rules{"DOE-007"});
  EXPECT_EQ(
      discover_from({{discovery_request(0, 0), frame(normal, doe_type, hex("0100 01 00 03000000 01000001"))}}).rules,
      Rules{"DOE-015"});
}

TEST(Discovery, object_with_a_lying_length_is_a_bad_frame) {
  ScriptedPeer peer([](RawEnd& end) {
    greet(end, doe_type);
    end.receive_frame();
    end.send(discovery_entry(1, 0, 1));
    end.receive_frame();
    end.send(discovery_entry(1, 1, 0));
    EXPECT_EQ(end.receive_frame(), hex("00000001 00000002 0000000c 0100 01 00 03000000 10840000"));
    end.send(hex("00000001 00000002 0000000c 0100 01 00 04000000 10040000"));
  });
  auto link = connect(peer, Transport::pci_doe);
  ASSERT_TRUE(link);
  const auto got = (*link)->exchange({false, get_version}, 500ms);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::bad_frame);
  EXPECT_TRUE(says(got.error(), "frame 4, offset 16: Length")) << got.error().why;
}

}  // namespace
}  // namespace lockstep::adapters
