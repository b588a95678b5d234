#include "crypto/x509.hpp"

#include <openssl/err.h>
#include <time.h>

#include <algorithm>

#include "crypto/openssl.hpp"

namespace lockstep::crypto {

namespace {

using BasicConstraintsPtr = std::unique_ptr<BASIC_CONSTRAINTS, Freed<BASIC_CONSTRAINTS_free>>;
using BitStringPtr = std::unique_ptr<ASN1_BIT_STRING, Freed<ASN1_BIT_STRING_free>>;
using OidListPtr = std::unique_ptr<EXTENDED_KEY_USAGE, Freed<EXTENDED_KEY_USAGE_free>>;
using NumberTextPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;

std::string dotted(const ASN1_OBJECT* object) {
  char text[128] = {};
  OBJ_obj2txt(text, sizeof text, object, 1);
  return text;
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> seconds(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return timegm(&parts);
}

Bytes magnitude(const ASN1_INTEGER* integer) {
  const NumberTextPtr number(ASN1_INTEGER_to_BN(integer, nullptr));
  LOCKSTEP_ASSERT(number != nullptr);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return bytes;
}

/// The decoded extension `nid`; `good` turns false when it is there but cannot be parsed, or is there twice.
template <class Pointer>
Pointer extension(const X509* certificate, int nid, bool& good) {
  int critical = 0;
  Pointer value(static_cast<typename Pointer::pointer>(X509_get_ext_d2i(certificate, nid, &critical, nullptr)));
  if (value == nullptr && critical != -1) good = false;  // -1: absent
  return value;
}

bool read_constraints(const X509* x509, Certificate& to) {
  bool good = true;
  if (const auto constraints = extension<BasicConstraintsPtr>(x509, NID_basic_constraints, good)) {
    to.is_ca = constraints->ca != 0;
    if (constraints->pathlen != nullptr) to.path_length = static_cast<int>(ASN1_INTEGER_get(constraints->pathlen));
  }
  if (const auto usage = extension<BitStringPtr>(x509, NID_key_usage, good)) {
    to.key_usage = 0;
    for (int bit = 0; bit < 9; ++bit)
      if (ASN1_BIT_STRING_get_bit(usage.get(), bit) == 1)
        to.key_usage = static_cast<std::uint16_t>(*to.key_usage | 1 << bit);
  }
  if (const auto usages = extension<OidListPtr>(x509, NID_ext_key_usage, good))
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i)
      to.extended_key_usage.push_back(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
  return good;
}

std::vector<Extension> all_extensions(const X509* x509) {
  std::vector<Extension> list;
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* entry = X509_get_ext(x509, i);
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(entry);
    list.push_back({dotted(X509_EXTENSION_get_object(entry)), X509_EXTENSION_get_critical(entry) == 1,
                    copy(View(ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))))});
  }
  return list;
}

X509Ptr decode(View der) {
  const Byte* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr || at != der.data() + der.size()) return nullptr;
  return certificate;
}

Error malformed(const std::string& what) { return provider_error(ErrorCode::malformed, what); }

/// One DER element at the start of `from`: the whole of it and its content. nullopt: no element, or cut short.
struct Element {
  int tag;
  View whole, content;
};
std::optional<Element> first_element(View from) {
  const Byte* at = from.data();
  long length = 0;
  int tag = 0, tag_class = 0;
  const int outcome = ASN1_get_object(&at, &length, &tag, &tag_class, static_cast<long>(from.size()));
  ERR_clear_error();
  if ((outcome & 0x81) != 0 || tag_class != V_ASN1_UNIVERSAL) return std::nullopt;  // 0x80: error, 1: indefinite length
  const auto header = static_cast<std::size_t>(at - from.data());
  const auto size = static_cast<std::size_t>(length);
  // DER has one encoding for a length: the shortest.
  if (ASN1_object_size(0, static_cast<int>(length), tag) != static_cast<int>(header + size)) return std::nullopt;
  return Element{tag, from.first(header + size), from.subspan(header, size)};
}

}  // namespace

bool Certificate::has_extended_key_usage(std::string_view oid) const {
  return std::find(extended_key_usage.begin(), extended_key_usage.end(), oid) != extended_key_usage.end();
}

const Extension* Certificate::find_extension(std::string_view oid) const {
  const auto at = std::find_if(extensions.begin(), extensions.end(), [&](const Extension& e) { return e.oid == oid; });
  return at == extensions.end() ? nullptr : &*at;
}

// SEQUENCE OF SEQUENCE { spdmOID OBJECT IDENTIFIER, spdmOIDdefinition OCTET STRING OPTIONAL }
std::vector<std::string> Certificate::spdm_oids() const {
  std::vector<std::string> oids;
  const Extension* entry = find_extension(oid::spdm_extension);
  if (entry == nullptr) return oids;
  const auto list = first_element(entry->value);
  View rest = list && list->tag == V_ASN1_SEQUENCE ? list->content : View{};
  while (const auto item = first_element(rest)) {
    rest = rest.subspan(item->whole.size());
    const auto object = first_element(item->content);
    if (!object || object->tag != V_ASN1_OBJECT) continue;
    const Byte* at = object->whole.data();
    const std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>> parsed(
        d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(object->whole.size())));
    if (parsed != nullptr) oids.push_back(dotted(parsed.get()));
  }
  ERR_clear_error();
  return oids;
}

Result<Certificate, Error> parse_certificate(View der) {
  const X509Ptr x509 = decode(der);
  if (x509 == nullptr) return Unexpected{malformed("not one DER certificate")};
  const auto from = seconds(X509_get0_notBefore(x509.get())), until = seconds(X509_get0_notAfter(x509.get()));
  if (!from || !until) return Unexpected{malformed("the certificate's validity is not a time")};
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509.get());
  Certificate certificate{.der = copy(der),
                          .version = static_cast<int>(X509_get_version(x509.get())) + 1,
                          .subject = name_text(X509_get_subject_name(x509.get())),
                          .issuer = name_text(X509_get_issuer_name(x509.get())),
                          .serial = magnitude(X509_get0_serialNumber(x509.get())),
                          .not_before = *from,
                          .not_after = *until,
                          .signature_algorithm = dotted(algorithm->algorithm),
                          .subject_public_key_info = to_der(X509_get_X509_PUBKEY(x509.get()), i2d_X509_PUBKEY),
                          .is_ca = false,
                          .path_length = {},
                          .key_usage = {},
                          .extended_key_usage = {},
                          .extensions = all_extensions(x509.get())};
  if (!read_constraints(x509.get(), certificate))
    return Unexpected{malformed("basic constraints, key usage or extended key usage cannot be parsed or is repeated")};
  ERR_clear_error();
  return certificate;
}

Result<std::vector<Bytes>, Error> split_chain(View der) {
  std::vector<Bytes> list;
  for (View rest = der; !rest.empty(); rest = rest.subspan(list.back().size())) {
    const auto element = first_element(rest);
    if (!element || element->tag != V_ASN1_SEQUENCE)
      return Unexpected{Error{ErrorCode::malformed, "no whole DER SEQUENCE at offset " +
                                                        std::to_string(der.size() - rest.size()) + " of the chain"}};
    list.push_back(copy(element->whole));
  }
  return list;
}

}  // namespace lockstep::crypto
