// Rules over the contents of IDE_KM and TDISP answers that take more than the one message: the request, and what was
// seen before.
#include <algorithm>

#include "device/contents_report.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;
namespace k = wire::ide_km;
using Findings = std::vector<wire::Finding>;

struct Pair {
  const Store& store;
  Byte tdi;
  const wire::AnyMessage& request;
  const wire::AnyMessage& response;
};

/// Every TDISP message begins with the header, at the same place of its struct.
std::optional<t::Header> tdisp_header(const wire::AnyMessage& message, View bytes) {
  if (!message || message.layout().protocol != wire::Protocol::TDISP || bytes.size() < 16) return std::nullopt;
  t::Header header;
  header.version = bytes[0];
  header.message_type = bytes[1];
  header.function_id = static_cast<std::uint32_t>(read_le(bytes.subspan(4, 4)));
  header.interface_id_reserved = read_le(bytes.subspan(8, 8));
  return header;
}

void check_header(Findings& findings, const t::Header& request, const t::Header& response) {
  if (request.version != response.version)
    findings.push_back({"TDISP-HDR-003", "TDISPVersion", "is not the version of the request"});
  constexpr std::uint32_t DEFINED = 0x01FFFFFF;  // the reserved bits of a request need not come back
  if (((request.function_id ^ response.function_id) & DEFINED) != 0)
    findings.push_back({"TDISP-HDR-004", "INTERFACE_ID", "is not the INTERFACE_ID of the request"});
}

void check_report(Findings& findings, const Pair& p) {
  const auto* get = p.request.as<t::GET_DEVICE_INTERFACE_REPORT>();
  const auto* report = p.response.as<t::DEVICE_INTERFACE_REPORT>();
  if (get == nullptr || report == nullptr) return;
  if (report->portion_length > get->length)
    findings.push_back({"TDISP-RPT-002", "PORTION_LENGTH", "is more than the LENGTH that was asked for"});
  if (report->portion_length == 0 && get->length != 0)
    findings.push_back({"TDISP-RPT-003", "PORTION_LENGTH", "is 0 for a valid OFFSET and LENGTH"});
  if (p.tdi == NONE) return;
  const TdiRecord& tdi = p.store.tdis[p.tdi];
  const std::size_t size = std::size_t{get->offset} + report->portion_length + report->remainder_length;
  if (tdi.report_size && get->offset >= *tdi.report_size && report->portion_length != 0)
    findings.push_back({"TDISP-RPT-005", "REPORT_BYTES", "are behind the end of the report"});
  else if (tdi.report_size && *tdi.report_size != size)
    findings.push_back({"TDISP-RPT-001", "REMAINDER_LENGTH",
                        "portion, remainder and OFFSET add up to " + std::to_string(size) + ", earlier portions to " +
                            std::to_string(*tdi.report_size)});
  const std::size_t known = std::min(tdi.report.size(), get->offset + report->report_bytes.size());
  for (std::size_t i = get->offset; i < known; ++i)
    if (tdi.report[i] != report->report_bytes[i - get->offset]) {
      const bool outdated = i < tdi.outdated.size() && tdi.outdated[i];
      findings.push_back({outdated ? Rule("TDISP-RPT-009") : Rule("TDISP-RPT-008"), "REPORT_BYTES",
                          "byte " + std::to_string(i) + " differs from an earlier reading"});
      break;
    }
}

/// Bytes that stand in both nonces at the same place. Random ones never share most of theirs.
std::size_t shared_bytes(View a, View b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] == b[i] ? 1 : 0;
  return count;
}

void check_nonce(Findings& findings, const Pair& p) {
  constexpr std::size_t MOST = 24;
  const auto* lock = p.response.as<t::LOCK_INTERFACE_RESPONSE>();
  if (lock == nullptr) return;
  for (std::size_t i = 0; i < p.store.tdis.size(); ++i) {
    std::size_t shared = 0;
    for (const Bytes& known : p.store.tdis[i].nonces) shared = std::max(shared, shared_bytes(known, lock->nonce));
    if (shared < MOST) continue;
    const std::string how = shared == lock->nonce.size()
                                ? "was given before"
                                : "repeats " + std::to_string(shared) + " of the bytes of one that was given before";
    findings.push_back({i == p.tdi ? Rule("TDISP-LOCK-023") : Rule("TDISP-LOCK-024"), "START_INTERFACE_NONCE",
                        how + ", for TDI " + std::to_string(i)});
  }
}

