// A target without libFuzzer: runs it once for each file named, and for each file below each directory named. Options
// of libFuzzer (-runs=0) are ignored, so that one command line serves both. AFL++ can run it as it is: NAME @@.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& argument) {
  if (!fs::is_directory(argument)) return {argument};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(argument))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

bool replay(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::fprintf(stderr, "fuzz: %s: cannot be read\n", file.c_str()), false;
  const lockstep::Bytes input{std::istreambuf_iterator<char>(in), {}};
  // Said before: the name of the input stands last when the target ends the program.
  std::printf("%s: %zu bytes\n", file.c_str(), input.size());
  std::fflush(stdout);
  lockstep::fuzz::run(input);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t runs = 0;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') continue;
    for (const fs::path& file : files_of(argv[i])) {
      if (!replay(file)) return 1;
      ++runs;
    }
  }
  std::printf("%zu inputs\n", runs);
  return runs == 0;  // nothing run is no success
}
