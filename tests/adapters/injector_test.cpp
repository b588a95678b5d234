// The user's own command and the control socket.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

#include "adapters/command_injector.hpp"
#include "adapters/control.hpp"
#include "peers.hpp"

namespace lockstep::adapters {
namespace {

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("lockstep_injector_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
};

bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

// --- --injector COMMAND ----------------------------------------------------------------------------------------------

using Command = Folder;

TEST_F(Command, is_called_with_stimulus_and_index) {
  CommandInjector injector("echo happened >> " + path("log") + "; echo >> " + path("log"));
  EXPECT_EQ(injector.inject({"check-failed", 3}).value(), Injected::done);
  EXPECT_EQ(injector.inject({"function-level-reset", 255}).value(), Injected::done);
  EXPECT_EQ(read("log"), "happened\ncheck-failed 3\nhappened\nfunction-level-reset 255\n");
}

TEST_F(Command, its_exit_status_is_its_answer) {
  EXPECT_EQ(CommandInjector("sh -c 'exit 0'").inject({"x", 0}).value(), Injected::done);
  EXPECT_EQ(CommandInjector("sh -c 'echo never; exit 89'").inject({"x", 0}).value(), Injected::unimplemented);
  const auto failed = CommandInjector("sh -c 'echo out; echo no board >&2; exit 3'").inject({"moonrise", 1});
  ASSERT_FALSE(failed);
  EXPECT_TRUE(says(failed.error(), "moonrise 1' ended with exit status 3: out\nno board")) << failed.error();
  EXPECT_TRUE(says(CommandInjector("sh -c 'kill -9 $$'").inject({"x", 0}).error(), "signal 9"));
  EXPECT_TRUE(says(CommandInjector("/nowhere/script").inject({"x", 0}).error(), "exit status 127"));
}

TEST_F(Command, does_not_wait_for_ever) {
  CommandInjector injector("sleep 60;", 100ms);
  const auto late = injector.inject({"x", 0});
  ASSERT_FALSE(late);
  EXPECT_TRUE(says(late.error(), "did not end within 100 ms")) << late.error();
}

TEST_F(Command, may_print_much_and_leave_something_behind) {
  CommandInjector much("seq 1 100000; exit 3;");
  const auto failed = much.inject({"x", 0});
  ASSERT_FALSE(failed);
  EXPECT_TRUE(failed.error().ends_with("100000")) << failed.error().substr(0, 100);
  EXPECT_LT(failed.error().size(), limits::injector_text + 200);
  EXPECT_EQ(CommandInjector("sleep 60 & true").inject({"x", 0}).value(), Injected::done);
}

// --- the control socket ----------------------------------------------------------------------------------------------

class Control : public Folder {
 protected:
  Result<std::unique_ptr<ControlServer>, std::string> listen() {
    return ControlServer::listen(path("control"), [this](const Injection& injection) -> Result<Injected, std::string> {
      happened_.push_back(injection);
      if (injection.stimulus == "moonrise") return Injected::unimplemented;
      if (injection.index > 3) return Unexpected{std::string("there is no moon 4")};
      return Injected::done;
    });
  }
  RawEnd connect() const {
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path("control").copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return RawEnd(std::move(socket));
  }
  Result<Injected, std::string> inject(const Injection& injection) const {
    return ControlInjector(path("control")).inject(injection);
  }

