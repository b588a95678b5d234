// A shim that does what its arguments say, one word after another; every frame is written by hand.
//   hello JSON      the hello frame                      read           waits for a frame; ends with status 0 at the
//   end answer KIND HEX to the frame that was read last      tag N KIND HEX a frame with that tag raw HEX         these
//   bytes as they are              print TEXT     TEXT on standard output say TEXT        TEXT on standard error serve
//   echoes packets for ever flood           answers without end                  exit N, kill, hang, close
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace {

using lockstep::Byte;
using lockstep::Bytes;

Byte last_tag = 0;
char last_kind = 0;
Bytes last_body;

void write_all(const Bytes& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t size = ::write(1, bytes.data() + done, bytes.size() - done);
    if (size < 0) std::_Exit(0);
    done += static_cast<std::size_t>(size);
  }
}

void frame(char kind, Byte tag, const Bytes& body) {
  const auto size = static_cast<std::uint32_t>(body.size() + 2);
  Bytes bytes{Byte(size), Byte(size >> 8), Byte(size >> 16), Byte(size >> 24), Byte(kind), tag};
  bytes.insert(bytes.end(), body.begin(), body.end());
  write_all(bytes);
}

Bytes read_bytes(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::read(0, bytes.data() + done, size - done);
    if (got <= 0) std::_Exit(0);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

void read_frame() {
  const Bytes head = read_bytes(6);
  last_kind = static_cast<char>(head[4]);
  last_tag = head[5];
  last_body = read_bytes(head[0] + 256U * head[1] + 65536U * head[2] - 2);
}

Bytes hex(std::string_view text) { return lockstep::from_hex(text).value(); }

}  // namespace

int main(int, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto next = [&]() -> std::string_view { return *++arguments == nullptr ? "" : *arguments; };
  for (std::string_view word = next(); !word.empty(); word = next()) {
    if (word == "hello") frame('H', 0, lockstep::text_bytes(next()));
    if (word == "read") read_frame();
    if (word == "answer") {
      const char kind = next()[0];
      frame(kind, last_tag, hex(next()));
    }
    if (word == "tag") {
      const auto tag = static_cast<Byte>(std::atoi(next().data()));
      const char kind = next()[0];
      frame(kind, tag, hex(next()));
    }
    if (word == "raw") write_all(hex(next()));
    if (word == "print") write_all(lockstep::text_bytes(next()));
    if (word == "say") std::fprintf(stderr, "%s\n", next().data());
    if (word == "exit") std::_Exit(std::atoi(next().data()));
    if (word == "kill") std::raise(SIGKILL);
    if (word == "close") ::close(0), ::close(1);
    while (word == "hang") ::pause();
    while (word == "flood") frame('C', last_tag, Bytes(1024, 0x55));
    while (word == "serve") read_frame(), frame(last_kind, last_tag, last_body);
  }
}
