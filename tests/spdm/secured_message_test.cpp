// Records of DSP0277: the shape on the wire, and that exactly what was sealed opens.
#include "spdm/secured_message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/aead.hpp"

namespace lockstep::spdm {
namespace {

using Kind = RecordError::Kind;

constexpr std::uint32_t id = 0xBBAA2211;
const RecordKeys keys{Bytes(32, 0x11), Bytes(12, 0x22)};

SecuredDirection direction(RecordFormat format = doe_records, bool encrypts = true,
                           NonceOrder order = NonceOrder::little) {
  return {RecordScheme{crypto::Aead::AES_256_GCM, encrypts, format}, keys, order};
}

Bytes seal(SecuredDirection& d, const Bytes& message) {
  crypto::SeededRandom random(1);
  return *d.seal(id, message, random);
}

// --- the shape, put together by hand from DSP0277 --------------------------------------------------------------------

TEST(SecuredMessage, DoeRecordIsSessionIdLengthCiphertextTag) {
  auto d = direction();
  const Bytes header = {0x11, 0x22, 0xAA, 0xBB, 2 + 3 + 16, 0};
  Bytes expected = header;
  append(expected, *crypto::aead_seal(crypto::Aead::AES_256_GCM, keys.key, keys.iv, header, Bytes{3, 0, 7, 8, 9}));
  EXPECT_EQ(seal(d, {7, 8, 9}), expected);
}

TEST(SecuredMessage, SequenceNumberIsXoredLittleEndianIntoTheLowBytesOfTheIv) {
  auto d = direction();
  for (int i = 0; i < 258; ++i) seal(d, {1});
  ASSERT_EQ(d.sequence_number(), 258u);
  Bytes iv = keys.iv;
  iv[0] ^= 0x02, iv[1] ^= 0x01;
  const Bytes header = {0x11, 0x22, 0xAA, 0xBB, 2 + 1 + 16, 0};
  Bytes expected = header;
  append(expected, *crypto::aead_seal(crypto::Aead::AES_256_GCM, keys.key, iv, header, Bytes{1, 0, 5}));
  EXPECT_EQ(seal(d, {5}), expected);
}

TEST(SecuredMessage, MctpRecordHasSequenceBytesInnerTypeAndPadding) {
  auto d = direction(mctp_records);
  seal(d, {1});
  const Bytes record = seal(d, {7, 8});
  EXPECT_EQ(copy(View(record).first(6)), (Bytes{0x11, 0x22, 0xAA, 0xBB, 1, 0}));
  const std::size_t pad = record.size() - (4 + 2 + 2) - 2 - 3 - 16;
  EXPECT_GE(pad, 1u);
  EXPECT_LE(pad, 32u);
  Bytes iv = keys.iv;
  iv[0] ^= 1;
  const Bytes plaintext =
      *crypto::aead_open(crypto::Aead::AES_256_GCM, keys.key, iv, View(record).first(8), View(record).subspan(8));
  EXPECT_EQ(copy(View(plaintext).first(5)), (Bytes{3, 0, 0x05, 7, 8}));
}

// As libspdm's responder was seen to send it: PayloadLength 5, BindingVersion 1, MessageType 5, then the message.
TEST(SecuredMessage, TcpRecordHasATcpHeaderInside) {
  auto d = direction(tcp_records);
  const Bytes header = {0x11, 0x22, 0xAA, 0xBB, 2 + 4 + 3 + 16, 0};
  Bytes expected = header;
  append(expected,
         *crypto::aead_seal(crypto::Aead::AES_256_GCM, keys.key, keys.iv, header, Bytes{7, 0, 5, 0, 1, 5, 7, 8, 9}));
  EXPECT_EQ(seal(d, {7, 8, 9}), expected);
}

TEST(SecuredMessage, TcpRecordWithoutAHeaderInsideIsTakenAsItIs) {
  for (const Bytes& message : {Bytes{7, 8, 9}, Bytes{}, Bytes{5, 0, 1, 6, 7, 8, 9}, Bytes{6, 0, 1, 5, 7, 8, 9}}) {
    auto plain = direction(doe_records);
    EXPECT_EQ(direction(tcp_records).open(seal(plain, message))->message, message);
  }
}

TEST(SecuredMessage, MacOnlyRecordCarriesTheMessageInTheClear) {
  auto d = direction(doe_records, false);
  const Bytes authenticated = {0x11, 0x22, 0xAA, 0xBB, 3 + 16, 0, 7, 8, 9};
  Bytes expected = authenticated;
  append(expected, *crypto::aead_seal(crypto::Aead::AES_256_GCM, keys.key, keys.iv, authenticated, {}));
  EXPECT_EQ(seal(d, {7, 8, 9}), expected);
  EXPECT_EQ(direction(doe_records, false).open(expected)->message, (Bytes{7, 8, 9}));
}

// --- what does not open ----------------------------------------------------------------------------------------------

TEST(SecuredMessage, ReplayIsRefusedAndCostsNoSequenceNumber) {
  auto sender = direction(), receiver = direction();
  const Bytes first = seal(sender, {1}), second = seal(sender, {2});
  ASSERT_TRUE(receiver.open(first));
  EXPECT_EQ(receiver.open(first).error().kind, Kind::not_authentic);
  EXPECT_EQ(receiver.sequence_number(), 1u);
  EXPECT_EQ(receiver.open(second)->message, Bytes{2});
}

TEST(SecuredMessage, ExplicitSequenceNumberMustBeTheExpectedOne) {
  auto sender = direction(mctp_records), receiver = direction(mctp_records);
  seal(sender, {1});
  const auto opened = receiver.open(seal(sender, {2}));
  EXPECT_EQ(opened.error().kind, Kind::wrong_sequence);
  EXPECT_EQ(opened.error().rule, Rule("MCTP-007"));
}

TEST(SecuredMessage, LengthMustFit) {
  auto sender = direction();
  Bytes record = seal(sender, {1, 2, 3});
  record[4] = 0xFF;
  EXPECT_EQ(direction().open(record).error().rule, Rule("SECMSG-002"));
  record[4] = 15;  // less than the tag
  EXPECT_EQ(direction().open(record).error().rule, Rule("SECMSG-002"));
  EXPECT_EQ(direction().open(Bytes{1, 2, 3}).error().kind, Kind::malformed);
  EXPECT_EQ(direction().open(View(record).first(5)).error().session, std::optional(id));
}

TEST(SecuredMessage, PaddingOfTheTransportIsIgnored) {
  auto sender = direction();
  Bytes record = seal(sender, {1, 2, 3});
  record.resize(record.size() + 3);
  EXPECT_EQ(direction().open(record)->message, (Bytes{1, 2, 3}));
}

TEST(SecuredMessage, ApplicationDataLengthBeyondThePlaintextIsRefused) {
  const Bytes header = {0x11, 0x22, 0xAA, 0xBB, 2 + 1 + 16, 0};
  Bytes record = header;
  append(record, *crypto::aead_seal(crypto::Aead::AES_256_GCM, keys.key, keys.iv, header, Bytes{2, 0, 5}));
  const auto opened = direction().open(record);
  EXPECT_EQ(opened.error().kind, Kind::bad_plaintext);
  EXPECT_EQ(opened.error().rule, Rule("SECMSG-013"));
}

// --- key update and nonce order --------------------------------------------------------------------------------------

TEST(SecuredMessage, OldKeyOpensUntilTheNewOneIsConfirmed) {
  const RecordKeys renewed{Bytes(32, 0x33), Bytes(12, 0x44)};
  auto sender = direction(), receiver = direction();
  ASSERT_TRUE(receiver.open(seal(sender, {1})));
  receiver.update(renewed);
  const auto with_old = receiver.open(seal(sender, {2}));
  ASSERT_TRUE(with_old);
  EXPECT_TRUE(with_old->with_old_key);
  sender.update(renewed);
  EXPECT_EQ(sender.sequence_number(), 0u);
  const auto with_new = receiver.open(seal(sender, {3}));
  ASSERT_TRUE(with_new);
  EXPECT_FALSE(with_new->with_old_key);
  sender.revert();
  receiver.confirm();
  EXPECT_EQ(receiver.open(seal(sender, {4})).error().kind, Kind::not_authentic);
}

TEST(SecuredMessage, NonceOrderShowsOnTheFirstSequenceNumberThatIsNotZero) {
  auto sender = direction(doe_records, true, NonceOrder::big);
  auto receiver = direction(doe_records, true, NonceOrder::unknown);
  ASSERT_TRUE(receiver.open(seal(sender, {0})));
  EXPECT_EQ(receiver.order(), NonceOrder::unknown);
  ASSERT_TRUE(receiver.open(seal(sender, {1})));
  EXPECT_EQ(receiver.order(), NonceOrder::big);
  auto strict = direction(doe_records, true, NonceOrder::little);
  auto other = direction(doe_records, true, NonceOrder::big);
  ASSERT_TRUE(strict.open(seal(other, {0})));
  EXPECT_FALSE(strict.open(seal(other, {1})));
}

// --- for all ---------------------------------------------------------------------------------------------------------

rc::Gen<RecordFormat> formats() { return rc::gen::element(doe_records, mctp_records, tcp_records); }

RC_GTEST_PROP(SecuredMessageProperty, EverySequenceOfMessagesOpensInOrder,
              (const std::vector<Bytes>& messages, bool encrypts)) {
  const RecordFormat format = *formats();
  auto sender = direction(format, encrypts), receiver = direction(format, encrypts);
  for (const Bytes& message : messages) RC_ASSERT(receiver.open(seal(sender, message))->message == message);
}

RC_GTEST_PROP(SecuredMessageProperty, AnyBitFlippedIsNoticed, (const Bytes& message, bool encrypts)) {
  const RecordFormat format = *formats();
  auto sender = direction(format, encrypts), receiver = direction(format, encrypts);
  Bytes record = seal(sender, message);
  const auto bit = *rc::gen::inRange<std::size_t>(0, record.size() * 8);
  record[bit / 8] = static_cast<Byte>(record[bit / 8] ^ 1 << bit % 8);
  RC_ASSERT(!receiver.open(record));
  RC_ASSERT(receiver.sequence_number() == 0u);
}

RC_GTEST_PROP(SecuredMessageProperty, CutShortNeverOpens, (const Bytes& message)) {
  auto sender = direction();
  const Bytes record = seal(sender, message);
  const auto size = *rc::gen::inRange<std::size_t>(0, record.size());
  RC_ASSERT(!direction().open(View(record).first(size)));
}

}  // namespace
}  // namespace lockstep::spdm
