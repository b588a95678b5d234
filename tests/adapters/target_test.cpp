#include "adapters/target.hpp"

#include <gtest/gtest.h>

namespace lockstep::adapters {
namespace {

using namespace std::chrono_literals;

std::string error_of(std::string_view text, TargetOptions options = {}) {
  const auto target = parse_target(text, std::move(options));
  return target ? "accepted " + (*target)->name() : target.error();
}
bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

TEST(Target, emu) {
  for (const auto& [text, name] :
       {std::pair{"emu://127.0.0.1:99", "emu://127.0.0.1:99"}, std::pair{"emu://localhost", "emu://localhost:2323"},
        std::pair{"emu://[::1]:7", "emu://[::1]:7"}}) {
    const auto target = parse_target(text, {});
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ((*target)->name(), name);
    EXPECT_FALSE((*target)->can_restart());
  }
  EXPECT_TRUE(parse_target("emu://h:1", {.spawn = "true"}).value()->can_restart());
}

TEST(Target, tcp) {
  EXPECT_EQ(parse_target("tcp://127.0.0.1", {}).value()->name(), "tcp://127.0.0.1:4194");
  EXPECT_EQ(parse_target("tcp://[::1]:7", {}).value()->name(), "tcp://[::1]:7");
  EXPECT_EQ(parse_target("emu://h", {.transport = "tcp"}).value()->name(), "emu://h:4194");
  EXPECT_FALSE(parse_target("tcp://h", {}).value()->can_restart());
  EXPECT_TRUE(parse_target("tcp://h:1", {.spawn = "true"}).value()->can_restart());
  EXPECT_TRUE(says(error_of("tcp://h:0"), "port 0"));
}

TEST(Target, shim) {
  EXPECT_EQ(parse_target("shim:./dut --board 2", {}).value()->name(), "shim:./dut --board 2");
  EXPECT_TRUE(says(error_of("shim:"), "no command"));
  EXPECT_TRUE(says(error_of("shim:  "), "no command"));
  EXPECT_TRUE(says(error_of("shim:./dut", {.spawn = "true"}), "nothing to spawn"));
}

TEST(Target, wrong_addresses) {
  for (std::string_view text :
       {"emu://", "emu://:5", "emu://[::1", "emu://h:", "emu://h:65536", "emu://h:12x", "emu://h:0", "emu://[::1]x"})
    EXPECT_TRUE(says(error_of(text), std::string(text))) << error_of(text);
}

TEST(Target, names_the_nearest) {
  EXPECT_TRUE(says(error_of("emo://127.0.0.1:5"), "did you mean 'emu:'")) << error_of("emo://127.0.0.1:5");
  EXPECT_TRUE(says(error_of("shm:./dut"), "did you mean 'shim:'"));
  EXPECT_TRUE(says(error_of("modle:"), "did you mean 'model:'"));
  EXPECT_TRUE(says(error_of("emu://h", {.transport = "pcidoe"}), "did you mean 'pci-doe'"));
  EXPECT_TRUE(says(error_of("emu://h", {.transport = "mctq"}), "did you mean 'mctp'"));
  EXPECT_TRUE(says(error_of("emu://h", {.transport = "TCP"}), "unknown transport 'TCP'"));
}

TEST(Target, what_this_version_does_not_have) {
  EXPECT_TRUE(says(error_of("doe://0000:d9:00.0"), "not available in this version"));
  EXPECT_TRUE(says(error_of("model:"), "not part of this program"));
}

TEST(Target, model_remembers_until_it_is_restarted) {
  const auto counting = [] {
    return Responder([count = Byte{0}](const Packet& packet) mutable -> std::optional<Packet> {
      return packet.secured ? std::nullopt : std::optional(Packet{false, {++count}});
    });
  };
  EXPECT_TRUE(says(error_of("model:", {.spawn = "true", .model = counting}), "nothing to spawn"));
  auto target = parse_target("model:", {.model = counting});
  ASSERT_TRUE(target) << target.error();
  EXPECT_TRUE((*target)->can_restart());
  const auto next = [&](bool restart) -> int {
    auto link = (*target)->connect(restart);
    EXPECT_EQ((*link)->binding().name, "pci-doe");
    EXPECT_FALSE(*(*link)->exchange({true, {}}, 1s));
    return (*(*link)->exchange({false, {}}, 1s))->payload[0];
  };
  EXPECT_EQ(next(false), 1);
  EXPECT_EQ(next(false), 2);
  EXPECT_EQ(next(true), 1);
}

TEST(Target, model_brings_its_injector) {
  auto happened = std::make_shared<std::vector<Injection>>();
  const auto make = [happened] {
    return LocalDevice([](const Packet& packet) { return packet; },
                       [happened](const Injection& injection) -> Result<Injected, std::string> {
                         happened->push_back(injection);
                         if (injection.stimulus == "moonrise") return Injected::unimplemented;
                         if (injection.index > 3) return Unexpected{std::string("no such moon")};
                         return Injected::done;
                       });
  };
  auto target = parse_target("model:", {.model = make});
  Injector* const injector = (*target)->injector();
  ASSERT_NE(injector, nullptr);
  EXPECT_EQ(injector->inject({"moonset", 1}).error(), "nothing is connected yet");
  ASSERT_TRUE((*target)->connect(true));
  EXPECT_EQ(injector->inject({"moonset", 1}).value(), Injected::done);
  EXPECT_EQ(injector->inject({"moonrise", 0}).value(), Injected::unimplemented);
  EXPECT_EQ(injector->inject({"moonset", 4}).error(), "no such moon");
  EXPECT_EQ(*happened, (std::vector<Injection>{{"moonset", 1}, {"moonrise", 0}, {"moonset", 4}}));
}

TEST(Target, without_injector_nothing_happens) {
  auto target = parse_target("model:", {.model = [] { return Responder(); }});
  ASSERT_TRUE((*target)->connect(true));
  EXPECT_EQ((*target)->injector()->inject({"moonset", 0}).value(), Injected::unimplemented);
  EXPECT_EQ(parse_target("emu://h:1", {}).value()->injector(), nullptr);
}

}  // namespace
}  // namespace lockstep::adapters
