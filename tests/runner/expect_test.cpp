// The expectation file: what it accepts, what it says of a result, and what is no longer true in it.
#include "runner/expect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cases/case.hpp"

namespace lockstep::runner {
namespace {

using Json = nlohmann::json;

constexpr const char* TODAY = "2026-11-21";
constexpr const char* CASE = "tdisp/lock/in-run";
constexpr const char* OTHER = "tdisp/lock/in-locked";

Json entry(const std::string& pattern, Json more = Json::object()) {
  Json one = {{"case", pattern}, {"outcome", "fail"}, {"reason", "known"}};
  one.update(more);
  return one;
}
using Entries = std::vector<Json>;
std::string file(const Entries& entries) {
  Json text = {{"schema", "lockstep/expectations-1"}, {"expect", Json::array()}};
  for (const Json& one : entries) text["expect"].push_back(one);
  return text.dump(1);
}

Expectations expectations(const Entries& entries) {
  auto parsed = Expectations::parse(file(entries), "e.json", TODAY);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error());
  return parsed ? *parsed : Expectations();
}
std::string refusal_of(const std::string& text) {
  const auto parsed = Expectations::parse(text, "e.json", TODAY);
  return parsed ? "accepted" : parsed.error();
}
std::string refusal(const Entries& entries) { return refusal_of(file(entries)); }

CaseResult result(std::string id, Verdict verdict, std::vector<Breach> breaches = {}) {
  CaseResult one;
  one.case_id = std::move(id);
  one.requirements = {"TDISP-LOCK-003"};
  one.verdict = verdict;
  if (!breaches.empty()) {
    one.rule = breaches.front().rule;
    one.reason = breaches.front().reason;
  }
  one.breaches = std::move(breaches);
  return one;
}
const Breach A{"TDISP-LOCK-003", Verdict::fail, "about A"};
const Breach B{"TDISP-HDR-022", Verdict::fail, "about B"};
const Breach W{"TDISP-HDR-003", Verdict::warn, "about W"};

CaseResult applied(const Entries& entries, CaseResult one, bool strict = false) {
  expectations(entries).apply(one, strict);
  return one;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// --- the file --------------------------------------------------------------------------------------------------------

TEST(ExpectationFile, IsReadWhole) {
  const auto all = expectations({entry(CASE, {{"rule", "TDISP-LOCK-003"}, {"issue", "FW-1"}, {"until", TODAY}}),
                                 entry("spdm/*", {{"outcome", "warn"}, {"rule", {"TDISP-HDR-003", "TDISP-HDR-004"}}})});
  ASSERT_EQ(all.entries().size(), 2u);
  EXPECT_EQ(all.entries()[0].rules, std::vector<Rule>{"TDISP-LOCK-003"});
  EXPECT_EQ(all.entries()[0].issue, "FW-1");
  EXPECT_EQ(all.entries()[0].until, TODAY);
  EXPECT_EQ(all.entries()[1].outcome, Verdict::warn);
  EXPECT_EQ(all.entries()[1].rules.size(), 2u);
}

TEST(ExpectationFile, SyntaxErrorsNameTheLine) {
  EXPECT_TRUE(contains(refusal_of("{\n \"schema\": \"lockstep/expectations-1\",\n \"expect\": [,]\n}"),
                       "e.json: line 3, column 13"));
  EXPECT_TRUE(contains(refusal_of(""), "line 1"));
  EXPECT_TRUE(contains(refusal_of("[]"), "expected an object"));
  EXPECT_TRUE(contains(refusal_of("{\"schema\": \"x\", \"schema\": \"y\"}"), "\"schema\" stands twice"));
}

TEST(ExpectationFile, MistakesNameThePlaceAndTheNearestWord) {
  const auto second = [](const Json& bad) { return refusal({entry(OTHER), bad}); };
  EXPECT_TRUE(contains(second(entry("tdisp/lokc/in-run")), "expect[1].case: \"tdisp/lokc/in-run\" matches no case"));
  EXPECT_TRUE(contains(second(entry("tdisp/lokc/in-run")), "did you mean tdisp/lock/in-run"));
  EXPECT_TRUE(contains(second(entry("tdips/*")), "matches no case"));
  EXPECT_TRUE(contains(second(entry("setup/TDISP-LOCK-999")), "matches no case"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"rule", "TDISP-LOCK-03"}})), "expect[1].rule: no requirement"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"rule", "TDISP-LOCK-03"}})), "did you mean TDISP-LOCK-003"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"rule", {"TDISP-LOCK-003", 7}}})), "expect[1].rule[1]"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"rule", Json::array()}})), "expect[1].rule: is empty"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"outcome", "fial"}})), "did you mean fail"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"outcome", "pass"}})), "is no outcome"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"isue", "1"}})), "unknown key \"isue\"; did you mean issue"));
  EXPECT_TRUE(contains(second(entry(CASE, {{"issue", 7}})), "expect[1].issue: expected a text"));
  EXPECT_TRUE(contains(second("text"), "expect[1]: expected an object"));
  EXPECT_TRUE(contains(refusal_of(R"({"schema": "lockstep/expectations-2", "expect": []})"), "expectations-1"));
  EXPECT_TRUE(contains(refusal_of(R"({"schema": "lockstep/expectations-1"})"), "expect: expected a list"));
  EXPECT_TRUE(contains(refusal_of(R"({"schema": "lockstep/expectations-1", "expects": []})"), "did you mean expect"));
}

