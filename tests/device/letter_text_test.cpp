// Letters are written so that they can be read back; what is no letter is refused with its place.
#include "device/letter_text.hpp"

#include <gtest/gtest.h>

#include <set>

#include "device/letters.hpp"

namespace lockstep::device {
namespace {

TEST(LetterText, EveryLetterComesBack) {
  const Shape shape{.kind = Kind::endpoint_with_ide, .sessions = 4, .streams = 2, .tdis = 2};
  std::set<std::string> texts;
  const auto all = letters(shape);
  ASSERT_GT(all.size(), 1000u);
  for (const Letter& letter : all) {
    const std::string text = letter_text(letter);
    const auto again = parse_letter(text);
    ASSERT_TRUE(again) << text << ": " << again.error();
    ASSERT_EQ(*again, letter) << text << " comes back as " << letter_text(*again);
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), all.size()) << "two letters have the same text";
}

TEST(LetterText, IsWhatTheHeaderSays) {
  EXPECT_EQ(letter_text({NONE, SpdmLetter{{.stimulus = spdm::Stimulus::GET_VERSION}}}), "spdm:GET_VERSION");
  EXPECT_EQ(
      letter_text({0, TdispLetter{{.stimulus = tdisp::Stimulus::LOCK_INTERFACE_REQUEST, .bind_p2p = true}, 1, 0}}),
      "tdisp:LOCK_INTERFACE_REQUEST tdi=1 bind_p2p session=0");
  EXPECT_EQ(
      letter_text({2, IdeKmLetter{{ide_km::Stimulus::KEY_PROG, ide_km::Defect::none, {true, false, 2}, 2}, NONE}}),
      "ide_km:KEY_PROG stream=none slot=k1/rx/2 session=2");
  EXPECT_EQ(letter_text({NONE, DeviceEvent::FUNCTION_0_RESET}), "device:FUNCTION_0_RESET");
}

TEST(LetterText, WordsComeInAnyOrder) {
  const auto letter = parse_letter("  spdm:KEY_EXCHANGE   heartbeat session=3  mut_auth=encapsulated created=1 ");
  ASSERT_TRUE(letter) << letter.error();
  EXPECT_EQ(letter_text(*letter), "spdm:KEY_EXCHANGE created=1 mut_auth=encapsulated heartbeat session=3");
}

TEST(LetterText, MistakesNameTheWord) {
  const auto why = [](std::string_view text) {
    const auto letter = parse_letter(text);
    return letter ? "read as " + letter_text(*letter) : letter.error();
  };
  EXPECT_EQ(why(""), "nothing stands here");
  EXPECT_NE(why("GET_VERSION").find("expected PROTOCOL:STIMULUS"), std::string::npos);
  EXPECT_NE(why("tls:FINISHED").find("'tls': expected spdm, ide_km, tdisp or device"), std::string::npos);
  EXPECT_NE(why("spdm:GET_VERSIONS").find("did you mean GET_VERSION"), std::string::npos);
  EXPECT_NE(why("tdisp:START_INTERFACE_REQUEST defect=nonce_odl").find("nonce_old"), std::string::npos);
  EXPECT_EQ(why("tdisp:STOP_INTERFACE_REQUEST defect=nonce_old"),
            "STOP_INTERFACE_REQUEST cannot have the defect nonce_old");
  EXPECT_EQ(why("tdisp:STOP_INTERFACE_REQUEST tdi=9"), "tdi=9: expected a number from 0 to 3, or none");
  EXPECT_EQ(why("spdm:HEARTBEAT session=-1"), "session=-1: expected a number from 0 to 3, or none");
  EXPECT_EQ(why("spdm:HEARTBEAT session=1x"), "session=1x: expected a number from 0 to 3, or none");
  EXPECT_EQ(why("spdm:HEARTBEAT session=300"), "session=300: expected a number from 0 to 3, or none");
  EXPECT_NE(why("ide_km:KEY_PROG slot=k0/rx/3").find("for example k0/rx/1"), std::string::npos);
  EXPECT_EQ(why("spdm:GET_CAPABILITIES version=1.5"), "version=1.5: expected 1.0 to 1.4");
  EXPECT_EQ(why("spdm:GET_VERSION tdi=0"), "'tdi=0' is no part of a letter");
  EXPECT_NE(why("device:POWER_OFF").find("no event of the device"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::device
