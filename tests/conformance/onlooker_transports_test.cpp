// Recordings of correct devices and hosts, as transports carry them: discovery that begins again, messages in packets,
// and pieces of recordings. Each must come out clean.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "forge.hpp"

namespace lockstep::runner {
namespace {

CheckReport judged(const Capture& recording, const std::vector<adapters::Record>& records, std::size_t first) {
  Checker checker(recording.transport, options_of(recording));
  for (std::size_t i = first; i < records.size(); ++i) checker.take(records[i]);
  checker.finish();
  return checker.report();
}

// --- transports ------------------------------------------------------------------------------------------------------

class Walk {
 public:
  explicit Walk(const Capture& recording = psk_recording()) : recording_(recording) {}
  void say(const Bytes& payload) {
    Bytes object{1, 0, 0, 0, 3, 0, 0, 0};
    append(object, payload);
    records_.push_back(record_of(recording_, records_.size() + 1, object));
  }
  void say_spdm(const Bytes& message) {
    const Bytes object = wire::doe::wrap_doe(wire::doe::DataObjectType::SPDM, message);
    records_.push_back(record_of(recording_, records_.size() + 1, object));
  }
  /// Index, then vendor, type, next index.
  void ask(Byte index, Byte version = 0) { say({index, version, 0, 0}); }
  void answer(Byte type, Byte next) { say({1, 0, type, next}); }
  std::string trouble_of() const {
    Checker checker(recording_.transport, {});
    for (const adapters::Record& record : records_) checker.take(record);
    checker.finish();
    return trouble(checker.report(), 0);
  }

