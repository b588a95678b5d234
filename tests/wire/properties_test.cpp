// What holds for every message of every registry.
#include <gtest/gtest.h>

#include <cstdlib>

#include "equal.hpp"
#include "wire/mutations.hpp"
#include "wire/names.hpp"
#include "wire/registries.hpp"
#include "wire_generators/arbitrary.hpp"

namespace lockstep::wire {
namespace {

std::vector<const Layout*> every_layout() {
  std::vector<const Layout*> all;
  for (const Registry& registry : registries()) all.insert(all.end(), registry.layouts.begin(), registry.layouts.end());
  return all;
}

std::string test_name(const testing::TestParamInfo<const Layout*>& info) {
  std::string text = slug(std::string(name(info.param->protocol)) + "_" + std::string(info.param->name));
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

Bytes encode(const AnyMessage& message, const Context& context) {
  return encode(message.layout(), message.object(), context);
}

/// A message with one of its sizes off, sometimes.
rc::Gen<AnyMessage> arbitrary_also_wrong(const Layout& layout, const Context& context) {
  return rc::gen::exec([&layout, context] {
    AnyMessage message = *arbitrary(layout, context);
    for (const Field& field : layout.fields)
      if (field.kind == Kind::bytes && is_present(field, message.object(), context) && *rc::gen::arbitrary<bool>())
        field.bytes(message.object()) = generators::bytes(*rc::gen::inRange<std::size_t>(0, 8));
    return message;
  });
}

bool sizes_are_true(const Layout& layout, const void* message, const Context& context) {
  for (const Field& field : layout.fields) {
    if (field.kind == Kind::integer || !is_present(field, message, context)) continue;
    void* object = const_cast<void*>(message);
    const auto expected = extent(field, message, context);
    const bool list = field.kind == Kind::list;
    if (expected && *expected != (list ? field.element_count(message) : field.bytes(object).size())) return false;
    for (std::size_t i = 0; list && i < field.element_count(message); ++i)
      if (!sizes_are_true(*field.element(), field.element_at(object, i), context)) return false;
  }
  return true;
}

/// Six properties of over a hundred layouts: thirty messages each are enough for every run, RC_PARAMS asks for more.
const bool modest = setenv("RC_PARAMS", "max_success=30", /*overwrite=*/0) == 0;

class EveryLayout : public testing::TestWithParam<const Layout*> {
 protected:
  const Layout& layout = *GetParam();

  template <class Property>
  void check(const Property& property) {
    ASSERT_TRUE(modest);
    EXPECT_TRUE(rc::check([&] { property(*arbitrary_context()); })) << layout.name;
  }
};

TEST_P(EveryLayout, DecodesWhatItEncodes) {
  check([&](const Context& context) {
    const AnyMessage message = *arbitrary(layout, context);
    const Bytes bytes = encode(message, context);
    const auto decoded = decode_any(&layout, 0, bytes, context);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded.value().consumed == bytes.size());
    RC_ASSERT(equal(decoded.value().message, message, context));
  });
}

TEST_P(EveryLayout, EncodesWhatItDecoded) {
  check([&](const Context& context) {
    Bytes bytes = encode(*arbitrary(layout, context), context);
    append(bytes, *rc::gen::arbitrary<Bytes>());
    if (!bytes.empty()) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<Byte>();
    const auto decoded = decode_any(&layout, 0, bytes, context);
    if (!decoded) return;
    bytes.resize(decoded.value().consumed);
    RC_ASSERT(encode(decoded.value().message, context) == bytes);
  });
}

TEST_P(EveryLayout, CanonicalIsIdempotentAndHasTrueSizes) {
  check([&](const Context& context) {
    AnyMessage once = *arbitrary_also_wrong(layout, context);
    canonicalise(layout, once.object(), context);
    AnyMessage twice = once.clone();
    canonicalise(layout, twice.object(), context);
    RC_ASSERT(equal(once, twice, context));
    RC_ASSERT(sizes_are_true(layout, once.object(), context));
    for (const Field& field : layout.fields)
      if (field.kind == Kind::integer && is_present(field, once.object(), context))
        RC_ASSERT((field.get(once.object()) & field.reserved) == 0u);
  });
}

TEST_P(EveryLayout, JsonLosesNothing) {
  check([&](const Context& context) {
    const AnyMessage message = *arbitrary_also_wrong(layout, context);
    const Layout* layouts[] = {&layout};
    const auto read = from_json_text(layouts, to_json_text(message, context));
    RC_ASSERT(read.has_value());
    RC_ASSERT(equal(read.value(), message, context));
    RC_ASSERT(encode(read.value(), context) == encode(message, context));
  });
}

TEST_P(EveryLayout, DecodeSurvivesAnyBytes) {
  check([&](const Context& context) {
    const Bytes random = *rc::gen::arbitrary<Bytes>();
    if (const auto decoded = decode_any(&layout, 0, random, context))
      RC_ASSERT(decoded.value().consumed <= random.size());
    const Bytes whole = encode(*arbitrary(layout, context), context);
    const View part = View(whole).first(*rc::gen::inRange<std::size_t>(0, whole.size() + 1));
    if (const auto decoded = decode_any(&layout, 0, part, context))
      RC_ASSERT(decoded.value().consumed <= part.size());
    else
      RC_ASSERT(decoded.error().offset <= part.size());
  });
}

TEST_P(EveryLayout, MutationsHaveNamesOfTheirOwnAndDiffer) {
  check([&](const Context& context) {
    const AnyMessage message = *arbitrary(layout, context);
    const Bytes original = encode(message, context);
    std::vector<std::string> names;
    for (const Mutation& mutation : mutations(message, context)) {
      RC_ASSERT(mutation.bytes != original);
      RC_ASSERT(mutation.name.rfind(slug(layout.name) + "/", 0) == 0u);
      names.push_back(mutation.name);
    }
    std::sort(names.begin(), names.end());
    RC_ASSERT(std::adjacent_find(names.begin(), names.end()) == names.end());
    RC_ASSERT(encode(message, context) == original);
  });
}

INSTANTIATE_TEST_SUITE_P(Wire, EveryLayout, testing::ValuesIn(every_layout()), test_name);

}  // namespace
}  // namespace lockstep::wire
