// Encode, decode and validate per message. The messages are those of a real exchange with the reference device.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <map>

#include "benchmarks.hpp"
#include "flow.hpp"
#include "wire/registries.hpp"
#include "wire/spdm_registry.hpp"

namespace lockstep::bench {
namespace {

constexpr std::array<std::string_view, 14> representative{"VERSION",
                                                          "GET_CAPABILITIES",
                                                          "ALGORITHMS",
                                                          "CERTIFICATE",
                                                          "KEY_EXCHANGE",
                                                          "KEY_EXCHANGE_RSP",
                                                          "FINISH",
                                                          "MEASUREMENTS",
                                                          "QUERY_RESP",
                                                          "KEY_PROG",
                                                          "VENDOR_DEFINED_REQUEST",
                                                          "LOCK_INTERFACE_REQUEST",
                                                          "LOCK_INTERFACE_RESPONSE",
                                                          "DEVICE_INTERFACE_REPORT"};

struct Sample {
  wire::AnyMessage message;
  wire::Context context;
  Bytes bytes;
};

/// The first message of each layout that was exchanged.
class Samples {
 public:
  Samples() {
    const Send tapped = [this](const device::Letter& letter) { return send(letter); };
    LOCKSTEP_ASSERT(set_up_session(pair_, false, tapped) &&
                    tapped(device::letter(spdm::Stimulus::GET_MEASUREMENTS, 0)));
    LOCKSTEP_ASSERT(prepare_lock(tapped) && tapped(device::letter(tdisp::Stimulus::LOCK_INTERFACE_REQUEST, 0)) &&
                    tapped(device::letter(tdisp::Stimulus::GET_DEVICE_INTERFACE_REPORT, 0)));
  }
  const Sample* find(const wire::Layout* layout) const {
    const auto found = samples_.find(layout);
    return found == samples_.end() ? nullptr : &found->second;
  }

 private:
  bool send(const device::Letter& letter) {
    const auto bytes = pair_.requester.concretise(pair_.store, pair_.control(), letter);
    LOCKSTEP_ASSERT(bytes.has_value());
    const auto session = pair_.session_of(letter);
    const auto& conversation = pair_.store.conversation;
    const wire::AnyMessage request = keep(*bytes, conversation.context(Role::requester, session));
    const device::Reply reply = pair_.send_bytes(*bytes, session);
    if (!reply.seen) return false;
    keep(reply.seen->bytes, wire::spdm::answering(conversation.context(Role::responder, session), request));
    return reply.observation.answer.kind == Answer::Kind::response;
  }
  wire::AnyMessage keep(const Bytes& bytes, wire::Context context) {
    context.spdm_version = bytes[0];  // what is negotiated is not known before CAPABILITIES
    const auto decoded = wire::spdm::decode_spdm(bytes, context);
    LOCKSTEP_ASSERT(decoded.has_value());
    add(decoded->message, context, bytes.size());
    if (const wire::AnyMessage inner = device::inner_of(decoded->message)) add(inner, context, 0);
    return decoded->message;
  }
  /// `size`: of the message on the wire, 0: not known.
  void add(const wire::AnyMessage& message, const wire::Context& context, std::size_t size) {
    Bytes bytes = wire::encode(message.layout(), message.object(), context);
    LOCKSTEP_ASSERT(size == 0 || bytes.size() == size);
    samples_.emplace(&message.layout(), Sample{message, context, std::move(bytes)});
  }

  device::Pair pair_{{}};
  std::map<const wire::Layout*, Sample> samples_;
};

void encode(benchmark::State& state, const Sample& sample) {
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::encode(sample.message.layout(), sample.message.object(), sample.context));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * sample.bytes.size()));
}
void decode(benchmark::State& state, const Sample& sample) {
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::decode_any(&sample.message.layout(), 0, sample.bytes, sample.context));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * sample.bytes.size()));
}
void validate(benchmark::State& state, const Sample& sample) {
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::validate(sample.message.layout(), sample.message.object(), sample.context));
}

struct Operation {
  const char* name;
  void (*run)(benchmark::State&, const Sample&);
};

}  // namespace

void register_wire() {
  static const Samples samples;
  std::size_t found = 0;
  for (const wire::Registry& registry : wire::registries())
    for (const wire::Layout* layout : registry.layouts) {
      const Sample* sample = samples.find(layout);
      if (sample == nullptr || std::ranges::find(representative, layout->name) == representative.end()) continue;
      ++found;
      for (const auto& [operation, run] : {Operation{"encode", encode}, {"decode", decode}, {"validate", validate}})
        benchmark::RegisterBenchmark(("wire/" + std::string(layout->name) + "/" + operation).c_str(), run, *sample)
            ->MinTime(0.05);
    }
  LOCKSTEP_ASSERT(found == representative.size());
}

}  // namespace lockstep::bench
