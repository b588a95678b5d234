#include "runner/check.hpp"

#include "adapters/pcap.hpp"
#include "wire/text.hpp"

namespace lockstep::runner {
namespace {

using Kind = RecordVerdict::Kind;
using oracle::Ruling;

Kind kind_of(Ruling ruling) {
  return ruling == Ruling::fail ? Kind::fail : ruling == Ruling::warn ? Kind::warn : Kind::legal;
}

std::string text_of(const spdm::Seen& seen, const wire::Context& context) {
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) return wire::text(inner, {});
  if (seen.message) return wire::text(seen.message, context);
  return "undecodable" + (seen.error ? ", " + seen.error->field + ": " + seen.error->why : std::string());
}

/// Goes through a capture record by record; a request waits until its answer has come.
class Checker {
 public:
  Checker(CheckReport& report, spdm::RecordFormat format, const CheckOptions& options)
      : report_(report), follower_(store(format, options)) {
    follower_.know_nothing();  // the recording may begin at any time
  }

  void take(const adapters::Record& record) {
    if (!record.carried) return add(record.number, "transport", to_hex(record.bytes), Kind::fail, {}, record.why);
    const adapters::Carried& carried = *record.carried;
    if (carried.kind == adapters::Carried::Kind::discovery)
      return add(record.number, "transport", "DOE discovery", Kind::legal, {}, {});
    if (!carried.is_packet()) return not_judged(record.number, "transport", carried.other, "a foreign protocol");
    carried.kind == adapters::Carried::Kind::secured ? secured(record.number, carried.payload)
                                                     : clear(record.number, carried.payload);
  }

  void finish() {
    if (waiting_) not_judged(*waiting_, "requester", request_text_, "the capture ends before its answer");
  }

 private:
  static device::Store store(spdm::RecordFormat format, const CheckOptions& options) {
    spdm::Secrets secrets;
    secrets.psk = [psk = options.psk](View hint) -> std::optional<Bytes> {
      const auto found = psk.find(copy(hint));
      return found == psk.end() ? std::nullopt : std::optional(found->second);
    };
    device::Store store({}, spdm::Conversation(format, std::move(secrets)));
    store.adopts_addresses = true;
    return store;
  }

  void clear(std::size_t number, const Bytes& message) {
    const bool is_request = message.size() > 1 && wire::spdm::is_request(message[1]);
    closed_request_ = false;
    is_request ? request(number, message, std::nullopt) : response(number, message, std::nullopt);
  }

  /// A record does not say who sent it: requests and responses take turns.
  void secured(std::size_t number, const Bytes& record) {
    Role sender = waiting_ || closed_request_ ? Role::responder : Role::requester;
    auto opened = follower_.store().conversation.open(sender, record);
    if (!opened && sender == Role::responder) {  // the answer was left out: this is the next request
      if (auto request = follower_.store().conversation.open(Role::requester, record)) {
        sender = Role::requester;
        opened = std::move(request);
      }
    }
    if (!opened) return unopened(number, sender, opened.error());
    closed_request_ = false;
    if (!opened->is_spdm()) {
      not_judged(number, "application", to_hex(opened->message()), "not an SPDM message");
      closed_request_ = sender == Role::requester;
      return;
    }
    sender == Role::requester ? request(number, opened->message(), opened->session)
                              : response(number, opened->message(), opened->session);
  }

  void unopened(std::size_t number, Role sender, const spdm::RecordError& error) {
    using ErrorKind = spdm::RecordError::Kind;
    const bool no_secrets = error.kind == ErrorKind::keys_unknown || error.kind == ErrorKind::unsupported;
    const std::string who = sender == Role::requester ? "requester" : "responder";
    if (no_secrets)
      not_judged(number, who, "secured record", error.why);
    else
      add(number, who, "secured record", Kind::fail, error.rule, error.why);
    waiting_.reset();
    closed_request_ = sender == Role::requester;
  }

  void request(std::size_t number, View message, spdm::SessionId session) {
    if (waiting_) {
      const oracle::Step step = follower_.silence();
      judge(*waiting_, "responder", "no answer", step);
    }
    closed_request_ = false;
    const device::Letter& letter = follower_.request(message, session);
    waiting_ = number;
    const spdm::Seen& seen = follower_.asked();
    request_text_ = text_of(seen, follower_.store().conversation.context(Role::requester, session));
    beyond_ = beyond_what_is_followed(letter, session);
    if (beyond_) return not_judged(number, "requester", request_text_, *beyond_);
    judge_request(number, letter, seen);
  }

