// Objects written by hand from PCIe 6.30.1 (DOE) and DSP0236/0275 (MCTP).
#include "adapters/transport.hpp"

#include <gtest/gtest.h>

namespace lockstep::adapters {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

TEST(Transport, names) {
  for (std::string_view name : {"pci-doe", "mctp", "tcp", "none"})
    EXPECT_EQ(binding(find_transport(name).value()).name, name);
  EXPECT_FALSE(find_transport("PCI_DOE"));
}

TEST(Transport, facts_of_the_bindings) {
  EXPECT_EQ(binding(Transport::mctp).sequence_number_size, 2u);
  EXPECT_TRUE(binding(Transport::mctp).inner_message_type);
  EXPECT_EQ(binding(Transport::mctp).max_random_pad, 32u);
  EXPECT_EQ(binding(Transport::pci_doe).sequence_number_size, 0u);
  EXPECT_FALSE(binding(Transport::pci_doe).inner_message_type);
  EXPECT_EQ(binding(Transport::pci_doe).max_random_pad, 0u);
  EXPECT_EQ(binding(Transport::pci_doe).alignment, 4u);
  EXPECT_EQ(binding(Transport::tcp).sequence_number_size, 0u);
  EXPECT_EQ(binding(Transport::tcp).max_random_pad, 0u);
  EXPECT_EQ(binding(Transport::tcp).alignment, 1u);
  EXPECT_TRUE(binding(Transport::tcp).inner_tcp_header);
}

TEST(Transport, wraps) {
  EXPECT_EQ(wrap(Transport::pci_doe, {false, hex("10840000")}), hex("0100 01 00 03000000 10840000"));
  EXPECT_EQ(wrap(Transport::pci_doe, {true, hex("0102030405")}), hex("0100 02 00 04000000 0102030405 000000"));
  EXPECT_EQ(wrap(Transport::mctp, {false, hex("10840000")}), hex("05 10840000"));
  EXPECT_EQ(wrap(Transport::mctp, {true, hex("0102")}), hex("06 0102"));
  EXPECT_EQ(wrap(Transport::tcp, {false, hex("10840000")}), hex("0600 01 05 10840000"));
  EXPECT_EQ(wrap(Transport::tcp, {true, hex("0102")}), hex("0400 01 06 0102"));
  EXPECT_EQ(wrap(Transport::none, {false, hex("10840000")}), hex("10840000"));
}

struct Object {
  Transport transport;
  std::string_view bytes;
  Carried::Kind kind;
  std::string_view payload;
  std::string_view finding;
};

TEST(Transport, unwraps) {
  using enum Carried::Kind;
  for (const Object& o :
       {Object{Transport::pci_doe, "0100 01 00 03000000 10840000", spdm, "10840000", ""},
        Object{Transport::pci_doe, "0100 02 00 03000000 01020300", secured, "01020300", ""},
        Object{Transport::pci_doe, "0100 00 00 03000000 05000000", discovery, "05000000", ""},
        Object{Transport::pci_doe, "0100 77 00 02000000", other, "", ""},
        Object{Transport::pci_doe, "3412 01 00 02000000", other, "", ""},
        Object{Transport::pci_doe, "0100 01 00 03000080 10840000", spdm, "10840000", ""},
        Object{Transport::mctp, "05 10840000", spdm, "10840000", ""},
        Object{Transport::mctp, "06 0102", secured, "0102", ""},
        Object{Transport::mctp, "85 10840000", spdm, "10840000", "MCTP-002"},
        Object{Transport::mctp, "7e 1084", other, "1084", ""},
        Object{Transport::tcp, "0600 01 05 10840000", spdm, "10840000", ""},
        Object{Transport::tcp, "0400 01 06 0102", secured, "0102", ""},
        Object{Transport::tcp, "0200 01 bf", other, "", ""}, Object{Transport::tcp, "0000 01 c1", other, "", "TCP-002"},
        Object{Transport::tcp, "0400 07 05 1084", spdm, "1084", "TCP-001"},
        Object{Transport::none, "0600", spdm, "0600", ""}}) {
    SCOPED_TRACE(o.bytes);
    const auto carried = unwrap(o.transport, hex(o.bytes));
    ASSERT_TRUE(carried);
    EXPECT_EQ(carried->kind, o.kind);
    EXPECT_EQ(carried->payload, hex(o.payload));
    EXPECT_EQ(carried->is_packet(), o.kind == spdm || o.kind == secured);
    EXPECT_EQ(carried->other.empty(), o.kind != other);
    ASSERT_EQ(carried->findings.size(), o.finding.empty() ? 0u : 1u);
    for (const auto& finding : carried->findings) EXPECT_EQ(finding.rule.id(), o.finding);
  }
}

TEST(Transport, refuses_lengths_that_are_not_those_of_the_object) {
  for (std::string_view bytes : {"0100 01 00 04000000 10840000", "0100 01 00 02000000 10840000", "0100 01 00 01000000",
                                 "0100 01 00 00000000 10840000"}) {
    SCOPED_TRACE(bytes);
    const auto carried = unwrap(Transport::pci_doe, hex(bytes));
    ASSERT_FALSE(carried);
    EXPECT_EQ(carried.error().field, "Length");
    EXPECT_EQ(carried.error().offset, 4u);
  }
}

TEST(Transport, refuses_every_truncation_of_a_header) {
  const Bytes object = hex("0100 01 00 03000000 10840000");
  for (std::size_t size = 0; size < object.size(); ++size) {
    const auto carried = unwrap(Transport::pci_doe, View(object).first(size));
    ASSERT_FALSE(carried) << size;
    EXPECT_LE(carried.error().offset, size);
  }
  ASSERT_FALSE(unwrap(Transport::mctp, {}));
  for (std::string_view bytes : {"", "06", "0600", "060001", "06000105", "0600 01 05 108400", "0600 01 05 1084000000"})
    ASSERT_FALSE(unwrap(Transport::tcp, hex(bytes))) << bytes;
}

}  // namespace
}  // namespace lockstep::adapters
