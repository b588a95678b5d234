#include "runner/checker.hpp"

#include <algorithm>

#include "wire/doe.hpp"

namespace lockstep::runner {
namespace {

using Kind = RecordVerdict::Kind;
using adapters::Carried;
using adapters::Transport;

constexpr Byte SPDM_OBJECT = 1, SECURED_SPDM_OBJECT = 2;

spdm::RecordFormat format_of(Transport transport) {
  const adapters::Binding& binding = adapters::binding(transport);
  return {binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad, binding.inner_tcp_header};
}

/// A sender writes reserved bits as zero; who reads them ignores them.
bool has_reserved_bits(View object) {
  const auto decoded = wire::decode<wire::doe::DataObject>(object, {});
  if (!decoded) return false;
  const auto findings = wire::validate(decoded->message, wire::Context{});
  return std::any_of(findings.begin(), findings.end(), [](const wire::Finding& f) { return !f.rule; });
}

}  // namespace

Checker::Checker(Transport transport, CheckOptions options) : transport_(transport), options_(std::move(options)) {
  report_.transport = adapters::binding(transport).name;
}

/// Of MCTP, two endpoints in either order.
std::uint16_t Checker::key_of(View packet) const {
  if (transport_ != Transport::mctp || packet.size() < 3) return 0;
  const auto [low, high] = std::minmax(packet[1], packet[2]);
  return static_cast<std::uint16_t>(high << 8 | low);
}

Onlooker& Checker::connection_of(const adapters::Record& record) {
  return connections_.try_emplace(key_of(record.bytes), format_of(transport_), options_).first->second;
}

void Checker::take(const adapters::Record& record) {
  if (!record.carried) {
    connection_of(record).unreadable();
    return transport(record.number, to_hex(record.bytes), record.incomplete ? Kind::missing : Kind::fail, {},
                     record.why);
  }
  const Carried& carried = *record.carried;
  for (const wire::Finding& finding : carried.findings)
    transport(record.number, "header", oracle::ruling_of(finding) == oracle::Ruling::fail ? Kind::fail : Kind::warn,
              finding.rule, finding.what);
  if (transport_ == Transport::pci_doe && has_reserved_bits(record.bytes))
    transport(record.number, "header", Kind::warn, {}, "reserved bits are not zero");
  if (carried.kind == Carried::Kind::discovery) return discovery(record);
  if (walk_.waiting()) {
    walk_.forget();
    transport(record.number, "DOE discovery", Kind::missing, {}, "no answer to the discovery request was recorded");
  }
  if (!carried.is_packet()) return transport(record.number, carried.other, Kind::not_judged, {}, "a foreign protocol");
  packet(connection_of(record), record);
}

void Checker::packet(Onlooker& onlooker, const adapters::Record& record) {
  const bool secured = record.carried->kind == Carried::Kind::secured;
  if (const auto verdict = walk_.used(secured ? SECURED_SPDM_OBJECT : SPDM_OBJECT))
    transport(record.number, verdict->message, Kind::fail, verdict->rule, verdict->reason);
  secured ? onlooker.secured(record.number, record.carried->payload)
          : onlooker.clear(record.number, record.carried->payload);
  std::optional<Role> sender = onlooker.sender();
  bool gap = false;
  for (RecordVerdict& verdict : onlooker.take()) {
    gap = gap || verdict.kind == Kind::missing;
    const bool guessed = verdict.kind == Kind::missing || verdict.kind == Kind::not_judged;
    if (guessed && verdict.number == record.number) sender.reset();
    report_.records.push_back(std::move(verdict));
  }
  if (transport_ == Transport::mctp) mctp_header(record.number, View(record.bytes).first(4), sender, gap);
}

void Checker::discovery(const adapters::Record& record) {
  const auto verdict = walk_.take(record.carried->payload);
  const bool fails = verdict.rule && verdict.rule.requirement().on_breach == OnBreach::fail;
  const Kind kind = verdict.missing          ? Kind::missing
                    : verdict.reason.empty() ? Kind::legal
                    : fails                  ? Kind::fail
                                             : Kind::warn;
  transport(record.number, verdict.message, kind, verdict.rule, verdict.reason);
}

/// DSP0236: a response has the tag of its request, and clears the owner bit. Some recorders leave the header empty:
/// then it is the same in every record, or not their header. `sender`: as far as it is known for certain; `gap`: the
/// request before has no answer, which may come late.
void Checker::mctp_header(std::size_t number, View header, std::optional<Role> sender, bool gap) {
  if (first_header_.empty()) first_header_ = copy(header);
  constexpr Byte TAG = 0x07, TAG_OWNER = 0x08, VERSION = 0x0F;
  const bool empty = (first_header_[0] & VERSION) == 0;
  if (empty && !std::equal(header.begin(), header.end(), first_header_.begin()))
    return transport(number, to_hex(header), Kind::warn, {}, "the transport header differs from the others, all empty");
  if (empty) return;
  if ((header[0] & VERSION) != 1) transport(number, to_hex(header), Kind::warn, {}, "the header version is not 1");
  const Byte tag = header[3] & TAG;
  const bool owns = (header[3] & TAG_OWNER) != 0;
  const bool asks = sender ? *sender == Role::requester : owns;
  std::set<Byte>& waiting = waiting_tags_[key_of(header)];
  if (asks && !owns) transport(number, to_hex(header), Kind::fail, "MCTP-004", "a request does not own its tag");
  if (asks && !gap) waiting.clear();
  if (asks) return void(waiting.insert(tag));
  const bool known = !waiting.empty();
  if (waiting.erase(tag) == 0 && known)
    transport(number, to_hex(header), Kind::fail, "MCTP-004", "a response has another tag than its request");
  else if (owns)
    transport(number, to_hex(header), Kind::fail, "MCTP-004", "a response owns its tag");
}

void Checker::finish() {
  for (auto& [key, onlooker] : connections_) {
    onlooker.finish();
    for (RecordVerdict& verdict : onlooker.take()) report_.records.push_back(std::move(verdict));
  }
}

void Checker::transport(std::size_t number, std::string message, Kind kind, Rule rule, std::string reason) {
  report_.records.push_back(
      {number, "transport", std::move(message), kind, kind == Kind::legal ? Rule() : rule, std::move(reason), {}});
}

}  // namespace lockstep::runner
