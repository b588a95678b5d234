// GET_KEY_PAIR_INFO and SET_KEY_PAIR_INFO.
#include "wire/spdm_authentication.hpp"
#include "wire/spdm_fields.hpp"
#include "wire/spdm_provisioning.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view get_source = "DSP0274, GET_KEY_PAIR_INFO request and KEY_PAIR_INFO response";
constexpr std::string_view set_source = "DSP0274, SET_KEY_PAIR_INFO request and SET_KEY_PAIR_INFO_ACK response";

std::vector<Bits> asym_bits() {
  return {{"RSA2048", 0}, {"RSA3072", 1}, {"RSA4096", 2}, {"ECC256", 3}, {"ECC384", 4},
          {"ECC521", 5},  {"SM2", 6},     {"Ed25519", 7}, {"Ed448", 8}};
}
constexpr std::uint64_t asym_reserved = 0xFFFFFE00;

bool not_erase(const SET_KEY_PAIR_INFO& m, const Context&) {
  return m.param1 != static_cast<Byte>(SET_KEY_PAIR_INFO::Operation::KeyPairErase);
}
bool not_erase_since_1_4(const SET_KEY_PAIR_INFO& m, const Context& c) {
  return c.spdm_version >= VERSION_1_4 && not_erase(m, c);
}

}  // namespace

const Layout& GET_KEY_PAIR_INFO::layout() {
  using M = GET_KEY_PAIR_INFO;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"GET_KEY_PAIR_INFO", VERSION_1_3, get_source},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                                     {F::integer<&M::key_pair_id>("KeyPairID", "1 to TotalKeyPairs")}),
                      {rule_check<M>("SPDM-CERT-027", "KeyPairID is 0",
                                     [](const M& m, const Context&) { return m.key_pair_id != 0; })});
  return layout;
}

const Layout& KEY_PAIR_INFO::layout() {
  using M = KEY_PAIR_INFO;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"KEY_PAIR_INFO", VERSION_1_3, get_source},
      with_header<M>(
          reserved_param1<M>(), reserved_param2<M>(),
          {F::integer<&M::total_key_pairs>("TotalKeyPairs", "key pairs of the responder"),
           F::integer<&M::key_pair_id>("KeyPairID", "of the request"),
           F::integer<&M::capabilities>("Capabilities", "what can be changed")
               .with_bits({{"GenKeyCap", 0},
                           {"ErasableCap", 1},
                           {"CertAssocCap", 2},
                           {"KeyUsageCap", 3},
                           {"AsymAlgoCap", 4},
                           {"ShareableCap", 5}})
               .with_reserved(0xFFC0),
           F::integer<&M::key_usage_capabilities>("KeyUsageCapabilities", "uses that can be chosen")
               .with_bits(key_usage::bits())
               .with_reserved(key_usage::reserved),
           F::integer<&M::current_key_usage>("CurrentKeyUsage", "uses now")
               .with_bits(key_usage::bits())
               .with_reserved(key_usage::reserved),
           F::integer<&M::asym_algo_capabilities>("AsymAlgoCapabilities", "algorithms that can be chosen")
               .with_bits(asym_bits())
               .with_reserved(asym_reserved),
           F::integer<&M::current_asym_algo>("CurrentAsymAlgo", "algorithm now")
               .with_bits(asym_bits())
               .with_reserved(asym_reserved),
           F::integer<&M::public_key_info_len>("PublicKeyInfoLen", "bytes of PublicKeyInfo"),
           F::integer<&M::assoc_cert_slot_mask>("AssocCertSlotMask", "slots that use the key pair"),
           F::counted<&M::public_key_info>("PublicKeyInfo", "AlgorithmIdentifier in DER", "PublicKeyInfoLen"),
           F::integer<&M::pqc_asym_algo_cap_len>("PqcAsymAlgoCapLen", "bytes of the next field").since(VERSION_1_4),
           F::counted<&M::pqc_asym_algo_capabilities>("PqcAsymAlgoCapabilities", "as PqcAsymAlgo", "PqcAsymAlgoCapLen")
               .since(VERSION_1_4),
           F::integer<&M::current_pqc_asym_algo_len>("CurrentPqcAsymAlgoLen", "bytes of the next field")
               .since(VERSION_1_4),
           F::counted<&M::current_pqc_asym_algo>("CurrentPqcAsymAlgo", "as PqcAsymAlgo", "CurrentPqcAsymAlgoLen")
               .since(VERSION_1_4)}));
  return layout;
}

const Layout& SET_KEY_PAIR_INFO::layout() {
  using M = SET_KEY_PAIR_INFO;
  using F = Fields<M>;
  const auto change = F::condition(not_erase);
  const auto change_since_1_4 = F::condition(not_erase_since_1_4);
  static const Layout layout = make_message<M>(
      {"SET_KEY_PAIR_INFO", VERSION_1_3, set_source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "operation")
              .one_of({{0, "ParameterChange"}, {1, "KeyPairErase"}, {2, "GenerateKeyPair"}}),
          reserved_param2<M>(),
          {F::integer<&M::key_pair_id>("KeyPairID", "1 to TotalKeyPairs"), F::reserved<&M::reserved>().when(change),
           F::integer<&M::desired_key_usage>("DesiredKeyUsage", "uses from now on, 0: unchanged")
               .with_bits(key_usage::bits())
               .with_reserved(key_usage::reserved)
               .when(change),
           F::integer<&M::desired_asym_algo>("DesiredAsymAlgo", "algorithm from now on, 0: unchanged")
               .with_bits(asym_bits())
               .with_reserved(asym_reserved)
               .when(change),
           F::integer<&M::desired_assoc_cert_slot_mask>("DesiredAssocCertSlotMask", "slots from now on").when(change),
           F::integer<&M::desired_pqc_asym_algo_len>("DesiredPqcAsymAlgoLen", "bytes of the next field")
               .when(change_since_1_4),
           F::counted<&M::desired_pqc_asym_algo>("DesiredPqcAsymAlgo", "as PqcAsymAlgo", "DesiredPqcAsymAlgoLen")
               .when(change_since_1_4)}));
  return layout;
}

const Layout& SET_KEY_PAIR_INFO_ACK::layout() {
  static const Layout layout = make_message<SET_KEY_PAIR_INFO_ACK>({"SET_KEY_PAIR_INFO_ACK", VERSION_1_3, set_source},
                                                                   header_only<SET_KEY_PAIR_INFO_ACK>());
  return layout;
}

}  // namespace lockstep::wire::spdm
