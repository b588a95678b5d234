// KEY_EXCHANGE, FINISH and what keeps a session alive; the pre-shared keys are in spdm_psk.cpp.
#include "wire/spdm_session.hpp"

#include <bit>

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view exchange_source = "DSP0274, KEY_EXCHANGE request and KEY_EXCHANGE_RSP response";
constexpr std::string_view finish_source = "DSP0274, FINISH request and FINISH_RSP response";
constexpr std::string_view heartbeat_source = "DSP0274, HEARTBEAT request and HEARTBEAT_ACK response";
constexpr std::string_view update_source = "DSP0274, KEY_UPDATE request and KEY_UPDATE_ACK response";
constexpr std::string_view end_source = "DSP0274, END_SESSION request and END_SESSION_ACK response";

constexpr std::size_t opaque_data_limit = 1024;

bool is_slot_or_public_key(Byte slot) { return slot <= 7 || slot == 0xFF; }

std::vector<Named> key_operations() { return {{1, "UpdateKey"}, {2, "UpdateAllKeys"}, {3, "VerifyNewKey"}}; }

}  // namespace

const Layout& KEY_EXCHANGE::layout() {
  using M = KEY_EXCHANGE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"KEY_EXCHANGE", VERSION_1_1, exchange_source, "SPDM-KEX-009"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "type of the measurement summary hash")
              .one_of(summary_hash_types(), "SPDM-KEX-008"),
          F::integer<&M::param2>("Param2", "SlotID, FFh: provisioned public key"),
          join({F::integer<&M::req_session_id>("ReqSessionID", "lower half of the Session ID"),
                F::reserved<&M::session_policy>("Reserved_6").when(before(VERSION_1_2)),
                F::integer<&M::session_policy>("SessionPolicy", "what the requester wants")
                    .with_bits(session_policy::bits())
                    .with_reserved(session_policy::reserved)
                    .since(VERSION_1_2),
                F::reserved<&M::reserved>("Reserved_7"),
                F::fixed<&M::random_data, NONCE_SIZE>("RandomData", "of the requester"),
                F::sized<&M::exchange_data>("ExchangeData", "DHE public value or KEM encapsulation key",
                                            [](const M&, const Context& c) { return c.request_exchange_size; })},
               opaque_data_fields<M>())),
      {rule_check<M>("SPDM-KEX-007", "SlotID is not defined",
                     [](const M& m, const Context&) { return is_slot_or_public_key(m.param2); }),
       rule_check<M>("SECMSG-026", "OpaqueData is greater than 1024 bytes",
                     [](const M& m, const Context&) { return m.opaque_data_length <= opaque_data_limit; })});
  return layout;
}

const Layout& KEY_EXCHANGE_RSP::layout() {
  using M = KEY_EXCHANGE_RSP;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"KEY_EXCHANGE_RSP", VERSION_1_1, exchange_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "HeartbeatPeriod in seconds, 0: none"), reserved_param2<M>(),
          join(join({F::integer<&M::rsp_session_id>("RspSessionID", "upper half of the Session ID"),
                     F::integer<&M::mut_auth_requested>("MutAuthRequested", "how the requester is authenticated")
                         .with_bits({{"NoEncapsulatedRequest", 0, 1, "in the session, without encapsulated messages"},
                                     {"EncapsulatedRequest", 1, 1, "with encapsulated messages"},
                                     {"ImplicitGetDigests", 2, 1, "the first of them is GET_DIGESTS, unsaid"}})
                         .with_reserved(0xF8),
                     F::integer<&M::slot_id_param>("SlotIDParam", "slot of the requester")
                         .with_bits({{"SlotID", 0, 4, "Fh: provisioned public key"}})
                         .with_reserved(0xF0),
                     F::fixed<&M::random_data, NONCE_SIZE>("RandomData", "of the responder"),
                     F::sized<&M::exchange_data>("ExchangeData", "DHE public value or KEM ciphertext",
                                                 [](const M&, const Context& c) { return c.response_exchange_size; }),
                     summary_hash<M>()},
                    opaque_data_fields<M>()),
               {F::sized<&M::signature>("Signature", "over TH",
                                        [](const M&, const Context& c) { return c.signature_size; }),
                F::sized<&M::responder_verify_data>(
                    "ResponderVerifyData", "HMAC with the finished key of the responder",
                    [](const M&, const Context& c) { return c.handshake_in_the_clear ? 0 : c.hash_size; })})),
      {rule_check<M>("SPDM-KEX-004", "MutAuthRequested has more than one bit",
                     [](const M& m, const Context&) { return std::popcount(m.mut_auth_requested & 0x07u) <= 1; })});
  return layout;
}

