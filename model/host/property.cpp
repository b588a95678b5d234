#include "host/property.hpp"

namespace lockstep::host {

std::span<const Property* const> properties() {
  static const std::vector<const Property*> all = [] {
    std::vector<const Property*> made;
    for (const auto& table : {access_properties(), evidence_properties(), teardown_properties()})
      for (const Property& property : table) made.push_back(&property);
    return made;
  }();
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
  return Unexpected{unknown("property", id, ids)};
}

std::span<const NotModelled> not_modelled() { return {}; }

}  // namespace lockstep::host
