#include "adapters/pcap.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace lockstep::adapters {
namespace {

const std::filesystem::path folder = LOCKSTEP_SOURCE_DIR "/tests/captures";

Bytes hex(std::string_view text) { return from_hex(text).value(); }
Bytes contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

// Counted by a few lines of Python (struct.unpack) over the files, not by this reader.
struct Recording {
  const char* name;
  Transport transport;
  std::size_t records, discovery, spdm, secured;
  long first_second;
};
constexpr Recording recordings[] = {
    {"mctp_10.pcap", Transport::mctp, 22, 0, 22, 0, 1795188250},
    {"mctp_psk_13.pcap", Transport::mctp, 64, 0, 50, 14, 1795188249},
    {"doe_psk_tdisp_11.pcap", Transport::pci_doe, 162, 6, 34, 122, 1795188248},
    {"doe_psk_tdisp_14.pcap", Transport::pci_doe, 164, 6, 34, 124, 1795188247},
    {"doe_dhe_tdisp_14.pcap", Transport::pci_doe, 254, 6, 52, 196, 1795188246},
};

TEST(Pcap, reads_the_recordings) {
  for (const Recording& recording : recordings) {
    SCOPED_TRACE(recording.name);
    const auto capture = read_capture(folder / recording.name);
    ASSERT_TRUE(capture) << capture.error();
    EXPECT_EQ(capture->error, "");
    EXPECT_EQ(capture->transport, recording.transport);
    ASSERT_EQ(capture->records.size(), recording.records);
    std::size_t kinds[4] = {};
    for (const Record& record : capture->records) {
      EXPECT_EQ(record.why, "");
      ASSERT_TRUE(record.carried);
      EXPECT_TRUE(record.carried->findings.empty());
      ++kinds[static_cast<int>(record.carried->kind)];
    }
    EXPECT_EQ(kinds[static_cast<int>(Carried::Kind::spdm)], recording.spdm);
    EXPECT_EQ(kinds[static_cast<int>(Carried::Kind::secured)], recording.secured);
    EXPECT_EQ(kinds[static_cast<int>(Carried::Kind::discovery)], recording.discovery);
    EXPECT_EQ(kinds[static_cast<int>(Carried::Kind::other)], 0u);
    EXPECT_EQ(capture->records.front().number, 1u);
    EXPECT_EQ(capture->records.front().offset, 24u);
    EXPECT_EQ(capture->records.front().time, std::chrono::seconds(recording.first_second));
    EXPECT_EQ(capture->records.back().number, recording.records);
  }
}

TEST(Pcap, first_messages_of_a_recording) {
  const auto capture = read_capture(folder / "mctp_10.pcap");
  ASSERT_TRUE(capture);
  EXPECT_EQ(capture->records[0].carried->payload, hex("10840000"));
  EXPECT_EQ(View(capture->records[1].carried->payload)[1], 0x04);  // VERSION
}

TEST(Pcap, cut_off_anywhere_gives_the_records_so_far_and_the_place) {
  const Bytes file = contents(folder / "mctp_10.pcap");
  const auto whole = read_capture(View(file));
  ASSERT_TRUE(whole);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto capture = read_capture(View(file).first(size));
    if (size < 24) {
      ASSERT_FALSE(capture) << size;
      EXPECT_TRUE(says(capture.error(), "offset " + std::to_string(size))) << capture.error();
      continue;
    }
    ASSERT_TRUE(capture) << size;
    const std::size_t complete =
        static_cast<std::size_t>(std::count_if(whole->records.begin(), whole->records.end(), [&](const Record& r) {
          return r.offset + 16 + r.bytes.size() <= size;
        }));
    ASSERT_EQ(capture->records.size(), complete) << size;
    const std::size_t begin = complete == 0 ? 24 : whole->records[complete].offset;
    if (begin == size) {
      EXPECT_EQ(capture->error, "") << size;
    } else {
      EXPECT_TRUE(
          says(capture->error, "record " + std::to_string(complete + 1) + ", offset " + std::to_string(begin) + ":"))
          << size << ": " << capture->error;
    }
  }
}

// pcap-savefile(5), written by hand: magic, version 2.4, two unused numbers, snapshot length, link type.
const std::string little = "d4c3b2a1 0200 0400 00000000 00000000 00000100 24010000";
const std::string little_mctp = "d4c3b2a1 0200 0400 00000000 00000000 00000100 23010000";
const std::string little_nano = "4d3cb2a1 0200 0400 00000000 00000000 00000100 24010000";
const std::string big = "a1b2c3d4 0002 0004 00000000 00000000 00010000 00000124";
const std::string big_nano = "a1b23c4d 0002 0004 00000000 00000000 00010000 00000124";
const std::string object = "01000100 03000000 10840000";

