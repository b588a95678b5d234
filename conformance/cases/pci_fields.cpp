// Derived: every field of every TDISP request and IDE_KM object at its limits, too short, too long, with reserved bits.
// The messages come from their layouts (wire::mutations), what they mean from device::abstract, and what a case asks is
// the rule that the machine applies to that.
#include "cases/steps.hpp"
#include "device/abstract.hpp"
#include "device/letters.hpp"
#include "wire/mutations.hpp"
#include "wire/names.hpp"

namespace lockstep::cases {
namespace {

using tdisp::TdiState;

constexpr std::uint32_t FUNCTION_ID = 0xBEEF;
constexpr Byte STREAM_ID = 0, PORT = 1, LAST_PORT = 7;

// --- a device in the state where a request is legal ------------------------------------------------------------------

struct Scene {
  device::Shape shape;
  device::Store store{shape, spdm::Conversation{}};
  device::Control control;
};

/// A session, a stream as `given` says, and a TDI in `state`. Numbers are any that the addresses of a target could be.
Scene scene(Given given, TdiState state) {
  Scene s;
  s.store.tdis[0].function_id = FUNCTION_ID;
  s.store.tdis[0].nonces = {Bytes(32, 0x77)};
  s.store.tdis[0].report = Bytes(100);
  s.store.tdis[0].report_size = 100;
  s.store.tdis[0].flags_supported = 0x1F;
  s.store.tdis[0].optional_requests = 0x1F;
  s.store.streams[0] = {.stream_id = STREAM_ID, .port_index = PORT};
  s.store.max_port_index = LAST_PORT;
  s.store.ide_capable = true;
  s.control.connection = {.state = spdm::ConnectionState::NEGOTIATED, .spdm_version = 0x12};
  s.control.sessions[0] = {.state = spdm::SessionState::ESTABLISHED};
  const bool keyed = given >= Given::keyed;
  s.control.streams[0] = {.programmed = keyed ? ide_km::KEY_SET_K0 : std::uint16_t{0},
                          .owner = keyed ? Byte{0} : ide_km::NO_OWNER};
  if (given >= Given::secure) {
    s.control.streams[0].state = ide_km::StreamState::SECURE;
    s.control.streams[0].active = ide_km::KEY_SET_K0;
  }
  s.control.tdis[0] = {.state = state, .nonce = state == TdiState::CONFIG_LOCKED};
  if (state != TdiState::CONFIG_UNLOCKED) s.control.bindings[0] = {0, 0, device::NONE};
  return s;
}

/// What every request carries that is not its default.
wire::AnyMessage correct(const wire::Layout& layout) {
  wire::AnyMessage message(layout);
  wire::canonicalise(layout, message.object(), {});
  const auto put = [&](std::string_view name, std::uint64_t value) {
    if (const wire::Field* field = layout.find(name)) field->set(message.object(), value);
  };
  put("TDISPVersion", wire::tdisp::VERSION_1_0);
  put("FUNCTION_ID", FUNCTION_ID);
  put("DEFAULT_STREAM_ID", STREAM_ID);
  put("LENGTH", 0xFFFF);
  put("StreamID", STREAM_ID);
  put("PortIndex", PORT);
  put("IFV_DW0", 1);
  if (const wire::Field* nonce = layout.find("START_INTERFACE_NONCE")) nonce->bytes(message.object()) = Bytes(32, 0x77);
  return message;
}

// --- what a mutated request is ---------------------------------------------------------------------------------------

struct Place {
  Given given;
  TdiState state;
};

/// Where a request is served: what is wrong with it then is its contents alone.
Place place_of(tdisp::Stimulus stimulus) {
  using enum tdisp::Stimulus;
  switch (stimulus) {
    case LOCK_INTERFACE_REQUEST:
      return {Given::secure, TdiState::CONFIG_UNLOCKED};
    case STOP_INTERFACE_REQUEST:
    case BIND_P2P_STREAM_REQUEST:
    case UNBIND_P2P_STREAM_REQUEST:
    case SET_MMIO_ATTRIBUTE_REQUEST:
      return {Given::tdi_run, TdiState::RUN};
    default:
      return {Given::tdi_locked, TdiState::CONFIG_LOCKED};
  }
}

bool moves(tdisp::Stimulus stimulus) {
  using enum tdisp::Stimulus;
  return stimulus == LOCK_INTERFACE_REQUEST || stimulus == START_INTERFACE_REQUEST ||
         stimulus == STOP_INTERFACE_REQUEST;
}

/// The rule of what a receiver ignores, and whether any rule settles that it does.
struct Ignoring {
  Rule rule;
  bool settled = true;
};
Ignoring ignoring_of(wire::Protocol protocol, std::string_view field) {
  if (protocol == wire::Protocol::IDE_KM)
    return field == "Key/Sub-stream" ? Ignoring{"IDE-MSG-024", false} : Ignoring{"IDE-MSG-039"};
  if (field == "INTERFACE_ID.Reserved") return {"TDISP-HDR-009", false};
  if (field == "MMIO_REPORTING_OFFSET") return {"TDISP-LOCK-030", false};
  if (field == "BIND_P2P_ADDRESS_MASK") return {"TDISP-LOCK-035"};
  return {"TDISP-HDR-006"};
}

/// Header fields mean the same in every request: their limits are tried with one, except for the address.
bool tried_once(std::string_view field) {
  return field == "MessageType" || field == "INTERFACE_ID.Reserved" || field == "Object ID";
}

/// "flags/bit-15" of "lock-interface-request/flags/bit-15"
std::string without_message(const std::string& name) { return name.substr(name.find('/') + 1); }

struct Family {
  std::string folder;  ///< "tdisp/fields"
  const wire::Layout& layout;
  Step step;  ///< the correct request
  Place place;
  std::vector<Needs> needs;
  std::vector<Step> before = {};  ///< what comes first
  bool moves = false;             ///< it changes the state: begin again for each
  bool has_header_cases = false;
};

device::Letter meaning(const Scene& scene, const Family& family, View bytes) {
  if (family.layout.protocol == wire::Protocol::TDISP)
    return device::normalised(scene.shape, scene.control,
                              {0, device::abstract_tdisp(scene.store, scene.control, bytes)});
  return device::normalised(scene.shape, scene.control, {0, device::abstract_ide_km(scene.store, bytes, 0)});
}

/// Of another protocol, of a segment that is not valid, and of what the device need not have: other cases.
bool left_out(const Family& family, const wire::Mutation& mutation) {
  if (mutation.field == "Protocol ID" || mutation.field == "Key" || mutation.field == "VENDOR_DATA") return true;
  // GET_TDISP_VERSION for any interface may make a device host it.
  if (mutation.field == "FUNCTION_ID" && family.layout.name == "GET_TDISP_VERSION") return true;
  if (mutation.field == "FUNCTION_ID") return mutation.name.find("/bit-") != std::string::npos;
  if (family.layout.name == "QUERY" && mutation.name.ends_with("/zero")) return true;  // another port
  if (mutation.field == "LENGTH" && mutation.name.ends_with("/max")) return true;
  return tried_once(mutation.field) && !family.has_header_cases;
}

Case with_defect(const Family& family, const wire::Mutation& mutation, Rule rule, device::Letter letter) {
  Step step = family.step;
  step.edits = {mutate(without_message(mutation.name))};
  if (const auto* l = std::get_if<device::TdispLetter>(&letter.body); l != nullptr && l->tdi == device::NONE)
    step.tdi = device::NONE;
  return {.id = family.folder + "/" + mutation.name,
          .about = std::string(family.layout.name) + " with " + without_message(mutation.name) + ".",
          .asks = {device::narrowed(rule, mutation.bytes)},
          .given = family.place.given,
          .needs = family.needs,
          .steps = family.before + std::vector<Step>{std::move(step)}};
}

/// All that is ignored in one field: a case, with a step for each.
void add_ignored(std::vector<Case>& all, const Family& family, const wire::Mutation& mutation) {
  const Ignoring ignoring = ignoring_of(family.layout.protocol, mutation.field);
  const std::string field = without_message(mutation.name.substr(0, mutation.name.rfind('/')));
  const std::string id = family.folder + "/" + wire::slug(family.layout.name) + "/" + field + "/ignored";
  if (all.empty() || all.back().id != id)
    all.push_back({.id = id,
                   .about = std::string(family.layout.name) + ": what a receiver ignores in " + field + ".",
                   .asks = {ignoring.rule},
                   .given = family.place.given,
                   .needs = family.needs,
                   .steps = family.before});
  Step step = ignored({mutate(without_message(mutation.name))}, family.step);
  step.may_refuse = !ignoring.settled;
  step.afresh = family.moves && all.back().steps.size() > family.before.size();
  all.back().steps.push_back(std::move(step));
}

void add(std::vector<Case>& all, const Family& family) {
  const Scene here = scene(family.place.given, family.place.state);
  const wire::AnyMessage message = correct(family.layout);
  const device::Letter sound = meaning(here, family, wire::encode(family.layout, message.object(), {}));
  for (const wire::Mutation& mutation : wire::mutations(message, {})) {
    if (left_out(family, mutation)) continue;
    const device::Letter letter = meaning(here, family, mutation.bytes);
    if (letter == sound)
      add_ignored(all, family, mutation);
    else
      all.push_back(with_defect(family, mutation, device::step(here.shape, here.control, letter).rule, letter));
  }
}

Family of_tdisp(tdisp::Stimulus stimulus) {
  using S = tdisp::Stimulus;
  const auto code = static_cast<Byte>(0x81 + static_cast<int>(stimulus));
  Family family{.folder = "tdisp/fields",
                .layout = *wire::tdisp::find_request(code),
                .step = tdisp_step(stimulus),
                .place = place_of(stimulus),
                .needs = {Needs::tdisp},
                .moves = moves(stimulus),
                .has_header_cases = stimulus == S::GET_DEVICE_INTERFACE_STATE};
  if (stimulus == S::GET_DEVICE_INTERFACE_REPORT) family.before = {whole(tdisp_step(stimulus))};
  return family;
}

Family of_ide_km(ide_km::Stimulus stimulus, Given given) {
  using S = ide_km::Stimulus;
  const auto id = stimulus == S::QUERY      ? wire::ide_km::ObjectId::QUERY
                  : stimulus == S::KEY_PROG ? wire::ide_km::ObjectId::KEY_PROG
                  : stimulus == S::K_SET_GO ? wire::ide_km::ObjectId::K_SET_GO
                                            : wire::ide_km::ObjectId::K_SET_STOP;
  return {.folder = "ide_km/fields",
          .layout = *wire::ide_km::find_request(static_cast<Byte>(id)),
          .step = ide_km_step(stimulus),
          .place = {given, TdiState::CONFIG_UNLOCKED},
          .needs = {Needs::ide_km},
          .before = {ide_km_step(S::QUERY)}};
}

}  // namespace

std::vector<Case> pci_field_cases() {
  std::vector<Case> all;
  using T = tdisp::Stimulus;
  using K = ide_km::Stimulus;
  // SET_MMIO_ATTRIBUTE_REQUEST and VDM_REQUEST have cases of their own: what their fields mean depends on the report
  // and on the vendor.
  for (const T stimulus :
       {T::GET_TDISP_VERSION, T::GET_TDISP_CAPABILITIES, T::LOCK_INTERFACE_REQUEST, T::GET_DEVICE_INTERFACE_REPORT,
        T::GET_DEVICE_INTERFACE_STATE, T::START_INTERFACE_REQUEST, T::STOP_INTERFACE_REQUEST})
    add(all, of_tdisp(stimulus));
  add(all, of_ide_km(K::QUERY, Given::secure));
  add(all, of_ide_km(K::KEY_PROG, Given::established));
  add(all, of_ide_km(K::K_SET_GO, Given::keyed));
  add(all, of_ide_km(K::K_SET_STOP, Given::secure));
  return all;
}

}  // namespace lockstep::cases