/// StreamID, key/sub-stream byte and PortIndex come back as they were sent.
template <class Request, class Response>
void check_echo(Findings& findings, const Pair& p, Rule rule) {
  const auto* request = p.request.as<Request>();
  const auto* response = p.response.as<Response>();
  if (request == nullptr || response == nullptr) return;
  if (request->stream_id != response->stream_id)
    findings.push_back({rule, "StreamID", "does not repeat the request's"});
  constexpr Byte DEFINED = 0xF3;  // the reserved bits of a request need not come back
  if ((request->key_sub_stream & DEFINED) != (response->key_sub_stream & DEFINED))
    findings.push_back({rule, "Key/Sub-stream", "does not repeat the request's"});
  if (request->port_index != response->port_index)
    findings.push_back({rule, "PortIndex", "does not repeat the request's"});
}

void check_query(Findings& findings, const Pair& p) {
  const auto* query = p.request.as<k::QUERY>();
  const auto* response = p.response.as<k::QUERY_RESP>();
  if (query == nullptr || response == nullptr) return;
  if (query->port_index != response->port_index)
    findings.push_back({"IDE-MSG-006", "PortIndex", "does not repeat the request's"});
  if (p.store.max_port_index && *p.store.max_port_index != response->max_port_index)
    findings.push_back({"IDE-MSG-007", "MaxPortIndex", "has changed"});
}

/// The whole report, when this portion completes it.
void check_whole_report(Findings& findings, const Pair& p) {
  const auto* get = p.request.as<t::GET_DEVICE_INTERFACE_REPORT>();
  const auto* portion = p.response.as<t::DEVICE_INTERFACE_REPORT>();
  if (get == nullptr || portion == nullptr || portion->remainder_length != 0 || p.tdi == NONE) return;
  Bytes whole = p.store.tdis[p.tdi].report;
  if (get->offset > whole.size()) return;  // read with gaps: nothing to judge
  whole.resize(get->offset);
  append(whole, portion->report_bytes);
  const auto report = wire::decode<t::TDI_REPORT>(whole, {});
  if (!report) {
    findings.push_back({"TDISP-RPT-010", report.error().field, report.error().why});
    return;
  }
  for (wire::Finding& finding : wire::validate(report->message, {})) findings.push_back(std::move(finding));
  for (wire::Finding& finding : check_report_of_lock(p.store.tdis[p.tdi], report->message))
    findings.push_back(std::move(finding));
}

void check_capabilities(Findings& findings, const Pair& p, std::optional<std::uint32_t> session) {
  if (p.response.as<t::TDISP_CAPABILITIES>() == nullptr || p.tdi == NONE) return;
  const TdiRecord& tdi = p.store.tdis[p.tdi];
  const bool known = !tdi.capabilities.empty() && tdi.capabilities_session == session;
  if (known && tdi.capabilities != wire::encode(p.response.layout(), p.response.object(), {}))
    findings.push_back({"TDISP-CAP-011", "TDISP_CAPABILITIES", "differs from what was said earlier in this session"});
}

void check_error(Findings& findings, const Pair& p, const std::optional<t::Header>& request) {
  const auto* error = p.response.as<t::TDISP_ERROR>();
  if (error == nullptr || !request) return;
  const bool unsupported = error->error_code == static_cast<std::uint32_t>(t::ErrorCode::UNSUPPORTED_REQUEST);
  if (unsupported && error->error_data != request->message_type)
    findings.push_back({"TDISP-HDR-011", "ERROR_DATA", "is not the request code that is not supported"});
}