TEST(Pcap, both_byte_orders_and_both_resolutions) {
  struct Variant {
    std::string header, record;
    std::int64_t nanoseconds;
  };
  for (const Variant& variant : {Variant{little, "05000000 07000000 0c000000 0c000000", 5000007000},
                                 Variant{little_nano, "05000000 07000000 0c000000 0c000000", 5000000007},
                                 Variant{big, "00000005 00000007 0000000c 0000000c", 5000007000},
                                 Variant{big_nano, "00000005 00000007 0000000c 0000000c", 5000000007}}) {
    SCOPED_TRACE(variant.header);
    const auto capture = read_capture(View(hex(variant.header + variant.record + object)));
    ASSERT_TRUE(capture) << capture.error();
    ASSERT_EQ(capture->records.size(), 1u);
    EXPECT_EQ(capture->records[0].time.count(), variant.nanoseconds);
    ASSERT_TRUE(capture->records[0].carried);
    EXPECT_EQ(capture->records[0].carried->payload, hex("10840000"));
  }
}

TEST(Pcap, says_what_other_files_are) {
  const auto error = [](const std::string& text) {
    const auto capture = read_capture(View(hex(text)));
    return capture ? std::string("accepted") : capture.error();
  };
  EXPECT_TRUE(says(error("0a0d0d0a 1c000000 4d3c2b1a"), "pcapng"));
  EXPECT_TRUE(says(error("7f454c46 02010100"), "unknown magic"));
  EXPECT_TRUE(says(error("d4c3b2a1 0200 0400 00000000 00000000 00000100 01000000"), "link type 1;"));
  EXPECT_TRUE(says(read_capture(std::filesystem::path("/nowhere.pcap")).error(), "/nowhere.pcap"));
  EXPECT_TRUE(says(read_capture(std::filesystem::path("/")).error(), "cannot be read"));
}

TEST(Pcap, a_wrong_record_does_not_hide_the_next) {
  const std::string header = "00000000 00000000 0c000000 0c000000";
  const auto capture =
      read_capture(View(hex(little + header + "01000100 04000000 10840000" +             // lying Length
                            "00000000 00000000 0c000000 10000000" + object +             // cut by the snapshot
                            header + "01007700 03000000 10840000" + header + object)));  // foreign type
  ASSERT_TRUE(capture) << capture.error();
  ASSERT_EQ(capture->records.size(), 4u);
  EXPECT_FALSE(capture->records[0].carried);
  EXPECT_TRUE(says(capture->records[0].why, "offset 44: Length")) << capture->records[0].why;
  EXPECT_EQ(capture->records[0].bytes, hex("01000100 04000000 10840000"));
  EXPECT_FALSE(capture->records[1].carried);
  EXPECT_TRUE(says(capture->records[1].why, "offset 60: 12 of 16 bytes")) << capture->records[1].why;
  ASSERT_TRUE(capture->records[2].carried);
  EXPECT_EQ(capture->records[2].carried->other, "Data Object Type 119");
  ASSERT_TRUE(capture->records[3].carried);
  EXPECT_EQ(capture->records[3].number, 4u);
}

TEST(Pcap, packets_of_mctp_messages_are_put_together) {
  const auto record = [](std::string_view flags, std::string_view body = "05 10840000") {
    return "00000000 00000000 09000000 09000000 01 09 08" + std::string(flags) + std::string(body);
  };
  const auto capture =
      read_capture(View(hex(little_mctp + record("c8") + record("88") + record("c9") + record("18", "01 02030405") +
                            record("68") + record("89") + record("69") +  // its second packet is missing
                            record("1a"))));                              // and here the first
  ASSERT_TRUE(capture) << capture.error();
  ASSERT_EQ(capture->records.size(), 5u);
  EXPECT_TRUE(capture->records[0].carried);
  EXPECT_TRUE(capture->records[1].carried) << "another tag, in between";
  ASSERT_TRUE(capture->records[2].carried) << capture->records[2].why;
  EXPECT_EQ(capture->records[2].number, 5u);
  EXPECT_EQ(capture->records[2].bytes, hex("01 09 08 c8 05 10840000 01 02030405 05 10840000"));
  EXPECT_EQ(capture->records[2].carried->payload, hex("10840000 01 02030405 05 10840000"));
  for (const std::size_t i : {std::size_t{3}, std::size_t{4}}) {
    EXPECT_FALSE(capture->records[i].carried);
    EXPECT_TRUE(capture->records[i].incomplete);
    EXPECT_TRUE(says(capture->records[i].why, "before it were not recorded")) << capture->records[i].why;
  }
  const auto open = read_capture(View(hex(little_mctp + record("c8") + record("88"))));
  ASSERT_TRUE(open);
  EXPECT_TRUE(says(open->error, "has no end")) << open->error;
  const auto cut_off = read_capture(View(hex(little_mctp + record("88") + record("c8"))));
  ASSERT_TRUE(cut_off);
  EXPECT_EQ(cut_off->records.size(), 1u);
  EXPECT_TRUE(says(cut_off->error, "has no end")) << "another one took its tag: " << cut_off->error;
}

TEST(Pcap, an_impossible_length_ends_the_file) {
  const auto capture = read_capture(View(hex(little + "00000000 00000000 ffffffff ffffffff" + object)));
  ASSERT_TRUE(capture);
  EXPECT_TRUE(capture->records.empty());
  EXPECT_TRUE(says(capture->error, "record 1, offset 32: captured length 4294967295")) << capture->error;
}

}  // namespace
}  // namespace lockstep::adapters
