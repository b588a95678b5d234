// NEGOTIATE_ALGORITHMS, ALGORITHMS and the structures in them.
#include "wire/spdm_negotiation.hpp"

#include <bit>

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view source = "DSP0274, NEGOTIATE_ALGORITHMS request and ALGORITHMS response";

std::vector<Bits> asym_bits() {
  return {{"TPM_ALG_RSASSA_2048", 0},
          {"TPM_ALG_RSAPSS_2048", 1},
          {"TPM_ALG_RSASSA_3072", 2},
          {"TPM_ALG_RSAPSS_3072", 3},
          {"TPM_ALG_ECDSA_ECC_NIST_P256", 4},
          {"TPM_ALG_RSASSA_4096", 5},
          {"TPM_ALG_RSAPSS_4096", 6},
          {"TPM_ALG_ECDSA_ECC_NIST_P384", 7},
          {"TPM_ALG_ECDSA_ECC_NIST_P521", 8},
          {"TPM_ALG_SM2_ECC_SM2_P256", 9, 1, "since 1.2"},
          {"EdDSA ed25519", 10, 1, "since 1.2"},
          {"EdDSA ed448", 11, 1, "since 1.2"}};
}
std::vector<Bits> hash_bits() {
  return {{"TPM_ALG_SHA_256", 0},
          {"TPM_ALG_SHA_384", 1},
          {"TPM_ALG_SHA_512", 2},
          {"TPM_ALG_SHA3_256", 3},
          {"TPM_ALG_SHA3_384", 4},
          {"TPM_ALG_SHA3_512", 5},
          {"TPM_ALG_SM3_256", 6, 1, "since 1.2"}};
}
std::vector<Bits> measurement_hash_bits() {
  return {{"Raw Bit Stream Only", 0}, {"TPM_ALG_SHA_256", 1},
          {"TPM_ALG_SHA_384", 2},     {"TPM_ALG_SHA_512", 3},
          {"TPM_ALG_SHA3_256", 4},    {"TPM_ALG_SHA3_384", 5},
          {"TPM_ALG_SHA3_512", 6},    {"TPM_ALG_SM3_256", 7, 1, "since 1.2"}};
}
std::vector<Bits> pqc_bits() {
  return {{"ML-DSA-44", 0},           {"ML-DSA-65", 1},          {"ML-DSA-87", 2},           {"SLH-DSA-SHA2-128s", 3},
          {"SLH-DSA-SHAKE-128s", 4},  {"SLH-DSA-SHA2-128f", 5},  {"SLH-DSA-SHAKE-128f", 6},  {"SLH-DSA-SHA2-192s", 7},
          {"SLH-DSA-SHAKE-192s", 8},  {"SLH-DSA-SHA2-192f", 9},  {"SLH-DSA-SHAKE-192f", 10}, {"SLH-DSA-SHA2-256s", 11},
          {"SLH-DSA-SHAKE-256s", 12}, {"SLH-DSA-SHA2-256f", 13}, {"SLH-DSA-SHAKE-256f", 14}};
}
std::vector<Bits> other_params_bits() {
  return {{"OpaqueDataFmt0", 0}, {"OpaqueDataFmt1", 1}, {"MultiKeyConn", 4, 1, "since 1.3"}};
}
constexpr std::uint64_t other_params_reserved = 0xEC;

constexpr bool at_most_one(std::uint64_t bits) { return std::popcount(bits) <= 1; }

constexpr Byte type(AlgType t) { return static_cast<Byte>(t); }
std::size_t ext_count(const AlgStruct& table) { return table.alg_count & 0x0F; }

bool strictly_ascending(const std::vector<AlgStruct>& tables) {
  for (std::size_t i = 1; i < tables.size(); ++i)
    if (tables[i].alg_type <= tables[i - 1].alg_type) return false;
  return true;
}