  /// One device has more than an onlooker follows: further TDIs, and sessions whose end cannot be seen without keys.
  std::optional<std::string> beyond_what_is_followed(const device::Letter& letter, spdm::SessionId session) const {
    if (session && letter.session == device::NONE) return "more sessions than are followed";
    if (const auto* l = std::get_if<device::TdispLetter>(&letter.body); l != nullptr && l->tdi == device::NONE)
      return "another TDI than the one that is followed";
    if (const auto* l = std::get_if<device::IdeKmLetter>(&letter.body); l != nullptr && l->stream == device::NONE)
      return "another IDE stream than the one that is followed";
    const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
    if (l != nullptr && l->letter.defect == spdm::Defect::session_limit) return "more sessions than are followed";
    return std::nullopt;
  }

  /// A requester may ask at any time whether the responder has a request of its own.
  static bool is_poll(const device::Letter& letter) {
    const auto* l = std::get_if<device::SpdmLetter>(&letter.body);
    return l != nullptr && l->letter.stimulus == spdm::Stimulus::GET_ENCAPSULATED_REQUEST;
  }

  /// The requester's side: its own findings, and a request that any device must refuse.
  void judge_request(std::size_t number, const device::Letter& letter, const spdm::Seen& seen) {
    Kind kind = Kind::legal;
    Rule rule;
    std::string reason;
    for (const wire::Finding& finding : seen.findings) {
      const Kind weight = kind_of(oracle::ruling_of(finding));
      if (weight <= kind) continue;
      kind = weight;
      rule = finding.rule;
      reason = finding.field.empty() ? finding.what : finding.field + ": " + finding.what;
    }
    const auto expected = device::step(follower_.store().shape, follower_.control(), letter);
    if (kind == Kind::legal && expected.answer.is_refusal() && !is_poll(letter)) {
      kind = Kind::warn;
      rule = expected.rule;
      reason = "a request that a device refuses here: " + device::describe(letter);
    }
    add(number, "requester", request_text_, kind, rule, std::move(reason));
  }

  void response(std::size_t number, View message, spdm::SessionId session) {
    if (!waiting_) return not_judged(number, "responder", to_hex(message), "its request was not recorded");
    const wire::Context context = follower_.store().conversation.context(Role::responder, session);
    const oracle::Step step = follower_.response(message, session);
    waiting_.reset();
    if (beyond_) return not_judged(number, "responder", text_of(*step.response, context), *beyond_);
    judge(number, "responder", text_of(*step.response, context), step);
  }

  void judge(std::size_t number, std::string sender, std::string message, const oracle::Step& step) {
    add(number, std::move(sender), std::move(message), kind_of(step.ruling()), step.rule(),
        step.ruling() == Ruling::legal ? std::string() : step.reason());
  }

  void not_judged(std::size_t number, std::string sender, std::string message, std::string why) {
    add(number, std::move(sender), std::move(message), Kind::not_judged, {}, std::move(why));
  }

  void add(std::size_t number, std::string sender, std::string message, Kind kind, Rule rule, std::string reason) {
    report_.records.push_back({number, std::move(sender), std::move(message), kind, kind == Kind::legal ? Rule() : rule,
                               std::move(reason), device::describe(follower_.store().shape, follower_.control())});
  }

  CheckReport& report_;
  oracle::Follower follower_;
  std::optional<std::size_t> waiting_;  ///< record of the request that has no answer yet
  bool closed_request_ = false;         ///< the last record was a request that could not be opened or judged
  std::string request_text_;
  std::optional<std::string> beyond_;  ///< why the request that waits cannot be judged
};

}  // namespace

std::string_view name(Kind kind) {
  static constexpr std::string_view names[] = {"legal", "warn", "fail", "not_judged"};
  return names[static_cast<std::size_t>(kind)];
}

std::array<std::size_t, 4> CheckReport::counts() const {
  std::array<std::size_t, 4> counts{};
  for (const RecordVerdict& record : records) ++counts[static_cast<std::size_t>(record.kind)];
  return counts;
}

int CheckReport::exit_code(bool strict) const {
  const auto [legal, warn, fail, not_judged] = counts();
  if (fail > 0 || (strict && warn > 0)) return 1;
  if (!error.empty()) return 4;
  return legal + warn == 0 ? 5 : 0;
}

Result<CheckReport, std::string> check(const std::filesystem::path& file, const CheckOptions& options) {
  auto capture = adapters::read_capture(file);
  if (!capture) return Unexpected{capture.error()};
  const adapters::Binding& binding = adapters::binding(capture->transport);
  CheckReport report;
  report.file = file.string();
  report.transport = binding.name;
  report.error = capture->error;
  Checker checker(
      report,
      {binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad, binding.inner_tcp_header},
      options);
  for (const adapters::Record& record : capture->records) checker.take(record);
  checker.finish();
  return report;
}

}  // namespace lockstep::runner
