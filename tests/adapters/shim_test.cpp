// Targets that are programs on standard input and output: real processes, each with one thing wrong.
#include "adapters/shim.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "adapters/shim_server.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

const std::string hello = R"( hello '{"lockstep_shim":1,"transport":"pci-doe"}' )";

class Shim : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("lockstep_shim_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ShimOptions options(const std::string& script) const {
    return {
        .command = "exec " ADAPTERS_SHIM " " + script, .output = folder_ / "shim.log", .start = 5000ms, .frame = 150ms};
  }
  ShimTarget target(const std::string& script) const { return ShimTarget(options(script)); }
  LinkError connect_error(const std::string& script) const {
    auto shim = target(script);
    const auto link = shim.connect(true);
    EXPECT_FALSE(link) << script;
    return link ? LinkError{} : link.error();
  }
  /// After hello, one exchange.
  Result<std::optional<Packet>, LinkError> ask(const std::string& script, std::chrono::milliseconds patience = 1s) {
    auto shim = target(hello + script);
    auto link = shim.connect(true);
    EXPECT_TRUE(link) << script << (link ? "" : link.error().why);
    if (!link) return Unexpected{link.error()};
    return (*link)->exchange({false, get_version}, patience);
  }
  LinkError error_of(const std::string& script, std::chrono::milliseconds patience = 1s) {
    const auto answer = ask(script, patience);
    EXPECT_FALSE(answer) << script;
    return answer ? LinkError{} : answer.error();
  }
  std::string log() const {
    std::ifstream in(folder_ / "shim.log");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
};

bool says(const LinkError& error, std::string_view words) { return error.why.find(words) != std::string::npos; }

TEST_F(Shim, exchanges_packets_of_both_kinds) {
  auto shim = target(hello + "read answer C 1004000000010012 read answer S aabb read answer N '' serve");
  EXPECT_TRUE(shim.name().starts_with("shim:exec "));
  auto link = shim.connect(true);
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ((*link)->binding().name, "pci-doe");
  const auto plain = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(plain && *plain);
  EXPECT_FALSE((*plain)->secured);
  EXPECT_EQ((*plain)->payload, version_12);
  const auto secured = (*link)->exchange({false, get_version}, 1s);
  ASSERT_TRUE(secured && *secured);
  EXPECT_TRUE((*secured)->secured);
  EXPECT_EQ((*secured)->payload, hex("aabb"));
  const auto silence = (*link)->exchange({true, hex("00")}, 1s);
  ASSERT_TRUE(silence);
  EXPECT_FALSE(*silence);
  for (bool is_secured : {false, true}) {
    const auto echo = (*link)->exchange({is_secured, hex("010203")}, 1s);
    ASSERT_TRUE(echo && *echo);
    EXPECT_EQ((*echo)->secured, is_secured);
    EXPECT_EQ((*echo)->payload, hex("010203"));
  }
}

TEST_F(Shim, tags_go_round_and_leave_out_that_of_hello) {
  auto shim = target(hello + "serve");
  auto link = shim.connect(true);
  ASSERT_TRUE(link);
  for (int i = 0; i < 600; ++i) {
    const auto echo = (*link)->exchange({false, hex("0102")}, 1s);
    ASSERT_TRUE(echo && *echo) << i;
  }
}

TEST_F(Shim, the_largest_packet_passes) {
  auto shim = target(hello + "serve");
  auto link = shim.connect(true);
  ASSERT_TRUE(link);
  const Bytes large(limits::frame_payload, 0x5A);
  const auto echo = (*link)->exchange({false, large}, 2s);
  ASSERT_TRUE(echo && *echo) << (echo ? "" : echo.error().why);
  EXPECT_EQ((*echo)->payload, large);
}

TEST_F(Shim, a_new_process_for_each_restart_and_the_same_one_otherwise) {
  const std::string first = R"( hello '{"lockstep_shim":1,"transport":"mctp","reset":true}' )";
  auto shim = target(first + "read answer C 01 read answer C 02 read answer C 03");
  EXPECT_TRUE(shim.can_restart());
  const auto next = [&](bool restart) -> int {
    auto link = shim.connect(restart);
    if (!link) return -1;
    const auto answer = (*link)->exchange({false, get_version}, 1s);
    return answer && *answer ? (*answer)->payload[0] : -2;
  };
  EXPECT_EQ(next(true), 1);
  EXPECT_TRUE(shim.can_restart());
  EXPECT_EQ(next(false), 2);
  EXPECT_EQ(next(false), 3);
  EXPECT_EQ(next(true), 1);
  auto lasting = target(hello + "serve");
  ASSERT_TRUE(lasting.connect(true));
  EXPECT_FALSE(lasting.can_restart());
}

