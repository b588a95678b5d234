// IDE_KM and TDISP of the reference device: the life of a stream and of a TDI, and what is in their messages.
#include "steps.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::device {
namespace {

namespace t = wire::tdisp;
namespace k = wire::ide_km;
using ide_km::StreamState;
using spdm::SessionState;
using tdisp::Defect;
using tdisp::Stimulus;
using tdisp::TdiState;

constexpr auto INVALID_REQUEST = static_cast<std::uint32_t>(t::ErrorCode::INVALID_REQUEST);
constexpr auto INVALID_STATE = static_cast<std::uint32_t>(t::ErrorCode::INVALID_INTERFACE_STATE);
constexpr auto INVALID_NONCE = static_cast<std::uint32_t>(t::ErrorCode::INVALID_NONCE);

/// A pair whose first session is open, with the given shape.
Pair in_session(Shape shape = {}, bool keys = true) {
  PairOptions options;
  options.responder.shape = shape;
  Pair pair(options);
  negotiate(pair);
  open_session(pair, true);
  if (keys) program_keys(pair, 0);
  return pair;
}

void refused_by_tdisp(Pair& pair, const Letter& l, std::uint32_t code) {
  refused(pair, l, code, AnswerProtocol::TDISP);
}

std::optional<StreamState> queried(Pair& pair, Byte session) {
  return served(pair, letter(ide_km::Stimulus::QUERY, session)).observation.stream_state;
}

TEST(IdeKm, SixKeysMakeAStreamSecure) {
  Pair pair = in_session({}, false);
  program_keys(pair, 0, 0, false, 0, 5);
  EXPECT_EQ(queried(pair, 0), StreamState::INSECURE);
  program_keys(pair, 0, 0, false, 5, 6);
  EXPECT_EQ(queried(pair, 0), StreamState::SECURE);
  program_keys(pair, 0, 0, true);
  EXPECT_EQ(queried(pair, 0), StreamState::SECURE);
}

TEST(IdeKm, EveryPortAnswers) {
  Pair pair = in_session();
  for (Byte port = 0; port < 8; ++port) {
    k::QUERY query;
    query.port_index = port;
    wire::spdm::VENDOR_DEFINED_REQUEST request;
    request.version = 0x14;
    wire::fill_envelope(request, wire::inner_payload(wire::Protocol::IDE_KM, wire::encode(query, {})));
    wire::Context context;
    context.spdm_version = 0x14;
    const Reply reply = pair.send_bytes(wire::encode(request, context), pair.store.session_ids[0]);
    const wire::AnyMessage inner = inner_of(reply.seen->message);
    ASSERT_NE(inner.as<k::QUERY_RESP>(), nullptr) << int{port};
    EXPECT_EQ(inner.as<k::QUERY_RESP>()->port_index, port);
    EXPECT_EQ(inner.as<k::QUERY_RESP>()->max_port_index, 7);
    EXPECT_EQ(text(reply.findings), "");
  }
}

TEST(IdeKm, RefusalsHaveTheirStatus) {
  Pair pair = in_session();
  const auto prog = [&](ide_km::Defect defect) {
    return pair.send(letter(ide_km::Stimulus::KEY_PROG, 0, {true, false, 0}, defect)).observation.answer;
  };
  const auto status = [](k::Status s) { return Answer::error(AnswerProtocol::IDE_KM, static_cast<Byte>(s)); };
  served(pair, letter(ide_km::Stimulus::QUERY, 0));
  EXPECT_EQ(prog(ide_km::Defect::wrong_length), status(k::Status::INCORRECT_LENGTH));
  EXPECT_EQ(prog(ide_km::Defect::port_unsupported), status(k::Status::UNSUPPORTED_PORT_INDEX));
  EXPECT_EQ(prog(ide_km::Defect::sub_stream_invalid), status(k::Status::UNSUPPORTED_VALUE));
  EXPECT_EQ(prog(ide_km::Defect::ifv_not_initial), status(k::Status::UNSUPPORTED_VALUE));
  EXPECT_EQ(prog(ide_km::Defect::stream_unknown), status(k::Status::UNSUPPORTED_VALUE));
}

TEST(Tdisp, LifeOfATdi) {
  Pair pair = in_session();
  EXPECT_EQ(told_state(pair, 0), TdiState::CONFIG_UNLOCKED);
  lock(pair, 0);
  EXPECT_EQ(told_state(pair, 0), TdiState::CONFIG_LOCKED);
  refused_by_tdisp(pair, letter(Stimulus::START_INTERFACE_REQUEST, 0, 0, Defect::nonce_junk), INVALID_NONCE);
  served(pair, letter(Stimulus::START_INTERFACE_REQUEST, 0));
  EXPECT_EQ(told_state(pair, 0), TdiState::RUN);
  refused_by_tdisp(pair, letter(Stimulus::LOCK_INTERFACE_REQUEST, 0), INVALID_STATE);
  served(pair, letter(Stimulus::STOP_INTERFACE_REQUEST, 0));
  EXPECT_EQ(told_state(pair, 0), TdiState::CONFIG_UNLOCKED);
  run(pair, 0);
  ASSERT_EQ(pair.store.tdis[0].nonces.size(), 2u);
  EXPECT_NE(pair.store.tdis[0].nonces[0], pair.store.tdis[0].nonces[1]);
}

TEST(Tdisp, TheOldNonceIsRefused) {
  Pair pair = in_session();
  lock(pair, 0);
  served(pair, letter(Stimulus::STOP_INTERFACE_REQUEST, 0));
  lock(pair, 0);
  refused_by_tdisp(pair, letter(Stimulus::START_INTERFACE_REQUEST, 0, 0, Defect::nonce_old), INVALID_NONCE);
}

TEST(Tdisp, NoLockWithoutKeysOrWithThoseOfAnotherSession) {
  Pair pair = in_session({}, false);
  served(pair, letter(Stimulus::GET_TDISP_CAPABILITIES, 0));
  refused_by_tdisp(pair, letter(Stimulus::LOCK_INTERFACE_REQUEST, 0, 0, Defect::stream_not_keyed), INVALID_REQUEST);
  program_keys(pair, 0);
  open_session(pair, true, 1);
  refused_by_tdisp(pair, letter(Stimulus::LOCK_INTERFACE_REQUEST, 1, 0, Defect::stream_keyed_elsewhere),
                   INVALID_REQUEST);
  refused_by_tdisp(pair, letter(Stimulus::LOCK_INTERFACE_REQUEST, 0, 0, Defect::flags_unsupported), INVALID_REQUEST);
  refused_by_tdisp(pair, letter(Stimulus::LOCK_INTERFACE_REQUEST, 0, 0, Defect::flags_reserved), INVALID_REQUEST);
  lock(pair, 0);
}

TEST(Tdisp, TheEndOfTheSessionIsAnError) {
  Pair pair = in_session();
  run(pair, 0);
  open_session(pair, true, 1);
  served(pair, letter(spdm::Stimulus::END_SESSION, 0));
  EXPECT_EQ(pair.control().tdis[0].state, TdiState::ERROR);
  EXPECT_EQ(told_state(pair, 1), TdiState::ERROR);
  EXPECT_EQ(queried(pair, 1), StreamState::INSECURE);
  served(pair, letter(Stimulus::STOP_INTERFACE_REQUEST, 1));
  program_keys(pair, 1);
  run(pair, 1);
}

TEST(Tdisp, ReportsComeInPortionsOfAnySize) {
  for (const std::uint16_t portion : std::initializer_list<std::uint16_t>{1, 7, 64, 1000}) {
    PairOptions options;
    options.responder.report_portion = portion;
    Pair pair(options);
    negotiate(pair);
    open_session(pair, true);
    program_keys(pair, 0);
    lock(pair, 0);
    const TdiRecord& tdi = pair.store.tdis[0];
    for (int i = 0; i < 200 && tdi.report.size() < tdi.report_size; ++i)
      served(pair, letter(Stimulus::GET_DEVICE_INTERFACE_REPORT, 0));
    ASSERT_EQ(tdi.report.size(), 20u + 3 * 16 + 8) << portion;
    const auto report = wire::decode<t::TDI_REPORT>(tdi.report, {});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->message.mmio_range.size(), 3u);
    EXPECT_EQ(report->message.msi_x_message_control, 0);
    refused_by_tdisp(pair, letter(Stimulus::GET_DEVICE_INTERFACE_REPORT, 0, 0, Defect::offset_beyond_report),
                     INVALID_REQUEST);
  }
}

