// Traces as recordings: what was on the wire, line by line.
#include "adapters/transport.hpp"
#include "runner/check.hpp"
#include "runner/onlooker.hpp"
#include "runner/trace_lines.hpp"

namespace lockstep::runner {
namespace {

using Json = nlohmann::json;

/// A message as a line has it.
struct Sent {
  bool there = false;  ///< false: silence, or nothing was sent
  bool secured = false;
  Bytes bytes;
};

class TraceChecker {
 public:
  explicit TraceChecker(const CheckOptions& options) : options_(options) { options_.tells_events = true; }

  Why line(std::size_t number, const Json& json) {
    if (!onlooker_) return begin(json);
    if (json.contains("result")) return {};
    if (json.contains("connection")) return connection(json);
    if (!json.contains("action")) return "is neither an action nor a connection nor a result";
    Sent request, response;
    if (const Why why = read(json, "request", request); !why.empty()) return why;
    if (const Why why = read(json, "response", response); !why.empty()) return why;
    // What happens out of band is not on the wire: from here on the device may be in any state.
    if (!request.there) return anew(), Why();
    tell(number, request);
    if (response.there)
      tell(number, response);
    else if (!lost(json))
      onlooker_->silence();
    return {};
  }

  Result<CheckReport, std::string> finish() {
    if (!onlooker_) return Unexpected{std::string("the file is empty")};
    close();
    return std::move(report_);
  }

 private:
  Why begin(const Json& json) {
    std::string transport = "pci-doe";
    if (const Why why = read_text_at(json, "transport", transport); !why.empty()) return why;
    const auto found = adapters::find_transport(transport);
    if (!found) return "transport: '" + transport + "' is none of none, mctp and pci-doe";
    const adapters::Binding& binding = adapters::binding(*found);
    report_.transport = binding.name;
    format_ = {binding.sequence_number_size, binding.inner_message_type, binding.max_random_pad};
    onlooker_.emplace(format_, options_);
    return {};
  }

  /// A target without memory has neither sessions nor states from before.
  Why connection(const Json& json) {
    std::string what;
    if (const Why why = read_text_at(json, "connection", what); !why.empty()) return why;
    if (what != "fresh" && what != "again") return "connection: expected fresh or again";
    if (what == "fresh") anew();
    return {};
  }

  void anew() {
    close();
    onlooker_.emplace(format_, options_);
  }

  void close() {
    onlooker_->finish();
    for (RecordVerdict& verdict : onlooker_->take()) report_.records.push_back(std::move(verdict));
  }

  void tell(std::size_t number, const Sent& sent) {
    sent.secured ? onlooker_->secured(number, sent.bytes) : onlooker_->clear(number, sent.bytes);
  }

  static bool lost(const Json& json) {
    const auto reason = json.find("reason");
    return reason != json.end() && reason->is_string() &&
           reason->get_ref<const std::string&>().starts_with("the link was lost");
  }

  /// The record where there is one: the onlooker opens it.
  static Why read(const Json& json, const char* key, Sent& to) {
    const auto message = json.find(key);
    if (message == json.end() || message->is_null()) return {};
    if (!message->is_object()) return std::string(key) + ": expected an object or null";
    std::string hex, record;
    for (const Why& why : {read_text_at(*message, "hex", hex), read_text_at(*message, "record", record)})
      if (!why.empty()) return std::string(key) + ": " + why;
    to.secured = !record.empty();
    const auto bytes = from_hex(to.secured ? record : hex);
    if (!bytes) return std::string(key) + ": expected an even number of hexadecimal digits";
    to.bytes = *bytes;
    to.there = !to.bytes.empty();
    return {};
  }

  CheckOptions options_;
  spdm::RecordFormat format_;
  std::optional<Onlooker> onlooker_;
  CheckReport report_;
};

}  // namespace

Result<CheckReport, std::string> check_trace(std::string_view text, std::string_view name,
                                             const CheckOptions& options) {
  TraceChecker checker(options);
  const Why why = read_trace_lines(text, [&](std::size_t line, const Json& json) { return checker.line(line, json); });
  if (!why.empty()) return Unexpected{std::string(name) + ": " + why};
  auto report = checker.finish();
  if (!report) return Unexpected{std::string(name) + ": " + report.error()};
  report->file = name;
  return report;
}

}  // namespace lockstep::runner
