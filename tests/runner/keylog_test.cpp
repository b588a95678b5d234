// Key logs: what is written opens what was recorded; what is no key log is refused with its line.
#include "runner/keylog.hpp"

#include <gtest/gtest.h>

namespace lockstep::runner {
namespace {

const std::string HEAD = std::string(KEY_LOG_HEAD) + "\n";

/// A direction that nothing is sent in.
spdm::SecuredDirection idle() {
  return {{crypto::Aead::AES_128_GCM, true, spdm::doe_records}, {Bytes(16), Bytes(12)}, spdm::NonceOrder::little};
}

spdm::Memory with_session(std::uint32_t id, Byte mark) {
  spdm::Memory memory;
  spdm::SessionData session;
  session.id = id;
  session.made_up = {{mark, 1}, {}};
  session.psk_hint = {'h'};
  session.keys = spdm::SessionKeys{.handshake_secret = {mark, 2},
                                   .finished = {},
                                   .direction_secret = {{mark, 3}, {mark, 4}},
                                   .export_secret = {},
                                   .records = {idle(), idle()}};
  memory.sessions[id] = session;
  return memory;
}

TEST(KeyLog, TellsEachSecretOnce) {
  KeyLog log;
  spdm::Memory memory = with_session(0x11223344, 0xAA);
  EXPECT_EQ(log.news(memory),
            (std::vector<std::string>{"SPDM_HANDSHAKE_SECRET 11223344 aa01 - aa02", "SPDM_PSK_HINT 11223344 aa01 - 68",
                                      "SPDM_REQUEST_HANDSHAKE_SECRET 11223344 aa01 - aa03",
                                      "SPDM_RESPONSE_HANDSHAKE_SECRET 11223344 aa01 - aa04"}));
  EXPECT_TRUE(log.news(memory).empty());
  spdm::SessionData& session = memory.sessions.begin()->second;
  session.phase = spdm::SessionData::Phase::established;
  session.keys->direction_secret = {{0xAA, 5}, {0xAA, 6}};
  session.keys->export_secret = {0xAA, 7};
  EXPECT_EQ(log.news(memory), (std::vector<std::string>{"SPDM_REQUEST_DATA_SECRET 11223344 aa01 - aa05",
                                                        "SPDM_RESPONSE_DATA_SECRET 11223344 aa01 - aa06",
                                                        "SPDM_EXPORT_MASTER_SECRET 11223344 aa01 - aa07"}));
  session.keys->direction_secret = {{0xAA, 8}, {0xAA, 9}};
  EXPECT_TRUE(log.news(memory).empty()) << "keys after an update follow from those before";
  EXPECT_EQ(log.news(with_session(0x11223344, 0xBB)).size(), 4u) << "the same SessionID is another session";
  memory.sessions.begin()->second.keys.reset();
  EXPECT_TRUE(KeyLog().news(memory).empty());
}

TEST(LoggedSecrets, FindWhatWasWritten) {
  KeyLog log;
  std::string text = HEAD;
  for (const std::string& line : log.news(with_session(1, 0xAA))) text += line + "\r\n";
  for (const std::string& line : log.news(with_session(1, 0xBB))) text += line + "\n";
  const auto secrets = LoggedSecrets::parse(text, "k");
  ASSERT_TRUE(secrets) << secrets.error();
  EXPECT_EQ(secrets->sessions(), 2u);
  EXPECT_EQ(secrets->handshake_secret(Bytes{0xAA, 1}, {}), (Bytes{0xAA, 2}));
  EXPECT_EQ(secrets->handshake_secret(Bytes{0xBB, 1}, {}), (Bytes{0xBB, 2}));
  EXPECT_EQ(secrets->handshake_secret(Bytes{0xCC, 1}, {}), std::nullopt);
  EXPECT_TRUE(LoggedSecrets::parse(text + text, "k")) << "two logs of one run";
}

TEST(LoggedSecrets, MistakesNameTheLine) {
  const auto refusal = [](const std::string& text) {
    const auto secrets = LoggedSecrets::parse(text, "k.log");
    return secrets ? "accepted" : secrets.error();
  };
  const std::string good = "SPDM_HANDSHAKE_SECRET 00000001 aa - bb\n";
  EXPECT_EQ(refusal(HEAD + "\n# a comment\n" + good), "accepted");
  EXPECT_EQ(refusal(""), "k.log: line 1: expected \"# lockstep key log 1\": this is no key log");
  EXPECT_NE(refusal(good).find("this is no key log"), std::string::npos);
  EXPECT_EQ(refusal(HEAD + good + "CLIENT_RANDOM 00 11 22 33\n"), "k.log: line 3: unknown label 'CLIENT_RANDOM'");
  EXPECT_NE(refusal(HEAD + "SPDM_HANDSHAKE_SECRET 00000001 aa bb").find("line 2: expected LABEL"), std::string::npos);
  EXPECT_NE(refusal(HEAD + "SPDM_HANDSHAKE_SECRET 1 aa - bb").find("SessionID"), std::string::npos);
  EXPECT_NE(refusal(HEAD + "SPDM_HANDSHAKE_SECRET 00000001 a - bb").find("hexadecimal"), std::string::npos);
  EXPECT_NE(refusal(HEAD + "SPDM_HANDSHAKE_SECRET 00000001 aa - -").find("hexadecimal"), std::string::npos);
  EXPECT_NE(refusal(HEAD + good + "SPDM_HANDSHAKE_SECRET 00000001 aa - cc").find("line 3: another secret"),
            std::string::npos);
  const auto absent = LoggedSecrets::read("/nonexistent/k.log");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().find("/nonexistent/k.log"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::runner
