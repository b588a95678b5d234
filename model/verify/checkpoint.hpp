// A run of the explorer in a file, in the byte order of the machine that wrote it: a format mark, a signature that says
// what was explored, the data, and a sum over all of it, so that a file that is cut short or damaged is refused.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

#include "base/result.hpp"

namespace lockstep::verify {

using Saved = Result<std::monostate, std::string>;

/// Both put off what went wrong to close(), so that nobody has to ask at every value.
class CheckpointFile {
 public:
  bool good() const { return error_.empty(); }
  /// The first reason counts.
  void refuse(const std::string& why);

 protected:
  CheckpointFile(const std::string& path, const char* mode);
  void add(const void* data, std::size_t size);

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_, error_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t sum_ = 0xCBF29CE484222325;
};

/// Writes beside the file and renames in the end, so that an older checkpoint survives a full disk.
class CheckpointWriter : public CheckpointFile {
 public:
  CheckpointWriter(const std::string& path, const std::string& signature);
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    write(&value, sizeof value);
  }
  Saved close();

 private:
  void write(const void* data, std::size_t size);
};

class CheckpointReader : public CheckpointFile {
 public:
  CheckpointReader(const std::string& path, const std::string& signature);
  /// Leaves `value` as it was when the file has nothing more to give.
  template <class T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    read(&value, sizeof value);
  }
  Saved close();

 private:
  void read(void* data, std::size_t size);
};

}  // namespace lockstep::verify
