// One declarative description per message. A message is a plain struct with a `static const Layout& layout()`;
// everything else (encode, decode, validate, canonical, JSON, documentation, dictionaries, generators, mutations)
// interprets that one description, so no message has code of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "requirements/catalogue.hpp"
#include "wire/context.hpp"

namespace lockstep::wire {

enum class Protocol { SPDM, SECURED_MESSAGE, IDE_KM, TDISP, DOE, MCTP, TCP, EMU };
enum class Direction { request, response, either };

struct Layout;

/// A named run of bits inside an integer field; bit 0 is the least significant.
struct Bits {
  std::string_view name;
  unsigned first = 0;
  unsigned count = 1;
  std::string_view meaning = {};
};

/// A value of an integer field that the specification names.
struct Named {
  std::uint64_t value;
  std::string_view name;
};

enum class Kind { integer, bytes, list };

/// One field. Values are reached through type-erased accessors, so that one interpreter serves every message.
struct Field {
  std::string_view name;     ///< as the specification spells it
  std::string_view meaning;  ///< one line, in our words
  Kind kind = Kind::integer;
  std::size_t width = 0;              ///< integer: bytes on the wire (1 to 8); bytes of constant size: that size
  bool big_endian = false;            ///< integers are little-endian unless said so
  std::uint64_t reserved = 0;         ///< integer: bits sent as zero and ignored when received
  bool rest = false;                  ///< bytes or list: everything up to the end of the message
  std::string_view length_from = {};  ///< bytes or list: name of the earlier integer field that gives its size or count
  const Field* length_field = nullptr;  ///< resolved by make_layout()
  Rule reserved_rule = Rule::none();    ///< cited when a reserved bit is set
  std::vector<Bits> bits = {};
  std::vector<Named> values = {};
  Rule values_rule = Rule::none();  ///< cited when `values` is not empty and the value is none of them
  Rule size_rule = Rule::none();    ///< cited when the message ends inside the field; none: the layout's

  std::function<std::uint64_t(const void*)> get = {};
  std::function<void(void*, std::uint64_t)> set = {};
  std::function<Bytes&(void*)> bytes = {};
  std::function<bool(const void*, const Context&)> present = {};      ///< empty: always
  std::function<std::size_t(const void*, const Context&)> size = {};  ///< bytes: size; list: element count
  const Layout* (*element)() = nullptr;                               ///< list: layout of one element
  std::function<std::size_t(const void*)> element_count = {};
  std::function<void*(void*, std::size_t)> element_at = {};
  std::function<void(void*, std::size_t)> resize = {};

  // Said in a chain behind Fields<M>::...(): what only some fields have.
  Field&& with_bits(std::vector<Bits> named) && { return bits = std::move(named), std::move(*this); }
  Field&& with_reserved(std::uint64_t mask, Rule rule = Rule::none()) && {
    return reserved = mask, reserved_rule = rule, std::move(*this);
  }
  Field&& one_of(std::vector<Named> named, Rule rule = Rule::none()) && {
    return values = std::move(named), values_rule = rule, std::move(*this);
  }
  Field&& with_size_rule(Rule rule) && { return size_rule = rule, std::move(*this); }
  Field&& in_big_endian() && { return big_endian = true, std::move(*this); }
  Field&& when(std::function<bool(const void*, const Context&)> condition) && {
    return present = std::move(condition), std::move(*this);
  }
  Field&& since(Byte spdm_version) && {
    return std::move(*this).when(
        [spdm_version](const void*, const Context& c) { return c.spdm_version >= spdm_version; });
  }
};

/// A rule over the whole message, cited by its requirement. `holds` sees the message as its struct.
struct Check {
  Rule rule;
  std::string_view what;  ///< what is wrong when it does not hold
  std::function<bool(const void*, const Context&)> holds;
};

struct Layout {
  std::string_view name;  ///< as the specification spells it: "LOCK_INTERFACE_REQUEST"
  Protocol protocol = Protocol::SPDM;
  Direction direction = Direction::either;
  std::optional<Byte> code = std::nullopt;  ///< message, object or data-object code; none for parts of messages
  Byte since = 0;                           ///< SPDM version that introduced it, 0: all
  std::string_view source;                  ///< document and clause
  Rule size_rule = Rule::none();            ///< cited when the message is shorter than its fields say
  std::vector<Field> fields;
  std::vector<Check> checks = {};
  std::shared_ptr<void> (*make)() = nullptr;  ///< a default-constructed message
  std::shared_ptr<void> (*copy)(const void*) = nullptr;

