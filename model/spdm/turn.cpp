#include "spdm/turn.hpp"

#include "spdm/chain.hpp"

namespace lockstep::spdm {
namespace {

using namespace wire::spdm;

/// The version that a message is read in: these three come before there is a negotiated one.
Byte reading_version(const Negotiated& negotiated, Byte code, Byte version_byte) {
  switch (static_cast<Code>(code)) {
    case Code::GET_VERSION:
      return VERSION_1_0;
    case Code::GET_CAPABILITIES:
      return version_byte;
    default:
      return negotiated.spdm_version != 0 ? negotiated.spdm_version : VERSION_1_0;
  }
}

}  // namespace

void Turn::expect_fresh(const Bytes& value, Rule rule, std::string field) {
  Bytes key{seen.bytes[1]};
  append(key, text_bytes(field));
  append(key, value);
  if (!memory.seen_values.insert(std::move(key)).second) finding(rule, std::move(field), "was used before");
}

void decode_into(Seen& seen, View bytes, const wire::Context& context) {
  wire::Context reading = context;
  if (bytes.size() > 1 && bytes[1] == static_cast<Byte>(Code::GET_CAPABILITIES)) reading.spdm_version = bytes[0];
  auto decoded = decode_spdm(bytes, reading);
  if (!decoded) {
    seen.bytes = copy(bytes);
    seen.error = decoded.error();
    return;
  }
  seen.bytes = copy(bytes.first(decoded->consumed));
  seen.message = std::move(decoded->message);
  seen.findings = wire::validate(seen.message.layout(), seen.message.object(), reading);
}

wire::Context context_for(const Memory& memory, const Pending* request) {
  wire::Context context = memory.negotiated.context();
  if (request == nullptr || request->bytes.size() < 2) return context;
  context.spdm_version = reading_version(memory.negotiated, request->code(), request->bytes[0]);
  return request->message ? answering(context, request->message) : context;
}

wire::Context encapsulated_context_for(const Memory& memory, const Pending* request) {
  wire::Context context = encapsulated(memory.negotiated.context());
  context.multi_key = memory.negotiated.requester_multi_key;
  return request != nullptr && request->message ? answering(context, request->message) : context;
}

void run(std::initializer_list<CodeChecks> lists, Turn& turn) {
  for (const CodeChecks& list : lists)
    for (const CodeCheck& entry : list)
      if (turn.seen.is(entry.code)) entry.check(turn);
}

Result<crypto::PublicKey, std::string> signer_key(const Memory& memory, Role signer, Byte slot) {
  const Identity& identity = signer == Role::requester ? memory.identities.request : memory.identities.response;
  const Bytes* chain = identity.chain(slot);
  if (chain == nullptr)
    return Unexpected{"the certificate chain or public key of slot " + std::to_string(slot) + " is not known"};
  auto key = slot == PUBLIC_KEY_SLOT ? crypto::PublicKey::from_subject_public_key_info(*chain)
                                     : leaf_key(memory.negotiated.spdm_version, *memory.negotiated.hash, *chain);
  if (!key) return Unexpected{key.error().why};
  return std::move(*key);
}

Result<SignatureScheme, std::string> signature_scheme(const Memory& memory, Role signer) {
  const Negotiated& n = memory.negotiated;
  if (auto why = n.hash_missing()) return Unexpected{std::move(*why)};
  const auto asym = signer == Role::requester ? n.requester_asym : n.asym;
  if (!asym) return Unexpected{std::string("no signature algorithm was selected")};
  if (auto why = crypto::unsupported(*asym)) return Unexpected{std::move(*why)};
  return SignatureScheme{n.spdm_version, *n.hash, *asym};
}

namespace {

std::string version_text(Byte version) { return std::to_string(version >> 4) + "." + std::to_string(version & 0x0F); }

/// The version, not the negotiated one, that the signer has signed for; nullopt: none.
std::optional<Byte> signed_for(SignatureScheme scheme, const crypto::PublicKey& key, Purpose purpose, View transcript,
                               View signature) {
  const Byte negotiated = scheme.spdm_version;
  for (const Byte version : VERSIONS_WITH_LABELS) {
    scheme.spdm_version = version;
    if (version != negotiated && verify(scheme, key, purpose, transcript, signature)) return version;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> verify_signature(Turn& turn, Rule rule, Role signer, Byte slot, Purpose purpose,
                                            const std::vector<Candidate>& candidates, View signature) {
  const auto scheme = signature_scheme(turn.memory, signer);
  if (!scheme) return turn.not_judged(rule, scheme.error()), std::nullopt;
  const auto key = signer_key(turn.memory, signer, slot);
  if (!key) return turn.not_judged(rule, key.error()), std::nullopt;
  std::string why;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto verified = verify(*scheme, *key, purpose, candidates[i].transcript, signature);
    if (verified) {
      if (candidates[i].strained) turn.finding(candidates[i].strained, "Signature", std::string(candidates[i].what));
      return i;
    }
    if (verified.error().code == crypto::ErrorCode::unsupported)
      return turn.not_judged(rule, verified.error().why), std::nullopt;
    why = verified.error().code == crypto::ErrorCode::authentication_failed ? "does not verify over the transcript"
                                                                            : verified.error().why;
  }
  if (const auto version = signed_for(*scheme, *key, purpose, candidates.front().transcript, signature))
    turn.finding("SPDM-FIN-018", "Signature", "verifies only in the signing context of " + version_text(*version));
  else
    turn.finding(rule, "Signature", why);
  return std::nullopt;
}

}  // namespace lockstep::spdm
