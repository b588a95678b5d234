// PSK_EXCHANGE and PSK_FINISH.
#include "wire/spdm_fields.hpp"
#include "wire/spdm_session.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view exchange_source = "DSP0274, PSK_EXCHANGE request and PSK_EXCHANGE_RSP response";
constexpr std::string_view finish_source = "DSP0274, PSK_FINISH request and PSK_FINISH_RSP response";

}  // namespace

const Layout& PSK_EXCHANGE::layout() {
  using M = PSK_EXCHANGE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"PSK_EXCHANGE", VERSION_1_1, exchange_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "type of the measurement summary hash").one_of(summary_hash_types()),
          F::integer<&M::param2>("Param2", "SessionPolicy since 1.2")
              .with_bits(session_policy::bits())
              .with_reserved(session_policy::reserved),
          {F::integer<&M::req_session_id>("ReqSessionID", "lower half of the Session ID"),
           F::integer<&M::psk_hint_length>("PSKHintLength", "bytes of PSKHint"),
           F::integer<&M::requester_context_length>("RequesterContextLength", "bytes of RequesterContext"),
           F::integer<&M::opaque_data_length>("OpaqueDataLength", "bytes of OpaqueData"),
           F::counted<&M::psk_hint>("PSKHint", "which key", "PSKHintLength"),
           F::counted<&M::requester_context>("RequesterContext", "nonce or counter", "RequesterContextLength"),
           F::counted<&M::opaque_data>("OpaqueData", "elements, see OpaqueData and OpaqueDataFmt1",
                                       "OpaqueDataLength")}));
  return layout;
}

const Layout& PSK_EXCHANGE_RSP::layout() {
  using M = PSK_EXCHANGE_RSP;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"PSK_EXCHANGE_RSP", VERSION_1_1, exchange_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "HeartbeatPeriod in seconds, 0: none"), reserved_param2<M>(),
          {F::integer<&M::rsp_session_id>("RspSessionID", "upper half of the Session ID"), F::reserved<&M::reserved>(),
           F::integer<&M::responder_context_length>("ResponderContextLength", "bytes of ResponderContext"),
           F::integer<&M::opaque_data_length>("OpaqueDataLength", "bytes of OpaqueData"), summary_hash<M>(),
           F::counted<&M::responder_context>("ResponderContext", "nonce or counter", "ResponderContextLength"),
           F::counted<&M::opaque_data>("OpaqueData", "elements, see OpaqueData and OpaqueDataFmt1", "OpaqueDataLength"),
           F::sized<&M::responder_verify_data>("ResponderVerifyData", "HMAC with the finished key of the responder",
                                               [](const M&, const Context& c) { return c.hash_size; })}));
  return layout;
}

const Layout& PSK_FINISH::layout() {
  using M = PSK_FINISH;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"PSK_FINISH", VERSION_1_1, finish_source},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                                     join(opaque_data_fields_since_1_4<M>(),
                                          {F::sized<&M::requester_verify_data>(
                                              "RequesterVerifyData", "HMAC with the finished key of the requester",
                                              [](const M&, const Context& c) { return c.hash_size; })})));
  return layout;
}

const Layout& PSK_FINISH_RSP::layout() {
  using M = PSK_FINISH_RSP;
  static const Layout layout =
      make_message<M>({"PSK_FINISH_RSP", VERSION_1_1, finish_source},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(), opaque_data_fields_since_1_4<M>()));
  return layout;
}

}  // namespace lockstep::wire::spdm
