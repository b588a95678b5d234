#include "report/check_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "requirements/catalogue.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;
using runner::CheckReport;
using runner::RecordVerdict;
using runner::Verdict;
using Kind = RecordVerdict::Kind;

constexpr std::size_t SHOWN_RECORDS = 12;

/// Records that say the same.
struct Group {
  const RecordVerdict* first;
  std::vector<std::size_t> numbers;
};

std::vector<Group> groups(const CheckReport& report, Kind kind) {
  std::vector<Group> all;
  for (const RecordVerdict& record : report.records) {
    if (record.kind != kind) continue;
    const auto same = [&](const Group& g) {
      const bool same_sender = kind == Kind::not_judged || kind == Kind::missing || g.first->sender == record.sender;
      return g.first->rule == record.rule && g.first->reason == record.reason && same_sender;
    };
    auto group = std::find_if(all.begin(), all.end(), same);
    if (group == all.end()) group = all.insert(all.end(), {&record, {}});
    group->numbers.push_back(record.number);
  }
  return all;
}

std::string record_numbers(const std::vector<std::size_t>& numbers) {
  std::string text = numbers.size() == 1 ? "record" : "records";
  for (std::size_t i = 0; i < std::min(numbers.size(), SHOWN_RECORDS); ++i)
    text += (i == 0 ? " " : ", ") + std::to_string(numbers[i]);
  return numbers.size() > SHOWN_RECORDS ? text + fmt::format(", ... ({} in all)", numbers.size()) : text;
}

std::string deviation(const Group& group, Style style) {
  const RecordVerdict& record = *group.first;
  std::string out = style.label(record.kind == Kind::fail ? Verdict::fail : Verdict::warn) + " " +
                    style.strong(record_numbers(group.numbers)) + ", by the " + record.sender;
  const auto line = [](std::string_view name, std::string_view text) { return entry(name, text, 5, 10); };
  if (record.rule) {
    const Requirement& r = record.rule.requirement();
    out += fmt::format("    {}  {}  {}\n", r.id, r.clause, name(r.level)) + line("", r.statement);
  } else {
    out += '\n';
  }
  return out + line("message", record.message) + line("why", record.reason) + line("after", record.state) + "\n";
}

std::string every_record(const CheckReport& report) {
  std::string out;
  for (const RecordVerdict& record : report.records) {
    out += fmt::format("{:>5}  {:<10} {:<11} {}\n", record.number, runner::name(record.kind), record.sender,
                       record.message);
    if (!record.reason.empty()) out += fmt::format("       {} {}\n", record.rule.id(), record.reason);
  }
  return out + "\n";
}

}  // namespace

std::string verdict_sentence(const CheckReport& report) {
  const auto [legal, warned, failed, not_judged, missing] = report.counts();
  const std::size_t judged = legal + warned + failed;
  if (failed > 0) return fmt::format("DEVIATES: {} of {} judged messages break a rule.", failed, judged);
  if (!report.error.empty())
    return fmt::format("NO VERDICT: the file ends early; nothing wrong in {} messages.", judged);
  if (missing > 0)
    return fmt::format("NO VERDICT: messages are missing in {} places; nothing wrong in {} messages.", missing, judged);
  if (judged == 0) return "NOTHING JUDGED: no message of the recording could be judged.";
  return fmt::format("LEGAL: none of {} judged messages breaks a rule, {} warn.", judged, warned);
}

std::string check_text(const CheckReport& report, bool verbose, Style style) {
  std::string out = verbose ? every_record(report) : std::string();
  for (const Kind kind : {Kind::warn, Kind::fail})
    for (const Group& group : groups(report, kind)) out += deviation(group, style);
  const auto [legal, warned, failed, not_judged, missing] = report.counts();
  out += fmt::format("{} over {}: {} messages\n", report.file, report.transport, report.records.size());
  out +=
      fmt::format("  {:>5} legal\n  {:>5} warn\n  {:>5} fail\n  {:>5} not judged\n", legal, warned, failed, not_judged);
  if (missing > 0) out += fmt::format("  {:>5} missing\n", missing);
  for (const Group& group : groups(report, Kind::missing))
    out += entry(fmt::format("{:>5}", group.numbers.size()),
                 fmt::format("{} ({})", group.first->reason, record_numbers(group.numbers)), 4, 6);
  for (const Group& group : groups(report, Kind::not_judged))
    out += entry(fmt::format("{:>5}", group.numbers.size()),
                 fmt::format("{} ({})", group.first->reason, record_numbers(group.numbers)), 4, 6);
  if (!report.error.empty()) out += "The file ends early: " + report.error + "\n";
  const int code = report.exit_code();
  const Verdict colour = code == 0 ? Verdict::pass : code == 1 ? Verdict::fail : Verdict::inconclusive;
  return out + "\n" + style.coloured(colour, verdict_sentence(report)) + "\n";
}

std::string check_json(const CheckReport& report, std::string_view tool_version) {
  Json counts = Json::object(), records = Json::array();
  const auto numbers = report.counts();
  for (std::size_t i = 0; i < numbers.size(); ++i) counts[std::string(runner::name(static_cast<Kind>(i)))] = numbers[i];
  for (const RecordVerdict& record : report.records) {
    Json rule = nullptr, confidence = nullptr;
    if (record.rule) {
      rule = record.rule.id();
      confidence = name(record.rule.requirement().confidence);
    }
    records.push_back({{"record", record.number},
                       {"sender", record.sender},
                       {"message", record.message},
                       {"verdict", runner::name(record.kind)},
                       {"rule", std::move(rule)},
                       {"confidence", std::move(confidence)},
                       {"reason", record.reason},
                       {"state", record.state}});
  }
  const Json json = {{"schema", "lockstep/check-1"},
                     {"tool_version", tool_version},
                     {"catalogue_version", catalogue_version()},
                     {"file", report.file},
                     {"transport", report.transport},
                     {"exit_code", report.exit_code()},
                     {"verdict", verdict_sentence(report)},
                     {"error", report.error},
                     {"counts", std::move(counts)},
                     {"records", std::move(records)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::report
