// Messages as JSON and back, derived from the layouts. Nothing is lost: wrong lengths and reserved bits stay.
//
//   {"message": "LOCK_INTERFACE_REQUEST", "TDISPVersion": {"value": 16, "name": "1.0"}, ...,
//    "FLAGS": {"value": 5, "bits": {"NO_FW_UPDATE": 1, "LOCK_MSIX": 1}}, ..., "MMIO_REPORTING_OFFSET": 0, ...}
//
// Keys are unique_names(). An integer is a number, with an object around it where bits or the value have a name; only
// "value" counts when it is read. Bytes are hexadecimal. A list is an array of objects. Absent fields are left out.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "wire/registry.hpp"

namespace lockstep::wire {

nlohmann::ordered_json to_json(const Layout& layout, const void* message, const Context& context);
/// With "message" and the layout's name in front.
nlohmann::ordered_json to_json(const AnyMessage& message, const Context& context);
std::string to_json_text(const AnyMessage& message, const Context& context);

/// Keys left out keep the value of a new message; the error names what is wrong in the text, unknown keys included.
Result<AnyMessage, std::string> from_json(const Layout& layout, const nlohmann::ordered_json& json);
/// Finds the layout by the name in "message".
Result<AnyMessage, std::string> from_json(Layouts layouts, const nlohmann::ordered_json& json);
Result<AnyMessage, std::string> from_json_text(Layouts layouts, std::string_view text);

}  // namespace lockstep::wire