template <class M>
bool each_table(const M& m, const Context& c, bool (*holds)(const AlgStruct&)) {
  if (c.spdm_version < VERSION_1_1) return true;
  for (const AlgStruct& table : m.alg_structs)
    if (!holds(table)) return false;
  return true;
}

/// The fields from Length on, which NEGOTIATE_ALGORITHMS and the block in CAPABILITIES share.
template <class M>
std::vector<Field> offered() {
  using F = Fields<M>;
  return {F::template integer<&M::length>("Length", "bytes of all this, the first field included"),
          F::template integer<&M::measurement_specification>("MeasurementSpecification", "formats of measurements")
              .with_bits({{"DMTFmeasSpec", 0}})
              .with_reserved(0xFE),
          F::template reserved<&M::other_params_support>("Reserved_7").when(before(VERSION_1_2)),
          F::template integer<&M::other_params_support>("OtherParamsSupport", "formats of opaque data, multi-key")
              .with_bits(other_params_bits())
              .with_reserved(other_params_reserved)
              .since(VERSION_1_2),
          F::template integer<&M::base_asym_algo>("BaseAsymAlgo", "signatures of the responder")
              .with_bits(asym_bits())
              .with_reserved(0xFFFFF000),
          F::template integer<&M::base_hash_algo>("BaseHashAlgo", "hashes")
              .with_bits(hash_bits())
              .with_reserved(0xFFFFFF80),
          F::template reserved<&M::pqc_asym_algo>("Reserved_16").when(before(VERSION_1_4)),
          F::template integer<&M::pqc_asym_algo>("PqcAsymAlgo", "post-quantum signatures of the responder")
              .with_bits(pqc_bits())
              .with_reserved(0xFFFF8000)
              .since(VERSION_1_4),
          F::template reserved<&M::reserved_20>("Reserved_20"),
          F::template integer<&M::ext_asym_count>("ExtAsymCount", "number of ExtAsym"),
          F::template integer<&M::ext_hash_count>("ExtHashCount", "number of ExtHash"),
          F::template reserved<&M::reserved_30>("Reserved_30"),
          F::template reserved<&M::mel_specification>("Reserved_31").when(before(VERSION_1_3)),
          F::template integer<&M::mel_specification>("MELspecification", "formats of the measurement extension log")
              .with_bits({{"DMTFmelSpec", 0}})
              .with_reserved(0xFE)
              .since(VERSION_1_3),
          F::template list<&M::ext_asym>("ExtAsym", "signatures of other registries", "ExtAsymCount"),
          F::template list<&M::ext_hash>("ExtHash", "hashes of other registries", "ExtHashCount"),
          F::template list<&M::alg_structs>("AlgStructure", "everything else", "Param1").since(VERSION_1_1)};
}

std::size_t all_extended(const NEGOTIATE_ALGORITHMS& m) {
  std::size_t count = std::size_t{m.ext_asym_count} + m.ext_hash_count;
  for (const AlgStruct& table : m.alg_structs) count += ext_count(table);
  return count;
}

std::vector<Check> request_checks() {
  using M = NEGOTIATE_ALGORITHMS;
  return {rule_check<M>("SPDM-ALG-008", "Length is not the size of the message",
                        [](const M& m, const Context& c) { return m.length == encode(m, c).size(); }),
          rule_check<M>("SPDM-ALG-009", "too many extended algorithms",
                        [](const M& m, const Context& c) {
                          return all_extended(m) <= (c.spdm_version < VERSION_1_1 ? 8u : 20u);
                        }),
          rule_check<M>("SPDM-ALG-010", "AlgSupported has another size than two bytes",
                        [](const M& m, const Context& c) {
                          return each_table(m, c, [](const AlgStruct& t) { return t.alg_count >> 4 == 2; });
                        }),
          rule_check<M>("SPDM-ALG-011", "AlgType does not ascend",
                        [](const M& m, const Context&) { return strictly_ascending(m.alg_structs); }),
          rule_check<M>("SPDM-ALG-012", "AlgType is not defined",
                        [](const M& m, const Context& c) {
                          if (c.spdm_version >= VERSION_1_4)
                            return each_table(m, c, [](const AlgStruct& t) {
                              return t.alg_type >= type(AlgType::DHE) && t.alg_type <= type(AlgType::KEMAlg);
                            });
                          return each_table(m, c, [](const AlgStruct& t) {
                            return t.alg_type >= type(AlgType::DHE) && t.alg_type <= type(AlgType::KeySchedule);
                          });
                        }),
          rule_check<M>("SPDM-ALG-013", "AlgSupported is zero",
                        [](const M& m, const Context& c) {
                          return each_table(m, c, [](const AlgStruct& t) { return t.alg_supported != 0; });
                        }),
          rule_check<M>("SPDM-ALG-015", "the message is too long", [](const M& m, const Context& c) {
            return m.length <= (c.spdm_version < VERSION_1_1 ? 64 : 128);
          })};
}

