#include "wire/mutations.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "wire/names.hpp"

namespace lockstep::wire {
namespace {

std::uint64_t greatest(const Field& field) { return ~std::uint64_t{0} >> (64 - 8 * field.width); }

bool is_named(const Field& field, std::uint64_t value) {
  return std::any_of(field.values.begin(), field.values.end(), [&](const Named& n) { return n.value == value; });
}

bool is_length(const Layout& layout, const Field& field) {
  return std::any_of(layout.fields.begin(), layout.fields.end(),
                     [&](const Field& other) { return other.length_field == &field; });
}

std::string hexadecimal(std::uint64_t value, std::size_t width) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%0*llx", static_cast<int>(2 * width), static_cast<unsigned long long>(value));
  return text;
}

class Mutator {
 public:
  Mutator(const AnyMessage& message, const Context& context) : message_(message.clone()), context_(context) {
    seen_.insert(encoded());
  }

  std::vector<Mutation> all() && {
    mutate(message_.layout(), message_.object(), slug(message_.name()), {});
    const Bytes original = encoded();
    Bytes shorter = original, longer = original;
    if (!shorter.empty()) shorter.pop_back();
    longer.push_back(0xFF);  // not zero, which would pass for padding
    add(slug(message_.name()) + "/short-by-one", {}, std::move(shorter));
    add(slug(message_.name()) + "/long-by-one", {}, std::move(longer));
    return std::move(found_);
  }

 private:
  void mutate(const Layout& layout, void* object, const std::string& path, const std::string& prefix) {
    const auto names = unique_names(layout);
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      const Field& field = layout.fields[i];
      if (!is_present(field, object, context_)) continue;
      const std::string here = path + "/" + slug(names[i]);
      const std::string name = prefix + names[i];
      if (field.kind == Kind::integer) mutate_integer(field, object, here, name, is_length(layout, field));
      if (field.kind == Kind::bytes) mutate_bytes(field, object, here, name);
      if (field.kind == Kind::list && field.element_count(object) != 0)
        mutate(*field.element(), field.element_at(object, 0), here, name + "[0].");
    }
  }

  void mutate_integer(const Field& field, void* object, const std::string& path, const std::string& name,
                      bool is_length_of_other) {
    const std::uint64_t old = field.get(object);
    const auto set = [&](const std::string& what, std::uint64_t value) {
      field.set(object, value);
      add(path + "/" + what, name, encoded());
      field.set(object, old);
    };
    if (is_length_of_other && old != 0) set("one-less", old - 1);
    if (is_length_of_other && old != greatest(field)) set("one-more", old + 1);
    for (unsigned bit = 0; bit < 8 * field.width; ++bit)
      if ((field.reserved >> bit & 1) != 0) set("bit-" + std::to_string(bit), old | std::uint64_t{1} << bit);
    set("zero", 0);
    set("max", greatest(field));
    for (const Named& named : field.values) {
      for (const std::uint64_t value : {named.value - 1, named.value + 1})
        if (value <= greatest(field) && !is_named(field, value))
          set("undefined-" + hexadecimal(value, field.width), value);
    }
  }

  void mutate_bytes(const Field& field, void* object, const std::string& path, const std::string& name) {
    Bytes& bytes = field.bytes(object);
    const Bytes old = bytes;
    for (const auto& [what, value] : {std::pair{"zeros", Byte{0}}, std::pair{"ones", Byte{0xFF}}}) {
      bytes.assign(old.size(), value);
      add(path + "/" + what, name, encoded());
    }
    bytes = old;
  }

  void add(std::string name, std::string field, Bytes bytes) {
    if (seen_.insert(bytes).second) found_.push_back({std::move(name), std::move(field), std::move(bytes)});
  }
  Bytes encoded() const { return encode(message_.layout(), message_.object(), context_); }

  AnyMessage message_;
  const Context& context_;
  std::set<Bytes> seen_;
  std::vector<Mutation> found_;
};

}  // namespace

std::vector<Mutation> mutations(const AnyMessage& message, const Context& context) {
  return Mutator(message, context).all();
}

}  // namespace lockstep::wire
