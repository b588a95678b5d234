#include "requirements/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace lockstep {
namespace {

using Row = std::map<std::string, std::string>;

// RFC 4180, written again here so that the generator's reading of the file has something to be compared with.
std::vector<Row> read_csv(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream whole;
  whole << file.rdbuf();
  std::vector<std::vector<std::string>> records{{""}};
  bool quoted = false;
  for (const char c : whole.str()) {
    auto& field = records.back().back();
    if (quoted && c != '"')
      field += c;
    else if (c == '"') {
      // A quote that reopens at once stands for itself: keep a mark, resolved below.
      quoted = !quoted;
      field += '\x01';
    } else if (c == ',')
      records.back().emplace_back();
    else if (c == '\n')
      records.push_back({""});
    else
      field += c;
  }
  records.pop_back();
  for (auto& record : records)
    for (auto& field : record) {
      if (!field.empty() && field.front() == '\x01') field = field.substr(1, field.size() - 2);
      for (std::size_t at; (at = field.find("\x01\x01")) != std::string::npos;) field.replace(at, 2, "\"");
    }
  std::vector<Row> rows;
  for (std::size_t r = 1; r < records.size(); ++r) {
    EXPECT_EQ(records[r].size(), records[0].size()) << "record " << r;
    Row row;
    for (std::size_t f = 0; f < records[0].size(); ++f) row[records[0][f]] = records[r].at(f);
    rows.push_back(row);
  }
  return rows;
}

const std::string folder = LOCKSTEP_SOURCE_DIR "/model/requirements/";

std::string versions(const Requirement& requirement) {
  if (requirement.since == 0) return "";
  const auto text = [](std::uint8_t version) {
    return version == 0 ? "" : std::to_string(version >> 4) + "." + std::to_string(version & 0xF);
  };
  return text(requirement.since) + "-" + text(requirement.until);
}

TEST(Catalogue, HoldsEveryRowOfTheFile) {
  const auto rows = read_csv(folder + "catalogue.csv");
  ASSERT_EQ(rows.size(), 762u);
  ASSERT_EQ(catalogue().size(), rows.size());
  for (const Row& row : rows) {
    const Requirement* found = find_requirement(row.at("id"));
    ASSERT_NE(found, nullptr) << row.at("id");
    const Row compiled{
        {"id", std::string(found->id)},
        {"level", std::string(name(found->level))},
        {"role", std::string(name(found->roles))},
        {"statement", std::string(found->statement)},
        {"spec_reference", std::string(found->clause)},
        {"stimulus", std::string(found->stimulus)},
        {"expected", std::string(found->expected)},
        {"needs", std::string(name(found->needs))},
        {"tested_by", std::string(found->tested_by)},
        {"confidence", found->confidence == Confidence::unclear ? "?" : std::string(name(found->confidence))},
        {"why_uncertain", std::string(found->why_uncertain)},
        {"basis", std::string(found->basis)},
        {"verdict", std::string(name(found->on_breach))},
        {"versions", versions(*found)},
        {"audited", std::string(found->audited)}};
    EXPECT_EQ(compiled, row);
  }
}

TEST(Catalogue, IdsAreSortedAndUnique) {
  const auto rows = catalogue();
  EXPECT_EQ(std::adjacent_find(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id >= b.id; }),
            rows.end());
}

// An uncertain row may fail a device only where a second reading said so.
TEST(Catalogue, OnlyObligationsCanFail) {
  for (const Requirement& row : catalogue()) {
    if (row.on_breach != OnBreach::fail) continue;
    EXPECT_EQ(row.level, Level::SHALL) << row.id;
    EXPECT_TRUE(row.confidence != Confidence::unclear || !row.audited.empty()) << row.id;
  }
}

TEST(Catalogue, KnowsTheVersionsARuleAppliesTo) {
  const Requirement& from_11 = Rule("SPDM-SESS-001").requirement();
  EXPECT_FALSE(from_11.applies_to(0x10));
  EXPECT_TRUE(from_11.applies_to(0x11) && from_11.applies_to(0x14));
  const Requirement& up_to_13 = Rule("SPDM-ALG-017").requirement();
  EXPECT_TRUE(up_to_13.applies_to(0x10) && up_to_13.applies_to(0x13));
  EXPECT_FALSE(up_to_13.applies_to(0x14));
  EXPECT_TRUE(Rule("TDISP-LOCK-001").requirement().applies_to(0x10));
}

TEST(Catalogue, SuggestsSimilarIds) {
  EXPECT_EQ(nearest("tdisp-lock-001", 1).at(0), "TDISP-LOCK-001");
  const auto near = nearest("TDISP-LOK-006");
  EXPECT_EQ(near.size(), 3u);
  EXPECT_EQ(near.at(0), "TDISP-LOCK-006");
  EXPECT_TRUE(nearest("something else entirely").empty());
}

TEST(Catalogue, VersionIsADigestPrefix) {
  EXPECT_EQ(catalogue_version().size(), 12u);
  EXPECT_EQ(catalogue_version().find_first_not_of("0123456789abcdef"), std::string_view::npos);
}

TEST(FalseAlarms, HoldEveryRowOfTheFile) {
  const auto rows = read_csv(folder + "false_alarms.csv");
  ASSERT_EQ(rows.size(), 32u);
  ASSERT_EQ(false_alarms().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(false_alarms()[i].id, rows[i].at("id"));
    EXPECT_EQ(false_alarms()[i].trap, rows[i].at("trap"));
    EXPECT_EQ(false_alarms()[i].rule, rows[i].at("rule"));
  }
}

TEST(FalseAlarms, AreWhatTheAuditRefersTo) {
  std::set<std::string, std::less<>> known;
  for (const FalseAlarm& alarm : false_alarms()) known.emplace(alarm.id);
  std::size_t references = 0;
  for (const Requirement& row : catalogue())
    for (std::size_t at = 0; (at = row.audited.find('P', at)) != std::string_view::npos; ++at) {
      const std::string_view id = row.audited.substr(at, 3);
      const bool reference = id.size() == 3 && std::isdigit(static_cast<unsigned char>(id[1])) &&
                             std::isdigit(static_cast<unsigned char>(id[2])) &&
                             (at == 0 || !std::isalnum(static_cast<unsigned char>(row.audited[at - 1])));
      if (!reference) continue;
      ++references;
      EXPECT_TRUE(known.contains(id)) << row.id << " refers to " << id;
    }
  EXPECT_GT(references, 0u);
}

}  // namespace
}  // namespace lockstep
