#include "runner/edits.hpp"

#include <algorithm>

#include "wire/mutations.hpp"
#include "wire/names.hpp"
#include "wire/spdm_registry.hpp"
#include "wire/vendor_defined.hpp"

namespace lockstep::runner {
namespace {

using cases::Edit;
using Made = Result<Bytes, std::string>;

Made lacks(const wire::AnyMessage& message, const std::string& what) {
  return Unexpected{std::string(message.name()) + " has no " + what + " here"};
}

Made mutated(const wire::AnyMessage& message, const std::string& name, const wire::Context& context) {
  const std::string wanted = wire::slug(message.name()) + "/" + name;
  for (wire::Mutation& mutation : wire::mutations(message, context))
    if (mutation.name == wanted) return std::move(mutation.bytes);
  return lacks(message, "mutation " + name);
}

void flip(Bytes& bytes, std::uint64_t bit) {
  if (bit / 8 < bytes.size()) bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << bit % 8));
}

/// A field may be there twice, with the width of one version and of another.
const wire::Field* present_field(const wire::AnyMessage& message, std::string_view name, const wire::Context& context) {
  for (const wire::Field& field : message.layout().fields)
    if (field.name == name && wire::is_present(field, message.object(), context)) return &field;
  return nullptr;
}

/// Edits of one field change the message, which is encoded when all are made; the others work on its bytes.
bool change_field(wire::AnyMessage& message, const Edit& edit, const wire::Context& context) {
  const wire::Field* field = present_field(message, edit.field, context);
  if (field == nullptr) return false;
  if (field->kind == wire::Kind::bytes && edit.how == Edit::How::flip) {
    flip(field->bytes(message.object()), edit.value);
    return true;
  }
  if (field->kind != wire::Kind::integer) return false;
  const std::uint64_t old = field->get(message.object());
  field->set(message.object(), edit.how == Edit::How::set     ? edit.value
                               : edit.how == Edit::How::add   ? old + edit.value
                               : edit.how == Edit::How::raise ? old | std::uint64_t{1} << edit.value
                                                              : old ^ std::uint64_t{1} << edit.value);
  return true;
}

Made changed(const wire::AnyMessage& original, const std::vector<Edit>& edits, const wire::Context& context) {
  wire::AnyMessage message = original.clone();
  for (const Edit& edit : edits) {
    if (edit.how == Edit::How::mutate) return mutated(message, edit.field, context);
    if (edit.how == Edit::How::cut || edit.how == Edit::How::append) continue;
    if (!change_field(message, edit, context)) return lacks(message, "field " + edit.field);
  }
  Bytes bytes = wire::encode(message.layout(), message.object(), context);
  for (const Edit& edit : edits) {
    if (edit.how == Edit::How::cut) bytes.resize(bytes.size() - std::min<std::size_t>(bytes.size(), edit.value));
    if (edit.how == Edit::How::append) bytes.resize(bytes.size() + edit.value, 0xFF);
  }
  return bytes;
}

/// Edits that speak of the session, with the half of its SessionID in them. nullopt: there is no session.
std::optional<std::vector<Edit>> about_session(std::vector<Edit> edits, spdm::SessionId session) {
  for (Edit& edit : edits) {
    if (edit.how != Edit::How::session) continue;
    if (!session) return std::nullopt;
    edit = {Edit::How::set, edit.field, *session & 0xFFFF};
  }
  return edits;
}

}  // namespace

Made edited(View message, const std::vector<Edit>& original, const wire::Context& context, spdm::SessionId session) {
  if (original.empty()) return copy(message);
  const auto edits = about_session(original, session);
  if (!edits) return Unexpected{std::string("there is no session whose id could come again")};
  const auto outer = wire::spdm::decode_spdm(message, context);
  if (!outer) return Unexpected{"the message cannot be decoded: " + outer.error().field + ": " + outer.error().why};
  const auto* envelope = outer->message.as<wire::spdm::VENDOR_DEFINED_REQUEST>();
  const auto inner = envelope == nullptr ? std::nullopt : wire::inner_message(*envelope);
  if (!inner) return changed(outer->message, *edits, context);
  const auto carried = wire::decode_inner(*inner, {});
  if (!carried)
    return Unexpected{"the message inside cannot be decoded: " + carried.error().field + ": " + carried.error().why};
  auto bytes = changed(carried->message, *edits, {});
  if (!bytes) return bytes;
  wire::spdm::VENDOR_DEFINED_REQUEST wrapped = *envelope;
  wire::fill_envelope(wrapped, wire::inner_payload(inner->protocol, *bytes));
  return wire::encode(wrapped, context);
}

}  // namespace lockstep::runner