 private:
  Capture recording_;
  std::vector<adapters::Record> records_;
};

TEST(Discovery, MayEndEarlyAndBeginAgain) {
  Walk walk;
  walk.ask(0);
  walk.answer(0, 1);
  walk.ask(1);
  walk.answer(1, 2);
  for (const Byte version : {Byte{2}, Byte{0}}) {
    walk.ask(0, version);
    walk.answer(0, 1);
    walk.ask(1, version);
    walk.answer(1, 2);
    walk.ask(2, version);
    walk.answer(2, 0);
  }
  EXPECT_EQ(walk.trouble_of(), "");
}

TEST(Discovery, IsAskedAgainWhenNoAnswerCame) {
  for (const Byte version : {Byte{0}, Byte{2}}) {
    Walk walk;
    walk.ask(0, version);
    walk.ask(0, version);
    walk.answer(0, 1);
    walk.ask(1, version);
    walk.ask(1, version);
    walk.answer(1, 0);
    EXPECT_EQ(walk.trouble_of().find("fail"), std::string::npos) << walk.trouble_of();
    EXPECT_EQ(walk.trouble_of().find("warn"), std::string::npos) << walk.trouble_of();
  }
}

TEST(Discovery, MayAskForAnEntryTwice) {
  Walk walk;
  walk.ask(0);
  walk.answer(0, 1);
  for (int i = 0; i < 2; ++i) {
    walk.ask(1);
    walk.answer(1, 2);
  }
  walk.ask(2);
  walk.answer(2, 0);
  walk.ask(1);
  walk.answer(1, 2);
  EXPECT_EQ(walk.trouble_of(), "");
}

TEST(Discovery, ThatLeadsBackFails) {
  Walk walk;
  walk.ask(0);
  walk.answer(0, 1);
  walk.ask(1);
  walk.answer(1, 2);
  walk.ask(2);
  walk.answer(2, 1);
  EXPECT_NE(walk.trouble_of().find("fail DOE-002"), std::string::npos) << walk.trouble_of();
}

// A device may have several mailboxes, and a recording does not say which one a walk is of.
TEST(Discovery, OfAnotherMailboxDoesNotListSpdm) {
  for (const bool listed : {true, false}) {
    Walk walk;
    walk.ask(0);
    walk.answer(0, 1);
    walk.ask(1);
    walk.answer(listed ? 1 : 3, 0);
    walk.ask(0);
    walk.answer(0, 1);
    walk.ask(1);
    walk.answer(3, 0);
    walk.say_spdm({0x10, 0x84, 0, 0});
    EXPECT_EQ(walk.trouble_of().find("fail DOE-003") == std::string::npos, listed) << walk.trouble_of();
  }
}

TEST(Discovery, OfBeforeTheRecordingIsNotMissed) {
  Walk walk;
  walk.ask(2);
  walk.answer(2, 0);
  EXPECT_EQ(walk.trouble_of(), "");
}

TEST(Mctp, EachPairOfEndpointsHasItsOwnTags) {
  const Capture recording = recordings().at(0);
  std::vector<adapters::Record> records;
  const auto say = [&](Byte to, Byte from, Byte flags, const Bytes& message) {
    Bytes packet{1, to, from, flags, 5};
    append(packet, message);
    records.push_back(record_of(recording, records.size() + 1, packet));
  };
  const Bytes get_version{0x10, 0x84, 0, 0}, version{0x10, 0x04, 0, 0, 0, 1, 0, 0x12};
  say(9, 8, 0xC9, get_version);
  say(10, 8, 0xCA, get_version);
  say(8, 9, 0xC1, version);
  say(8, 10, 0xC2, version);
  Checker checker(recording.transport, {});
  for (const adapters::Record& record : records) checker.take(record);
  checker.finish();
  EXPECT_EQ(trouble(checker.report(), 0), "");
}

/// A recording with headers as they are on a bus: requests and responses take turns, each pair with a tag of its own.
std::vector<adapters::Record> with_headers(const Capture& recording) {
  std::vector<adapters::Record> records = records_of(recording);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Byte tag = static_cast<Byte>(i / 2 % 8);
    const Bytes header =
        i % 2 == 0 ? Bytes{1, 9, 8, static_cast<Byte>(0xC8 | tag)} : Bytes{1, 8, 9, static_cast<Byte>(0xC0 | tag)};
    std::copy(header.begin(), header.end(), records[i].bytes.begin());
  }
  return records;
}

TEST(Mctp, TagsOfWhatIsMissingFailNobody) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    for (const bool keys : {true, false}) {
      const Capture recording = recordings().at(i);
      const auto records = with_headers(recording);
      const auto fails = [&](const std::vector<adapters::Record>& some) {
        Checker checker(recording.transport, keys ? options_of(recording) : CheckOptions{});
        for (const adapters::Record& record : some) checker.take(record);
        std::string all;
        for (const RecordVerdict& v : of(checker.report(), Kind::fail, 0))
          all += std::to_string(v.number) + " " + std::string(v.rule.id()) + " ";
        return all;
      };
      EXPECT_EQ(fails(records), "");
      for (std::size_t gone = 0; gone < records.size(); ++gone) {
        auto rest = records;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
        EXPECT_EQ(fails(rest), "") << "without " << gone + 1;
        EXPECT_EQ(fails({records.begin() + static_cast<std::ptrdiff_t>(gone), records.end()}), "") << "from " << gone;
      }
      auto late = records;
      std::swap(late[3], late[4]);
      EXPECT_EQ(fails(late), "") << "the request was sent once more before the answer came";
      auto wrong = records;
      wrong[5].bytes[3] ^= 1;
      EXPECT_EQ(fails(wrong), "6 MCTP-004 ");
      wrong = records;
      wrong[5].bytes[3] |= 8;
      EXPECT_EQ(fails(wrong), "6 MCTP-004 ") << "owns it";
      wrong = records;
      wrong[4].bytes[3] ^= 8;
      EXPECT_EQ(fails(wrong), "5 MCTP-004 ");
    }
}

