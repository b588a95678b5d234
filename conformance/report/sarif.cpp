#include "report/sarif.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "report/text.hpp"

namespace lockstep::report {
namespace {

using Json = nlohmann::ordered_json;
using runner::Breach;
using runner::CaseResult;
using runner::Run;
using runner::Verdict;

constexpr std::string_view NO_RULE = "LOCKSTEP-UNNAMED";  ///< for a breach that no row of the catalogue speaks of

std::string rule_id(Rule rule) { return std::string(rule ? rule.id() : NO_RULE); }

Json rule_json(Rule rule) {
  Json json = {{"id", rule_id(rule)}};
  if (!rule) return json;
  const Requirement& r = rule.requirement();
  json["shortDescription"] = {{"text", r.statement}};
  json["defaultConfiguration"] = {{"level", r.on_breach == OnBreach::fail ? "error" : "warning"}};
  json["properties"] = {{"clause", r.clause}, {"level", name(r.level)}, {"confidence", name(r.confidence)}};
  return json;
}

/// Code scanning wants a file: the case stands for it, under the folder of the cases.
Json location(const CaseResult& result) {
  return {{"physicalLocation", {{"artifactLocation", {{"uri", "conformance/cases/" + result.case_id}}}}},
          {"logicalLocations", Json::array({{{"fullyQualifiedName", result.case_id}, {"kind", "test"}}})}};
}

Json result_json(const CaseResult& result, const Breach& breach) {
  Json json = {{"ruleId", rule_id(breach.rule)},
               {"level", breach.weight == Verdict::fail ? "error" : "warning"},
               {"message", {{"text", result.case_id + ": " + breach.reason}}},
               {"locations", Json::array({location(result)})},
               {"partialFingerprints", {{"caseAndRule/v1", result.case_id + " " + rule_id(breach.rule)}}},
               {"properties", {{"again", result.again}}}};
  const bool waived = result.verdict == Verdict::expected_fail && result.waiver->outcome == breach.weight;
  if (waived)
    json["suppressions"] =
        Json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", result.waiver->reason}}});
  return json;
}

}  // namespace

std::string sarif_report(const Run& run) {
  std::map<std::string, Rule> rules;
  Json results = Json::array();
  for (const CaseResult& result : run.results) {
    const Verdict verdict = result.bare();
    if (verdict != Verdict::fail && verdict != Verdict::warn) continue;
    for (const Breach& breach : result.breaches) {
      rules.emplace(rule_id(breach.rule), breach.rule);
      results.push_back(result_json(result, breach));
    }
  }
  Json rule_list = Json::array();
  for (const auto& [id, rule] : rules) rule_list.push_back(rule_json(rule));
  const int code = run.exit_code();
  const Json driver = {{"name", "lockstep"},
                       {"version", run.tool_version},
                       {"properties", {{"catalogue_version", catalogue_version()}}},
                       {"rules", std::move(rule_list)}};
  const Json invocation = {
      {"executionSuccessful", code <= 3}, {"exitCode", code}, {"exitCodeDescription", verdict_sentence(run)}};
  const Json one = {
      {"tool", {{"driver", driver}}}, {"invocations", Json::array({invocation})}, {"results", std::move(results)}};
  const Json log = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", Json::array({one})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::report
