#include "wire/markdown.hpp"

#include <algorithm>
#include <cstdio>

#include "wire/names.hpp"

namespace lockstep::wire {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%02llX", static_cast<unsigned long long>(value));
  return text;
}

/// A number of bytes that may depend on fields: 20 + 16 * MMIO_RANGE_COUNT.
class Size {
 public:
  void add(std::size_t bytes) { bytes_ += bytes; }
  void add(const std::string& term) { terms_ += (terms_.empty() ? "" : " + ") + term; }
  void add(const Size& more) {
    bytes_ += more.bytes_;
    if (!more.terms_.empty()) add(more.terms_);
  }
  bool is_constant() const { return terms_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::string text() const {
    if (terms_.empty()) return std::to_string(bytes_);
    return bytes_ == 0 ? terms_ : std::to_string(bytes_) + " + " + terms_;
  }

 private:
  std::size_t bytes_ = 0;
  std::string terms_;
};

Size size_of(const Layout& layout);

Size size_of(const Field& field, const std::string& name) {
  Size size;
  const Size element = field.kind == Kind::list ? size_of(*field.element()) : Size{};
  if (field.present || field.rest || field.size || !element.is_constant())
    size.add("size of " + name);
  else if (field.length_field == nullptr)
    size.add(field.width);
  else if (field.kind == Kind::list)
    size.add(std::to_string(element.bytes()) + " \\* " + std::string(field.length_from));
  else
    size.add(std::string(field.length_from));
  return size;
}

Size size_of(const Layout& layout) {
  Size total;
  const auto names = unique_names(layout);
  for (std::size_t i = 0; i < layout.fields.size(); ++i) total.add(size_of(layout.fields[i], names[i]));
  return total;
}

std::string size_column(const Field& field, const std::string& name) {
  if (field.kind == Kind::integer) return std::to_string(field.width);
  if (field.rest) return "the rest";
  if (field.size) return "varies";
  return size_of(field, name).text();
}

/// "15:5" or "4".
std::string range(unsigned first, unsigned count) {
  const std::string low = std::to_string(first);
  return count == 1 ? low : std::to_string(first + count - 1) + ":" + low;
}

std::string reserved_ranges(const Field& field) {
  std::string text;
  for (unsigned bit = static_cast<unsigned>(8 * field.width); bit > 0;) {
    --bit;
    if ((field.reserved >> bit & 1) == 0) continue;
    unsigned first = bit;
    while (first > 0 && (field.reserved >> (first - 1) & 1) != 0) --first;
    text += (text.empty() ? "" : ", ") + range(first, bit - first + 1);
    bit = first;
  }
  return text;
}

std::string meaning_column(const Field& field) {
  std::string text(field.meaning);
  if (field.kind == Kind::list) text += ": each a " + std::string(field.element()->name);
  if (field.present) text += "; not always present";
  if (field.big_endian) text += "; big-endian";
  for (const Bits& bits : field.bits) {
    text += "<br>" + range(bits.first, bits.count) + " " + std::string(bits.name);
    if (!bits.meaning.empty()) text += ": " + std::string(bits.meaning);
  }
  const bool wholly =
      field.width != 0 && field.reserved == ~std::uint64_t{0} >> (64 - 8 * std::min<std::size_t>(field.width, 8));
  if (field.reserved != 0 && !wholly) text += "<br>" + reserved_ranges(field) + " reserved";
  for (const Named& named : field.values) text += "<br>" + hexadecimal(named.value) + " " + std::string(named.name);
  return text;
}

std::string introduction(const Layout& layout) {
  std::string text(layout.direction == Direction::request    ? "Request"
                   : layout.direction == Direction::response ? "Response"
                                                             : "Either direction");
  if (layout.code) text += ", code " + hexadecimal(*layout.code);
  if (layout.since != 0)
    text += ", since version " + std::to_string(layout.since >> 4) + "." + std::to_string(layout.since & 0xF);
  const Size size = size_of(layout);
  text += ", " + size.text() + (size.is_constant() ? " bytes" : "");
  return text + ". Source: " + std::string(layout.source) + ".\n";
}

void add_rule(std::string& text, Rule rule, std::string_view what) {
  if (rule) text += "- `" + std::string(rule.id()) + "`: " + std::string(what) + "\n";
}

std::string rules(const Layout& layout) {
  std::string text;
  const auto names = unique_names(layout);
  add_rule(text, layout.size_rule, "the message is shorter than its fields say");
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    add_rule(text, field.size_rule, "the message ends inside " + names[i]);
    add_rule(text, field.reserved_rule, "reserved bits of " + names[i] + " are not zero");
    add_rule(text, field.values_rule, "the value of " + names[i] + " is not defined");
  }
  for (const Check& check : layout.checks) add_rule(text, check.rule, check.what);
  return text;
}

}  // namespace

std::string markdown(const Layout& layout) {
  std::string text = "## " + std::string(layout.name) + "\n\n" + introduction(layout);
  text += "\n| Offset | Size | Field | Meaning |\n|---|---|---|---|\n";
  const auto names = unique_names(layout);
  Size offset;
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    text += "| " + offset.text() + " | " + size_column(field, names[i]) + " | " + std::string(field.name) + " | " +
            meaning_column(field) + " |\n";
    offset.add(size_of(field, names[i]));
  }
  if (const std::string broken = rules(layout); !broken.empty()) text += "\nWhat breaks a rule:\n\n" + broken;
  return text;
}

}  // namespace lockstep::wire
