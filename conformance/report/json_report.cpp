#include "report/json_report.hpp"

#include <nlohmann/json.hpp>

#include "report/coverage.hpp"
#include "report/text.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;

Json exchange(const runner::Exchange& e) {
  return {{"letter", e.letter},
          {"request", {{"text", e.request}, {"hex", e.request_hex}}},
          {"response", e.response.empty() ? Json(nullptr) : Json({{"text", e.response}, {"hex", e.response_hex}})},
          {"before", e.before},
          {"after", e.after},
          {"permitted", e.permitted},
          {"ruling", e.ruling},
          {"rule", e.rule},
          {"reason", e.reason}};
}

Json waiver_json(const runner::CaseResult& result) {
  if (!result.waiver) return nullptr;
  return {{"outcome", runner::name(result.waiver->outcome)},
          {"reason", result.waiver->reason},
          {"issue", result.waiver->issue},
          {"until", result.waiver->until},
          {"mandatory", result.waives_mandatory()}};
}

Json result_json(const runner::CaseResult& result) {
  Json requirements = Json::array(), decisive = Json::array();
  for (const Rule rule : result.requirements) requirements.push_back(rule.id());
  for (const runner::Exchange& each : result.decisive) decisive.push_back(exchange(each));
  Json breaches = Json::array();
  for (const runner::Breach& breach : result.breaches)
    breaches.push_back(
        {{"rule", breach.rule.id()}, {"weight", runner::name(breach.weight)}, {"reason", breach.reason}});
  Json rule = nullptr, confidence = nullptr;
  if (result.rule) {
    rule = result.rule.id();
    confidence = name(result.rule.requirement().confidence);
  }
  return {{"case", result.case_id},
          {"requirements", std::move(requirements)},
          {"verdict", runner::name(result.verdict)},
          {"reason", result.reason},
          {"rule", std::move(rule)},
          {"confidence", std::move(confidence)},
          {"breaches", std::move(breaches)},
          {"waiver", waiver_json(result)},
          {"trace", result.trace.empty() ? Json(nullptr) : Json(result.trace)},
          {"again", result.again},
          {"shortest", result.shortest},
          {"replay", result.replay},
          {"seconds", result.seconds},
          {"decisive", std::move(decisive)}};
}

Json counts_json(const runner::Run& run) {
  Json counts = Json::object();
  const auto numbers = run.counts();
  for (std::size_t i = 0; i < runner::VERDICTS; ++i)
    counts[std::string(runner::name(static_cast<runner::Verdict>(i)))] = numbers[i];
  return counts;
}

Json waived_json(const runner::Run& run) {
  Json list = Json::array();
  for (const runner::CaseResult& result : run.results)
    if (result.verdict == runner::Verdict::expected_fail) list.push_back(result.case_id);
  return list;
}

Json not_run_json(const runner::Run& run) {
  Json list = Json::array();
  for (const NotRun& group : not_run(run))
    list.push_back({{"verdict", runner::name(group.verdict)}, {"reason", group.reason}, {"cases", group.cases}});
  return list;
}

Json coverage_json(const runner::Run& run) {
  Json list = Json::array();
  for (const Coverage& each : coverage(run))
    list.push_back({{"protocol", each.protocol}, {"rules", each.rules}, {"exercised", each.exercised}});
  return list;
}

}  // namespace

std::string json_result(const runner::CaseResult& result) {
  return result_json(result).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_report(const runner::Run& run) {
  Json results = Json::array();
  for (const runner::CaseResult& result : run.results) results.push_back(result_json(result));
  const Json report = {{"schema", "lockstep/report-1"},
                       {"tool_version", run.tool_version},
                       {"catalogue_version", catalogue_version()},
                       {"seed", run.seed},
                       {"target", run.target},
                       {"transport", run.transport},
                       {"spdm_version", run.spdm_version},
                       {"strict", run.strict},
                       {"survey", run.survey},
                       {"complete", run.complete},
                       {"exit_code", run.exit_code()},
                       {"verdict", verdict_sentence(run)},
                       {"counts", counts_json(run)},
                       {"expectations", run.expectations},
                       {"waived", waived_json(run)},
                       {"stale", run.stale},
                       {"not_run", not_run_json(run)},
                       {"coverage", coverage_json(run)},
                       {"results", std::move(results)}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::report