TEST(ExpectationFile, NothingIsWaivedWithoutReason) {
  Json without = entry(CASE);
  without.erase("reason");
  EXPECT_TRUE(contains(refusal({without}), "expect[0]: has no \"reason\""));
  EXPECT_TRUE(contains(refusal({entry(CASE, {{"reason", "  "}})}), "expect[0].reason: is empty"));
  EXPECT_TRUE(contains(refusal({entry(CASE, {{"reason", "(say why)"}})}), "say why"));
}

TEST(ExpectationFile, DatesPass) {
  EXPECT_EQ(refusal({entry(CASE, {{"until", "2026-11-21"}})}), "accepted");
  EXPECT_EQ(refusal({entry(CASE, {{"until", "2027-01-01"}})}), "accepted");
  EXPECT_TRUE(contains(refusal({entry(CASE, {{"until", "2026-11-20"}})}), "was over on 2026-11-20"));
  for (const char* bad : {"2026-13-01", "2026-02-30", "tomorrow", "2027-3-1", "01.03.2027", "2027-03-01x"})
    EXPECT_TRUE(contains(refusal({entry(CASE, {{"until", bad}})}), "is no date")) << bad;
}

TEST(ExpectationFile, EntriesDoNotContradictOneAnother) {
  EXPECT_TRUE(contains(refusal({entry(CASE), entry(CASE)}), "expect[1]: says of tdisp/lock/in-run what expect[0]"));
  EXPECT_TRUE(contains(refusal({entry(CASE), entry(CASE, {{"rule", "TDISP-LOCK-003"}})}), "expect[0] says already"));
  EXPECT_EQ(refusal({entry(CASE, {{"rule", "TDISP-LOCK-003"}}), entry(CASE, {{"rule", "TDISP-HDR-022"}})}), "accepted");
}

TEST(ExpectationFile, TodayIsADate) {
  EXPECT_EQ(refusal({entry(CASE, {{"until", "2999-12-31"}})}), "accepted");
  EXPECT_TRUE(Expectations::parse(file({entry(CASE, {{"until", today()}})}), "e.json", today()));
}

TEST(ExpectationFile, ThatIsNotThereIsNamed) {
  const auto absent = Expectations::read("/nonexistent/e.json", TODAY);
  ASSERT_FALSE(absent);
  EXPECT_TRUE(contains(absent.error(), "/nonexistent/e.json"));
}

// --- what it says of a result ----------------------------------------------------------------------------------------

TEST(Expectation, FailureThatIsExpected) {
  const auto one = applied({entry(CASE, {{"issue", "FW-1"}, {"until", TODAY}})}, result(CASE, Verdict::fail, {A, B}));
  EXPECT_EQ(one.verdict, Verdict::expected_fail);
  ASSERT_TRUE(one.waiver);
  EXPECT_EQ(one.waiver->reason, "known");
  EXPECT_EQ(one.waiver->issue, "FW-1");
  EXPECT_EQ(one.waiver->until, TODAY);
  EXPECT_TRUE(one.waives_mandatory());
}

