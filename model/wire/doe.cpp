#include "wire/doe.hpp"

#include "wire/fields.hpp"

namespace lockstep::wire::doe {
namespace {

constexpr std::size_t header_size = 8;

std::vector<Named> object_types() {
  return {{0, "DOE Discovery"},
          {1, "CMA/SPDM"},
          {2, "Secured CMA/SPDM"},
          {3, "CMA/SPDM with Connection ID"},
          {4, "Secured CMA/SPDM with Connection ID"}};
}

}  // namespace

std::size_t DataObject::payload_size() const {
  const std::uint32_t announced = length & (MAX_LENGTH_DW - 1);
  const std::size_t size = 4 * std::size_t{announced == 0 ? MAX_LENGTH_DW : announced};
  return size < header_size ? 0 : size - header_size;
}

const Layout& DataObject::layout() {
  using M = DataObject;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "DOE_DATA_OBJECT",
       .protocol = Protocol::DOE,
       .source = "PCIe 6.x 6.30.1",
       .fields = {F::integer<&M::vendor_id>("Vendor ID", "who defines the type, 0001h: PCI-SIG"),
                  F::integer<&M::data_object_type>("Data Object Type", "what the payload is").one_of(object_types()),
                  F::reserved<&M::reserved>(),
                  F::integer<&M::length>("Length", "double words with the header, 0 means 2^18")
                      .with_bits({{"Length", 0, 18}})
                      .with_reserved(0xFFFC0000),
                  F::sized<&M::payload>("Payload", "the message, zeros up to a double word",
                                        [](const M& m, const Context&) { return m.payload_size(); })},
       .checks = {F::check("DOE-009", "Length is less than the header",
                           [](const M& m, const Context&) { return (m.length & (MAX_LENGTH_DW - 1)) != 1; })}});
  return layout;
}

Bytes wrap_doe(DataObjectType type, View payload) {
  const std::size_t words = (payload.size() + 3) / 4 + header_size / 4;
  LOCKSTEP_ASSERT(words <= MAX_LENGTH_DW);
  DataObject object{.data_object_type = static_cast<Byte>(type),
                    .length = static_cast<std::uint32_t>(words % MAX_LENGTH_DW),
                    .payload = copy(payload)};
  object.payload.resize(words * 4 - header_size);
  return encode(object, Context{});
}

const Layout& DiscoveryRequest::layout() {
  using M = DiscoveryRequest;
  using F = Fields<M>;
  static const Layout layout = make_layout<M>(
      {.name = "DOE_DISCOVERY_REQUEST",
       .protocol = Protocol::DOE,
       .direction = Direction::request,
       .source = "PCIe 6.x 6.30.1.1",
       .fields = {F::integer<&M::index>("Index", "entry that is asked for"),
                  F::integer<&M::version>("DOE Discovery Version", "0, or 2 from capability version 2 on"),
                  F::reserved<&M::reserved>()}});
  return layout;
}

const Layout& DiscoveryResponse::layout() {
  using M = DiscoveryResponse;
  using F = Fields<M>;
  static const Layout layout =
      make_layout<M>({.name = "DOE_DISCOVERY_RESPONSE",
                      .protocol = Protocol::DOE,
                      .direction = Direction::response,
                      .source = "PCIe 6.x 6.30.1.1",
                      .fields = {F::integer<&M::vendor_id>("Vendor ID", "FFFFh: no such entry"),
                                 F::integer<&M::data_object_type>("Data Object Type", "type that this mailbox knows"),
                                 F::integer<&M::next_index>("Next Index", "0: this was the last entry")}});
  return layout;
}

}  // namespace lockstep::wire::doe
