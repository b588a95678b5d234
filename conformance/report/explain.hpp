// What a case, a requirement, a fault or a false alarm is about: `lockstep show`.
#pragma once

#include <string>

#include "cases/case.hpp"
#include "device/responder.hpp"

namespace lockstep::report {

std::string explain(const cases::Case&);
std::string explain(Rule);
std::string explain(const device::Fault&);
std::string explain(const FalseAlarm&);
/// Whatever has this id. The error is a sentence that names the nearest ids.
Result<std::string, std::string> explain(std::string_view id);

}  // namespace lockstep::report