TEST_F(Shim, claims_do_not_cost_a_process) {
  auto shim = target(R"(say started hello '{"lockstep_shim":1,"transport":"pci-doe","name":"acme 2"}' serve)");
  EXPECT_TRUE(shim.name().ends_with("serve"));
  const auto claims = shim.claims();
  ASSERT_TRUE(claims && *claims);
  EXPECT_EQ((*claims)->transport, Transport::pci_doe);
  EXPECT_TRUE(shim.name().ends_with("serve (acme 2)"));
  ASSERT_TRUE(shim.connect(true));
  EXPECT_EQ(log(), "started\n");
}

TEST_F(Shim, says_how_it_died) {
  EXPECT_TRUE(says(connect_error("say 'no board' exit 3"), "exit status 3"));
  EXPECT_EQ(log(), "no board\n");
  for (const auto& [script, fate] :
       {std::pair{"exit 7", "exit status 7"}, std::pair{"exit 0", "exit status 0"},
        std::pair{"read exit 3", "exit status 3"}, std::pair{"read kill", "signal 9 (Killed)"},
        std::pair{"read raw 070000", "exit status 0"}}) {
    const LinkError error = error_of(script);
    EXPECT_EQ(error.kind, Kind::died) << error.why;
    EXPECT_TRUE(says(error, fate)) << error.why;
    EXPECT_TRUE(says(error, "shim.log")) << error.why;
  }
  EXPECT_TRUE(says(error_of("read raw 070000"), "frame 2, offset 3: closed the connection inside the frame"));
  ShimTarget nobody({.command = "/nowhere/shim"});
  EXPECT_TRUE(says(nobody.connect(true).error(), "exit status 127"));
}

TEST_F(Shim, unimplemented_is_no_breakdown) {
  for (const char* script : {"read exit 89", "read answer U ''"}) {
    const LinkError error = error_of(script);
    EXPECT_EQ(error.kind, Kind::unimplemented) << script << error.why;
  }
  EXPECT_EQ(connect_error("exit 89").kind, Kind::unimplemented);
  EXPECT_EQ(connect_error("exit 88").kind, Kind::died);
}

TEST_F(Shim, calls_it_hung) {
  const LinkError mute = [&] {
    ShimOptions slow = options("hang");
    slow.start = 100ms;
    ShimTarget shim(slow);
    return shim.connect(true).error();
  }();
  EXPECT_EQ(mute.kind, Kind::hung);
  EXPECT_TRUE(says(mute, "hello within 100 ms")) << mute.why;
  const LinkError error = error_of("read hang", 80ms);
  EXPECT_EQ(error.kind, Kind::hung);
  EXPECT_TRUE(says(error, "C (a message in the clear) with tag 1 within 80 ms")) << error.why;
}

TEST_F(Shim, names_the_place_where_a_frame_stops) {
  for (const auto& [bytes, size] :
       {std::pair{"07", 1}, std::pair{"07000000", 4}, std::pair{"0700000043", 5}, std::pair{"07000000430110", 7}}) {
    const LinkError error = error_of(std::string("read raw ") + bytes + " hang");
    EXPECT_EQ(error.kind, Kind::timeout_in_frame) << error.why;
    EXPECT_TRUE(says(error, "shim, frame 2, offset " + std::to_string(size))) << error.why;
  }
  EXPECT_EQ(connect_error("raw 0700 hang").kind, Kind::timeout_in_frame);
}

TEST_F(Shim, refuses_frames_that_are_none) {
  for (const auto& [bytes, where] :
       {std::pair{"raw 01000000", "offset 0: the size is 1"}, std::pair{"raw 00000000", "offset 0: the size is 0"},
        std::pair{"raw 03001000", "offset 0: the size is 1048579"},
        std::pair{"raw ffffffff", "offset 0: the size is 4294967295"},
        std::pair{"raw 020000005a01", "offset 4: there is no kind of frame 90"},
        std::pair{"answer H ''", "offset 4: H (hello) is no answer to C (a message in the clear)"},
        std::pair{"answer I 00", "offset 4: I (a stimulus) is no answer"},
        std::pair{"answer D ''", "offset 4: D (done) is no answer"}}) {
    const LinkError error = error_of(std::string("read ") + bytes + " hang");
    EXPECT_EQ(error.kind, Kind::bad_frame) << error.why;
    EXPECT_TRUE(says(error, "shim, frame 2, " + std::string(where))) << error.why;
  }
}