std::vector<Check> response_checks() {
  using M = ALGORITHMS;
  return {rule_check<M>("SPDM-ALG-001", "a selection has more than one bit",
                        [](const M& m, const Context& c) {
                          const bool fixed = at_most_one(m.measurement_specification_sel) &&
                                             at_most_one(m.measurement_hash_algo) && at_most_one(m.base_asym_sel) &&
                                             at_most_one(m.base_hash_sel);
                          const bool newer = (c.spdm_version < VERSION_1_2 ||
                                              at_most_one(m.other_params_selection & other_params::OpaqueDataFmt)) &&
                                             (c.spdm_version < VERSION_1_3 || at_most_one(m.mel_specification_sel)) &&
                                             (c.spdm_version < VERSION_1_4 || at_most_one(m.pqc_asym_sel));
                          return fixed && newer &&
                                 each_table(m, c, [](const AlgStruct& t) { return at_most_one(t.alg_supported); });
                        }),
          rule_check<M>("SPDM-ALG-003", "Length is not the size of the message",
                        [](const M& m, const Context& c) { return m.length == encode(m, c).size(); }),
          rule_check<M>("SPDM-ALG-004", "AlgType does not ascend",
                        [](const M& m, const Context&) { return strictly_ascending(m.alg_structs); }),
          rule_check<M>("SPDM-ALG-005", "AlgCount is not 20h",
                        [](const M& m, const Context& c) {
                          return each_table(m, c, [](const AlgStruct& t) { return t.alg_count == 0x20; });
                        }),
          rule_check<M>("SPDM-ALG-017", "a post-quantum algorithm is selected", [](const M& m, const Context& c) {
            return m.pqc_asym_sel == 0 && each_table(m, c, [](const AlgStruct& t) {
                     return t.alg_supported == 0 || t.alg_type < type(AlgType::ReqPqcAsymAlg) ||
                            t.alg_type > type(AlgType::KEMAlg);
                   });
          })};
}

}  // namespace

const Layout& ExtAlg::layout() {
  using F = Fields<ExtAlg>;
  static const Layout layout = make_part<ExtAlg>(
      {"ExtAlg", VERSION_1_0, source},
      {F::integer<&ExtAlg::registry_id>("RegistryID", "whose number it is"), F::reserved<&ExtAlg::reserved>(),
       F::integer<&ExtAlg::algorithm_id>("AlgorithmID", "number in that registry")});
  return layout;
}

const Layout& AlgStruct::layout() {
  using M = AlgStruct;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"AlgStructure", VERSION_1_1, source},
                   {F::integer<&M::alg_type>("AlgType", "which kind of algorithm")
                        .one_of({{2, "DHE"},
                                 {3, "AEADCipherSuite"},
                                 {4, "ReqBaseAsymAlg"},
                                 {5, "KeySchedule"},
                                 {6, "ReqPqcAsymAlg"},
                                 {7, "KEMAlg"}}),
                    F::integer<&M::alg_count>("AlgCount", "sizes of the next fields")
                        .with_bits({{"ExtAlgCount", 0, 4}, {"FixedAlgSize", 4, 4, "bytes of AlgSupported: 2"}}),
                    F::integer<&M::alg_supported>("AlgSupported", "one bit for each algorithm"),
                    F::list_of<&M::alg_external>("AlgExternal", "algorithms of other registries",
                                                 [](const M& m, const Context&) { return ext_count(m); })});
  return layout;
}

