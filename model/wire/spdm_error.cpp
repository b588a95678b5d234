#include "wire/spdm_error.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view source = "DSP0274, ERROR response";

std::vector<Named> error_codes() {
  return {{0x01, "InvalidRequest"},       {0x02, "InvalidSession"},    {0x03, "Busy"},
          {0x04, "UnexpectedRequest"},    {0x05, "Unspecified"},       {0x06, "DecryptError"},
          {0x07, "UnsupportedRequest"},   {0x08, "RequestInFlight"},   {0x09, "InvalidResponseCode"},
          {0x0A, "SessionLimitExceeded"}, {0x0B, "SessionRequired"},   {0x0C, "ResetRequired"},
          {0x0D, "ResponseTooLarge"},     {0x0E, "RequestTooLarge"},   {0x0F, "LargeResponse"},
          {0x10, "MessageLost"},          {0x11, "InvalidPolicy"},     {0x12, "DataTooLarge"},
          {0x41, "VersionMismatch"},      {0x42, "ResponseNotReady"},  {0x43, "RequestResynch"},
          {0x44, "OperationFailed"},      {0x45, "NoPendingRequests"}, {0x46, "RequestSessionTerminated"},
          {0x47, "InvalidState"},         {0xFF, "VendorDefined"}};
}

/// ResponseNotReady is the one whose missing data is a rule of the catalogue; all others are taken as they come.
bool is_not_ready(const ERROR& m, const Context&) { return m.param1 == static_cast<Byte>(ErrorCode::ResponseNotReady); }

}  // namespace

const Layout& ERROR::layout() {
  using M = ERROR;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"ERROR", VERSION_1_0, source},
      with_header<M>(F::integer<&M::param1>("Param1", "error code").one_of(error_codes()),
                     F::integer<&M::param2>("Param2", "error data"),
                     {F::rest<&M::extended_error_data>("ExtendedErrorData", "depends on the error code")}),
      {rule_check<M>("SPDM-LIFE-022", "ResponseNotReady without its four bytes", [](const M& m, const Context& c) {
        return !is_not_ready(m, c) || m.extended_error_data.size() >= 4;
      })});
  return layout;
}

const Layout& ResponseNotReadyData::layout() {
  using M = ResponseNotReadyData;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"ResponseNotReadyData", VERSION_1_0, source, "SPDM-LIFE-022"},
                   {F::integer<&M::rdt_exponent>("RDTExponent", "ready after 2^RDTExponent microseconds"),
                    F::integer<&M::request_code>("RequestCode", "of the request"),
                    F::integer<&M::token>("Token", "to be repeated in RESPOND_IF_READY"),
                    F::integer<&M::rdtm>("RDTM", "dropped after RDTM times that time")});
  return layout;
}

const Layout& LargeResponseData::layout() {
  static const Layout layout = make_part<LargeResponseData>(
      {"LargeResponseData", VERSION_1_2, source},
      {Fields<LargeResponseData>::integer<&LargeResponseData::handle>("Handle", "for CHUNK_GET")});
  return layout;
}

const Layout& TooLargeData::layout() {
  static const Layout layout = make_part<TooLargeData>(
      {"TooLargeData", VERSION_1_2, source},
      {Fields<TooLargeData>::integer<&TooLargeData::actual_size>("ActualSize", "bytes that were too many")});
  return layout;
}

const Layout& RESPOND_IF_READY::layout() {
  using M = RESPOND_IF_READY;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"RESPOND_IF_READY", VERSION_1_0, "DSP0274, RESPOND_IF_READY request"},
                      with_header<M>(F::integer<&M::param1>("Param1", "RequestResponseCode of the request"),
                                     F::integer<&M::param2>("Param2", "Token of ResponseNotReady")));
  return layout;
}

}  // namespace lockstep::wire::spdm