/// No register may show a key: half of one is enough to know it by.
void check_secrets(Findings& findings, const Pair& p) {
  if (p.response.as<k::QUERY_RESP>() == nullptr) return;
  const Bytes shown = wire::encode(p.response.layout(), p.response.object(), {});
  for (const StreamRecord& stream : p.store.streams)
    for (const Bytes& key : stream.keys) {
      const auto middle = key.begin() + static_cast<std::ptrdiff_t>(key.size() / 2);
      if (std::search(shown.begin(), shown.end(), key.begin(), middle) == shown.end()) continue;
      findings.push_back({"IDE-STREAM-012", "registers", "show a key of the stream"});
      return;
    }
}

const wire::spdm::VendorDefinedFields* envelope_of(const spdm::Seen& seen) {
  const wire::spdm::VendorDefinedFields* envelope = seen.message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  return envelope != nullptr ? envelope : seen.message.as<wire::spdm::VENDOR_DEFINED_RESPONSE>();
}

View behind_protocol_id(const spdm::Seen& seen) {
  const auto* envelope = envelope_of(seen);
  if (envelope == nullptr) return {};
  const auto inner = wire::inner_message(*envelope);
  return inner ? inner->bytes : View{};
}

/// That the answer comes in the envelope of the request.
Rule envelope_rule(const wire::AnyMessage& asked) {
  return asked.layout().protocol == wire::Protocol::TDISP ? Rule("TDISP-HDR-002") : Rule("IDE-MSG-001");
}

/// An answer of no protocol that is known. An empty one is a refusal.
void check_protocol_id(Findings& findings, const spdm::Seen& request, const spdm::Seen& response) {
  const wire::AnyMessage asked = inner_of(request.message);
  if (!asked || response.message.as<wire::spdm::VENDOR_DEFINED_RESPONSE>() == nullptr) return;
  const Bytes& sent = envelope_of(request)->vendor_defined_payload;
  const Bytes& received = envelope_of(response)->vendor_defined_payload;
  if (!received.empty() && received.front() != sent.front())
    findings.push_back(
        {envelope_rule(asked), "VendorDefinedPayload", "begins with another Protocol ID than the request"});
}

}  // namespace

Findings check_contents(const Store& store, const Letter& letter, const spdm::Seen& request,
                        const spdm::Seen& response) {
  Findings findings;
  const wire::AnyMessage asked = inner_of(request.message);
  const wire::AnyMessage answered = inner_of(response.message);
  if (!answered) {
    check_protocol_id(findings, request, response);
    return findings;
  }
  for (wire::Finding& finding : wire::validate(answered.layout(), answered.object(), {}))
    findings.push_back(std::move(finding));
  if (!asked) return findings;
  if (asked.layout().protocol != answered.layout().protocol) {
    findings.push_back(
        {envelope_rule(asked), "VendorDefinedPayload", "answers with another protocol than it was asked in"});
    return findings;
  }
  const auto* l = std::get_if<TdispLetter>(&letter.body);
  const Pair pair{store, l ? l->tdi : NONE, asked, answered};
  const auto from = tdisp_header(asked, behind_protocol_id(request));
  const auto to = tdisp_header(answered, behind_protocol_id(response));
  if (from && to && l != nullptr && l->letter.defect != tdisp::Defect::wrong_version)
    check_header(findings, *from, *to);
  check_report(findings, pair);
  check_whole_report(findings, pair);
  check_nonce(findings, pair);
  check_query(findings, pair);
  check_secrets(findings, pair);
  check_capabilities(findings, pair, letter.session == NONE ? std::nullopt : store.session_ids[letter.session]);
  check_error(findings, pair, from);
  check_echo<k::KEY_PROG, k::KP_ACK>(findings, pair, "IDE-MSG-016");
  check_echo<k::K_SET_GO, k::K_GOSTOP_ACK>(findings, pair, "IDE-MSG-031");
  check_echo<k::K_SET_STOP, k::K_GOSTOP_ACK>(findings, pair, "IDE-MSG-031");
  return findings;
}

}  // namespace lockstep::device
