// The bits of NEGOTIATE_ALGORITHMS and ALGORITHMS (DSP0274, "Algorithm selection").
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace lockstep::wire::spdm {

inline constexpr Byte MEASUREMENT_SPECIFICATION_DMTF = 1u << 0;
inline constexpr Byte MEL_SPECIFICATION_DMTF = 1u << 0;
inline constexpr std::uint16_t KEY_SCHEDULE_SPDM = 1u << 0;

namespace other_params {
inline constexpr Byte OpaqueDataFmt0 = 1u << 0;
inline constexpr Byte OpaqueDataFmt1 = 1u << 1;
inline constexpr Byte OpaqueDataFmt = 0x0F;      ///< mask
inline constexpr Byte MULTI_KEY_CONN = 1u << 4;  ///< ResponderMultiKeyConn asked for, RequesterMultiKeyConnSel answered
}  // namespace other_params

enum class AlgType : Byte {
  DHE = 2,
  AEADCipherSuite = 3,
  ReqBaseAsymAlg = 4,
  KeySchedule = 5,
  ReqPqcAsymAlg = 6,
  KEMAlg = 7
};

namespace base_asym_algo {  // also ReqBaseAsymAlg
inline constexpr std::uint32_t TPM_ALG_RSASSA_2048 = 1u << 0;
inline constexpr std::uint32_t TPM_ALG_RSAPSS_2048 = 1u << 1;
inline constexpr std::uint32_t TPM_ALG_RSASSA_3072 = 1u << 2;
inline constexpr std::uint32_t TPM_ALG_RSAPSS_3072 = 1u << 3;
inline constexpr std::uint32_t TPM_ALG_ECDSA_ECC_NIST_P256 = 1u << 4;
inline constexpr std::uint32_t TPM_ALG_RSASSA_4096 = 1u << 5;
inline constexpr std::uint32_t TPM_ALG_RSAPSS_4096 = 1u << 6;
inline constexpr std::uint32_t TPM_ALG_ECDSA_ECC_NIST_P384 = 1u << 7;
inline constexpr std::uint32_t TPM_ALG_ECDSA_ECC_NIST_P521 = 1u << 8;
inline constexpr std::uint32_t TPM_ALG_SM2_ECC_SM2_P256 = 1u << 9;
inline constexpr std::uint32_t EdDSA_ed25519 = 1u << 10;
inline constexpr std::uint32_t EdDSA_ed448 = 1u << 11;
}  // namespace base_asym_algo

namespace base_hash_algo {
inline constexpr std::uint32_t TPM_ALG_SHA_256 = 1u << 0;
inline constexpr std::uint32_t TPM_ALG_SHA_384 = 1u << 1;
inline constexpr std::uint32_t TPM_ALG_SHA_512 = 1u << 2;
inline constexpr std::uint32_t TPM_ALG_SHA3_256 = 1u << 3;
inline constexpr std::uint32_t TPM_ALG_SHA3_384 = 1u << 4;
inline constexpr std::uint32_t TPM_ALG_SHA3_512 = 1u << 5;
inline constexpr std::uint32_t TPM_ALG_SM3_256 = 1u << 6;
}  // namespace base_hash_algo

namespace measurement_hash_algo {
inline constexpr std::uint32_t RawBitStreamOnly = 1u << 0;
inline constexpr std::uint32_t TPM_ALG_SHA_256 = 1u << 1;
inline constexpr std::uint32_t TPM_ALG_SHA_384 = 1u << 2;
inline constexpr std::uint32_t TPM_ALG_SHA_512 = 1u << 3;
inline constexpr std::uint32_t TPM_ALG_SHA3_256 = 1u << 4;
inline constexpr std::uint32_t TPM_ALG_SHA3_384 = 1u << 5;
inline constexpr std::uint32_t TPM_ALG_SHA3_512 = 1u << 6;
inline constexpr std::uint32_t TPM_ALG_SM3_256 = 1u << 7;
}  // namespace measurement_hash_algo

namespace dhe {
inline constexpr std::uint16_t ffdhe2048 = 1u << 0;
inline constexpr std::uint16_t ffdhe3072 = 1u << 1;
inline constexpr std::uint16_t ffdhe4096 = 1u << 2;
inline constexpr std::uint16_t secp256r1 = 1u << 3;
inline constexpr std::uint16_t secp384r1 = 1u << 4;
inline constexpr std::uint16_t secp521r1 = 1u << 5;
inline constexpr std::uint16_t SM2_P256 = 1u << 6;
}  // namespace dhe

namespace aead {
inline constexpr std::uint16_t AES_128_GCM = 1u << 0;
inline constexpr std::uint16_t AES_256_GCM = 1u << 1;
inline constexpr std::uint16_t CHACHA20_POLY1305 = 1u << 2;
inline constexpr std::uint16_t AEAD_SM4_GCM = 1u << 3;
}  // namespace aead

namespace kem {
inline constexpr std::uint16_t ML_KEM_512 = 1u << 0;
inline constexpr std::uint16_t ML_KEM_768 = 1u << 1;
inline constexpr std::uint16_t ML_KEM_1024 = 1u << 2;
}  // namespace kem

namespace pqc_asym_algo {  // also ReqPqcAsymAlg
inline constexpr std::uint32_t ML_DSA_44 = 1u << 0;
inline constexpr std::uint32_t ML_DSA_65 = 1u << 1;
inline constexpr std::uint32_t ML_DSA_87 = 1u << 2;
inline constexpr std::uint32_t SLH_DSA_SHA2_128S = 1u << 3;
inline constexpr std::uint32_t SLH_DSA_SHAKE_128S = 1u << 4;
inline constexpr std::uint32_t SLH_DSA_SHA2_128F = 1u << 5;
inline constexpr std::uint32_t SLH_DSA_SHAKE_128F = 1u << 6;
inline constexpr std::uint32_t SLH_DSA_SHA2_192S = 1u << 7;
inline constexpr std::uint32_t SLH_DSA_SHAKE_192S = 1u << 8;
inline constexpr std::uint32_t SLH_DSA_SHA2_192F = 1u << 9;
inline constexpr std::uint32_t SLH_DSA_SHAKE_192F = 1u << 10;
inline constexpr std::uint32_t SLH_DSA_SHA2_256S = 1u << 11;
inline constexpr std::uint32_t SLH_DSA_SHAKE_256S = 1u << 12;
inline constexpr std::uint32_t SLH_DSA_SHA2_256F = 1u << 13;
inline constexpr std::uint32_t SLH_DSA_SHAKE_256F = 1u << 14;
}  // namespace pqc_asym_algo

}  // namespace lockstep::wire::spdm