  const Field* find(std::string_view field) const;
};

/// Where and why bytes are no message of the layout.
struct DecodeError {
  std::string field;
  std::size_t offset = 0;  ///< from the start of the message
  std::string why;
  Rule rule = Rule::none();  ///< the size rule that is broken
};

/// A rule that a message breaks.
struct Finding {
  Rule rule;
  std::string field;  ///< empty: the message as a whole
  std::string what;
};

// --- the interpreter; `message` points to the struct that the layout belongs to --------------------------------------

bool is_present(const Field&, const void* message, const Context&);
/// What the context and the earlier fields say of a bytes field's size or a list's element count; nullopt: up to the
/// end of the message.
std::optional<std::size_t> extent(const Field&, const void* message, const Context&);

/// Writes every field as it stands: wrong lengths and reserved bits included. Fields absent in this context are left
/// out.
Bytes encode(const Layout&, const void* message, const Context&);
/// Shape only: keeps reserved bits and unknown values. Returns the number of bytes consumed; the caller decides on the
/// rest.
Result<std::size_t, DecodeError> decode(const Layout&, void* message, View, const Context&);
/// All findings, not the first.
std::vector<Finding> validate(const Layout&, const void* message, const Context&);
/// Turns the message into what a correct sender would have sent: reserved bits zero, lengths and counts true, sizes
/// exact.
void canonicalise(const Layout&, void* message, const Context&);

template <class M>
Bytes encode(const M& message, const Context& context) {
  return encode(M::layout(), &message, context);
}
template <class M>
struct Decoded {
  M message;
  std::size_t consumed = 0;
};
template <class M>
Result<Decoded<M>, DecodeError> decode(View bytes, const Context& context) {
  Decoded<M> decoded;
  auto consumed = decode(M::layout(), &decoded.message, bytes, context);
  if (!consumed) return Unexpected{consumed.error()};
  decoded.consumed = *consumed;
  return decoded;
}
template <class M>
std::vector<Finding> validate(const M& message, const Context& context) {
  return validate(M::layout(), &message, context);
}
template <class M>
M canonical(M message, const Context& context) {
  canonicalise(M::layout(), &message, context);
  return message;
}

/// A message whose type is known at run time only. Copies share the message; clone() does not.
class AnyMessage {
 public:
  AnyMessage() = default;
  explicit AnyMessage(const Layout& layout) : layout_(&layout), object_(layout.make()) {}
  template <class M>
  requires requires { M::layout(); }
  explicit AnyMessage(const M& message) : layout_(&M::layout()), object_(std::make_shared<M>(message)) {}

  AnyMessage clone() const {
    AnyMessage copy = *this;
    if (layout_ != nullptr) copy.object_ = layout_->copy(object());
    return copy;
  }

  explicit operator bool() const { return layout_ != nullptr; }
  const Layout& layout() const { return *layout_; }
  std::string_view name() const { return layout_ ? layout_->name : std::string_view{}; }
  void* object() { return object_.get(); }
  const void* object() const { return object_.get(); }
  /// The message as M, or nullptr when it is another one.
  template <class M>
  const M* as() const {
    return layout_ == &M::layout() ? static_cast<const M*>(object_.get()) : nullptr;
  }

 private:
  const Layout* layout_ = nullptr;
  std::shared_ptr<void> object_;
};

}  // namespace lockstep::wire