t::TDI_REPORT report_of(Pair& pair, const t::LOCK_INTERFACE_REQUEST& lock) {
  wire::Context context;
  context.spdm_version = 0x14;
  const auto send = [&](auto message) {
    message.function_id = pair.store.tdis[0].function_id;
    const auto envelope = wire::wrap_inner<wire::spdm::VENDOR_DEFINED_REQUEST>(wire::AnyMessage(message), context);
    const Reply reply = pair.send_bytes(wire::encode(envelope, context), pair.store.session_ids[0]);
    EXPECT_EQ(text(reply.findings), "");
  };
  send(t::STOP_INTERFACE_REQUEST{});
  send(lock);
  t::GET_DEVICE_INTERFACE_REPORT get;
  get.length = 0xFFFF;
  send(get);
  const auto report = wire::decode<t::TDI_REPORT>(pair.store.tdis[0].report, {});
  EXPECT_TRUE(report);
  return report ? report->message : t::TDI_REPORT{};
}

TEST(Tdisp, TheReportFollowsTheLock) {
  Pair pair = in_session();
  t::LOCK_INTERFACE_REQUEST plain, moved;
  moved.mmio_reporting_offset = 0xD0000000;
  moved.flags = t::LOCK_MSIX | t::NO_FW_UPDATE;
  const t::TDI_REPORT first = report_of(pair, plain), second = report_of(pair, moved);
  ASSERT_EQ(first.mmio_range.size(), second.mmio_range.size());
  for (std::size_t i = 0; i < first.mmio_range.size(); ++i) {
    EXPECT_EQ(second.mmio_range[i].first_page - first.mmio_range[i].first_page, 0xD0000u);
    EXPECT_EQ(first.mmio_range[i].attributes & (t::MMIO_RANGE::MSI_X_TABLE | t::MMIO_RANGE::MSI_X_PBA), 0);
  }
  EXPECT_EQ(first.msi_x_message_control, 0);
  EXPECT_NE(second.msi_x_message_control, 0);
  EXPECT_EQ(second.interface_info & t::TDI_REPORT::NO_FW_UPDATE, t::TDI_REPORT::NO_FW_UPDATE);
  EXPECT_EQ(first.interface_info & t::TDI_REPORT::NO_FW_UPDATE, 0);
}

