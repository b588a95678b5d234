// A whole session set-up, requester and device in memory, against its OpenSSL calls alone: the same number of each,
// made with crypto::* on inputs of the same size, in the same run.
#include <benchmark/benchmark.h>

#include <ctime>

#include "benchmarks.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "flow.hpp"
#include "openssl_calls.hpp"

namespace lockstep::bench {
namespace {

constexpr auto HASH = crypto::Hash::SHA_384;
constexpr auto ASYM = crypto::Asym::ECDSA_P384;
constexpr auto GROUP = crypto::Group::SECP384R1;
constexpr auto AEAD = crypto::Aead::AES_256_GCM;

/// What DSP0274 asks of both ends together, with a certification path of three: each derives, one signs, the other
/// verifies; hashes and key schedule once for each end.
constexpr Calls needed_for_key_exchange{.keys = 2,
                                        .secrets = 2,
                                        .signatures = 1,
                                        .verifications = 1,
                                        .certificates = 3,
                                        .public_keys = 1,
                                        .digests = 14,
                                        .digested = 14 * 2048,
                                        .macs = 40,
                                        .seals = 2,
                                        .opens = 2};
constexpr Calls needed_for_psk{.digests = 8, .digested = 8 * 1024, .macs = 40, .seals = 2, .opens = 2};

/// The bare calls.
class Bare {
 public:
  Bare() {
    take_calls();
    static_cast<void>(crypto::verify_chain(pki_.chain));
    in_chain_ = take_calls();
    static_cast<void>(crypto::PublicKey::from_certificate(pki_.leaf()));
    in_public_key_ = take_calls().public_keys;
  }

  /// Without the keys and digests that belong to the verification of certificates; libcrypto takes a key out of a
  /// certificate in several calls.
  Calls outermost(Calls calls) const {
    const std::size_t chains = calls.certificates / in_chain_.certificates;
    calls.public_keys = (calls.public_keys - chains * in_chain_.public_keys) / in_public_key_;
    calls.digests -= chains * in_chain_.digests;
    calls.digested -= chains * in_chain_.digested;
    return calls;
  }

  /// `calls`: outermost() of what was counted.
  void make(const Calls& calls) const {
    using benchmark::DoNotOptimize;
    const auto repeat = [](std::size_t times, const auto& call) {
      for (std::size_t i = 0; i < times; ++i) DoNotOptimize(call());
    };
    repeat(calls.keys, [&] { return crypto::KeyExchange::generate(GROUP)->public_bytes(); });
    repeat(calls.secrets, [&] { return own_.shared_secret(peer_); });
    repeat(calls.signatures, [&] { return pki_.leaf_key.sign(HASH, message_); });
    repeat(calls.verifications, [&] { return public_key_.verify(ASYM, HASH, message_, signature_).has_value(); });
    repeat(calls.certificates / in_chain_.certificates, [&] { return crypto::verify_chain(pki_.chain).has_value(); });
    repeat(calls.public_keys, [&] { return crypto::PublicKey::from_certificate(pki_.leaf()).has_value(); });
    const Bytes transcript(calls.digests == 0 ? 0 : calls.digested / calls.digests);
    repeat(calls.digests, [&] { return crypto::digest(HASH, transcript); });
    repeat(calls.macs, [&] { return crypto::hmac(HASH, key_, message_); });
    repeat(calls.seals, [&] { return crypto::aead_seal(AEAD, key_, iv_, {}, record_); });
    repeat(calls.opens, [&] { return crypto::aead_open(AEAD, key_, iv_, {}, sealed_); });
  }

 private:
  crypto::Pki pki_ = crypto::make_pki(ASYM, HASH).value();
  crypto::PublicKey public_key_ = pki_.leaf_key.public_key();
  crypto::KeyExchange own_ = crypto::KeyExchange::generate(GROUP).value();
  Bytes peer_ = crypto::KeyExchange::generate(GROUP)->public_bytes();
  Bytes message_ = Bytes(100 + crypto::hash_size(HASH));
  Bytes signature_ = pki_.leaf_key.sign(HASH, message_).value();
  Bytes key_ = Bytes(crypto::key_size(AEAD)), iv_ = Bytes(crypto::iv_size), record_ = Bytes(64);
  Bytes sealed_ = crypto::aead_seal(AEAD, key_, iv_, {}, record_).value();
  Calls in_chain_;
  std::size_t in_public_key_ = 0;
};

/// Of this thread: a loaded machine does not change the ratio.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

bool negotiated_as_meant(const spdm::Negotiated& n) {
  return n.hash == HASH && n.asym == ASYM && n.group == GROUP && n.aead == AEAD;
}

void set_up(benchmark::State& state, bool psk) {
  const Bare bare;
  Calls made;
  double whole = 0, same = 0, least = 0;
  device::Pair first{{}};  // the device makes its certificates once in a program, when they are first asked for
  static_cast<void>(set_up_session(first, psk, served_by(first)));
  for (auto _ : state) {
    device::Pair pair{{}};
    take_calls();
    const double begin = cpu_seconds();
    const bool established = set_up_session(pair, psk, served_by(pair));
    const double end = cpu_seconds();
    made = bare.outermost(take_calls());
    if (!established || !negotiated_as_meant(pair.store.conversation.negotiated()))
      return state.SkipWithError("no session, or not with the algorithms meant");
    bare.make(made);
    const double replayed = cpu_seconds();
    bare.make(psk ? needed_for_psk : needed_for_key_exchange);
    const double after = cpu_seconds();
    state.SetIterationTime(end - begin);
    whole += end - begin, same += replayed - end, least += after - replayed;
  }
  state.counters["ratio"] = whole / same;
  state.counters["ratio_to_needed"] = whole / least;
  state.counters["keys"] = static_cast<double>(made.keys);
  state.counters["secrets"] = static_cast<double>(made.secrets);
  state.counters["signs"] = static_cast<double>(made.signatures);
  state.counters["verifies"] = static_cast<double>(made.verifications);
  state.counters["cert_verifies"] = static_cast<double>(made.certificates);
  state.counters["public_keys"] = static_cast<double>(made.public_keys);
  state.counters["digests"] = static_cast<double>(made.digests);
  state.counters["macs"] = static_cast<double>(made.macs);
}

}  // namespace

void register_session() {
  for (const bool psk : {false, true})
    benchmark::RegisterBenchmark(psk ? "session/PSK" : "session/KEY_EXCHANGE", set_up, psk)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(1);
}

}  // namespace lockstep::bench
