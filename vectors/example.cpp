// Valid examples, found by trying: the layouts know what is wrong with a message, so a field keeps the first value that
// makes nothing worse.
#include <algorithm>

#include "vectors/vectors.hpp"

namespace lockstep::vectors {
namespace {

constexpr std::size_t UNDECODABLE = 1000;  // worse than any number of findings
constexpr std::size_t LARGEST = 0x400;     // nobody reads an example of a megabyte
constexpr std::size_t FREE_SIZE = 6;       // of bytes that may have any size
constexpr std::size_t FREE_COUNT = 2;      // of lists

class Search {
 public:
  Search(const wire::Layout& layout, const wire::Context& context) : context_(context), message_(layout) {}

  wire::AnyMessage run() {
    set_known();
    for (int pass = 0; pass < 2; ++pass) {  // a length of the whole message is right once the rest stands
      next_ = 1;
      fill(message_.layout(), message_.object(), {});
    }
    wire::canonicalise(message_.layout(), message_.object(), context_);
    return message_;
  }

 private:
  void set_known() {
    const wire::Layout& layout = message_.layout();
    if (const wire::Field* version = layout.find("SPDMVersion")) {
      const bool first = layout.name == "GET_VERSION" || layout.name == "VERSION";  // these are always 1.0
      version->set(message_.object(), first ? std::uint64_t{0x10} : context_.spdm_version);
    }
    // Without CHUNK_CAP these are equal: no search that changes one field at a time finds that.
    for (const char* const size : {"DataTransferSize", "MaxSPDMmsgSize"})
      if (const wire::Field* field = layout.find(size)) field->set(message_.object(), LARGEST);
  }

  std::size_t faults() const {
    wire::AnyMessage copy = message_.clone();
    wire::canonicalise(copy.layout(), copy.object(), context_);
    const Bytes bytes = wire::encode(copy.layout(), copy.object(), context_);
    if (bytes.size() > LARGEST) return UNDECODABLE;
    const auto decoded = wire::decode_any(&copy.layout(), 0, bytes, context_);
    if (!decoded || decoded->consumed != bytes.size()) return UNDECODABLE;
    if (wire::encode(copy.layout(), decoded->message.object(), context_) != bytes) return UNDECODABLE;
    return wire::validate(copy.layout(), decoded->message.object(), context_).size();
  }

  void fill(const wire::Layout& layout, void* object, const std::string& path) {
    for (const wire::Field& field : layout.fields) {
      if (!wire::is_present(field, object, context_)) continue;
      if (field.kind == wire::Kind::integer) fill_integer(layout, field, object);
      if (field.kind == wire::Kind::bytes) fill_bytes(field, object);
      if (field.kind == wire::Kind::list) fill_list(field, object, path);
    }
  }

  /// What says which message this is stays as it is.
  static bool identifies(const wire::Layout& layout, const wire::Field& field, const void* object) {
    if (field.name.ends_with("Version") || field.name == "Protocol ID") return true;
    return layout.code && field.width == 1 && field.get(object) == *layout.code;
  }

  std::vector<std::uint64_t> candidates(const wire::Field& field, std::uint64_t old) {
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - 8 * field.width);
    std::vector<std::uint64_t> values;
    for (const wire::Named& named : field.values) values.push_back(named.value);
    std::uint64_t bits = 0;
    for (const wire::Bits& b : field.bits)
      if (b.count == 1) bits |= std::uint64_t{1} << b.first;
    if (bits != 0) values.push_back(bits);
    for (const wire::Bits& b : field.bits) values.push_back(std::uint64_t{1} << b.first);
    if (field.values.empty() && field.bits.empty()) {
      std::uint64_t pattern = 0;
      for (std::size_t i = 0; i < field.width; ++i) pattern = pattern << 8 | next_++;
      values.push_back(pattern);
    }
    const std::size_t size = wire::encode(message_.layout(), message_.object(), context_).size();
    for (const std::uint64_t value : {old, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{0}, std::uint64_t{size}})
      values.push_back(value);
    for (std::uint64_t& value : values) value &= most & ~field.reserved;
    return values;
  }

  /// Fewest faults; among equals the candidate that stands first.
  template <class Candidates, class Set>
  void try_each(const Candidates& all, const Set& set) {
    std::size_t best = 0, fewest = SIZE_MAX;
    for (std::size_t i = 0; i < all.size() && fewest != 0; ++i) {
      set(all[i]);
      if (const std::size_t now = faults(); now < fewest) fewest = now, best = i;
    }
    set(all[best]);
  }

  void fill_integer(const wire::Layout& layout, const wire::Field& field, void* object) {
    const bool is_length = std::any_of(layout.fields.begin(), layout.fields.end(),
                                       [&](const wire::Field& other) { return other.length_field == &field; });
    if (is_length || identifies(layout, field, object)) return;
    try_each(candidates(field, field.get(object)), [&](std::uint64_t value) { field.set(object, value); });
  }

  void fill_bytes(const wire::Field& field, void* object) {
    const bool free = field.rest || field.length_field != nullptr;
    const std::size_t exact = free ? 0 : wire::extent(field, object, context_).value_or(0);
    std::vector<Bytes> choices;
    for (const std::size_t size : free ? std::vector<std::size_t>{FREE_SIZE, 2, 0} : std::vector{exact}) {
      Bytes bytes(size);
      for (Byte& byte : bytes) byte = next_++;
      choices.push_back(std::move(bytes));
    }
    choices.push_back(field.bytes(object));
    try_each(choices, [&](const Bytes& bytes) { field.bytes(object) = bytes; });
  }

  void fill_list(const wire::Field& field, void* object, const std::string& path) {
    const bool free = field.rest || field.length_field != nullptr;
    const std::vector<std::size_t> counts{free ? FREE_COUNT : wire::extent(field, object, context_).value_or(0), 1, 0,
                                          field.element_count(object)};
    try_each(counts, [&](std::size_t count) {
      field.resize(object, count);
      if (field.length_field != nullptr) field.length_field->set(object, count);
    });
    for (std::size_t i = 0; i < field.element_count(object); ++i)
      fill(*field.element(), field.element_at(object, i), path);
  }

  const wire::Context& context_;
  wire::AnyMessage message_;
  Byte next_ = 1;  // the bytes of an example count up, so that a reader sees which is which
};

}  // namespace

wire::AnyMessage example(const wire::Layout& layout, const wire::Context& context) {
  return Search(layout, context).run();
}

}  // namespace lockstep::vectors