TEST(Expectation, CoversAFindingAndNotTheCase) {
  const Json of_a = entry(CASE, {{"rule", "TDISP-LOCK-003"}});
  EXPECT_EQ(applied({of_a}, result(CASE, Verdict::fail, {A})).verdict, Verdict::expected_fail);
  const auto both = applied({of_a}, result(CASE, Verdict::fail, {A, B}));
  EXPECT_EQ(both.verdict, Verdict::fail);
  EXPECT_EQ(both.rule, B.rule);
  EXPECT_EQ(both.reason, B.reason);
  const Json of_b = entry("tdisp/*", {{"rule", "TDISP-HDR-022"}});
  EXPECT_EQ(applied({of_a, of_b}, result(CASE, Verdict::fail, {A, B})).verdict, Verdict::expected_fail);
  EXPECT_EQ(applied({of_b}, result(CASE, Verdict::fail, {A})).verdict, Verdict::fail);
}

TEST(Expectation, WarningsCountOnlyInAStrictRun) {
  const Json failure = entry(CASE, {{"rule", "TDISP-LOCK-003"}});
  const Json warning = entry(CASE, {{"outcome", "warn"}});
  EXPECT_EQ(applied({failure}, result(CASE, Verdict::fail, {W, A})).verdict, Verdict::expected_fail);
  EXPECT_EQ(applied({failure}, result(CASE, Verdict::fail, {W, A}), true).verdict, Verdict::warn);
  EXPECT_EQ(applied({failure}, result(CASE, Verdict::fail, {W, A, B}), true).verdict, Verdict::fail);
  EXPECT_EQ(applied({failure, warning}, result(CASE, Verdict::fail, {W, A}), true).verdict, Verdict::expected_fail);
  EXPECT_EQ(applied({warning}, result(CASE, Verdict::warn, {W})).verdict, Verdict::expected_fail);
  EXPECT_EQ(applied({warning}, result(CASE, Verdict::fail, {A})).verdict, Verdict::fail);
}

TEST(Expectation, ExactEntriesBeatPatterns) {
  const Json exact = entry(CASE, {{"outcome", "warn"}}), glob = entry("tdisp/*");
  EXPECT_EQ(applied({glob, exact}, result(CASE, Verdict::fail, {A})).verdict, Verdict::fail);
  EXPECT_EQ(applied({glob, exact}, result(OTHER, Verdict::fail, {A})).verdict, Verdict::expected_fail);
  const auto one = applied({glob, entry(CASE, {{"reason", "exact"}})}, result(CASE, Verdict::fail, {A}));
  ASSERT_TRUE(one.waiver);
  EXPECT_EQ(one.waiver->reason, "exact");
}

TEST(Expectation, PassThatIsNotExpected) {
  EXPECT_EQ(applied({entry(CASE)}, result(CASE, Verdict::pass)).verdict, Verdict::unexpected_pass);
  EXPECT_EQ(applied({entry("tdisp/*")}, result(CASE, Verdict::pass)).verdict, Verdict::unexpected_pass);
  EXPECT_EQ(applied({entry(CASE, {{"rule", "TDISP-HDR-022"}})}, result(CASE, Verdict::pass)).verdict,
            Verdict::unexpected_pass);
  // A pattern with a rule does not say that every case shows it.
  EXPECT_EQ(applied({entry("tdisp/*", {{"rule", "TDISP-HDR-022"}})}, result(CASE, Verdict::pass)).verdict,
            Verdict::pass);
  EXPECT_EQ(applied({entry(OTHER)}, result(CASE, Verdict::pass)).verdict, Verdict::pass);
}

TEST(Expectation, InconclusiveIsAnOutcomeOfItsOwn) {
  const Json failure = entry(CASE), inconclusive = entry(CASE, {{"outcome", "inconclusive"}});
  EXPECT_EQ(applied({failure}, result(CASE, Verdict::inconclusive)).verdict, Verdict::inconclusive);
  EXPECT_EQ(applied({inconclusive}, result(CASE, Verdict::inconclusive)).verdict, Verdict::expected_fail);
  EXPECT_EQ(applied({inconclusive}, result(CASE, Verdict::fail, {A})).verdict, Verdict::fail);
}

TEST(Expectation, SaysNothingOfWhatWasNotRun) {
  for (const Verdict verdict : {Verdict::not_applicable, Verdict::unsupported})
    EXPECT_EQ(applied({entry(CASE)}, result(CASE, verdict)).verdict, verdict);
}

// --- what is no longer true ------------------------------------------------------------------------------------------

std::vector<std::string> stale(const Entries& entries, std::vector<CaseResult> results) {
  const Expectations all = expectations(entries);
  for (CaseResult& one : results) all.apply(one, false);
  return all.stale(results);
}

