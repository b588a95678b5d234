// The device as a plug-in for LTSmin: C with the tables as arrays, and the PINS interface around it. A state is a
// vector of local states: connection, sessions, streams, TDIs. A transition group is one machine that moves.
#include <fmt/format.h>

#include "verify/device_export.hpp"

namespace lockstep::verify {
namespace {

using fmt::format;

template <class Numbers>
std::string array(const char* name, const Numbers& numbers) {
  std::string text = format("static const unsigned {}[] = {{", name);
  std::size_t count = 0;
  for (const auto number : numbers)
    text += format("{}{}", count++ % 24 == 0 ? "\n  " : "", static_cast<unsigned long>(number)) + ",";
  return text + (count == 0 ? "0};\n" : "\n};\n");
}

/// The lists one after the other, and where each begins and ends. A move is two numbers: target and effect.
template <class T>
std::string lists(const std::string& name, const Lists<T>& of) {
  std::vector<std::uint32_t> flat, ends{0};
  for (std::size_t i = 0; i < of.size(); ++i) {
    for (const auto& each : of[i])
      if constexpr (std::is_same_v<T, Move>)
        flat.push_back(each.next), flat.push_back(each.effect);
      else
        flat.push_back(each);
    ends.push_back(static_cast<std::uint32_t>(flat.size()));
  }
  return array((name + "_list").c_str(), flat) + array((name + "_ends").c_str(), ends);
}

std::vector<Local> targets(const std::vector<Move>& moves) {
  std::vector<Local> all;
  for (const Move& move : moves) all.push_back(move.next);
  return all;
}
std::vector<std::uint32_t> effects(const std::vector<Move>& moves) {
  std::vector<std::uint32_t> all;
  for (const Move& move : moves) all.push_back(move.effect);
  return all;
}

constexpr const char* CODE = R"(
enum { CONNECTION = 0, SESSION = 1, STREAM = SESSION + SESSIONS, TDI = STREAM + STREAMS, LENGTH = TDI + TDIS };
enum { GROUPS = LENGTH + 1 };  /* one for each machine, and the resets */
enum { NOTHING = 0, LOSES_PROTECTION = 1, ENDS_SESSIONS = 2, FORGETS_SESSIONS = 3, OPENS = 4 };

struct visit {
  TransitionCB callback;
  void *context;
  int group, count;
};

static void reach(struct visit *visit, int *next) {
  int label = visit->group;
  transition_info_t info = {&label, visit->group, 0};
  visit->callback(visit->context, &info, next, NULL);
  ++visit->count;
}

static void copy(int *to, const int *from) { memcpy(to, from, LENGTH * sizeof *to); }

static unsigned established(const int *state) {
  unsigned mask = 0;
  for (int s = 0; s < SESSIONS; ++s)
    if (session_phase[state[SESSION + s]] == 2) mask |= 1U << s;
  return mask;
}

static unsigned context_of(const int *state) {
  unsigned context = 0;
  for (int s = 0; s < SESSIONS; ++s) {
    if (state[SESSION + s] == 0) context |= 1;
    if (handshake_in_the_clear[state[SESSION + s]]) context |= 2;
  }
  for (int k = 0; OWNERS_MATTER && k < STREAMS; ++k) context |= stream_owned[state[STREAM + k]];
  for (int i = 0; OWNERS_MATTER && i < TDIS; ++i) context |= tdi_owned[state[TDI + i]];
  return context;
}

static void lose_stream(int *state, int k) {
  for (int i = 0; i < TDIS; ++i) state[TDI + i] = tdi_at_stream_loss[k * TDI_STATES + state[TDI + i]];
}

/* The sessions of the mask end, and what depends on them notices. */
static void end_sessions(int *state, unsigned mask) {
  unsigned lost = 0;
  for (int s = 0; s < SESSIONS; ++s) {
    if ((mask >> s & 1) == 0 || state[SESSION + s] == 0) continue;
    for (int k = 0; k < STREAMS; ++k) {
      const unsigned at = s * STREAM_STATES + state[STREAM + k];
      if (stream_lost_at_session_end[at] == LOSES_PROTECTION) lost |= 1U << k;
      state[STREAM + k] = stream_at_session_end[at];
    }
    for (int i = 0; i < TDIS; ++i) state[TDI + i] = tdi_at_session_end[s * TDI_STATES + state[TDI + i]];
    state[SESSION + s] = 0;
  }
  for (int k = 0; k < STREAMS; ++k)
    if (lost >> k & 1) lose_stream(state, k);
}

#define EACH(name, list, size, m) \
  for (const unsigned *m = name##_list + name##_ends[list], *end = name##_list + name##_ends[(list) + 1]; m != end; m += size)

/* A change of one variable alone: the bits of its number that turn around. */
#define EACH_CHANGE(name, list, before, variable) \
  EACH(name, list, 1, m) { \
    copy(next, before); \
    next[variable] ^= (int)*m; \
    reach(visit, next); \
  }

static void connection_moves_of(struct visit *visit, const int *state) {
  int next[LENGTH];
  EACH(connection, state[CONNECTION] * 8 + context_of(state), 2, m) {
    copy(next, state);
    next[CONNECTION] = m[0];
    if (m[1] >= OPENS) {
      int s = 0;
      while (state[SESSION + s] != 0) ++s;
      next[SESSION + s] = m[1] - OPENS;
    } else if (m[1] == ENDS_SESSIONS) {
      end_sessions(next, ~0U);
    } else if (m[1] == FORGETS_SESSIONS) {
      for (int s = 0; s < SESSIONS; ++s) next[SESSION + s] = 0;
      for (int k = 0; k < STREAMS; ++k) next[STREAM + k] = stream_orphaned[state[STREAM + k]];
      for (int i = 0; i < TDIS; ++i) next[TDI + i] = tdi_orphaned[state[TDI + i]];
    }
    reach(visit, next);
  }
}

static void session_moves_of(struct visit *visit, const int *state, int s) {
  int next[LENGTH];
  if (state[SESSION + s] == 0) return;
  const unsigned list = state[SESSION + s] * 3 + session_context[state[CONNECTION]];
  EACH_CHANGE(session, list, state, SESSION + s)
  if (!session_ends_here[list]) return;
  copy(next, state);
  end_sessions(next, 1U << s);
  reach(visit, next);
}

static void stream_moves_of(struct visit *visit, const int *state, int k) {
  int next[LENGTH], without[LENGTH];
  const unsigned list = (unsigned)state[STREAM + k] << SESSIONS | established(state);
  EACH_CHANGE(stream, list, state, STREAM + k)
  copy(without, state);
  lose_stream(without, k);
  EACH_CHANGE(stream_loss, list, without, STREAM + k)
}

static void tdi_moves_of(struct visit *visit, const int *state, int i) {
  int next[LENGTH];
  const unsigned mask = established(state), tdi = (unsigned)state[TDI + i];
  EACH_CHANGE(tdi, tdi << SESSIONS | mask, state, TDI + i)
  for (int k = 0; k < STREAMS; ++k)
    EACH_CHANGE(tdi_stream, ((tdi * STREAMS + k) * CLASSES + stream_class[state[STREAM + k]]) << SESSIONS | mask, state, TDI + i)
}

static void resets_of(struct visit *visit, const int *state) {
  int next[LENGTH] = {0};
  reach(visit, next);
  copy(next, state);
  for (int k = 0; k < STREAMS; ++k) next[STREAM + k] = stream_at_reset[state[STREAM + k]];
  for (int i = 0; i < TDIS; ++i) next[TDI + i] = tdi_at_reset[state[TDI + i]];
  reach(visit, next);
}

static int next_states(model_t model, int group, int *state, TransitionCB callback, void *context) {
  (void)model;
  struct visit visit = {callback, context, group, 0};
  if (group == CONNECTION)
    connection_moves_of(&visit, state);
  else if (group < STREAM)
    session_moves_of(&visit, state, group - SESSION);
  else if (group < TDI)
    stream_moves_of(&visit, state, group - STREAM);
  else if (group < LENGTH)
    tdi_moves_of(&visit, state, group - TDI);
  else
    resets_of(&visit, state);
  return visit.count;
}

char pins_plugin_name[] = "lockstep device";

/* Which variables a group reads and writes. A group that may write a variable or leave it is said to read it too. */
static void set_dependencies(model_t model) {
  static matrix_t all, reads, must_write;
  dm_create(&all, GROUPS, LENGTH);
  dm_create(&reads, GROUPS, LENGTH);
  dm_create(&must_write, GROUPS, LENGTH);
  for (int group = 0; group < GROUPS; ++group)
    for (int variable = 0; variable < LENGTH; ++variable) {
      const int is_tdi_group = group >= TDI && group < LENGTH, is_stream_group = group >= STREAM && group < TDI;
      const int other_tdi = is_tdi_group && variable >= TDI && variable != group;
      const int other_stream = is_stream_group && variable >= STREAM && variable < TDI && variable != group;
      const int no_connection = (is_tdi_group || is_stream_group) && variable == CONNECTION;
      if (other_tdi || other_stream || no_connection) continue;
      dm_set(&all, group, variable);
      dm_set(&reads, group, variable);
    }
  GBsetDMInfo(model, &all);
  GBsetDMInfoRead(model, &reads);
  GBsetDMInfoMustWrite(model, &must_write);
}

void pins_model_init(model_t model) {
  static int initial[LENGTH];
  lts_type_t type = lts_type_create();
  lts_type_set_state_length(type, LENGTH);
  const int number = lts_type_add_type(type, "number", NULL);
  lts_type_set_format(type, number, LTStypeDirect);
  for (int i = 0; i < LENGTH; ++i) {
    lts_type_set_state_name(type, i, variable_names[i]);
    lts_type_set_state_typeno(type, i, number);
  }
  lts_type_set_edge_label_count(type, 1);
  lts_type_set_edge_label_name(type, 0, "group");
  lts_type_set_edge_label_typeno(type, 0, number);
  lts_type_validate(type);
  GBsetLTStype(model, type);
  set_dependencies(model);
  GBsetInitialState(model, initial);
  GBsetNextStateLong(model, next_states);
}
)";

}  // namespace

std::string as_pins(const DeviceTables& t) {
  const device::Shape& shape = t.scope.shape;
  const DeviceMoves moves(t);
  const bool owners = t.scope.choices == Tag::unclear;
  std::string text =
      "/* " + describe(t.scope) +
      "\n   Made by lockstep verify device. cc -std=c99 -shared -fPIC -I<LTSmin>/include FILE -o device.so;"
      "\n   then pins2lts-mc or pins2lts-dist device.so. */\n"
      "#include <string.h>\n\n#include <ltsmin/pins.h>\n#include <ltsmin/dlopen-api.h>\n"
      "#include <ltsmin/ltsmin-standard.h>\n#include <ltsmin/lts-type.h>\n\n";
  text += format(
      "enum {{ SESSIONS = {}, STREAMS = {}, TDIS = {}, CLASSES = {}, STREAM_STATES = {}, TDI_STATES = {}, "
      "OWNERS_MATTER = {} }};\n",
      shape.sessions, shape.streams, shape.tdis, t.stream_classes(), t.streams.size(), t.tdis.size(), owners ? 1 : 0);
  text += "static char *const variable_names[] = {\"connection\"";
  for (unsigned s = 0; s < shape.sessions; ++s) text += format(", \"session{}\"", s);
  for (unsigned k = 0; k < shape.streams; ++k) text += format(", \"stream{}\"", k);
  for (unsigned i = 0; i < shape.tdis; ++i) text += format(", \"tdi{}\"", i);
  text += "};\n";
  text += lists("connection", moves.connection) + lists("session", moves.session) +
          array("session_ends_here", moves.session_ends) + lists("stream", moves.stream) +
          lists("stream_loss", moves.stream_loss) + lists("tdi", moves.tdi) + lists("tdi_stream", moves.tdi_stream);
  text += array("session_phase", moves.session_phase) +
          array("handshake_in_the_clear", moves.in_handshake_in_the_clear) +
          array("session_context", moves.session_contexts) + array("stream_class", moves.stream_class) +
          array("stream_owned", moves.stream_owned) + array("tdi_owned", moves.tdi_owned);
  text += array("stream_at_session_end", targets(t.stream_at_session_end)) +
          array("stream_lost_at_session_end", effects(t.stream_at_session_end)) +
          array("tdi_at_session_end", t.tdi_at_session_end) + array("tdi_at_stream_loss", t.tdi_at_stream_loss) +
          array("stream_at_reset", targets(t.stream_at_reset)) + array("tdi_at_reset", t.tdi_at_reset) +
          array("stream_orphaned", targets(t.stream_orphaned)) + array("tdi_orphaned", t.tdi_orphaned);
  return text + CODE;
}

}  // namespace lockstep::verify