TEST_F(Shim, recognises_a_print_statement) {
  const LinkError error = connect_error("print 'board found on /dev/ttyUSB0' hang");
  EXPECT_EQ(error.kind, Kind::bad_frame);
  EXPECT_TRUE(says(error, "'board found on")) << error.why;
  EXPECT_TRUE(says(error, "print to standard error")) << error.why;
}

TEST_F(Shim, refuses_a_hello_that_is_none) {
  for (const auto& [script, why] :
       {std::pair{"hello 'no json'", "offset 6: hello: it is no JSON text"},
        std::pair{"hello '{\"lockstep_shim\":2,\"transport\":\"mctp\"}'", "hello: lockstep_shim is 2"},
        std::pair{"tag 0 C 00", "offset 4: begins with C (a message in the clear) instead of hello"}}) {
    const LinkError error = connect_error(std::string(script) + " hang");
    EXPECT_EQ(error.kind, Kind::bad_frame) << error.why;
    EXPECT_TRUE(says(error, why)) << error.why;
  }
}

TEST_F(Shim, reports_answers_that_belong_to_nothing) {
  const LinkError stray = error_of("read tag 9 C 00 hang");
  EXPECT_EQ(stray.kind, Kind::bad_frame);
  EXPECT_TRUE(says(stray, "offset 5: answers tag 9, which no open frame has")) << stray.why;
  const LinkError unasked = error_of("tag 0 C 00 hang");  // before the question, or taken for the answer to it
  EXPECT_EQ(unasked.kind, Kind::bad_frame);
  EXPECT_TRUE(says(unasked, "answers tag 0, which no open frame has")) << unasked.why;
}

// Whether the second answer is there before the next question or comes after it, the tag tells.
TEST_F(Shim, reports_a_second_answer) {
  for (const char* script : {"read answer C 10 answer C 10 read hang", "read answer C 10 read tag 1 C 10 hang"}) {
    auto shim = target(hello + script);
    auto link = shim.connect(true);
    ASSERT_TRUE(link);
    ASSERT_TRUE((*link)->exchange({false, get_version}, 1s));
    const auto second = (*link)->exchange({false, get_version}, 1s);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Kind::bad_frame);
    EXPECT_TRUE(says(second.error(), "answers tag 1 a second time")) << second.error().why;
  }
}

TEST_F(Shim, survives_a_flood) {
  auto shim = target(hello + "read flood");
  auto link = shim.connect(true);
  ASSERT_TRUE(link);
  ASSERT_TRUE((*link)->exchange({false, get_version}, 1s));
  const auto second = (*link)->exchange({false, get_version}, 1s);
  ASSERT_FALSE(second);
  EXPECT_TRUE(says(second.error(), "a second time")) << second.error().why;
}

TEST_F(Shim, keeps_the_first_error_until_a_new_process_is_started) {
  auto shim = target(hello + "read answer E 6e6f20626f617264");
  auto link = shim.connect(true);
  ASSERT_TRUE(link);
  const auto first = (*link)->exchange({false, get_version}, 1s);
  ASSERT_FALSE(first);
  EXPECT_TRUE(says(first.error(), "the shim says: no board")) << first.error().why;
  EXPECT_EQ((*link)->exchange({false, get_version}, 1s).error().why, first.error().why);
  link = shim.connect(false);
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_TRUE(says((*link)->exchange({false, get_version}, 1s).error(), "no board"));
}

// --- stimuli ---------------------------------------------------------------------------------------------------------

const std::string injecting = R"( hello '{"lockstep_shim":1,"transport":"pci-doe","injects":["moonrise"]}' )";

TEST_F(Shim, injects_what_it_claims) {
  auto shim = target(injecting + "read answer D '' read answer U '' read answer E 6e6f206d6f6f6e read answer C 00");
  EXPECT_EQ(shim.injector()->inject({"moonrise", 0}).error(), "nothing is connected yet");
  ASSERT_TRUE(shim.connect(true));
  EXPECT_EQ(shim.injector()->inject({"moonset", 0}).value(), Injected::unimplemented);
  EXPECT_EQ(shim.injector()->inject({"moonrise", 0}).value(), Injected::done);
  EXPECT_EQ(shim.injector()->inject({"moonrise", 0}).value(), Injected::unimplemented);
  EXPECT_EQ(shim.injector()->inject({"moonrise", 0}).error(), "the shim says: no moon");
  const auto wrong = shim.injector()->inject({"moonrise", 0});
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().find("is no answer to I (a stimulus)"), std::string::npos) << wrong.error();
}

