#include <algorithm>

#include "device/abstract.hpp"

namespace lockstep::device {
namespace {

using ide_km::Defect;
using ide_km::Stimulus;
namespace w = wire::ide_km;

/// Length of each request object, Protocol ID included.
std::size_t object_size(Stimulus stimulus) {
  switch (stimulus) {
    case Stimulus::QUERY:
      return 4;
    case Stimulus::KEY_PROG:
      return 48;
    default:
      return 8;
  }
}

struct Target {
  Byte stream_id, key_sub_stream, port_index;
};

Defect address(const Store& store, const Target& target, IdeKmLetter& l) {
  const auto key = w::KeySubStream::from(target.key_sub_stream);
  l.stream = store.stream_index(target.stream_id, target.port_index);
  l.letter.slot = {.k1 = key.key_set == w::KeySet::K1,
                   .tx = key.direction == w::KeyDirection::Tx,
                   .sub_stream = static_cast<Byte>(key.sub_stream)};
  if (store.max_port_index && target.port_index > *store.max_port_index) return Defect::port_unsupported;
  if (l.letter.slot.sub_stream > static_cast<Byte>(w::SubStream::CPL)) {
    l.letter.slot.sub_stream = 0;  // no slot of ours: the defect says so
    return Defect::sub_stream_invalid;
  }
  return l.stream == NONE ? Defect::stream_unknown : Defect::none;
}

/// The first stream of the port; where none is known there, a stream of which nothing is known.
Byte queried(const Store& store, Byte port_index) {
  Byte unknown = store.adopts_addresses ? NONE : 0;
  for (Byte i = 0; i < store.streams.size(); ++i) {
    if (!store.has_address(store.streams[i]))
      unknown = std::min(unknown, i);
    else if (store.streams[i].port_index == port_index)
      return i;
  }
  return unknown;
}

}  // namespace

Stimulus ide_km_stimulus(Byte object_id) {
  switch (static_cast<w::ObjectId>(object_id)) {
    case w::ObjectId::QUERY:
      return Stimulus::QUERY;
    case w::ObjectId::KEY_PROG:
      return Stimulus::KEY_PROG;
    case w::ObjectId::K_SET_GO:
      return Stimulus::K_SET_GO;
    case w::ObjectId::K_SET_STOP:
      return Stimulus::K_SET_STOP;
    default:
      return Stimulus::UNKNOWN_OBJECT;
  }
}

IdeKmLetter abstract_ide_km(const Store& store, View object, Byte session) {
  IdeKmLetter l;
  l.stream = 0;
  l.letter.session = session;
  l.letter.stimulus = object.size() < 2 ? Stimulus::UNKNOWN_OBJECT : ide_km_stimulus(object[1]);
  if (l.letter.stimulus == Stimulus::UNKNOWN_OBJECT) return l;
  if (object.size() != object_size(l.letter.stimulus)) {
    l.letter.defect = Defect::wrong_length;
    return l;
  }
  const auto decoded = w::decode_ide_km(object, {});
  LOCKSTEP_ASSERT(decoded.has_value());
  const wire::AnyMessage& message = decoded->message;
  if (const auto* query = message.as<w::QUERY>()) {
    const bool beyond = store.max_port_index && query->port_index > *store.max_port_index;
    l.stream = queried(store, query->port_index);
    if (beyond) l.letter.defect = Defect::port_unsupported;
  } else if (const auto* prog = message.as<w::KEY_PROG>()) {
    l.letter.defect = address(store, {prog->stream_id, prog->key_sub_stream, prog->port_index}, l);
    if (l.letter.defect == Defect::none && prog->ifv() != 1) l.letter.defect = Defect::ifv_not_initial;
  } else if (const auto* go = message.as<w::K_SET_GO>()) {
    l.letter.defect = address(store, {go->stream_id, go->key_sub_stream, go->port_index}, l);
  } else if (const auto* stop = message.as<w::K_SET_STOP>()) {
    l.letter.defect = address(store, {stop->stream_id, stop->key_sub_stream, stop->port_index}, l);
  }
  return l;
}

Rule narrowed(Rule row, View object) {
  if (row == Rule("IDE-MSG-018") && object.size() > object_size(Stimulus::KEY_PROG)) return "IDE-MSG-019";
  if (row != Rule("IDE-MSG-022")) return row;
  constexpr std::uint64_t SWAPPED = std::uint64_t{1} << 32;
  const auto decoded = w::decode_ide_km(object, {});
  const auto* prog = decoded ? decoded->message.as<w::KEY_PROG>() : nullptr;
  return prog != nullptr && prog->ifv() == SWAPPED ? Rule("IDE-MSG-029") : row;
}

}  // namespace lockstep::device
