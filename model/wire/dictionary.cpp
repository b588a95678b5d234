#include "wire/dictionary.hpp"

#include <algorithm>
#include <set>

#include "wire/names.hpp"

namespace lockstep::wire {
namespace {

constexpr std::size_t LONGEST = 64;

class Dictionary {
 public:
  void add(std::string name, const Bytes& bytes) {
    if (bytes.size() < 2 || !seen_.insert(bytes).second) return;
    std::replace(name.begin(), name.end(), '-', '_');
    text_ += name + "=\"";
    const std::string digits = to_hex(bytes);
    for (std::size_t i = 0; i < digits.size(); i += 2) text_ += "\\x" + digits.substr(i, 2);
    text_ += "\"\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::set<Bytes> seen_;
  std::string text_;
};

Bytes encoded(const Field& field, std::uint64_t value) {
  Bytes bytes;
  (field.big_endian ? append_be : append_le)(bytes, value, field.width);
  return bytes;
}

void add_fields(Dictionary& dictionary, const Layout& layout) {
  const auto names = unique_names(layout);
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const Field& field = layout.fields[i];
    const std::string prefix = slug(layout.name) + "_" + slug(names[i]) + "_";
    for (const Named& named : field.values) dictionary.add(prefix + slug(named.name), encoded(field, named.value));
    for (const Bits& bits : field.bits)
      if (bits.count == 1) dictionary.add(prefix + slug(bits.name), encoded(field, std::uint64_t{1} << bits.first));
  }
}

}  // namespace

std::string dictionary(Layouts layouts, const Context& context) {
  Dictionary dictionary;
  for (const Layout* layout : layouts) {
    AnyMessage message(*layout);
    canonicalise(*layout, message.object(), context);
    Bytes bytes = encode(*layout, message.object(), context);
    bytes.resize(std::min(bytes.size(), LONGEST));
    dictionary.add(slug(layout->name), bytes);
    add_fields(dictionary, *layout);
  }
  return std::move(dictionary).text();
}

}  // namespace lockstep::wire
