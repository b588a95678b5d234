#include "report/trace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/json_report.hpp"
#include "wire_json/json.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;

/// A peer may send text that is no UTF-8.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Longer histories are left out: sessions are shared by hundreds of cases.
constexpr std::size_t LONGEST_HISTORY = 200;

/// `chunk`: what was sent in its place.
Json message(const spdm::Seen& seen, const Bytes& record, const Bytes& chunk, const wire::Context& context) {
  Json json = {{"hex", to_hex(chunk.empty() ? seen.bytes : chunk)}};
  if (!record.empty()) json["record"] = to_hex(record);
  if (seen.message) json["outer"] = wire::to_json(seen.message, context);
  if (const wire::AnyMessage inner = device::inner_of(seen.message)) json["inner"] = wire::to_json(inner, context);
  if (seen.error) json["undecodable"] = seen.error->field + ": " + seen.error->why;
  return json;
}

Json response(const oracle::Step& step, const wire::Context& context) {
  if (step.response) return message(*step.response, step.response_record, step.response_chunk, context);
  if (!step.response_record.empty()) return {{"record", to_hex(step.response_record)}};
  return nullptr;
}

/// The most expected state first; one that was come by through a choice that strains a rule says which.
Json states(const device::Shape& shape, const std::vector<oracle::Belief>& belief) {
  Json list = Json::array();
  for (const oracle::Belief& each : belief) {
    std::string text = device::describe(shape, each.control);
    if (each.owed) text += " (strains " + std::string(each.owed.id()) + ")";
    list.push_back(std::move(text));
  }
  return list;
}

Json findings(const std::vector<wire::Finding>& all) {
  Json list = Json::array();
  for (const wire::Finding& finding : all)
    list.push_back({{"rule", finding.rule.id()},
                    {"field", finding.field},
                    {"what", finding.what},
                    {"weight", oracle::ruling_of(finding) == oracle::Ruling::fail ? "fail" : "warn"}});
  return list;
}

Json not_judged(const std::vector<spdm::NotJudged>& all) {
  Json list = Json::array();
  for (const spdm::NotJudged& one : all) list.push_back({{"rule", one.rule.id()}, {"why", one.why}});
  return list;
}

Json permitted(const std::vector<Answer>& answers) {
  Json list = Json::array();
  for (const Answer& answer : answers) list.push_back(device::describe(answer));
  return list;
}

Json history_json(const runner::Recording& history) {
  if (history.done().size() > LONGEST_HISTORY) return nullptr;
  Json list = Json::array();
  for (const runner::Done& done : history.done()) list.push_back(done.action);
  return list;
}

std::string_view word(oracle::Ruling ruling) {
  return ruling == oracle::Ruling::fail ? "fail" : ruling == oracle::Ruling::warn ? "warn" : "legal";
}

}  // namespace

Result<TraceWriter, std::string> TraceWriter::create(const std::string& path, const TraceHeader& header,
                                                     std::string_view case_id, const runner::Recording& history) {
  auto file = LineFile::create(path);
  if (!file) return Unexpected{file.error()};
  const Json first = {{"schema", "lockstep/trace-1"},
                      {"tool_version", header.tool_version},
                      {"catalogue_version", catalogue_version()},
                      {"case", case_id},
                      {"seed", header.seed},
                      {"target", header.target},
                      {"transport", header.transport},
                      {"history", history_json(history)}};
  if (auto failed = file->write(dump(first))) return Unexpected{*failed};
  return TraceWriter(std::move(*file));
}

std::optional<std::string> TraceWriter::step(const oracle::Step& step, const device::Shape& shape,
                                             const wire::Context& context) {
  const Answer& answer = step.observation.answer;
  Json line = {{"seq", ++steps_}, {"action", step.action}, {"letter", device::describe(step.letter)}};
  line["session"] = step.session ? Json(*step.session) : Json(nullptr);
  line["request"] = message(step.request, step.request_record, step.request_chunk, context);
  line["response"] = response(step, context);
  line["answer"] = device::describe(answer);
  line["put_off"] = runner::is_busy(answer) || runner::is_not_ready(answer);
  if (step.unopened) line["unopened"] = step.unopened->why;
  line["before"] = states(shape, step.before);
  line["after"] = states(shape, step.after);
  line["permitted"] = permitted(step.judgement.permitted);
  line["ruling"] = word(step.ruling());
  line["rule"] = step.rule().id();
  line["reason"] = step.reason();
  line["findings"] = findings(step.findings);
  line["not_judged"] = not_judged(step.not_judged);
  return file_.write(dump(line));
}

std::optional<std::string> TraceWriter::connection(bool fresh) {
  return file_.write(dump({{"connection", fresh ? "fresh" : "again"}}));
}

std::optional<std::string> TraceWriter::action(std::string_view action) {
  return file_.write(dump({{"action", action}}));
}

std::optional<std::string> TraceWriter::result(const runner::CaseResult& result) {
  return file_.write(dump({{"result", Json::parse(json_result(result))}}));
}

Tracer::Tracer(std::filesystem::path directory, TraceHeader header, device::Shape shape)
    : directory_(std::move(directory)), header_(std::move(header)), shape_(shape) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) error_ = "cannot make the directory " + directory_.string() + ": " + error.message();
}

void Tracer::begins(const cases::Case& test) {
  if (error_) return;
  std::string file(test.id);
  std::replace(file.begin(), file.end(), '/', '-');
  auto writer = TraceWriter::create((directory_ / (file + ".jsonl")).string(), header_, test.id, recording_);
  if (writer)
    writer_.emplace(std::move(*writer));
  else
    note(writer.error());
}

void Tracer::connects(bool fresh) {
  recording_.connects();
  if (writer_) note(writer_->connection(fresh));
}

void Tracer::steps(const oracle::Step& step, const wire::Context& context) {
  const Answer& answer = step.observation.answer;
  recording_.add({.action = step.action,
                  .answer = device::describe(answer),
                  .put_off = runner::is_busy(answer) || runner::is_not_ready(answer)});
  if (writer_) note(writer_->step(step, shape_, context));
}

void Tracer::ends(const runner::CaseResult& result) {
  if (writer_) note(writer_->result(result));
  if (writer_ && !result.shortest.empty()) write_shortest(result);
  writer_.reset();
}

void Tracer::write_shortest(const runner::CaseResult& result) {
  auto file = TraceWriter::create(runner::shortest_file(writer_->path()), header_, result.case_id);
  if (!file) return note(file.error());
  for (const std::string& action : result.shortest)
    if (auto failed = file->action(action)) return note(std::move(failed));
}

void Tracer::note(std::optional<std::string> error) {
  if (!error) return;
  error_ = std::move(error);
  writer_.reset();
}

}  // namespace lockstep::report