TEST(StaleExpectation, IsOneThatNothingShowsAnyMore) {
  const Json rule = entry("tdisp/*", {{"rule", "TDISP-LOCK-003"}});
  EXPECT_EQ(stale({rule}, {result(CASE, Verdict::pass)}), std::vector<std::string>{"tdisp/* (fail TDISP-LOCK-003)"});
  EXPECT_TRUE(stale({rule}, {result(CASE, Verdict::pass), result(OTHER, Verdict::fail, {A})}).empty());
  EXPECT_TRUE(stale({rule}, {result(CASE, Verdict::not_applicable)}).empty());
  EXPECT_TRUE(stale({rule}, {}).empty());
  auto elsewhere = result(CASE, Verdict::pass);
  elsewhere.requirements = {"TDISP-HDR-001"};
  EXPECT_TRUE(stale({rule}, {elsewhere}).empty()) << "a case that does not ask about the rule says nothing of it";
  EXPECT_EQ(stale({entry(CASE)}, {result(CASE, Verdict::warn, {W})}).size(), 1u);
}

TEST(StaleExpectation, OfASetUpFinding) {
  const Json setup = entry("setup/TDISP-LOCK-003");
  EXPECT_TRUE(stale({setup}, {result("setup/TDISP-LOCK-003", Verdict::fail, {A})}).empty());
  EXPECT_EQ(stale({setup}, {result(CASE, Verdict::pass)}).size(), 1u);
}

// --- writing it ------------------------------------------------------------------------------------------------------

Json needed(const Entries& entries, std::vector<CaseResult> results, bool strict = false) {
  const Expectations all = expectations(entries);
  for (CaseResult& one : results) all.apply(one, strict);
  return Json::parse(all.needed(results, strict));
}

TEST(UpdatedExpectations, AreRefusedUntilSomebodySaysWhy) {
  Json text = needed({}, {result(CASE, Verdict::fail, {A, W, B}), result(OTHER, Verdict::inconclusive),
                          result("tdisp/lock/served", Verdict::pass)});
  EXPECT_TRUE(contains(refusal_of(text.dump()), "expect[0].reason"));
  for (Json& one : text["expect"]) one["reason"] = "because";
  const auto all = Expectations::parse(text.dump(), "e.json", TODAY);
  ASSERT_TRUE(all) << all.error();
  ASSERT_EQ(all->entries().size(), 2u);
  EXPECT_EQ(all->entries()[0].rules, (std::vector<Rule>{A.rule, B.rule}));
  CaseResult again = result(CASE, Verdict::fail, {A, W, B}), busy = result(OTHER, Verdict::inconclusive);
  all->apply(again, false);
  all->apply(busy, false);
  EXPECT_EQ(again.verdict, Verdict::expected_fail);
  EXPECT_EQ(busy.verdict, Verdict::expected_fail);
}

TEST(UpdatedExpectations, CoverAStrictRun) {
  Json text = needed({}, {result(CASE, Verdict::fail, {A, W})}, true);
  for (Json& one : text["expect"]) one["reason"] = "because";
  const auto all = Expectations::parse(text.dump(), "e.json", TODAY);
  ASSERT_TRUE(all) << all.error();
  CaseResult again = result(CASE, Verdict::fail, {A, W});
  all->apply(again, true);
  EXPECT_EQ(again.verdict, Verdict::expected_fail);
}

TEST(UpdatedExpectations, KeepReasonsAndDropWhatIsStale) {
  const Json kept = entry(CASE, {{"issue", "FW-1"}}), gone = entry(OTHER), glob = entry("spdm/version/*");
  const Json text = needed({kept, gone, glob}, {result(CASE, Verdict::fail, {A}), result(OTHER, Verdict::pass),
                                                result("spdm/version/served", Verdict::fail, {B}),
                                                result("spdm/version/short", Verdict::pass)});
  ASSERT_EQ(text["expect"].size(), 2u) << text.dump(1);
  EXPECT_EQ(text["expect"][0], kept);
  EXPECT_EQ(text["expect"][1]["case"], "spdm/version/served");
  EXPECT_EQ(text["expect"][1]["reason"], "known");
  EXPECT_EQ(needed({kept}, {})["expect"][0], kept) << "what was not run is kept";
}

}  // namespace
}  // namespace lockstep::runner
