// The committed vectors are what the model says today.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "vectors/vectors.hpp"

namespace lockstep::vectors {
namespace {

const std::filesystem::path data = LOCKSTEP_SOURCE_DIR "/vectors/data";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Vectors, TheCommittedFilesAreCurrent) {
  std::set<std::string> names;
  for (const File& file : files()) {
    names.insert(file.name);
    EXPECT_TRUE(read(data / file.name) == file.text)
        << file.name << " is out of date: run script/generate and commit the result";
  }
  for (const auto& entry : std::filesystem::directory_iterator(data))
    EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path();
}

}  // namespace
}  // namespace lockstep::vectors
