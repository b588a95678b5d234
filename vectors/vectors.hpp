// The test vectors: every message layout with valid and invalid examples, and whole sessions with their secrets.
// Printed from the model, the same in every run; data/ holds them as committed, schema/ says how they are written.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "wire/registries.hpp"

namespace lockstep::vectors {

struct File {
  std::string name;  ///< "messages-tdisp.json"
  std::string text;
};

/// Every file, sorted by name.
std::vector<File> files();

/// The messages of one registry: schema/messages-1.json.
File message_file(const wire::Registry& registry);
/// schema/session-1.json. A session with a pre-shared key over DOE, with IDE_KM and TDISP in it.
File psk_session_file();
/// A session with KEY_EXCHANGE over MCTP: certificates, signatures, padded records.
File key_exchange_session_file();

/// A message of which nothing is wrong, its fields filled as far as that allows. Its sizes follow the context.
wire::AnyMessage example(const wire::Layout& layout, const wire::Context& context);

/// JSON with one line for each element of the arrays named, so that a change shows as lines.
std::string as_lines(const nlohmann::ordered_json& document);

}  // namespace lockstep::vectors
