// The hello of a shim.
#include "adapters/claims.hpp"

#include <gtest/gtest.h>

namespace lockstep::adapters {
namespace {

TEST(Hello, in_full) {
  const auto claims = parse_hello(R"({
    "lockstep_shim": 1, "name": "acme dsm 2.4", "transport": "mctp", "kind": "endpoint",
    "function_ids": [48879, 4294967295], "streams": [{"stream_id": 3, "port_index": 1}, {"stream_id": 255, "port_index": 0}],
    "reset": true, "injects": ["function-level-reset", "check-failed"], "patience_ms": 2500})");
  ASSERT_TRUE(claims) << claims.error();
  EXPECT_EQ(claims->name, "acme dsm 2.4");
  EXPECT_EQ(claims->transport, Transport::mctp);
  EXPECT_FALSE(claims->root_complex_integrated);
  EXPECT_EQ(claims->function_ids, (std::vector<std::uint32_t>{0xBEEF, 0xFFFFFFFF}));
  EXPECT_EQ(claims->streams, (std::vector<Claims::Stream>{{3, 1}, {255, 0}}));
  EXPECT_TRUE(claims->reset);
  EXPECT_EQ(claims->injects, (std::vector<std::string>{"function-level-reset", "check-failed"}));
  EXPECT_EQ(claims->patience.count(), 2500);
  EXPECT_EQ(parse_hello(hello_text(*claims)).value(), *claims);
}

TEST(Hello, claims_nothing_that_it_does_not_say) {
  const auto claims = parse_hello(R"({"lockstep_shim": 1, "transport": "none"})");
  ASSERT_TRUE(claims) << claims.error();
  EXPECT_EQ(*claims, Claims{.transport = Transport::none});
  EXPECT_FALSE(claims->reset);
  EXPECT_EQ(claims->patience.count(), 1000);
  EXPECT_TRUE(parse_hello(R"({"lockstep_shim":1,"transport":"pci-doe","kind":"rciep","function_ids":[0]})")
                  .value()
                  .root_complex_integrated);
}

TEST(Hello, says_what_is_wrong) {
  struct Wrong {
    std::string_view text, why;
  };
  for (const auto& [text, why] : {
           Wrong{"", "it is no JSON text"},
           Wrong{"{\"lockstep_shim\": 1", "it is no JSON text"},
           Wrong{"[1]", "it is no JSON object"},
           Wrong{R"({"transport": "mctp"})", "the key 'lockstep_shim' is missing"},
           Wrong{R"({"lockstep_shim": 1})", "the key 'transport' is missing"},
           Wrong{R"({"lockstep_shim": 3, "transport": "mctp"})", "lockstep_shim is 3, this version speaks 1"},
           Wrong{R"({"lockstep_shim": 1, "transport": "PCI_DOE"})", "transport is 'PCI_DOE'"},
           Wrong{R"({"lockstep_shim": 1, "transport": 5})", "transport is no text"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "kind": "switch"})", "kind is 'switch'"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "resets": true})", "unknown key 'resets'"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "reset": 1})", "reset is no true or false"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "patience_ms": 0})", "patience_ms is no number from 1"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "patience_ms": 1e30})",
                 "patience_ms is no number from 1"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "patience_ms": 18446744073709551615})",
                 "patience_ms is no number from 1"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "function_ids": "BEEF"})", "function_ids is no list"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "function_ids": [4294967296]})",
                 "function_ids: an element is no number from 0 to 4294967295"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "function_ids": [-1]})", "function_ids: an element"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "function_ids": [1]})", "function_ids without streams"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "streams": [7]})", "streams: an element is no object"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "streams": [{"stream_id": 1}]})",
                 "streams: an element is no object of stream_id and port_index"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "streams": [{"stream_id": 256, "port_index": 0}]})",
                 "streams: stream_id is no number from 0 to 255"},
           Wrong{R"({"lockstep_shim": 1, "transport": "mctp", "injects": [1]})", "injects: an element is no text"},
       }) {
    const auto claims = parse_hello(text);
    ASSERT_FALSE(claims) << text;
    EXPECT_NE(claims.error().find(why), std::string::npos) << text << ": " << claims.error();
  }
}

}  // namespace
}  // namespace lockstep::adapters
