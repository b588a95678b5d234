// The devices that a fault is given to: what one of them does not have another has, and some rules hold in one version
// or on one transport only.
#pragma once

#include "reference_device.hpp"
#include "wire/spdm_header.hpp"

namespace lockstep {

struct Subject {
  device::ResponderOptions device = device_options();
  runner::Profile profile = lockstep::profile();
  adapters::Transport transport = adapters::Transport::pci_doe;
};

/// What most of the suite is for.
inline Subject usual() { return {}; }

/// Has pre-shared keys and nothing that it may leave out.
inline Subject bare() {
  namespace cap = wire::spdm::capability;
  Subject subject{.transport = adapters::Transport::none};
  subject.device.capabilities_left_out = cap::CERT_CAP | cap::CHAL_CAP | cap::MEAS_CAP | cap::MEAS_FRESH_CAP |
                                         cap::KEY_EX_CAP | cap::MUT_AUTH_CAP | cap::ENCAP_CAP | cap::HBEAT_CAP |
                                         cap::KEY_UPD_CAP;
  subject.device.optional_requests = false;
  subject.device.mutual_authentication = false;
  return subject;
}

/// Has KEY_EXCHANGE, and of sessions nothing that it may leave out.
inline Subject key_exchange_only() {
  namespace cap = wire::spdm::capability;
  Subject subject{.transport = adapters::Transport::none};
  subject.device.capabilities_left_out =
      cap::PSK_CAP | cap::MUT_AUTH_CAP | cap::ENCAP_CAP | cap::HBEAT_CAP | cap::KEY_UPD_CAP;
  subject.device.mutual_authentication = false;
  return subject;
}

/// Of the first version with sessions, and without pre-shared keys; asks for certificates wherever it may.
inline Subject old() {
  namespace cap = wire::spdm::capability;
  Subject subject{.transport = adapters::Transport::none};
  subject.device.versions = {wire::spdm::VERSION_1_1};
  subject.device.capabilities_left_out = cap::PSK_CAP;
  subject.device.basic_mutual_authentication = true;
  subject.device.handshake_in_the_clear = subject.profile.requester.handshake_in_the_clear = true;
  return subject;
}

/// No transport pads.
inline Subject unpadded() { return {.transport = adapters::Transport::none}; }
inline Subject over_mctp() { return {.transport = adapters::Transport::mctp}; }
inline Subject over_tcp() { return {.transport = adapters::Transport::tcp}; }

/// Negotiates no version above this one.
template <Byte Version>
Subject until() {
  Subject subject{.transport = adapters::Transport::none};
  subject.profile.requester.highest_version = Version;
  return subject;
}

/// What goes with an integrated device.
inline Subject integrated() {
  Subject subject;
  subject.device.shape.kind = subject.profile.shape.kind = device::Kind::root_complex_integrated;
  return subject;
}

/// Sends what is long in chunks.
inline Subject chunked() {
  Subject subject{.transport = adapters::Transport::none};
  subject.device.data_transfer_size = subject.profile.requester.data_transfer_size = 128;
  return subject;
}

struct NamedSubject {
  std::string_view name;
  Subject (*make)();
};
inline constexpr NamedSubject SUBJECTS[] = {{"usual", usual},
                                            {"unpadded", unpadded},
                                            {"bare", bare},
                                            {"old", old},
                                            {"key exchange only", key_exchange_only},
                                            {"1.2", until<wire::spdm::VERSION_1_2>},
                                            {"1.0", until<wire::spdm::VERSION_1_0>},
                                            {"mctp", over_mctp},
                                            {"tcp", over_tcp},
                                            {"integrated", integrated},
                                            {"chunked", chunked}};

/// The request or event that a letter, or a step, is; empty: none of a machine.
inline std::string stimulus_of(const device::Letter& letter) {
  return std::visit(
      [](const auto& body) -> std::string {
        if constexpr (requires { body.letter.stimulus; }) return std::string(name(body.letter.stimulus));
        return {};
      },
      letter.body);
}
inline std::string stimulus_of(const cases::Step& step) {
  return std::visit(
      [](const auto& letter) -> std::string {
        if constexpr (requires { letter.stimulus; }) return std::string(name(letter.stimulus));
        return {};
      },
      step.letter);
}

}  // namespace lockstep