const Layout& SupportedAlgorithms::layout() {
  using M = SupportedAlgorithms;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"SupportedAlgorithms", VERSION_1_3, source},
                   join({F::integer<&M::param1>("Param1", "number of AlgStructure"), F::reserved<&M::param2>("Param2")},
                        offered<M>()));
  return layout;
}

const Layout& NEGOTIATE_ALGORITHMS::layout() {
  using M = NEGOTIATE_ALGORITHMS;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"NEGOTIATE_ALGORITHMS", VERSION_1_0, source, "SPDM-ALG-008"},
                      with_header<M>(F::integer<&M::param1>("Param1", "number of AlgStructure, since 1.1"),
                                     reserved_param2<M>(), offered<M>()),
                      request_checks());
  return layout;
}

const Layout& ALGORITHMS::layout() {
  using M = ALGORITHMS;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"ALGORITHMS", VERSION_1_0, source, "SPDM-ALG-003"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "number of AlgStructure, since 1.1"), reserved_param2<M>(),
          {F::integer<&M::length>("Length", "bytes of the message"),
           F::integer<&M::measurement_specification_sel>("MeasurementSpecificationSel", "format of measurements")
               .with_bits({{"DMTFmeasSpec", 0}})
               .with_reserved(0xFE),
           F::reserved<&M::other_params_selection>("Reserved_7").when(before(VERSION_1_2)),
           F::integer<&M::other_params_selection>("OtherParamsSelection", "format of opaque data, multi-key")
               .with_bits(other_params_bits())
               .with_reserved(other_params_reserved)
               .since(VERSION_1_2),
           F::integer<&M::measurement_hash_algo>("MeasurementHashAlgo", "hash of measurements, the responder's choice")
               .with_bits(measurement_hash_bits())
               .with_reserved(0xFFFFFF00),
           F::integer<&M::base_asym_sel>("BaseAsymSel", "signature of the responder")
               .with_bits(asym_bits())
               .with_reserved(0xFFFFF000),
           F::integer<&M::base_hash_sel>("BaseHashSel", "hash").with_bits(hash_bits()).with_reserved(0xFFFFFF80),
           F::reserved<&M::pqc_asym_sel>("Reserved_20").when(before(VERSION_1_4)),
           F::integer<&M::pqc_asym_sel>("PqcAsymSel", "post-quantum signature of the responder")
               .with_bits(pqc_bits())
               .with_reserved(0xFFFF8000)
               .since(VERSION_1_4),
           F::reserved<&M::reserved_24, 7>("Reserved_24"),
           F::reserved<&M::mel_specification_sel>("Reserved_31").when(before(VERSION_1_3)),
           F::integer<&M::mel_specification_sel>("MELspecificationSel", "format of the measurement extension log")
               .with_bits({{"DMTFmelSpec", 0}})
               .with_reserved(0xFE)
               .since(VERSION_1_3),
           F::integer<&M::ext_asym_sel_count>("ExtAsymSelCount", "number of ExtAsymSel"),
           F::integer<&M::ext_hash_sel_count>("ExtHashSelCount", "number of ExtHashSel"),
           F::reserved<&M::reserved_34>("Reserved_34"),
           F::list<&M::ext_asym>("ExtAsymSel", "signature of another registry", "ExtAsymSelCount"),
           F::list<&M::ext_hash>("ExtHashSel", "hash of another registry", "ExtHashSelCount"),
           F::list<&M::alg_structs>("AlgStructure", "everything else", "Param1").since(VERSION_1_1)}),
      response_checks());
  return layout;
}

}  // namespace lockstep::wire::spdm