TEST(Tdisp, OptionalRequests) {
  Pair pair = in_session({.streams = 2});
  program_keys(pair, 0, 1);
  served(pair, letter(Stimulus::GET_TDISP_CAPABILITIES, 0));
  Letter with_p2p = letter(tdisp::Letter{.stimulus = Stimulus::LOCK_INTERFACE_REQUEST, .bind_p2p = true}, 0);
  served(pair, with_p2p);
  served(pair, letter(Stimulus::GET_DEVICE_INTERFACE_REPORT, 0));
  served(pair, letter(Stimulus::START_INTERFACE_REQUEST, 0));
  served(pair, letter(tdisp::Letter{.stimulus = Stimulus::BIND_P2P_STREAM_REQUEST}, 0, 0, 1));
  EXPECT_TRUE(pair.control().tdis[0].p2p_bound);
  served(pair, letter(tdisp::Letter{.stimulus = Stimulus::UNBIND_P2P_STREAM_REQUEST}, 0, 0, 1));
  served(pair, letter(Stimulus::SET_MMIO_ATTRIBUTE_REQUEST, 0));
  refused_by_tdisp(pair, letter(Stimulus::SET_MMIO_ATTRIBUTE_REQUEST, 0, 0, Defect::range_not_updatable),
                   INVALID_REQUEST);
  refused_by_tdisp(pair, letter(Stimulus::VDM_REQUEST, 0, 0, Defect::not_supported),
                   static_cast<std::uint32_t>(t::ErrorCode::UNSUPPORTED_REQUEST));
}

TEST(Tdisp, TdisAreIndependent) {
  Pair pair = in_session({.tdis = 3});
  run(pair, 0, 1);
  lock(pair, 0, 2);
  EXPECT_EQ(told_state(pair, 0, 0), TdiState::CONFIG_UNLOCKED);
  EXPECT_EQ(told_state(pair, 0, 1), TdiState::RUN);
  refused_by_tdisp(pair, letter(Stimulus::START_INTERFACE_REQUEST, 0, 2, Defect::nonce_of_another_tdi), INVALID_NONCE);
  refused_by_tdisp(pair, letter(Stimulus::GET_DEVICE_INTERFACE_STATE, 0, NONE),
                   static_cast<std::uint32_t>(t::ErrorCode::INVALID_INTERFACE));
}

TEST(Tdisp, NeedsASession) {
  Pair pair = in_session();
  for (const auto stimulus : {Stimulus::LOCK_INTERFACE_REQUEST, Stimulus::GET_TDISP_VERSION}) {
    const Control before = pair.control();
    const Reply reply = pair.send(letter(stimulus, NONE));
    EXPECT_EQ(reply.observation.answer.protocol, AnswerProtocol::SPDM);
    EXPECT_EQ(reply.observation.answer.kind, Answer::Kind::error);
    EXPECT_EQ(pair.control(), before);
  }
}

TEST(Tdisp, ErrorDataNamesTheUnknownRequest) {
  Pair pair = in_session();
  const Reply reply = pair.send(letter(Stimulus::UNKNOWN_REQUEST, 0));
  const wire::AnyMessage inner = inner_of(reply.seen->message);
  ASSERT_NE(inner.as<t::TDISP_ERROR>(), nullptr);
  EXPECT_EQ(inner.as<t::TDISP_ERROR>()->error_code, static_cast<std::uint32_t>(t::ErrorCode::UNSUPPORTED_REQUEST));
  EXPECT_EQ(inner.as<t::TDISP_ERROR>()->error_data, 0xFEu);
}

TEST(Tdisp, WithoutIdeNoKeysAreNeeded) {
  Pair pair = in_session({.kind = Kind::root_complex_integrated}, false);
  run(pair, 0);
}

}  // namespace
}  // namespace lockstep::device
