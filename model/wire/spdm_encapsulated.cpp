#include "wire/spdm_encapsulated.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view request_source =
    "DSP0274, GET_ENCAPSULATED_REQUEST request and ENCAPSULATED_REQUEST response";
constexpr std::string_view deliver_source =
    "DSP0274, DELIVER_ENCAPSULATED_RESPONSE request and ENCAPSULATED_RESPONSE_ACK response";

}  // namespace

const Layout& GET_ENCAPSULATED_REQUEST::layout() {
  static const Layout layout = make_message<GET_ENCAPSULATED_REQUEST>(
      {"GET_ENCAPSULATED_REQUEST", VERSION_1_1, request_source}, header_only<GET_ENCAPSULATED_REQUEST>());
  return layout;
}

const Layout& ENCAPSULATED_REQUEST::layout() {
  using M = ENCAPSULATED_REQUEST;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"ENCAPSULATED_REQUEST", VERSION_1_1, request_source},
      with_header<M>(F::integer<&M::param1>("Param1", "RequestID"), reserved_param2<M>(),
                     {F::rest<&M::encapsulated_request>("EncapsulatedRequest", "a request of the responder")}));
  return layout;
}

const Layout& DELIVER_ENCAPSULATED_RESPONSE::layout() {
  using M = DELIVER_ENCAPSULATED_RESPONSE;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"DELIVER_ENCAPSULATED_RESPONSE", VERSION_1_1, deliver_source},
      with_header<M>(F::integer<&M::param1>("Param1", "RequestID"), reserved_param2<M>(),
                     {F::rest<&M::encapsulated_response>("EncapsulatedResponse", "the requester's response")}));
  return layout;
}

const Layout& ENCAPSULATED_RESPONSE_ACK::layout() {
  using M = ENCAPSULATED_RESPONSE_ACK;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"ENCAPSULATED_RESPONSE_ACK", VERSION_1_1, deliver_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "RequestID of the next request, 0: none"),
          F::integer<&M::param2>("Param2", "payload type")
              .one_of({{0, "Absent"}, {1, "Present"}, {2, "ReqSlotNumber"}}),
          {F::integer<&M::ack_request_id>("AckRequestID", "RequestID that is acknowledged").since(VERSION_1_2),
           F::reserved<&M::reserved, 3>().since(VERSION_1_2),
           F::rest<&M::encapsulated_request>("EncapsulatedRequest", "the next request, or a slot number")}));
  return layout;
}

}  // namespace lockstep::wire::spdm
