// Targets that are started here: real processes on the loopback.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "adapters/emu.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

using Kind = LinkError::Kind;

class Spawn : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("lockstep_spawn_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    options_ = {.address = {"127.0.0.1", free_port()},
                .transport = Transport::pci_doe,
                .output = folder_ / "target.log",
                .start = 1500ms};
    options_.spawn = ADAPTERS_PEER " " + std::to_string(options_.address.port);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  LinkError connect_error() const {
    const auto link = EmuTarget(options_).connect(true);
    EXPECT_FALSE(link);
    return link ? LinkError{} : link.error();
  }

  std::filesystem::path folder_;
  EmuOptions options_;
};

// The packets that the peer has served since it was started.
int served(Link& link) {
  const auto answer = link.exchange({false, hex("cc000000")}, 1s);
  return answer && *answer ? (*answer)->payload[0] : -1;
}

bool says(const LinkError& error, std::string_view words) { return error.why.find(words) != std::string::npos; }

TEST_F(Spawn, starts_restarts_and_reconnects) {
  EmuTarget target(options_);
  EXPECT_TRUE(target.can_restart());
  auto link = target.connect(true);
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ((*link)->offered(), (std::vector<Offered>{{1, 0}, {1, 1}, {1, 2}}));
  EXPECT_TRUE((*link)->take_findings().empty());
  EXPECT_EQ(served(**link), 1);
  link->reset();
  link = target.connect(false);  // the same process
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ(served(**link), 2);
  link = target.connect(true);  // a new one
  ASSERT_TRUE(link) << link.error().why;
  EXPECT_EQ(served(**link), 1);
}

TEST_F(Spawn, keeps_what_the_target_prints) {
  options_.spawn += " first; echo second >&2";
  { ASSERT_TRUE(EmuTarget(options_).connect(true)); }
  EXPECT_NE(read("target.log").find("first"), std::string::npos);
}

TEST_F(Spawn, says_how_a_target_died_before_it_listened) {
  options_.spawn = "echo out of coffee >&2; exit 3";
  const LinkError status = connect_error();
  EXPECT_EQ(status.kind, Kind::died);
  EXPECT_TRUE(says(status, "exit status 3")) << status.why;
  EXPECT_TRUE(says(status, "target.log")) << status.why;
  EXPECT_EQ(read("target.log"), "out of coffee\n");
  options_.spawn = "kill -SEGV $$";
  const LinkError signal = connect_error();
  EXPECT_EQ(signal.kind, Kind::died);
  EXPECT_TRUE(says(signal, "signal 11")) << signal.why;
  options_.spawn = "/nowhere/responder";
  EXPECT_TRUE(says(connect_error(), "exit status 127"));
}

TEST_F(Spawn, says_how_a_target_died_in_an_exchange) {
  EmuTarget target(options_);
  for (const auto& [poison, fate] :
       {std::pair{"dd000000", "signal 9 (Killed)"}, std::pair{"de000000", "exit status 3"}}) {
    auto link = target.connect(false);  // starts the dead target again
    ASSERT_TRUE(link) << link.error().why;
    const auto answer = (*link)->exchange({false, hex(poison)}, 1s);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Kind::died);
    EXPECT_TRUE(says(answer.error(), fate)) << answer.error().why;
  }
}

TEST_F(Spawn, gives_up_on_a_target_that_never_listens) {
  options_.spawn = "exec sleep 60";
  options_.start = 200ms;
  const auto before = Clock::now();
  const LinkError error = connect_error();
  EXPECT_EQ(error.kind, Kind::refused);
  EXPECT_TRUE(says(error, "did not listen within 200 ms")) << error.why;
  EXPECT_LT(Clock::now() - before, 1500ms);
}

TEST_F(Spawn, does_not_talk_to_a_stranger_on_the_port) {
  const Socket stranger = std::move(listen_on(options_.address).value());
  const LinkError error = connect_error();
  EXPECT_EQ(error.kind, Kind::refused);
  EXPECT_TRUE(says(error, "port in use")) << error.why;
  EXPECT_EQ(wait_for(stranger.fd(), POLLIN, Clock::now()), Waited::timeout) << "the stranger was connected to";
}

bool is_running(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return static_cast<bool>(in >> number >> name >> state) && state != "Z";
}

// What a target leaves behind would hold its port. The first command ignores the polite way, the second is gone
// already.
TEST_F(Spawn, takes_the_whole_process_group_down) {
  for (const char* command : {"trap '' TERM; sleep 60 & echo $!; wait", "sleep 60 & echo $!; exit 3"}) {
    std::filesystem::remove(options_.output);
    options_.spawn = command;
    options_.start = 100ms;
    connect_error();
    const pid_t grandchild = std::stoi(read("target.log"));
    for (const Deadline deadline = in(500ms); is_running(grandchild) && Clock::now() < deadline;)
      std::this_thread::sleep_for(5ms);
    EXPECT_FALSE(is_running(grandchild)) << command;
    ::kill(grandchild, SIGKILL);
  }
}

TEST_F(Spawn, a_signal_ends_target_and_tester) {
  const pid_t tester = ::fork();
  ASSERT_GE(tester, 0);
  if (tester == 0) {
    auto child = Child::start("echo $$; exec sleep 60", folder_ / "pid");
    ::pause();
    std::_Exit(child ? 0 : 1);
  }
  const Deadline deadline = in(1s);
  while (read("pid").find('\n') == std::string::npos && Clock::now() < deadline) std::this_thread::sleep_for(5ms);
  const pid_t target = std::stoi(read("pid"));
  ::kill(tester, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(tester, &status, 0), tester);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  while (is_running(target) && Clock::now() < deadline) std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(is_running(target));
}

TEST_F(Spawn, leaves_no_zombie) {
  auto child = Child::start("exit 7", {});
  ASSERT_TRUE(child);
  EXPECT_EQ((*child)->fate_within(1s), "exit status 7");
  EXPECT_EQ(::waitpid((*child)->pid(), nullptr, WNOHANG), -1);
  EXPECT_EQ((*child)->fate(), "exit status 7");
}

}  // namespace
}  // namespace lockstep::adapters
