// Writes seeds for the corpora: fuzz_seeds DIRECTORY CAPTURE.... Valid messages come from the vectors, clear messages
// from recorded captures, programs for the device target from the conformance cases. docs/fuzzing.md says what becomes
// of them.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "adapters/pcap.hpp"
#include "cases/case.hpp"
#include "crypto/pki.hpp"
#include "fuzz/contexts.hpp"
#include "fuzz/program.hpp"
#include "spdm/chain.hpp"
#include "vectors/vectors.hpp"
#include "wire/emu.hpp"
#include "wire/names.hpp"
#include "wire/tcp.hpp"

namespace lockstep::fuzz {
namespace {

namespace fs = std::filesystem;

class Corpora {
 public:
  explicit Corpora(fs::path root) : root_(std::move(root)) {}

  void add(const std::string& target, std::string name, const Bytes& seed) {
    for (char& c : name)
      if (c == '/') c = '-';
    name += ".bin";
    fs::create_directories(root_ / target);
    std::ofstream out(root_ / target / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    good_ = good_ && out.flush().good();
  }
  bool good() const { return good_; }

 private:
  fs::path root_;
  bool good_ = true;
};

/// As read_context() reads it: SPDM 1.3, the smallest sizes, everything asked for.
constexpr Byte context_bytes[] = {3, 0, 0x23, 0};

wire::Context example_context() {
  Reader reader(context_bytes);
  return read_context(reader);
}

Bytes selected(std::size_t which, View message) {
  Bytes seed{static_cast<Byte>(which)};
  append(seed, context_bytes);
  append(seed, message);
  return seed;
}

void add_messages(Corpora& corpora) {
  std::size_t number = 0;
  for (const wire::Registry& registry : wire::registries()) {
    for (const wire::Layout* layout : registry.layouts) {
      const wire::AnyMessage message = vectors::example(*layout, example_context());
      const Bytes bytes = wire::encode(*layout, message.object(), example_context());
      corpora.add("layouts", wire::slug(layout->name), selected(number++, bytes));
      if (!layout->code) continue;
      const std::size_t decoder = registry.name == "tdisp" ? 1 : registry.name == "ide_km" ? 2 : 0;
      if (registry.name != "transport") corpora.add("messages", wire::slug(layout->name), selected(decoder, bytes));
    }
  }
}

Bytes read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file up to the end of its first records, and each message in the clear.
bool add_capture(Corpora& corpora, const fs::path& file) {
  constexpr std::size_t FIRST = 8;
  const auto capture = adapters::read_capture(file);
  if (!capture) return std::fprintf(stderr, "fuzz_seeds: %s\n", capture.error().c_str()), false;
  const std::string name = file.stem().string();
  Bytes start = read(file);
  if (capture->records.size() > FIRST) start.resize(capture->records[FIRST].offset);
  corpora.add("capture", name, start);
  corpora.add("check", name, start);
  for (const adapters::Record& record : capture->records) {
    const std::string number = name + "-" + std::to_string(record.number);
    const bool mctp = capture->transport == adapters::Transport::mctp;
    Bytes object{static_cast<Byte>(capture->transport)};
    append(object, View(record.bytes).subspan(mctp ? 4 : 0));
    corpora.add("transports", number, object);
    if (record.carried && record.carried->kind == adapters::Carried::Kind::spdm)
      corpora.add("messages", number, selected(0, record.carried->payload));
    if (record.carried && record.carried->kind == adapters::Carried::Kind::secured)
      corpora.add("records", number, [&] {
        Bytes seed{static_cast<Byte>(mctp ? 2 : 0), 0};
        append(seed, record.carried->payload);
        return seed;
      }());
  }
  return true;
}

void add_frames(Corpora& corpora) {
  const Bytes message{0x10, 0x84, 0x00, 0x00};
  for (Byte transport = 0; transport < 3; ++transport) {
    Bytes seed{static_cast<Byte>(4 + transport)};
    append(seed, wire::emu::wrap_emu(wire::emu::Command::TEST, static_cast<wire::emu::TransportType>(transport),
                                     text_bytes("Client Hello!")));
    append(seed,
           wire::emu::wrap_emu(wire::emu::Command::NORMAL, static_cast<wire::emu::TransportType>(transport), message));
    corpora.add("transports", "frames-" + std::to_string(transport), seed);
  }
  Bytes tcp{3};
  append(tcp, wire::tcp::wrap_tcp(wire::tcp::MessageType::OUT_OF_SESSION, message));
  corpora.add("transports", "tcp", tcp);
}

void add_records(Corpora& corpora) {
  for (Byte scheme = 0; scheme < 12; ++scheme) {
    const std::string name = std::to_string(scheme);
    corpora.add("records", "plaintext-" + name, {scheme, 1, 5, 0, 5, 0x13, 0xE8, 0, 0});
    corpora.add("records", "sealed-" + name, {scheme, 2, 9, 0, 0x13, 0xE8, 0, 0});
  }
}

void add_certificates(Corpora& corpora) {
  for (const crypto::Asym asym : {crypto::Asym::ECDSA_P256, crypto::Asym::ED25519}) {
    const auto pki = crypto::make_pki(asym, crypto::Hash::SHA_256, {.device_info = "maker:thing:1"});
    if (!pki) continue;
    Bytes seed{3, 0};
    append(seed, spdm::build_chain(0x13, crypto::Hash::SHA_256, pki->root(), pki->chain));
    corpora.add("certificates", crypto::name(asym), seed);
  }
}

// --- programs from cases ---------------------------------------------------------------------------------------------

Stage stage_of(const cases::Case& c) {
  using cases::Given;
  switch (c.given) {
    case Given::nothing:
    case Given::version:
    case Given::capabilities:
      return Stage::connected;
    case Given::negotiated:
      return Stage::negotiated;
    case Given::handshaking:
      return Stage::handshaking;
    case Given::established:
    case Given::keyed:
      return c.session == cases::SessionKind::key_exchange ? Stage::key_exchange_session : Stage::psk_session;
    case Given::secure:
    case Given::session_lost:
      return Stage::secure;
    case Given::tdi_locked:
    case Given::tdi_error:
      return Stage::locked;
    case Given::tdi_run:
      return Stage::running;
  }
  return Stage::connected;
}

device::Letter plain(spdm::Stimulus stimulus, Byte session) {
  return {session, device::SpdmLetter{{.stimulus = stimulus}}};
}

device::Letter letter_of(const cases::Step& step, Byte session) {
  device::Letter letter{session, {}};
  if (const auto* l = std::get_if<spdm::Letter>(&step.letter)) letter.body = device::SpdmLetter{*l};
  if (const auto* l = std::get_if<ide_km::Letter>(&step.letter)) letter.body = device::IdeKmLetter{*l, step.stream};
  if (const auto* l = std::get_if<tdisp::Letter>(&step.letter))
    letter.body = device::TdispLetter{*l, step.tdi, step.stream};
  if (const auto* event = std::get_if<device::DeviceEvent>(&step.letter)) letter.body = *event;
  return letter;
}

/// The session ends, and another takes its place.
void change_session(Bytes& program) {
  append_letter(program, plain(spdm::Stimulus::END_SESSION, 0));
  append_letter(program, plain(spdm::Stimulus::PSK_EXCHANGE, device::NONE));
  append_letter(program, plain(spdm::Stimulus::PSK_FINISH, 0));
}

Bytes program_of(const cases::Case& c, Byte flags, bool free_choices) {
  const Stage stage = stage_of(c);
  Bytes program = program_start(0x14, stage, flags, free_choices);
  if (c.given == cases::Given::session_lost || c.given == cases::Given::tdi_error) change_session(program);
  bool second = false;
  for (const cases::Step& step : c.steps) {
    Byte session = stage < Stage::handshaking || step.via == cases::Via::clear ? device::NONE : Byte{0};
    if (step.via == cases::Via::second_session) {
      if (!std::exchange(second, true)) {
        append_letter(program, plain(spdm::Stimulus::PSK_EXCHANGE, device::NONE));
        append_letter(program, plain(spdm::Stimulus::PSK_FINISH, 1));
      }
      session = 1;
    }
    append_letter(program, letter_of(step, session));
  }
  append_letter(program, {0, device::TdispLetter{}});  // the state is read back
  return program;
}

void add_programs(Corpora& corpora) {
  Byte flags = 0;
  for (const cases::Case& c : cases::all_cases()) {
    corpora.add("device", c.id, program_of(c, 0, false));
    // The same with another behaviour each, choices free.
    corpora.add("device", c.id + "-varied", program_of(c, flags, true));
    flags = static_cast<Byte>(flags + 37);
  }
}

int write_all(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY CAPTURE...\n"), 64;
  Corpora corpora(argv[1]);
  add_messages(corpora);
  add_frames(corpora);
  add_records(corpora);
  add_certificates(corpora);
  add_programs(corpora);
  for (int i = 2; i < argc; ++i)
    if (!add_capture(corpora, argv[i])) return 1;
  return corpora.good() ? 0 : 74;
}

}  // namespace
}  // namespace lockstep::fuzz

int main(int argc, char** argv) { return lockstep::fuzz::write_all(argc, argv); }
