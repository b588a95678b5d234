// Every record of every recording is deleted, swapped with the next, given twice, and has bits flipped, one change at a
// time: `lockstep check` must notice. What it cannot notice stands in tests/captures/survivors.csv with its reason; any
// other survivor fails, and so does a number there that is no longer true.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "recordings.hpp"
#include "runner/checker.hpp"

namespace lockstep::runner {
namespace {

using adapters::Record;
using Kind = RecordVerdict::Kind;

/// A class of survivors: `mutation` of a message of that name, at these bytes (flips only).
struct Expected {
  std::string mutation, recording, message;
  std::size_t first = 0, last = 0, survivors = 0;
  std::string reason;
  std::size_t survived = 0;  ///< in this run
};

std::vector<Expected> expected_survivors() {
  std::ifstream file(recording_path("survivors.csv"));
  std::vector<Expected> all;
  std::string line;
  std::getline(file, line);  // names of the columns
  while (std::getline(file, line)) {
    std::istringstream in(line);
    Expected e;
    std::string first, last, survivors;
    std::getline(in, e.mutation, ',');
    std::getline(in, e.recording, ',');
    std::getline(in, e.message, ',');
    std::getline(in, first, ',');
    std::getline(in, last, ',');
    std::getline(in, survivors, ',');
    std::getline(in, e.reason);
    e.survivors = std::stoul(survivors);
    if (!first.empty()) e.first = std::stoul(first), e.last = std::stoul(last);
    all.push_back(std::move(e));
  }
  return all;
}

/// What a user sees as not clean, apart from what the unchanged recording shows.
using Finding = std::pair<std::string, std::string>;
std::set<Finding> findings_of(const CheckReport& report) {
  std::set<Finding> all;
  for (const RecordVerdict& v : report.records)
    if (v.kind == Kind::warn) all.emplace(v.rule.id(), v.reason);
  return all;
}

/// A recording, with the state of the checker before each record.
class Bench {
 public:
  explicit Bench(const Capture& recording) : records_(records_of(recording)) {
    Checker checker(recording.transport, options_of(recording));
    for (const Record& record : records_) {
      before_.push_back(checker);
      const std::size_t said = checker.report().records.size();
      checker.take(record);
      // Its own verdict is the last one: what comes before may be about another record.
      names_.push_back(checker.report().records.size() > said ? name_of(checker.report().records.back()) : "nothing");
    }
    checker.finish();
    known_ = findings_of(checker.report());
    exit_code_ = checker.report().exit_code();
  }

  const std::vector<Record>& records() const { return records_; }
  const std::string& name(std::size_t i) const { return names_[i]; }
  int exit_code() const { return exit_code_; }

  /// Whether these records, in place of those from `begin` to before `end`, are noticed.
  /// `horizon`: so many records behind them are looked at.
  bool noticed(std::size_t begin, std::size_t end, const std::vector<Record>& instead,
               std::size_t horizon = SIZE_MAX) const {
    Checker checker = before_[begin];
    std::size_t said = checker.report().records.size();
    for (const Record& record : instead)
      if (sees(checker, record, said)) return true;
    const bool to_the_end = records_.size() - end <= horizon;
    const std::size_t last = to_the_end ? records_.size() : end + horizon;
    for (std::size_t i = end; i < last; ++i)
      if (sees(checker, records_[i], said)) return true;
    if (!to_the_end) return false;
    checker.finish();
    return checker.report().exit_code() != exit_code_;
  }

 private:
  static std::string name_of(const RecordVerdict& verdict) {
    if (verdict.kind == Kind::not_judged && verdict.message == "secured record") return "closed record";
    return verdict.message.substr(0, verdict.message.find_first_of(" ,"));
  }

  bool sees(Checker& checker, const Record& record, std::size_t& said) const {
    checker.take(record);
    const auto& verdicts = checker.report().records;
    for (; said < verdicts.size(); ++said) {
      const RecordVerdict& v = verdicts[said];
      if (v.kind == Kind::fail || v.kind == Kind::missing) return true;
      if (v.kind == Kind::warn && !known_.contains({std::string(v.rule.id()), v.reason})) return true;
    }
    return false;
  }

  std::vector<Record> records_;
  std::vector<Checker> before_;
  std::vector<std::string> names_;
  std::set<Finding> known_;
  int exit_code_ = 0;
};

/// Whatever a flipped bit does to a transcript shows in the next signature or session, which is never that far.
constexpr std::size_t HORIZON = 48;

/// The first bytes, where the fields are; some of the middle; the last one. What is behind the header of a record that
/// stays closed nobody can judge.
std::vector<std::size_t> positions(std::size_t size, bool closed) {
  std::set<std::size_t> all;
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 16); ++i) all.insert(i);
  if (closed) return {all.begin(), all.end()};
  for (std::size_t i = 1; i < 8; ++i) all.insert(i * size / 8);
  all.insert(size - 1);
  return {all.begin(), all.end()};
}

class CaptureMutation : public testing::TestWithParam<Capture> {
 protected:
  static void SetUpTestSuite() { expected() = expected_survivors(); }
  static std::vector<Expected>& expected() {
    static std::vector<Expected> all;
    return all;
  }

  void survives(const std::string& mutation, const std::string& message, std::size_t byte, std::size_t number) {
    for (Expected& e : expected()) {
      if (e.recording != GetParam().file || e.mutation != mutation || e.message != message) continue;
      if (mutation == "flip" && (byte < e.first || byte > e.last)) continue;
      ++e.survived;
      return;
    }
    ADD_FAILURE() << "SURVIVOR " << mutation << "," << GetParam().file << "," << message << "," << byte << " record "
                  << number;
  }
};

TEST_P(CaptureMutation, OfAnySingleRecordIsNoticed) {
  const Bench bench(GetParam());
  ASSERT_EQ(bench.exit_code(), 0);
  const std::vector<Record>& records = bench.records();
  std::size_t tried = 0, survived = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto change = [&](const std::string& mutation, std::size_t byte, std::size_t taken,
                            const std::vector<Record>& put, std::size_t horizon = SIZE_MAX) {
      ++tried;
      if (bench.noticed(i, i + taken, put, horizon)) return;
      ++survived;
      survives(mutation, bench.name(i), byte, i + 1);
    };
    change("delete", 0, 1, {});
    change("duplicate", 0, 1, {records[i], records[i]});
    if (i + 1 < records.size()) change("swap", 0, 2, {records[i + 1], records[i]});
    for (const std::size_t at : positions(records[i].bytes.size(), bench.name(i) == "closed record")) {
      Bytes bytes = records[i].bytes;
      bytes[at] = static_cast<Byte>(bytes[at] ^ (1U << (at % 8)));
      change("flip", at, 1, {record_of(GetParam(), records[i].number, bytes)}, HORIZON);
    }
  }
  std::cout << tried << " mutations, " << survived << " survive\n";
  for (const Expected& e : expected()) {
    if (e.recording != GetParam().file) continue;
    EXPECT_EQ(e.survived, e.survivors) << e.mutation << "," << e.recording << "," << e.message << ": " << e.reason;
    EXPECT_FALSE(e.reason.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Recordings, CaptureMutation, testing::ValuesIn(recordings()), [](const auto& instance) {
  std::string name(instance.param.file);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace lockstep::runner