/// The records of a pcap file of MCTP packets.
std::vector<adapters::Record> records_of_packets(const std::vector<Bytes>& packets) {
  Bytes file;
  append_le(file, 0xA1B2C3D4, 4);
  append_le(file, 0x0004'0002, 4);
  append_le(file, 0, 8);
  append_le(file, 0x10000, 4);
  append_le(file, 291, 4);
  for (const Bytes& packet : packets) {
    append_le(file, 0, 8);
    append_le(file, packet.size(), 4);
    append_le(file, packet.size(), 4);
    append(file, packet);
  }
  const auto capture = adapters::read_capture(View(file));
  return capture ? capture->records : std::vector<adapters::Record>{};
}

/// A recording as it is on a bus that takes 64 bytes at a time.
std::vector<Bytes> in_packets(const std::vector<adapters::Record>& records) {
  constexpr std::size_t HEADER = 4, MOST = 64;
  std::vector<Bytes> packets;
  for (const adapters::Record& record : records) {
    const View message = View(record.bytes).subspan(HEADER);
    for (std::size_t at = 0, number = 0; at < message.size(); at += MOST, ++number) {
      const std::size_t size = std::min(MOST, message.size() - at);
      const bool first = at == 0, last = at + size == message.size();
      Bytes packet(record.bytes.begin(), record.bytes.begin() + HEADER);
      packet[3] = static_cast<Byte>((packet[3] & 0x0F) | (first ? 0x80 : 0) | (last ? 0x40 : 0) | (number % 4) << 4);
      append(packet, message.subspan(at, size));
      packets.push_back(std::move(packet));
    }
  }
  return packets;
}

TEST(Mctp, LongMessagesComeInPackets) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const Capture recording = recordings().at(i);
    const auto records = records_of(recording);
    const std::vector<Bytes> packets = in_packets(records);
    ASSERT_GT(packets.size(), records.size());
    const CheckReport whole = judged(recording, records, 0);
    const CheckReport parts = judged(recording, records_of_packets(packets), 0);
    EXPECT_EQ(parts.counts(), whole.counts());
    ASSERT_FALSE(parts.records.empty());
    EXPECT_EQ(parts.records.back().number, packets.size());
    for (std::size_t gone = 0; gone < packets.size(); gone += 7) {
      std::vector<Bytes> rest = packets;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(gone));
      for (const RecordVerdict& v : judged(recording, records_of_packets(rest), 0).records)
        EXPECT_NE(v.kind, Kind::fail) << "without " << gone + 1 << ": " << v.number << " " << v.reason;
    }
  }
}

// --- pieces of recordings --------------------------------------------------------------------------------------------

class Pieces : public testing::TestWithParam<std::size_t> {};

/// The recording begins at any time.
TEST_P(Pieces, FailNobody) {
  const Capture recording = recordings().at(GetParam());
  const auto records = records_of(recording);
  std::set<std::string_view> known;  // that the whole of it shows
  for (const RecordVerdict& v : judged(recording, records, 0).records)
    if (v.kind == Kind::warn) known.insert(v.rule.id());
  for (std::size_t first = 0; first < records.size(); ++first) {
    for (const RecordVerdict& v : judged(recording, records, first).records)
      if (v.kind == Kind::fail || (v.kind == Kind::warn && !known.contains(v.rule.id())))
        ADD_FAILURE() << "from " << first << ": " << v.number << " " << v.sender << " " << v.rule.id() << " "
                      << v.reason;
  }
}

/// A record is missing: what nothing else explains is nobody's mistake.
TEST_P(Pieces, FailNobodyForWhatIsMissing) {
  constexpr std::size_t AFTER = 12;  // records that are looked at
  const Capture recording = recordings().at(GetParam());
  const auto records = records_of(recording);
  Checker before(recording.transport, options_of(recording));
  for (std::size_t gone = 0; gone < records.size(); before.take(records[gone++])) {
    Checker checker = before;
    for (std::size_t i = gone + 1; i < std::min(records.size(), gone + AFTER); ++i) checker.take(records[i]);
    for (const RecordVerdict& v : checker.report().records)
      if (v.kind == Kind::fail)
        ADD_FAILURE() << "without " << gone + 1 << ": " << v.number << " " << v.sender << " " << v.rule.id() << " "
                      << v.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Pieces, testing::Range(std::size_t{0}, std::size_t{5}));

}  // namespace
}  // namespace lockstep::runner