const Layout& FINISH::layout() {
  using M = FINISH;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"FINISH", VERSION_1_1, finish_source, "SPDM-FIN-009"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "request attributes")
              .with_bits({{"SignatureIncluded", 0}})
              .with_reserved(0xFE),
          F::integer<&M::param2>("Param2", "ReqSlotID, FFh: provisioned public key; with a signature only"),
          join(
              opaque_data_fields_since_1_4<M>(),
              {F::sized<&M::signature>("Signature", "of the requester, over TH",
                                       [](const M& m, const Context& c) {
                                         return has(m.param1, M::SIGNATURE_INCLUDED) ? c.requester_signature_size : 0;
                                       }),
               F::sized<&M::requester_verify_data>("RequesterVerifyData", "HMAC with the finished key of the requester",
                                                   [](const M&, const Context& c) { return c.hash_size; })})),
      {rule_check<M>("SPDM-FIN-008", "ReqSlotID is not defined", [](const M& m, const Context&) {
        return !has(m.param1, M::SIGNATURE_INCLUDED) || is_slot_or_public_key(m.param2);
      })});
  return layout;
}

const Layout& FINISH_RSP::layout() {
  using M = FINISH_RSP;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"FINISH_RSP", VERSION_1_1, finish_source},
      with_header<M>(
          reserved_param1<M>(), reserved_param2<M>(),
          join(opaque_data_fields_since_1_4<M>(),
               {F::sized<&M::responder_verify_data>(
                   "ResponderVerifyData", "handshake in the clear: HMAC with the finished key",
                   [](const M&, const Context& c) { return c.handshake_in_the_clear ? c.hash_size : 0; })})));
  return layout;
}

const Layout& HEARTBEAT::layout() {
  static const Layout layout =
      make_message<HEARTBEAT>({"HEARTBEAT", VERSION_1_1, heartbeat_source, "SPDM-LIFE-013"}, header_only<HEARTBEAT>());
  return layout;
}

const Layout& HEARTBEAT_ACK::layout() {
  static const Layout layout =
      make_message<HEARTBEAT_ACK>({"HEARTBEAT_ACK", VERSION_1_1, heartbeat_source}, header_only<HEARTBEAT_ACK>());
  return layout;
}

const Layout& KEY_UPDATE::layout() {
  using M = KEY_UPDATE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"KEY_UPDATE", VERSION_1_1, update_source, "SPDM-LIFE-013"},
      with_header<M>(F::integer<&M::param1>("Param1", "KeyOperation").one_of(key_operations(), "SPDM-LIFE-009"),
                     F::integer<&M::param2>("Param2", "Tag, of the requester's choice")));
  return layout;
}

const Layout& KEY_UPDATE_ACK::layout() {
  using M = KEY_UPDATE_ACK;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"KEY_UPDATE_ACK", VERSION_1_1, update_source},
      with_header<M>(F::integer<&M::param1>("Param1", "KeyOperation of the request").one_of(key_operations()),
                     F::integer<&M::param2>("Param2", "Tag of the request")));
  return layout;
}

const Layout& END_SESSION::layout() {
  using M = END_SESSION;
  static const Layout layout = make_message<M>(
      {"END_SESSION", VERSION_1_1, end_source, "SPDM-LIFE-013"},
      with_header<M>(Fields<M>::integer<&M::param1>("Param1", "request attributes")
                         .with_bits({{"NegotiatedStatePreservationIndicator", 0, 1, "1: clear the negotiated state"}})
                         .with_reserved(0xFE),
                     reserved_param2<M>()));
  return layout;
}

const Layout& END_SESSION_ACK::layout() {
  static const Layout layout =
      make_message<END_SESSION_ACK>({"END_SESSION_ACK", VERSION_1_1, end_source}, header_only<END_SESSION_ACK>());
  return layout;
}

}  // namespace lockstep::wire::spdm
