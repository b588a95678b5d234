#include "wire/layout.hpp"

#include <algorithm>

#include "wire/fields.hpp"

namespace lockstep::wire {

const Field* Layout::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

Layout finish_layout(Layout layout) {
  for (Field& field : layout.fields) {
    if (field.length_from.empty()) continue;
    field.length_field = layout.find(field.length_from);
    LOCKSTEP_ASSERT(field.length_field != nullptr && field.length_field < &field);
  }
  return layout;
}

bool is_present(const Field& field, const void* message, const Context& context) {
  return !field.present || field.present(message, context);
}

std::optional<std::size_t> extent(const Field& field, const void* message, const Context& context) {
  if (field.rest) return std::nullopt;
  if (field.length_field != nullptr) return static_cast<std::size_t>(field.length_field->get(message));
  if (field.size) return field.size(message, context);
  return field.width;
}

namespace {

// The accessors take a mutable message because decode writes through them; reading does not change it.
void* writable(const void* message) { return const_cast<void*>(message); }

class Decoder {
 public:
  Decoder(View bytes, const Context& context) : bytes_(bytes), context_(context) {}

  std::optional<DecodeError> decode(const Layout& layout, void* message) {
    for (const Field& field : layout.fields) {
      if (!is_present(field, message, context_)) continue;
      if (auto error = decode(field, message)) {
        if (!error->rule) error->rule = field.size_rule ? field.size_rule : layout.size_rule;
        return error;
      }
    }
    return std::nullopt;
  }
  std::size_t offset() const { return offset_; }

 private:
  std::optional<DecodeError> decode(const Field& field, void* message) {
    switch (field.kind) {
      case Kind::integer: {
        if (auto error = need(field, field.width)) return error;
        const View raw = take(field.width);
        field.set(message, field.big_endian ? read_be(raw) : read_le(raw));
        return std::nullopt;
      }
      case Kind::bytes: {
        const std::size_t size = extent(field, message, context_).value_or(bytes_.size() - offset_);
        if (auto error = need(field, size)) return error;
        field.bytes(message) = copy(take(size));
        return std::nullopt;
      }
      case Kind::list:
        return decode_list(field, message);
    }
    return std::nullopt;
  }

  std::optional<DecodeError> decode_list(const Field& field, void* message) {
    const auto count = extent(field, message, context_);
    std::size_t done = 0;
    field.resize(message, 0);
    while (count ? done < *count : offset_ < bytes_.size()) {
      // Grows one by one: a count from the wire never decides how much memory is taken.
      if (offset_ >= bytes_.size()) return fail(field, "the message ends inside the list");
      const std::size_t before = offset_;
      field.resize(message, done + 1);
      if (auto error = decode(*field.element(), field.element_at(message, done))) {
        error->field = std::string(field.name) + "[" + std::to_string(done) + "]." + error->field;
        return error;
      }
      if (offset_ == before) return fail(field, "an element without content");
      ++done;
    }
    return std::nullopt;
  }

  std::optional<DecodeError> need(const Field& field, std::size_t size) {
    if (size <= bytes_.size() - offset_) return std::nullopt;
    return fail(field,
                "needs " + std::to_string(size) + " bytes, " + std::to_string(bytes_.size() - offset_) + " are left");
  }
  DecodeError fail(const Field& field, std::string why) const {
    return {std::string(field.name), offset_, std::move(why), Rule::none()};
  }
  View take(std::size_t size) {
    const View part = bytes_.subspan(offset_, size);
    offset_ += size;
    return part;
  }

  View bytes_;
  const Context& context_;
  std::size_t offset_ = 0;
};

void encode_into(Bytes& out, const Layout& layout, const void* message, const Context& context) {
  for (const Field& field : layout.fields) {
    if (!is_present(field, message, context)) continue;
    switch (field.kind) {
      case Kind::integer:
        (field.big_endian ? append_be : append_le)(out, field.get(message), field.width);
        break;
      case Kind::bytes:
        append(out, field.bytes(writable(message)));
        break;
      case Kind::list:
        for (std::size_t i = 0; i < field.element_count(message); ++i)
          encode_into(out, *field.element(), field.element_at(writable(message), i), context);
        break;
    }
  }
}

void validate_integer(std::vector<Finding>& findings, const Field& field, const void* message) {
  const std::uint64_t value = field.get(message);
  if ((value & field.reserved) != 0)
    findings.push_back({field.reserved_rule, std::string(field.name), "reserved bits are not zero"});
  const bool named = field.values.empty() || std::any_of(field.values.begin(), field.values.end(),
                                                         [&](const Named& n) { return n.value == value; });
  if (!named && field.values_rule)
    findings.push_back(
        {field.values_rule, std::string(field.name), "value " + std::to_string(value) + " is not defined"});
}

void validate_size(std::vector<Finding>& findings, const Field& field, const void* message, const Context& context) {
  const auto expected = extent(field, message, context);
  const std::size_t actual =
      field.kind == Kind::list ? field.element_count(message) : field.bytes(writable(message)).size();
  if (expected && *expected != actual)
    findings.push_back({field.size_rule, std::string(field.name),
                        "has " + std::to_string(actual) + ", its length says " + std::to_string(*expected)});
}

}  // namespace

Bytes encode(const Layout& layout, const void* message, const Context& context) {
  Bytes out;
  encode_into(out, layout, message, context);
  return out;
}

Result<std::size_t, DecodeError> decode(const Layout& layout, void* message, View bytes, const Context& context) {
  Decoder decoder(bytes, context);
  if (auto error = decoder.decode(layout, message)) return Unexpected{std::move(*error)};
  return decoder.offset();
}

std::vector<Finding> validate(const Layout& layout, const void* message, const Context& context) {
  std::vector<Finding> findings;
  for (const Field& field : layout.fields) {
    if (!is_present(field, message, context)) continue;
    if (field.kind == Kind::integer) {
      validate_integer(findings, field, message);
      continue;
    }
    validate_size(findings, field, message, context);
    if (field.kind != Kind::list) continue;
    for (std::size_t i = 0; i < field.element_count(message); ++i) {
      for (Finding& inner : validate(*field.element(), field.element_at(writable(message), i), context)) {
        inner.field = std::string(field.name) + "[" + std::to_string(i) + "]." + inner.field;
        findings.push_back(std::move(inner));
      }
    }
  }
  for (const Check& check : layout.checks)
    if (!check.holds(message, context)) findings.push_back({check.rule, {}, std::string(check.what)});
  return findings;
}

void canonicalise(const Layout& layout, void* message, const Context& context) {
  for (const Field& field : layout.fields) {
    if (!is_present(field, message, context)) continue;
    if (field.kind == Kind::integer) field.set(message, field.get(message) & ~field.reserved);
    if (field.kind == Kind::list) {
      if (field.length_field == nullptr && field.size) field.resize(message, field.size(message, context));
      for (std::size_t i = 0; i < field.element_count(message); ++i)
        canonicalise(*field.element(), field.element_at(message, i), context);
      if (field.length_field != nullptr) field.length_field->set(message, field.element_count(message));
    }
    if (field.kind == Kind::bytes) {
      if (field.length_field != nullptr) {
        field.length_field->set(message, field.bytes(message).size());
      } else if (const auto size = extent(field, message, context)) {
        field.bytes(message).resize(*size);
      }
    }
  }
}

}  // namespace lockstep::wire
