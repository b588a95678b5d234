#include "verify/checkpoint.hpp"

#include <cerrno>
#include <cstring>

namespace lockstep::verify {
namespace {

constexpr std::uint64_t MARK = 0x31304B4843534C56;  // "VLSCHK01" as bytes of a little-endian number
constexpr std::size_t LONGEST_SIGNATURE = 1 << 16;
constexpr std::size_t BUFFER = 1 << 20;

}  // namespace

CheckpointFile::CheckpointFile(const std::string& path, const char* mode)
    : path_(path), file_(std::fopen(path.c_str(), mode)) {
  if (file_ == nullptr)
    refuse(std::strerror(errno));
  else
    std::setvbuf(file_.get(), nullptr, _IOFBF, BUFFER);
}

void CheckpointFile::refuse(const std::string& why) {
  if (error_.empty()) error_ = "checkpoint " + path_ + ": " + why;
}

void CheckpointFile::add(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < size; ++i) sum_ = (sum_ ^ bytes[i]) * 0x100000001B3;
}

CheckpointWriter::CheckpointWriter(const std::string& path, const std::string& signature)
    : CheckpointFile(path + ".new", "wb") {
  put(MARK);
  put(std::uint64_t{signature.size()});
  write(signature.data(), signature.size());
}

void CheckpointWriter::write(const void* data, std::size_t size) {
  if (!good()) return;
  if (std::fwrite(data, 1, size, file_.get()) != size) refuse(std::strerror(errno));
  add(data, size);
}

Saved CheckpointWriter::close() {
  put(std::uint64_t{sum_});
  if (good() && std::fclose(file_.release()) != 0) refuse(std::strerror(errno));
  const std::string path = path_.substr(0, path_.size() - 4);
  if (good() && std::rename(path_.c_str(), path.c_str()) != 0) refuse(std::strerror(errno));
  if (!good()) return Unexpected{error_};
  return std::monostate();
}

CheckpointReader::CheckpointReader(const std::string& path, const std::string& signature) : CheckpointFile(path, "rb") {
  std::uint64_t mark = 0, size = 0;
  get(mark);
  if (good() && mark != MARK) refuse("this is no checkpoint of lockstep verify");
  get(size);
  if (good() && size > LONGEST_SIGNATURE) refuse("it is damaged");
  if (!good()) return;
  std::string found(size, ' ');
  read(found.data(), size);
  if (good() && found != signature) refuse("it belongs to another run (" + found + "), not to " + signature);
}

void CheckpointReader::read(void* data, std::size_t size) {
  if (!good()) return;
  if (std::fread(data, 1, size, file_.get()) != size) return refuse("it ends too early");
  add(data, size);
}

Saved CheckpointReader::close() {
  const std::uint64_t computed = sum_;
  std::uint64_t stored = 0;
  get(stored);
  if (good() && stored != computed) refuse("it is damaged");
  if (good() && std::fgetc(file_.get()) != EOF) refuse("it is longer than it should be");
  if (!good()) return Unexpected{error_};
  return std::monostate();
}

}  // namespace lockstep::verify
