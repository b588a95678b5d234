#include "wire/spdm_measurements.hpp"

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view source = "DSP0274, GET_MEASUREMENTS request and MEASUREMENTS response";
constexpr std::string_view mel_source =
    "DSP0274, GET_MEASUREMENT_EXTENSION_LOG request and MEASUREMENT_EXTENSION_LOG response";

constexpr std::size_t dmtf_header = 3;  // value type and value size

bool is_dmtf(const MeasurementBlock& m, const Context&) { return m.measurement_specification == 1; }
bool is_other(const MeasurementBlock& m, const Context& c) { return !is_dmtf(m, c); }
bool with_signature(const GET_MEASUREMENTS& m, const Context&) { return has(m.param1, m.SIGNATURE_REQUESTED); }

}  // namespace

const Layout& GET_MEASUREMENTS::layout() {
  using M = GET_MEASUREMENTS;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"GET_MEASUREMENTS", VERSION_1_0, source},
      with_header<M>(F::integer<&M::param1>("Param1", "request attributes")
                         .with_bits({{"SignatureRequested", 0},
                                     {"RawBitStreamRequested", 1, 1, "since 1.2"},
                                     {"NewMeasurementRequested", 2, 1, "since 1.3"}})
                         .with_reserved(0xF8),
                     F::integer<&M::param2>("Param2", "measurement operation: 0 number, FFh all, otherwise an index"),
                     {F::fixed<&M::nonce, NONCE_SIZE>("Nonce", "of the requester").when(F::condition(with_signature)),
                      F::integer<&M::slot_id_param>("SlotIDParam", "slot that signs")
                          .with_bits({{"SlotID", 0, 4, "Fh: provisioned public key"}})
                          .with_reserved(0xF0)
                          .when(F::condition([](const M& m, const Context& c) {
                            return c.spdm_version >= VERSION_1_1 && with_signature(m, c);
                          })),
                      F::fixed<&M::context, REQUESTER_CONTEXT_SIZE>("RequesterContext", "repeated in the response")
                          .since(VERSION_1_3)}),
      {rule_check<M>("SPDM-MEAS-006", "SlotID is not defined", [](const M& m, const Context& c) {
        const Byte slot = m.slot_id_param & 0x0F;
        return !with_signature(m, c) || slot <= 7 || slot == 0x0F;
      })});
  return layout;
}

const Layout& MEASUREMENTS::layout() {
  using M = MEASUREMENTS;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"MEASUREMENTS", VERSION_1_0, source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "operation 0: number of indices"),
          F::integer<&M::param2>("Param2", "slot that signs, changes during the request")
              .with_bits(
                  {{"SlotID", 0, 4}, {"ContentChanged", 4, 2, "since 1.2; 0: not detected, 1: changed, 2: unchanged"}})
              .with_reserved(0xC0),
          join(join({F::integer<&M::number_of_blocks>("NumberOfBlocks", "blocks in the record"),
                     F::integer<&M::measurement_record_length, 3>("MeasurementRecordLength", "bytes of the record"),
                     F::counted<&M::measurement_record>("MeasurementRecord", "measurement blocks",
                                                        "MeasurementRecordLength"),
                     F::fixed<&M::nonce, NONCE_SIZE>("Nonce", "of the responder").with_size_rule("SPDM-MEAS-016")},
                    opaque_data_fields<M>()),
               {F::fixed<&M::context, REQUESTER_CONTEXT_SIZE>("RequesterContext", "of the request").since(VERSION_1_3),
                F::sized<&M::signature>(
                    "Signature", "over L1",
                    [](const M&, const Context& c) { return c.signature_requested ? c.signature_size : 0; })})),
      {rule_check<M>("SPDM-MEAS-015", "content changed is 3", [](const M& m, const Context& c) {
        return !c.signature_requested || (m.param2 & 0x30) != 0x30;
      })});
  return layout;
}

const Layout& MeasurementBlock::layout() {
  using M = MeasurementBlock;
  using F = Fields<M>;
  static const Layout layout = make_part<M>(
      {"MeasurementBlock", VERSION_1_0, "DSP0274, Measurement block", "SPDM-MEAS-012"},
      {F::integer<&M::index>("Index", "1 to FEh; FDh manifest, FEh device mode"),
       F::integer<&M::measurement_specification>("MeasurementSpecification", "format of the rest")
           .with_bits({{"DMTF", 0}})
           .with_reserved(0xFE),
       F::integer<&M::measurement_size>("MeasurementSize", "bytes of the rest"),
       F::integer<&M::dmtf_spec_measurement_value_type>("DMTFSpecMeasurementValueType", "what is measured, and how")
           .with_bits({{"Type", 0, 7}, {"RawBitStream", 7, 1, "0: digest"}})
           .when(F::condition(is_dmtf)),
       F::integer<&M::dmtf_spec_measurement_value_size>("DMTFSpecMeasurementValueSize", "bytes of the value")
           .when(F::condition(is_dmtf)),
       F::counted<&M::measurement_value>("DMTFSpecMeasurementValue", "digest or raw bit stream",
                                         "DMTFSpecMeasurementValueSize")
           .when(F::condition(is_dmtf)),
       F::counted<&M::measurement_value>("Measurement", "in the format of another specification", "MeasurementSize")
           .when(F::condition(is_other))},
      {rule_check<M>("SPDM-MEAS-012", "MeasurementSize does not fit DMTFSpecMeasurementValueSize",
                     [](const M& m, const Context& c) {
                       return !is_dmtf(m, c) || m.measurement_size == m.dmtf_spec_measurement_value_size + dmtf_header;
                     }),
       rule_check<M>(
           "SPDM-MEAS-013", "a digest does not have the size of MeasurementHashAlgo", [](const M& m, const Context& c) {
             return !is_dmtf(m, c) || has(m.dmtf_spec_measurement_value_type, M::RAW_BIT_STREAM) ||
                    c.measurement_hash_size == 0 || m.dmtf_spec_measurement_value_size == c.measurement_hash_size;
           })});
  return layout;
}

const Layout& MeasurementRecord::layout() {
  static const Layout layout =
      make_part<MeasurementRecord>({"MeasurementRecord", VERSION_1_0, "DSP0274, Measurement block"},
                                   {Fields<MeasurementRecord>::list_rest<&MeasurementRecord::blocks>(
                                       "MeasurementBlocks", "up to the end of the record")});
  return layout;
}

const Layout& GET_MEASUREMENT_EXTENSION_LOG::layout() {
  using M = GET_MEASUREMENT_EXTENSION_LOG;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"GET_MEASUREMENT_EXTENSION_LOG", VERSION_1_3, mel_source},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                                     {F::integer<&M::offset>("Offset", "first byte that is asked for"),
                                      F::integer<&M::length>("Length", "bytes that are asked for")}));
  return layout;
}

const Layout& MEASUREMENT_EXTENSION_LOG::layout() {
  using M = MEASUREMENT_EXTENSION_LOG;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"MEASUREMENT_EXTENSION_LOG", VERSION_1_3, mel_source},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                                     {F::integer<&M::portion_length>("PortionLength", "bytes in this message"),
                                      F::integer<&M::remainder_length>("RemainderLength", "bytes behind them"),
                                      F::counted<&M::mel>("MEL", "a portion of the log", "PortionLength")}));
  return layout;
}

}  // namespace lockstep::wire::spdm
