// IDE_KM objects against tables of offsets and sizes written by hand, the key byte order, and the register block.
#include "wire/ide_km.hpp"

#include <numeric>

#include "offsets.hpp"

namespace lockstep::wire::ide_km {
namespace {

const Context context;

class IdeKmOffsets : public testing::TestWithParam<Place> {};
TEST_P(IdeKmOffsets, AreThoseOfTheSpecification) {
  const Layout* layout = find_layout(all_layouts(), GetParam().message);
  ASSERT_NE(layout, nullptr);
  expect_at(*layout, GetParam());
}

// Offsets count from the Protocol ID byte.
const Place places[] = {
    {"QUERY", "Protocol ID", 0, 1},
    {"QUERY", "Object ID", 1, 1},
    {"QUERY", "Reserved", 2, 1},
    {"QUERY", "PortIndex", 3, 1},
    {"QUERY_RESP", "Reserved", 2, 1},
    {"QUERY_RESP", "PortIndex", 3, 1},
    {"QUERY_RESP", "Dev/Func", 4, 1},
    {"QUERY_RESP", "Bus", 5, 1},
    {"QUERY_RESP", "Segment", 6, 1},
    {"QUERY_RESP", "MaxPortIndex", 7, 1},
    {"QUERY_RESP", "IDE Capability", 8, 4},
    {"QUERY_RESP", "IDE Control", 12, 4},
    {"KEY_PROG", "Reserved", 2, 2},
    {"KEY_PROG", "StreamID", 4, 1},
    {"KEY_PROG", "Reserved", 5, 1},
    {"KEY_PROG", "Key/Sub-stream", 6, 1},
    {"KEY_PROG", "PortIndex", 7, 1},
    {"KEY_PROG", "Key", 8, 32},
    {"KEY_PROG", "IFV_DW1", 40, 4},
    {"KEY_PROG", "IFV_DW0", 44, 4},
    {"KP_ACK", "Reserved", 2, 2},
    {"KP_ACK", "StreamID", 4, 1},
    {"KP_ACK", "Status", 5, 1},
    {"KP_ACK", "Key/Sub-stream", 6, 1},
    {"KP_ACK", "PortIndex", 7, 1},
    {"K_SET_GO", "Reserved", 2, 2},
    {"K_SET_GO", "StreamID", 4, 1},
    {"K_SET_GO", "Reserved", 5, 1},
    {"K_SET_GO", "Key/Sub-stream", 6, 1},
    {"K_SET_GO", "PortIndex", 7, 1},
    {"K_SET_STOP", "StreamID", 4, 1},
    {"K_SET_STOP", "Key/Sub-stream", 6, 1},
    {"K_SET_STOP", "PortIndex", 7, 1},
    {"K_GOSTOP_ACK", "StreamID", 4, 1},
    {"K_GOSTOP_ACK", "Reserved", 5, 1},
    {"K_GOSTOP_ACK", "Key/Sub-stream", 6, 1},
    {"K_GOSTOP_ACK", "PortIndex", 7, 1},
    {"SELECTIVE_IDE_BLOCK", "Capability", 0, 4},
    {"SELECTIVE_IDE_BLOCK", "Control", 4, 4},
    {"SELECTIVE_IDE_BLOCK", "Status", 8, 4},
    {"SELECTIVE_IDE_BLOCK", "RID Association 1", 12, 4},
    {"SELECTIVE_IDE_BLOCK", "RID Association 2", 16, 4},
    {"LINK_IDE_BLOCK", "Control", 0, 4},
    {"LINK_IDE_BLOCK", "Status", 4, 4},
};
INSTANTIATE_TEST_SUITE_P(Wire, IdeKmOffsets, testing::ValuesIn(places));

TEST(IdeKm, ObjectsHaveTheirIdsAndSizes) {
  const std::tuple<const char*, Byte, std::size_t> objects[] = {
      {"QUERY", 0x00, 4},    {"QUERY_RESP", 0x01, 16}, {"KEY_PROG", 0x02, 48},    {"KP_ACK", 0x03, 8},
      {"K_SET_GO", 0x04, 8}, {"K_SET_STOP", 0x05, 8},  {"K_GOSTOP_ACK", 0x06, 8},
  };
  for (const auto& [name, id, size] : objects) {
    const Layout* layout = find_layout(all_layouts(), name);
    ASSERT_NE(layout, nullptr) << name;
    const Bytes bytes = encode(*layout, AnyMessage(*layout).object(), context);
    EXPECT_EQ(bytes.size(), size) << name;
    EXPECT_EQ(bytes[0], 0x00) << name;
    EXPECT_EQ(bytes[1], id) << name;
  }
}

TEST(IdeKm, RegisterBlocksHaveTheirSizes) {
  EXPECT_EQ(default_size(LINK_IDE_BLOCK::layout()), 8u);
  EXPECT_EQ(default_size(SELECTIVE_IDE_BLOCK::layout()), 20u);
  EXPECT_EQ(default_size(ADDRESS_ASSOCIATION_BLOCK::layout()), 12u);
}

TEST(IdeKm, KeyGoesOutInDoubleWordsFromTheHighest) {
  Bytes key(32);
  std::iota(key.begin(), key.end(), Byte{0});
  EXPECT_EQ(to_hex(wire_key(key)),
            "0302010007060504"
            "0b0a09080f0e0d0c"
            "1312111017161514"
            "1b1a19181f1e1d1c");
  EXPECT_EQ(aes_key(wire_key(key)), key);
}

TEST(IdeKm, KeyProgByteByByte) {
  KEY_PROG object;
  object.stream_id = 0x11;
  object.key_sub_stream = KeySubStream{KeySet::K1, KeyDirection::Tx, SubStream::CPL}.byte();
  object.port_index = 0x22;
  object.key = Bytes(32, 0xAB);
  object.set_ifv(1);
  std::string expected =
      "000200001100"
      "2322";
  for (int i = 0; i < 32; ++i) expected += "ab";
  EXPECT_EQ(to_hex(encode(object, context)), expected +
                                                 "00000000"
                                                 "01000000");
  object.set_ifv(0x1122334455667788);
  EXPECT_EQ(to_hex(View(encode(object, context)).subspan(40)),
            "44332211"
            "88776655")
      << "the high half goes first";
  EXPECT_EQ(object.ifv(), 0x1122334455667788u);
}

TEST(IdeKm, KeySubStreamByte) {
  EXPECT_EQ((KeySubStream{KeySet::K0, KeyDirection::Rx, SubStream::PR}.byte()), 0x00);
  EXPECT_EQ((KeySubStream{KeySet::K1, KeyDirection::Rx, SubStream::PR}.byte()), 0x01);
  EXPECT_EQ((KeySubStream{KeySet::K0, KeyDirection::Tx, SubStream::PR}.byte()), 0x02);
  EXPECT_EQ((KeySubStream{KeySet::K0, KeyDirection::Rx, SubStream::NPR}.byte()), 0x10);
  EXPECT_EQ((KeySubStream{KeySet::K0, KeyDirection::Rx, SubStream::CPL}.byte()), 0x20);
  for (unsigned byte = 0; byte < 0x100; ++byte)
    EXPECT_EQ(KeySubStream::from(static_cast<Byte>(byte)).byte(), byte & ~0x0Cu);
}

// --- the register block ----------------------------------------------------------------------------------------------

/// QUERY_RESP with the given registers as double words, starting with IDE Capability.
Bytes query_resp(const std::vector<std::uint32_t>& registers) {
  Bytes bytes = *from_hex("0001000000000000");
  for (const std::uint32_t value : registers) append_le(bytes, value, 4);
  return bytes;
}

TEST(IdeKmRegisters, CountsAreOneLessOnlyWhereSupported) {
  EXPECT_EQ(link_ide_blocks(0x00000000), 0u);
  EXPECT_EQ(link_ide_blocks(0x0000E000), 0u) << "TCs without Link IDE";
  EXPECT_EQ(link_ide_blocks(0x00000001), 1u);
  EXPECT_EQ(link_ide_blocks(0x0000E001), 8u);
  EXPECT_EQ(selective_ide_blocks(0x00FF0000), 0u);
  EXPECT_EQ(selective_ide_blocks(0x00000002), 1u);
  EXPECT_EQ(selective_ide_blocks(0x00FF0002), 256u);
}

TEST(IdeKmRegisters, DecodesLinkAndSelectiveBlocks) {
  // Two link blocks; two selective blocks, the second with one address association block.
  const Bytes bytes = query_resp({0x00012003, 0,              //
                                  1, 2, 3, 0,                 //
                                  0, 0x41, 2, 0x00FFFF00, 1,  //
                                  1, 0x42, 0, 0x00FFFF00, 1, 0x11, 0x22, 0x33});
  const auto decoded = decode<QUERY_RESP>(bytes, context);
  ASSERT_TRUE(decoded) << decoded.error().field << " " << decoded.error().why;
  EXPECT_EQ(decoded.value().consumed, bytes.size());
  const QUERY_RESP& response = decoded.value().message;
  ASSERT_EQ(response.link_ide.size(), 2u);
  EXPECT_EQ(response.link_ide[1].control, 3u);
  ASSERT_EQ(response.selective_ide.size(), 2u);
  EXPECT_EQ(response.selective_ide[0].control, 0x41u);
  EXPECT_TRUE(response.selective_ide[0].address_association.empty());
  EXPECT_EQ(response.selective_ide[1].control, 0x42u);
  ASSERT_EQ(response.selective_ide[1].address_association.size(), 1u);
  EXPECT_EQ(response.selective_ide[1].address_association[0].address_association_3, 0x33u);
  EXPECT_TRUE(validate(response, context).empty());
}

TEST(IdeKmRegisters, ABlockTooFewCitesItsRule) {
  const std::pair<std::vector<std::uint32_t>, const char*> cases[] = {
      {{0x00000001, 0}, "IDE-MSG-010"},
      {{0x00010002, 0, 0, 0, 0, 0, 0}, "IDE-MSG-011"},
      {{0x00000002, 0, 1, 0, 0, 0, 0, 0x11, 0x22}, "IDE-MSG-012"},
      {{0x00000001}, "IDE-MSG-004"},
  };
  for (const auto& [registers, rule] : cases) {
    const auto decoded = decode_ide_km(query_resp(registers), context);
    ASSERT_FALSE(decoded) << rule;
    EXPECT_EQ(decoded.error().rule.id(), rule);
  }
}

// --- rules -----------------------------------------------------------------------------------------------------------

template <class M>
std::vector<std::string> broken(const M& message) {
  std::vector<std::string> ids;
  for (const Finding& finding : validate(message, context)) ids.emplace_back(finding.rule.id());
  return ids;
}
using Ids = std::vector<std::string>;

TEST(IdeKmRules, EveryObjectAsBuiltBreaksNone) {
  for (const Layout* layout : all_layouts())
    EXPECT_TRUE(validate(*layout, AnyMessage(*layout).object(), context).empty()) << layout->name;
}

TEST(IdeKmRules, QueryResp) {
  QUERY_RESP response;
  response.protocol_id = 1;
  EXPECT_EQ(broken(response), Ids{"IDE-MSG-001"});
  response = {};
  response.object_id = 3;
  EXPECT_EQ(broken(response), Ids{"IDE-MSG-005"});
  response = {};
  response.port_index = 2, response.max_port_index = 1;
  EXPECT_EQ(broken(response), Ids{"IDE-MSG-007"});
  response = {};
  response.ide_capability = 1;
  response.link_ide.resize(1);
  EXPECT_EQ(broken(response), Ids{});
  response.link_ide[0].status = 1;
  EXPECT_EQ(broken(response), Ids{"IDE-STREAM-003"});
  response.link_ide.clear();
  EXPECT_EQ(broken(response), Ids{"IDE-MSG-010"});
}

TEST(IdeKmRules, Acknowledgements) {
  KP_ACK ack;
  ack.object_id = 6;
  EXPECT_EQ(broken(ack), Ids{"IDE-MSG-015"});
  K_GOSTOP_ACK stopped;
  stopped.object_id = 3;
  EXPECT_EQ(broken(stopped), Ids{"IDE-MSG-030"});
  stopped = {};
  stopped.reserved_5 = 1;
  EXPECT_EQ(broken(stopped), Ids{"IDE-MSG-032"});
}

TEST(IdeKm, DecodesByObjectId) {
  Bytes bytes = encode(K_SET_STOP{}, context);
  bytes.push_back(0);
  const auto decoded = decode_ide_km(bytes, context);
  ASSERT_TRUE(decoded);
  EXPECT_NE(decoded.value().message.as<K_SET_STOP>(), nullptr);
  EXPECT_EQ(decoded.value().consumed, 8u);
  EXPECT_EQ(find_request(0x06), nullptr);
  EXPECT_EQ(find_response(0x06), &K_GOSTOP_ACK::layout());
  bytes[1] = 0x55;
  EXPECT_FALSE(decode_ide_km(bytes, context));
}

}  // namespace
}  // namespace lockstep::wire::ide_km
