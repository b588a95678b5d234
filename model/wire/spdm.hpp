// All SPDM messages of DSP0274 1.0 to 1.4.
#pragma once

#include "wire/spdm_algorithms.hpp"
#include "wire/spdm_authentication.hpp"
#include "wire/spdm_chunk.hpp"
#include "wire/spdm_encapsulated.hpp"
#include "wire/spdm_error.hpp"
#include "wire/spdm_events.hpp"
#include "wire/spdm_header.hpp"
#include "wire/spdm_measurements.hpp"
#include "wire/spdm_negotiation.hpp"
#include "wire/spdm_opaque.hpp"
#include "wire/spdm_provisioning.hpp"
#include "wire/spdm_session.hpp"
#include "wire/spdm_vendor_defined.hpp"
