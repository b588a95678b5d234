// Faults of a device that answers what it has no contents for, with zeros: what the reference device does not have
// (certificates on request, key pairs by number, events), and requests of another version.
#include "device/faults_words.hpp"

namespace lockstep::device {
namespace {

using namespace faulty;
namespace cap = w::capability;

constexpr Byte FOREIGN_VERSION = w::VERSION_1_0;  // none of these is in 1.0

/// Answers such a request where the machines refuse it.
Behaviour answers(Fault fault, std::uint32_t claims, S stimulus, w::Code response, bool (*meets)(const Letter&)) {
  return {.fault = std::move(fault),
          .decide =
              [=](const Meeting& m, Outcome<Control>& outcome) {
                if (is(m.letter, stimulus) && outcome.answer.is_refusal() && meets(m.letter))
                  outcome = {m.before, spdm_response(response), outcome.rule};
              },
          .writes_zeros = true,
          .claims = claims};
}

template <spdm::Defect Defect>
bool has(const Letter& letter) {
  return spdm_of(letter)->letter.defect == Defect;
}
bool is_in_clear(const Letter& letter) {
  return letter.session == NONE && !has<spdm::Defect::wrong_version>(letter) &&
         !has<spdm::Defect::not_supported>(letter);
}

/// A request of another version is answered, in another version.
Behaviour any_version(std::string name, Rule breaks, std::uint32_t claims, S stimulus, w::Code response) {
  Behaviour all = answers({std::move(name), "serves it in a version that was not negotiated", breaks}, claims, stimulus,
                          response, has<spdm::Defect::wrong_version>);
  all.write = [response](wire::AnyMessage& message, const Store&) {
    if (message.layout().code == static_cast<Byte>(response))
      message.layout().find("SPDMVersion")->set(message.object(), FOREIGN_VERSION);
  };
  return all;
}

/// What it has it serves as it should, but outside sessions a request of another version as well, in another version.
Behaviour any_version_too(std::string name, Rule breaks, S stimulus, w::Code response) {
  Behaviour all = any_version(std::move(name), breaks, 0, stimulus, response);
  all.decide = [serves = std::move(all.decide)](const Meeting& m, Outcome<Control>& outcome) {
    if (m.letter.session == NONE && m.before.connection.state == spdm::ConnectionState::NEGOTIATED) serves(m, outcome);
  };
  all.write = [foreign = std::move(all.write)](wire::AnyMessage& message, const Store& store) {
    const spdm::Pending* asked = store.conversation.pending(std::nullopt);
    if (asked != nullptr && asked->bytes[0] != store.conversation.negotiated().spdm_version) foreign(message, store);
  };
  return all;
}

Behaviour in_clear(std::string name, Rule breaks, S stimulus, w::Code response) {
  return answers({std::move(name), "answers outside sessions what only a session serves", breaks}, cap::EVENT_CAP,
                 stimulus, response, is_in_clear);
}

}  // namespace

std::vector<Behaviour> unoffered_behaviours() {
  using C = w::Code;
  return {
      any_version("spdm-csr-any-version", "SPDM-VERS-023", cap::CSR_CAP, S::GET_CSR, C::CSR),
      any_version("spdm-set-certificate-any-version", "SPDM-VERS-025", cap::SET_CERT_CAP, S::SET_CERTIFICATE,
                  C::SET_CERTIFICATE_RSP),
      any_version("spdm-endpoint-info-any-version", "SPDM-VERS-029", cap::EP_INFO_CAP_SIG, S::GET_ENDPOINT_INFO,
                  C::ENDPOINT_INFO),
      any_version("spdm-log-any-version", "SPDM-VERS-031", cap::MEL_CAP, S::GET_MEASUREMENT_EXTENSION_LOG,
                  C::MEASUREMENT_EXTENSION_LOG),
      any_version("spdm-key-pair-info-any-version", "SPDM-VERS-033", cap::GET_KEY_PAIR_INFO_CAP, S::GET_KEY_PAIR_INFO,
                  C::KEY_PAIR_INFO),
      any_version("spdm-set-key-pair-info-any-version", "SPDM-VERS-035", cap::SET_KEY_PAIR_INFO_CAP,
                  S::SET_KEY_PAIR_INFO, C::SET_KEY_PAIR_INFO_ACK),
      any_version("spdm-event-types-any-version", "SPDM-VERS-037", cap::EVENT_CAP, S::GET_SUPPORTED_EVENT_TYPES,
                  C::SUPPORTED_EVENT_TYPES),
      any_version("spdm-subscription-any-version", "SPDM-VERS-039", cap::EVENT_CAP, S::SUBSCRIBE_EVENT_TYPES,
                  C::SUBSCRIBE_EVENT_TYPES_ACK),
      any_version("spdm-event-any-version", "SPDM-VERS-041", cap::EVENT_CAP, S::SEND_EVENT, C::EVENT_ACK),
      any_version_too("spdm-certificate-any-version", "SPDM-VERS-004", S::GET_CERTIFICATE, C::CERTIFICATE),
      any_version_too("spdm-challenge-any-version", "SPDM-VERS-005", S::CHALLENGE, C::CHALLENGE_AUTH),
      any_version_too("spdm-measurements-any-version", "SPDM-VERS-006", S::GET_MEASUREMENTS, C::MEASUREMENTS),
      any_version_too("spdm-key-exchange-any-version", "SPDM-VERS-007", S::KEY_EXCHANGE, C::KEY_EXCHANGE_RSP),
      any_version_too("spdm-psk-exchange-any-version", "SPDM-VERS-011", S::PSK_EXCHANGE, C::PSK_EXCHANGE_RSP),
      in_clear("spdm-event-types-in-clear", "SPDM-SESS-030", S::GET_SUPPORTED_EVENT_TYPES, C::SUPPORTED_EVENT_TYPES),
      in_clear("spdm-subscription-in-clear", "SPDM-SESS-032", S::SUBSCRIBE_EVENT_TYPES, C::SUBSCRIBE_EVENT_TYPES_ACK),
      in_clear("spdm-event-in-clear", "SPDM-SESS-034", S::SEND_EVENT, C::EVENT_ACK),
      answers({"spdm-csr-any-length", "answers GET_CSR whose lengths do not fit", "SPDM-CERT-023"}, cap::CSR_CAP,
              S::GET_CSR, C::CSR, has<spdm::Defect::malformed>),
      answers({"spdm-subscription-any-length", "takes a list of events that is cut short", "SPDM-ENCAP-012"},
              cap::EVENT_CAP, S::SUBSCRIBE_EVENT_TYPES, C::SUBSCRIBE_EVENT_TYPES_ACK, has<spdm::Defect::malformed>),
  };
}

}  // namespace lockstep::device