  std::vector<Injection> happened_;
};

TEST_F(Control, client_and_server) {
  {
    const auto server = listen();
    ASSERT_TRUE(server) << server.error();
    EXPECT_EQ(inject({"check-failed", 3}).value(), Injected::done);
    EXPECT_EQ(inject({"moonrise", 0}).value(), Injected::unimplemented);
    EXPECT_EQ(inject({"check-failed", 4}).error(), "there is no moon 4");
    struct stat status {};
    EXPECT_EQ(::stat(path("control").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U) << "others may use it";
  }
  EXPECT_EQ(happened_, (std::vector<Injection>{{"check-failed", 3}, {"moonrise", 0}, {"check-failed", 4}}));
  EXPECT_FALSE(std::filesystem::exists(path("control")));
  EXPECT_TRUE(says(inject({"check-failed", 0}).error(), path("control") + ": No such file"));
}

TEST_F(Control, lines_as_they_are_written) {
  const auto server = listen();
  ASSERT_TRUE(server);
  const RawEnd client = connect();
  const auto ask = [&](std::string_view line) {
    client.send(text_bytes(line));
    std::string answer;
    while (!answer.ends_with('\n')) {
      const Bytes next = client.receive(1);
      if (next.empty()) break;
      answer.push_back(static_cast<char>(next[0]));
    }
    return answer;
  };
  EXPECT_EQ(ask("check-failed 0\n"), "ok\n");
  EXPECT_EQ(ask("moonrise 0\n"), "unimplemented\n");
  EXPECT_EQ(ask("check-failed 9\n"), "error there is no moon 4\n");
  for (const char* line : {"\n", "check-failed\n", " 3\n", "check-failed x\n", "check-failed 256\n",
                           "check-failed -1\n", "check-failed 1 2\n"})
    EXPECT_EQ(ask(line), "error expected STIMULUS INDEX, with an index from 0 to 255\n") << line;
  EXPECT_EQ(happened_.size(), 3U);
}

TEST_F(Control, drops_a_client_that_says_no_line_and_serves_the_next) {
  const auto server = listen();
  ASSERT_TRUE(server);
  {
    const RawEnd endless = connect();
    endless.send(Bytes(limits::control_line + 2, 'x'));
    EXPECT_TRUE(endless.is_closed());
  }
  connect().send(text_bytes("check-fai"));
  EXPECT_EQ(inject({"check-failed", 0}).value(), Injected::done);
}

TEST_F(Control, says_why_there_is_no_socket) {
  {
    const auto server = listen();
    ASSERT_TRUE(server);
    EXPECT_TRUE(says(listen().error(), "Address already in use")) << "somebody listens there";
  }
  std::ofstream(path("control")) << "a file of mine";
  EXPECT_TRUE(says(listen().error(), "Address already in use"));
  EXPECT_EQ(read("control"), "a file of mine");
  EXPECT_TRUE(says(ControlServer::listen(path(std::string(200, 'x')), {}).error(), "the limit is 107"));
  EXPECT_TRUE(says(ControlServer::listen("", {}).error(), "the path has 0 bytes"));
  EXPECT_TRUE(says(ControlServer::listen(path("absent/control"), {}).error(), "No such file"));
}

TEST_F(Control, replaces_a_socket_that_was_left_behind) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path("control").copy(address.sun_path, sizeof address.sun_path - 1);
  {
    const Socket dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(dead.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  const auto server = listen();
  ASSERT_TRUE(server) << server.error();
  EXPECT_EQ(inject({"check-failed", 0}).value(), Injected::done);
}

TEST_F(Control, without_a_way_to_inject_nothing_is_done) {
  const auto server = ControlServer::listen(path("control"), {});
  ASSERT_TRUE(server);
  EXPECT_EQ(inject({"check-failed", 0}).value(), Injected::unimplemented);
}

/// Listens where a control socket is expected and answers each line with `reply`; empty: closes.
TEST_F(Control, client_says_what_is_wrong_with_the_server) {
  for (const auto& [reply, why] : {std::pair{"maybe\n", "answers 'maybe'"}, std::pair{"", "no answer"}}) {
    std::filesystem::remove(path("control"));
    Socket listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path("control").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(listener.fd(), 1), 0);
    std::thread server([&, text = std::string(reply)] {
      const RawEnd end(Socket(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC)));
      EXPECT_EQ(end.receive(15), text_bytes("check-failed 2\n"));
      end.send(text_bytes(text));
    });
    const auto answer = inject({"check-failed", 2});
    server.join();
    ASSERT_FALSE(answer);
    EXPECT_TRUE(says(answer.error(), why)) << answer.error();
  }
}

// --- two threads, one device -----------------------------------------------------------------------------------------

TEST(Locked, is_the_same_device) {
  int count = 0;
  const LocalDevice device = locked(LocalDevice(
      [&](const Packet& packet) {
        ++count;
        return std::optional(packet);
      },
      [&](const Injection&) -> Result<Injected, std::string> {
        --count;
        return Injected::done;
      }));
  std::thread other([&] {
    for (int i = 0; i < 20000; ++i) static_cast<void>(device.inject({"x", 0}).has_value());
  });
  for (int i = 0; i < 20000; ++i) device.respond({false, {}});
  other.join();
  EXPECT_EQ(count, 0);
  EXPECT_FALSE(locked(LocalDevice([](const Packet&) { return std::nullopt; })).inject);
}

}  // namespace
}  // namespace lockstep::adapters
