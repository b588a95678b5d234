#include "host/property.hpp"

#include <algorithm>

#include "requirements/no_such.hpp"

namespace lockstep::host {

namespace {

using Tables = std::initializer_list<std::span<const Property>>;

std::vector<const Property*> in_order(Tables tables) {
  std::vector<const Property*> made;
  for (const auto& table : tables)
    for (const Property& property : table) made.push_back(&property);
  const auto rank = [](const Property* p) { return std::pair(std::string_view("PLV").find(p->id.front()), p->id); };
  std::sort(made.begin(), made.end(), [&](const Property* a, const Property* b) { return rank(a) < rank(b); });
  return made;
}

}  // namespace

std::span<const Property* const> properties() {
  static const auto all = in_order({access_properties(), evidence_properties(), teardown_properties(),
                                    link_properties(), ranges_properties(), lock_lemmas(), link_lemmas()});
  return all;
}

std::span<const Property* const> questions() {
  static const auto all = in_order(
      {access_properties(), evidence_properties(), teardown_properties(), link_properties(), ranges_properties()});
  return all;
}

Result<const Property*, std::string> find_property(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const Property* property : properties()) {
    if (property->id == id) return property;
    ids.push_back(property->id);
  }
  for (const NotModelled& row : not_modelled())
    if (row.id == id) return Unexpected{std::string(id) + " is not a property of the model: " + std::string(row.why)};
  return Unexpected{no_such("property", id, ids)};
}

std::span<const NotModelled> not_modelled() {
  static constexpr std::array<NotModelled, 4> ROWS{{
      {"P18/sparse",
       "whether a BAR with holes can be placed under a random reporting offset: the layout of one device is no state"},
      {"P37/lengths", "lengths, timing, state and stream ids are declared leaks and are not observed"},
      {"S3.4/old-driver", "a driver from before a feature bit is not an actor; both of its outcomes are safe"},
      {"P36/reload", "a TSM that is loaded anew forgets its fields: it is a restart of the model, not a step"},
  }};
  return ROWS;
}

}  // namespace lockstep::host
