#include "wire/secured_message.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::secured_message {

const Layout& SecuredMessage::layout() {
  using M = SecuredMessage;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "SECURED_MESSAGE",
       .protocol = Protocol::SECURED_MESSAGE,
       .since = 0x11,
       .source = "DSP0277, Secured Message format",
       .size_rule = "SECMSG-012",
       .fields = {F::integer<&M::req_session_id>("ReqSessionID", "lower half of the Session ID"),
                  F::integer<&M::rsp_session_id>("RspSessionID", "upper half of the Session ID"),
                  // No binding sends anything but nothing or two bytes.
                  F::integer<&M::sequence_number>("SequenceNumber", "low bits of the counter of this direction")
                      .when(F::condition([](const M&, const Context& c) { return c.sequence_number_size == 2; })),
                  F::integer<&M::length>("Length", "bytes of ciphertext and tag"),
                  F::counted<&M::ciphertext_and_tag>("Ciphertext", "ciphertext, then the tag of the AEAD", "Length")}});
  return layout;
}

Bytes associated_data(const SecuredMessage& message, const Context& context) {
  SecuredMessage header = message;
  header.ciphertext_and_tag.clear();
  return encode(header, context);
}

const Layout& Plaintext::layout() {
  using M = Plaintext;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "SECURED_MESSAGE_PLAINTEXT",
       .protocol = Protocol::SECURED_MESSAGE,
       .since = 0x11,
       .source = "DSP0277, Secured Message format",
       .size_rule = "SECMSG-013",
       .fields = {F::integer<&M::application_data_length>("ApplicationDataLength", "bytes that count"),
                  F::counted<&M::application_data>("ApplicationData", "the message inside", "ApplicationDataLength"),
                  F::rest<&M::random>("RandomData", "padding that hides the size")}});
  return layout;
}

}  // namespace lockstep::wire::secured_message
