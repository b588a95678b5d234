// The measurement extension log and ENDPOINT_INFO of the reference device.
#include <algorithm>

#include "crypto/hash.hpp"
#include "device/responder_author.hpp"

namespace lockstep::device {
namespace {

namespace w = wire::spdm;
constexpr std::size_t LOG_HEADER = 12;  // of MEASUREMENT_EXTENSION_LOG

/// One entry in the DMTF format: what stands behind measurement 2, as an informational text.
Bytes measurement_log() {
  constexpr Byte MEASUREMENT = 2, INFORMATIONAL = 0x0B | 0x80;  // type 11, raw
  const Bytes text = text_bytes("Lockstep firmware 0.1.0: built from its public source");
  Bytes entry;
  append_le(entry, 1, 4);  // MELIndex
  append_le(entry, MEASUREMENT, 4);
  append_le(entry, INFORMATIONAL, 1);
  append_le(entry, text.size(), 2);
  append(entry, text);
  Bytes log;
  append_le(log, 1, 4);  // NumberOfEntries
  append_le(log, entry.size(), 4);
  append_le(log, 0, 8);
  append(log, entry);
  return log;
}

/// Device class identifier: one element, the vendor by its number in the PCI-SIG registry, without a sub-identifier.
Bytes device_class() {
  constexpr Byte PCI_SIG = 3;
  Bytes element;
  append_le(element, PCI_SIG, 1);
  append_le(element, 2, 1);
  append_le(element, 0x1AF4, 2);
  append_le(element, 0, 1);  // NumSubIDs
  Bytes all;
  append_le(all, 1, 1);  // NumIdentifiers
  append_le(all, 0, 3);
  append_le(all, element.size(), 1);
  append(all, element);
  return all;
}

}  // namespace

Author::Contents Author::measurement_extension_log(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* get = asked.as<w::GET_MEASUREMENT_EXTENSION_LOG>();
  const Bytes log = measurement_log();
  if (get == nullptr || get->offset >= log.size()) return Unexpected{Declined{}};
  if (!store.conversation.negotiated().dmtf_measurement_log)
    return Unexpected{Declined{w::ErrorCode::UnexpectedRequest}};
  const std::size_t size = std::min({std::size_t{get->length}, log.size() - get->offset, most(store) - LOG_HEADER});
  w::MEASUREMENT_EXTENSION_LOG message;
  message.mel = copy(View(log).subspan(get->offset, size));
  message.remainder_length = static_cast<std::uint32_t>(log.size() - get->offset - size);
  return finish(store, message, context(store, d));
}

Author::Contents Author::endpoint_info(const Store& store, const Decided& d) {
  const wire::AnyMessage asked = request(store, d);
  const auto* get = asked.as<w::GET_ENDPOINT_INFO>();
  const wire::Context c = context(store, d);
  if (get == nullptr || (get->param2 & 0x0F) != 0) return Unexpected{Declined{}};
  w::ENDPOINT_INFO message;
  message.ep_info = device_class();
  if (c.signature_requested) message.nonce = random_.bytes(w::NONCE_SIZE);
  Bytes bytes = finish(store, message, c);
  if (!c.signature_requested) return bytes;
  bytes.resize(bytes.size() - c.signature_size);
  if (auto declined = sign(store, d, spdm::Purpose::responder_endpoint_info, bytes)) return Unexpected{*declined};
  return bytes;
}

}  // namespace lockstep::device
