// Writes the generated documents below a directory: lockstep_docs DIRECTORY.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "documents.hpp"

namespace {

bool write(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out << text << std::flush;
  if (!out) std::fprintf(stderr, "lockstep_docs: cannot write %s\n", path.c_str());
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: lockstep_docs DIRECTORY\n"), 64;
  const std::filesystem::path directory = argv[1];
  using namespace lockstep::docs;
  for (const auto& documents : {
           message_documents(),
           fuzz_dictionaries(),
           state_documents(),
           requirement_documents(),
           host_documents(),
       }) {
    for (const Document& document : documents)
      if (!write(directory / document.path, document.text)) return 74;
  }
  return 0;
}
