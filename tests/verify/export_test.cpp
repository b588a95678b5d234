// Other tools on the exports: SPIN and a walker of the PINS plug-in find the same states, and SPIN the same verdicts.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "verify/device_export.hpp"
#include "verify/device_run.hpp"

namespace lockstep::verify {
namespace {

/// What a command prints; its exit code must be 0.
std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text.push_back(static_cast<char>(c));
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << text;
  return text;
}

std::filesystem::path folder(const std::string& name) {
  const auto path = std::filesystem::path(::testing::TempDir()) / ("lockstep-export-" + name);
  std::filesystem::create_directories(path);
  return path;
}
void write(const std::filesystem::path& file, const std::string& text) { std::ofstream(file) << text; }

/// The number before `words` in a text.
std::uint64_t number_before(const std::string& text, const std::string& words) {
  const std::size_t at = text.find(words);
  if (at == std::string::npos) return 0;
  const std::size_t begin = text.find_last_not_of(" 0123456789", at - 1) + 1;
  return std::stoull(text.substr(begin));
}

struct Spin {
  std::uint64_t states = 0;
  bool error = false;
};
/// Exact mode: every state is stored as it is.
Spin spin(const std::filesystem::path& in, const std::string& promela) {
  write(in / "device.pml", promela);
  const std::string cd = "cd " + in.string() + " && ";
  output_of(cd + LOCKSTEP_SPIN " -a device.pml");
  output_of(cd + "cc -O1 -w -DSAFETY -DNOREDUCE -DMEMLIM=4000 -o pan pan.c");
  const std::string said = output_of(cd + "./pan -n -m2000000 -w20");
  EXPECT_EQ(said.find("max search depth too small"), std::string::npos);
  return {number_before(said, " states, stored"), said.find("errors: 0") == std::string::npos};
}

std::uint64_t states_of(const DeviceTables& tables) {
  const DeviceLayout layout(tables);
  const DeviceMoves moves(tables);
  const std::vector<Renaming> none;
  const DeviceModel<2> model(tables, layout, moves, none);
  Explorer explorer(model, {}, {});
  EXPECT_EQ(explorer.run(), End::complete);
  return explorer.counts().states;
}

struct Case {
  std::string name;
  DeviceScope scope;
};

class Export : public ::testing::TestWithParam<Case> {};

TEST_P(Export, SpinFindsTheSameStates) {
  const DeviceTables tables(GetParam().scope);
  const Spin found = spin(folder(GetParam().name), as_promela(tables));
  EXPECT_EQ(found.states, states_of(tables)) << describe(GetParam().scope);
  EXPECT_FALSE(found.error);
  std::printf("%s: %llu states\n", describe(GetParam().scope).c_str(), static_cast<unsigned long long>(found.states));
}

TEST_P(Export, ThePinsPlugInHasTheSameStates) {
  const DeviceTables tables(GetParam().scope);
  const auto in = folder(GetParam().name);
  write(in / "device.c", as_pins(tables));
  const std::string pins = LOCKSTEP_SOURCE_DIR "/tests/verify/pins";
  output_of("cc -std=c99 -O1 -Wall -Wextra -Werror -I" + pins + " -o " + (in / "walk").string() + " " +
            (in / "device.c").string() + " " + pins + "/driver.c");
  EXPECT_EQ(output_of((in / "walk").string()), std::to_string(states_of(tables)) + "\n");
}

std::vector<Case> cases() {
  std::vector<Case> all{
      {"one_of_each", {.whole_key_sets = true}},
      {"inside_the_root_complex",
       {.shape = {.kind = device::Kind::root_complex_integrated, .sessions = 1, .tdis = 2}, .whole_key_sets = true}},
      {"two_key_sets", {.key_sets = 2, .whole_key_sets = true}},
      {"two_sessions", {.shape = {.sessions = 2}, .whole_key_sets = true}},
      {"mutual_authentication",
       {.whole_key_sets = true, .mutual_authentication = true, .handshake_in_the_clear = true}},
      {"three_tdis", {.shape = {.sessions = 1, .streams = 1, .tdis = 3}, .whole_key_sets = true}},
      {"two_tdis_and_sessions", {.shape = {.sessions = 2, .streams = 1, .tdis = 2}, .whole_key_sets = true}},
  };
  if (std::getenv("LOCKSTEP_LARGE") == nullptr) return all;
  // Thousands of options: the C compiler takes minutes; and two million states.
  all.push_back({"tolerated", {.choices = Tag::tolerated, .whole_key_sets = true}});
  all.push_back({"key_by_key", {}});
  all.push_back({"two_of_each", {.shape = {.sessions = 2, .streams = 2, .tdis = 2}, .whole_key_sets = true}});
  return all;
}
INSTANTIATE_TEST_SUITE_P(Device, Export, ::testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

TEST(Exports, SpinAgreesOnEveryPropertyOfStatesAndOnEveryMutant) {
  const DeviceScope scope{.whole_key_sets = true, .mutual_authentication = true};
  unsigned compared = 0;
  for (const DeviceProperty& property : device_properties(scope)) {
    if (property.shape != Shape::always || property.mutant == "five-keys-are-enough" ||
        property.mutant == "empty-slot-goes")
      continue;  // these two mutants need single keys
    const DeviceMutant* mutant = device_mutant(property.mutant);
    ASSERT_NE(mutant, nullptr);
    const DeviceTables right(scope), wrong(scope, mutant->rules);
    EXPECT_FALSE(spin(folder("property"), as_promela(right, &property)).error) << property.name;
    EXPECT_TRUE(spin(folder("property"), as_promela(wrong, &property)).error) << property.name;
    ++compared;
  }
  EXPECT_GE(compared, 5);
}

TEST(Exports, TheGraphIsDrawnUnlessItIsTooLarge) {
  const DeviceTables tables({.whole_key_sets = true});
  const auto dot = as_dot(tables);
  ASSERT_TRUE(dot);
  std::size_t nodes = 0;
  std::istringstream lines(*dot);
  for (std::string line; std::getline(lines, line);)
    nodes += line.find("[label=") != std::string::npos && line.find("->") == std::string::npos;
  EXPECT_EQ(nodes, states_of(tables));
  const auto refused = as_dot(tables, 100);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("more than 100 states"), std::string::npos);
}

TEST(Exports, TlaHasEveryMove) {
  const DeviceTables tables({.whole_key_sets = true});
  const std::string tla = as_tla(tables);
  for (const auto& [lists, contexts] : {std::pair(&tables.connection_moves, std::size_t{CONNECTION_CONTEXTS}),
                                        std::pair(&tables.stream_events, std::size_t{1})})
    for (const GatheredMove& move : gathered(*lists, contexts))
      EXPECT_NE(tla.find("<<" + std::to_string(move.from) + ", " + std::to_string(move.to) + ", " +
                         std::to_string(move.effect)),
                std::string::npos);
  EXPECT_EQ(tla.substr(tla.size() - 5), "====\n");
}

}  // namespace
}  // namespace lockstep::verify