// --- the other end ---------------------------------------------------------------------------------------------------

/// serve_shim() in a thread, driven by hand.
class ServedShim {
 public:
  explicit ServedShim(LocalDevice device) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    end_.emplace(Socket(ends[0]));
    thread_ = std::thread([this, device = std::move(device), theirs = ends[1]] {
      error_ = serve_shim(theirs, theirs, {.name = "x", .transport = Transport::mctp, .reset = true}, device);
      ::close(theirs);
    });
  }
  ~ServedShim() { finish(); }
  std::optional<std::string> finish() {
    if (end_) end_->close();
    if (thread_.joinable()) thread_.join();
    return error_;
  }
  RawEnd& end() { return *end_; }
  Bytes receive() {
    Bytes bytes = end_->receive(4);
    if (bytes.size() == 4) append(bytes, end_->receive(static_cast<std::size_t>(read_le(bytes))));
    return bytes;
  }

 private:
  std::optional<RawEnd> end_;
  std::thread thread_;
  std::optional<std::string> error_;
};

LocalDevice small_device() {
  return LocalDevice(
      [](const Packet& packet) {
        return packet.payload.empty() ? std::nullopt : std::optional(Packet{packet.secured, {packet.payload[0]}});
      },
      [](const Injection& injection) -> Result<Injected, std::string> {
        if (injection == Injection{"moonrise", 7}) return Injected::done;
        if (injection.stimulus == "moonrise") return Unexpected{std::string("no")};
        return Injected::unimplemented;
      });
}

TEST(ShimServer, says_hello_and_answers_every_frame) {
  ServedShim shim(small_device());
  const Bytes hello_frame = shim.receive();
  EXPECT_EQ(to_hex(View(hello_frame).subspan(4, 2)), "4800");
  const auto claims = parse_hello(std::string(hello_frame.begin() + 6, hello_frame.end()));
  ASSERT_TRUE(claims) << claims.error();
  EXPECT_EQ(claims->transport, Transport::mctp);
  for (const auto& [question, answer] :
       {std::pair{"04000000 43 05 1084", "03000000 43 05 10"}, std::pair{"04000000 53 06 aabb", "03000000 53 06 aa"},
        std::pair{"02000000 43 07", "02000000 4e 07"},
        std::pair{"0b000000 49 08 07 6d6f6f6e72697365", "02000000 44 08"},
        std::pair{"0b000000 49 09 08 6d6f6f6e72697365", "04000000 45 09 6e6f"},
        std::pair{"04000000 49 0a 07 6d", "02000000 55 0a"}, std::pair{"02000000 48 0b", "02000000 55 0b"}}) {
    shim.end().send(hex(question));
    EXPECT_EQ(to_hex(shim.receive()), to_hex(hex(answer))) << question;
  }
  shim.end().send(hex("02000000 49 0c"));
  EXPECT_EQ(shim.receive()[4], 'E');
  EXPECT_FALSE(shim.finish());
}

TEST(ShimServer, says_what_is_wrong_with_its_input) {
  for (const auto& [bytes, why] : {std::pair{"0300", "the input ends inside a frame"},
                                   std::pair{"01000000", "offset 0: the size is 1, expected 2 to"},
                                   std::pair{"02000000 5a", "offset 4: there is no kind of frame 90"}}) {
    ServedShim shim(small_device());
    shim.receive();
    shim.end().send(hex(bytes));
    if (std::string_view(why).starts_with("offset")) {
      EXPECT_TRUE(shim.end().is_closed());
    }
    const auto error = shim.finish();
    ASSERT_TRUE(error) << why;
    EXPECT_NE(error->find(why), std::string::npos) << *error;
  }
}

TEST(ShimServer, says_when_nobody_reads_or_nothing_can_be_read) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto unreadable = serve_shim(-1, ends[1], {}, small_device());
  ::close(ends[0]);
  const auto unread = serve_shim(-1, ends[1], {}, small_device());
  ::close(ends[1]);
  ASSERT_TRUE(unreadable && unread);
  EXPECT_NE(unreadable->find("cannot read a frame"), std::string::npos) << *unreadable;
  EXPECT_NE(unread->find("cannot write a frame"), std::string::npos) << *unread;
}

}  // namespace
}  // namespace lockstep::adapters
