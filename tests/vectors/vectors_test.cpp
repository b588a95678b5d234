// The committed vectors, read as a user reads them: each is what it is said to be. And printing them is repeatable.
#include "vectors/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "wire_json/json.hpp"

namespace lockstep::vectors {
namespace {

using Json = nlohmann::ordered_json;
const std::filesystem::path data = LOCKSTEP_SOURCE_DIR "/vectors/data";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Vectors, AreTheSameTwice) {
  EXPECT_EQ(psk_session_file().text, psk_session_file().text);
  EXPECT_EQ(key_exchange_session_file().text, key_exchange_session_file().text);
}

wire::Context context_of(const Json& json) {
  wire::Context context;
  const std::string version = json["spdm_version"];
  context.spdm_version = static_cast<Byte>((version[0] - '0') << 4 | (version[2] - '0'));
  context.hash_size = context.measurement_hash_size = json["hash_size"];
  context.signature_size = json["signature_size"];
  context.requester_signature_size = json["requester_signature_size"];
  context.request_exchange_size = context.response_exchange_size = json["exchange_data_size"];
  context.measurement_capability = true;
  context.measurement_summary_hash = json["measurement_summary_hash"];
  context.signature_requested = json["signature_requested"];
  context.sequence_number_size = json["sequence_number_size"];
  return context;
}

TEST(Vectors, EveryMessageIsWhatItIsSaidToBe) {
  for (const wire::Registry& registry : wire::registries()) {
    const Json document = Json::parse(read(data / ("messages-" + std::string(registry.name) + ".json")));
    ASSERT_EQ(document["messages"].size(), registry.layouts.size());
    for (std::size_t i = 0; i < registry.layouts.size(); ++i) {
      const wire::Layout& layout = *registry.layouts[i];
      const Json& message = document["messages"][i];
      ASSERT_EQ(message["message"], layout.name);
      wire::Context context;
      for (const Json& valid : message["valid"]) {
        context = context_of(valid["context"]);
        const Bytes bytes = *from_hex(valid["bytes"].get<std::string>());
        const auto decoded = wire::decode_any(&layout, 0, bytes, context);
        ASSERT_TRUE(decoded.has_value()) << valid["id"] << ": " << decoded.error().why;
        EXPECT_EQ(decoded->consumed, bytes.size()) << valid["id"];
        for (const wire::Finding& f : wire::validate(layout, decoded->message.object(), context))
          ADD_FAILURE() << valid["id"] << " " << f.field << ": " << f.what;
        const auto built = wire::from_json(layout, valid["fields"]);
        ASSERT_TRUE(built.has_value()) << built.error();
        EXPECT_EQ(to_hex(wire::encode(layout, built->object(), context)), valid["bytes"]) << valid["id"];
      }
      for (const Json& invalid : message["invalid"]) {
        const Bytes bytes = *from_hex(invalid["bytes"].get<std::string>());
        const auto decoded = wire::decode_any(&layout, 0, bytes, context);
        ASSERT_EQ(decoded.has_value(), invalid["kind"] != "truncated") << invalid["id"];
        if (!decoded) continue;
        const auto findings = wire::validate(layout, decoded->message.object(), context);
        const std::string rule = invalid.value("requirement", "");
        EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [&](const wire::Finding& f) {
          return rule.empty() || (f.rule && f.rule.id() == rule);
        })) << invalid["id"];
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::vectors
