// The device in Promela. Every option of the one loop is a d_step, so that a state of SPIN is a state of the device.
#include <fmt/format.h>

#include <map>
#include <set>

#include "verify/device_export.hpp"

namespace lockstep::verify {
namespace {

using fmt::format;

class Promela {
 public:
  Promela(const DeviceTables& tables, const DeviceProperty* property)
      : t_(tables), shape_(tables.scope.shape), property_(property) {}

  std::string text() {
    declare();
    couplings();
    out_ += "active proctype device() {\n  do\n";
    connection();
    for (unsigned s = 0; s < shape_.sessions; ++s) session(s);
    for (unsigned k = 0; k < shape_.streams; ++k) stream(k);
    for (unsigned i = 0; i < shape_.tdis; ++i) tdi(i);
    resets();
    if (property_ != nullptr) assertion();
    return out_ + "  od\n}\n";
  }

 private:
  // --- words
  // -----------------------------------------------------------------------------------------------------------

  /// "(x == 1 || x == 2)"; false for no value.
  static std::string one_of(const std::string& variable, const std::vector<Local>& values) {
    if (values.empty()) return "false";
    std::string text;
    for (const Local value : values) text += format("{}{} == {}", text.empty() ? "" : " || ", variable, value);
    return "(" + text + ")";
  }
  static std::string any(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : " || ") + part;
    return parts.empty() ? "false" : "(" + text + ")";
  }
  template <class Space, class Predicate>
  static std::vector<Local> where(const Space& space, Predicate predicate) {
    std::vector<Local> all;
    for (Local i = 0; i < space.size(); ++i)
      if (predicate(i)) all.push_back(i);
    return all;
  }
  template <class Space>
  void legend(const char* what, const Space& space) {
    out_ += format("/* {}:\n", what);
    for (Local i = 0; i < space.size(); ++i) out_ += format("   {} {}\n", i, text_of(space[i]));
    out_ += "*/\n";
  }
  void option(const std::string& guard, const std::string& effect) {
    out_ += "  :: d_step { " + guard + " -> " + effect + " }\n";
  }

  // --- declarations
  // ----------------------------------------------------------------------------------------------------

  void declare() {
    out_ += "/* " + describe(t_.scope) + "\n   Made by lockstep verify device; the moves are those of its tables. */\n";
    legend("connection", t_.connections);
    legend("session", t_.sessions);
    legend("stream", t_.streams);
    legend("tdi", t_.tdis);
    const auto type = [](Local size) { return size <= 256 ? "byte" : "short"; };
    out_ += format("{} connection;\n{} session[{}];\n{} stream[{}];\n{} tdi[{}];\n", type(t_.connections.size()),
                   type(t_.sessions.size()), shape_.sessions, type(t_.streams.size()), shape_.streams,
                   type(t_.tdis.size()), shape_.tdis);
    for (unsigned k = 0; k < shape_.streams; ++k) out_ += format("hidden byte lost_{};\n", k);
    const auto in_phase = [&](spdm::SessionState phase) {
      return where(t_.sessions, [&](Local n) { return t_.sessions[n].state == phase; });
    };
    out_ += "#define ESTABLISHED(s) " + one_of("session[s]", in_phase(spdm::SessionState::ESTABLISHED)) + "\n";
    for (unsigned c = 0; c < t_.stream_classes(); ++c)
      out_ += format("#define CLASS_{}(k) {}\n", c,
                     one_of("stream[k]", where(t_.streams, [&](Local x) { return t_.stream_class(x) == c; })));
    for (unsigned c = 0; c < SESSION_CONTEXTS; ++c)
      out_ += format("#define SERVED_{} {}\n", c, one_of("connection", where(t_.connections, [&](Local n) {
                                                           return session_context(t_.connections[n]) == c;
                                                         })));
    std::vector<std::string> free, clear, owners;
    for (unsigned s = 0; s < shape_.sessions; ++s) {
      free.push_back(format("session[{}] == 0", s));
      clear.push_back(one_of(format("session[{}]", s), where(t_.sessions, [&](Local n) {
                               return t_.sessions[n].state == spdm::SessionState::HANDSHAKING &&
                                      t_.sessions[n].in_the_clear;
                             })));
    }
    for (unsigned k = 0; k < shape_.streams; ++k)
      owners.push_back(one_of(format("stream[{}]", k),
                              where(t_.streams, [&](Local x) { return t_.streams[x].owner < device::MAX_SESSIONS; })));
    for (unsigned i = 0; i < shape_.tdis; ++i)
      owners.push_back(one_of(format("tdi[{}]", i),
                              where(t_.tdis, [&](Local n) { return t_.tdis[n].binding.session != device::NONE; })));
    out_ += format("#define CONTEXT ({} * {} + {} * {}{})\n", +HAS_FREE_SESSION, any(free), +HAS_HANDSHAKE_IN_THE_CLEAR,
                   any(clear), unclear() ? format(" + {} * {}", +HAS_OWNERS, any(owners)) : "");
  }
  bool unclear() const { return t_.scope.choices == Tag::unclear; }

  // --- couplings
  // -------------------------------------------------------------------------------------------------------

  /// "if :: (v == 1 || v == 2) -> v = 3 :: else fi": the machine goes where `next` says.
  template <class Next>
  std::string mapped(const std::string& variable, Local size, Next next) {
    std::map<std::pair<Local, std::string>, std::vector<Local>> sources;
    for (Local i = 0; i < size; ++i) {
      const auto [to, extra] = next(i);
      if (to != i || !extra.empty()) sources[{to, extra}].push_back(i);
    }
    if (sources.empty()) return "skip";
    std::string text = "if";
    for (const auto& [target, values] : sources)
      text += format(" :: {} -> {} = {}{}", one_of(variable, values), variable, target.first, target.second);
    return text + " :: else fi";
  }

  void couplings() {
    const Local streams = t_.streams.size(), tdis = t_.tdis.size();
    for (unsigned k = 0; k < shape_.streams; ++k) {
      out_ += format("inline lose_stream_{}() {{\n", k);
      for (unsigned i = 0; i < shape_.tdis; ++i)
        out_ += "  " +
                mapped(format("tdi[{}]", i), tdis,
                       [&](Local n) { return std::pair(t_.tdi_at_stream_loss[k * tdis + n], std::string()); }) +
                ";\n";
      out_ += "}\n";
    }
    for (unsigned s = 0; s < shape_.sessions; ++s) {
      out_ += format("inline end_session_{}() {{\n", s);
      for (unsigned k = 0; k < shape_.streams; ++k)
        out_ += "  " +
                mapped(format("stream[{}]", k), streams,
                       [&](Local n) {
                         const Move& move = t_.stream_at_session_end[s * streams + n];
                         return std::pair(move.next, move.effect == Move::loses_protection ? format("; lost_{} = 1", k)
                                                                                           : std::string());
                       }) +
                ";\n";
      for (unsigned i = 0; i < shape_.tdis; ++i)
        out_ += "  " +
                mapped(format("tdi[{}]", i), tdis,
                       [&](Local n) { return std::pair(t_.tdi_at_session_end[s * tdis + n], std::string()); }) +
                ";\n";
      out_ += format("  session[{}] = 0\n}}\n", s);
    }
    out_ += "inline lose_streams() {\n";
    for (unsigned k = 0; k < shape_.streams; ++k)
      out_ += format("  if :: lost_{0} -> lose_stream_{0}(); lost_{0} = 0 :: else fi;\n", k);
    out_ += "  skip\n}\n";
  }

  // --- moves
  // -----------------------------------------------------------------------------------------------------------

  void connection() {
    for (const GatheredMove& move : gathered(t_.connection_moves, CONNECTION_CONTEXTS)) {
      std::vector<Local> contexts;
      for (const unsigned c : move.contexts)
        if (unclear() || (c & HAS_OWNERS) == 0) contexts.push_back(c);
      const std::size_t all = unclear() ? CONNECTION_CONTEXTS : CONNECTION_CONTEXTS / 2;
      std::string guard = format("connection == {}", move.from);
      if (contexts.size() < all) guard += " && " + one_of("CONTEXT", contexts);
      std::string effect = format("connection = {}", move.to);
      if (move.effect >= Move::opens) effect += "; " + opened(move.effect - Move::opens, 0);
      if (move.effect == Move::ends_sessions) {
        for (unsigned s = 0; s < shape_.sessions; ++s)
          effect += format("; if :: session[{0}] != 0 -> end_session_{0}() :: else fi", s);
        effect += "; lose_streams()";
      }
      if (move.effect == Move::forgets_sessions) effect += orphans();
      option(guard, effect);
    }
  }
  std::string opened(Local session, unsigned s) const {
    const std::string here = format("session[{}] = {}", s, session);
    return s + 1U == shape_.sessions
               ? here
               : format("if :: session[{}] == 0 -> {} :: else -> {} fi", s, here, opened(session, s + 1));
  }
  std::string orphans() {
    std::string effect;
    for (unsigned s = 0; s < shape_.sessions; ++s) effect += format("; session[{}] = 0", s);
    for (unsigned k = 0; k < shape_.streams; ++k)
      effect += "; " + mapped(format("stream[{}]", k), t_.streams.size(),
                              [&](Local n) { return std::pair(t_.stream_orphaned[n].next, std::string()); });
    for (unsigned i = 0; i < shape_.tdis; ++i)
      effect += "; " + mapped(format("tdi[{}]", i), t_.tdis.size(),
                              [&](Local n) { return std::pair(t_.tdi_orphaned[n], std::string()); });
    return effect;
  }

  void session(unsigned s) {
    for (const GatheredMove& move : gathered(t_.session_moves, SESSION_CONTEXTS)) {
      if (move.from == 0) continue;
      std::string guard = format("session[{}] == {}", s, move.from);
      if (move.contexts.size() < SESSION_CONTEXTS) {
        std::vector<std::string> contexts;
        for (const unsigned c : move.contexts) contexts.push_back(format("SERVED_{}", c));
        guard += " && " + any(contexts);
      }
      option(guard,
             move.to == 0 ? format("end_session_{}(); lose_streams()", s) : format("session[{}] = {}", s, move.to));
    }
  }

  /// Moves over one of several sessions, without those that events make anyway.
  static std::vector<GatheredMove> without(std::vector<GatheredMove> moves, const std::vector<GatheredMove>& events) {
    std::erase_if(moves, [&](const GatheredMove& move) {
      return std::any_of(events.begin(), events.end(), [&](const GatheredMove& event) {
        return event.from == move.from && event.to == move.to && event.effect == move.effect;
      });
    });
    return moves;
  }
  static std::string over(const GatheredMove& move) {
    std::vector<std::string> sessions;
    for (const unsigned s : move.contexts) sessions.push_back(format("ESTABLISHED({})", s));
    return any(sessions);
  }

  void stream(unsigned k) {
    const auto effect = [&](const GatheredMove& move) {
      return format("stream[{}] = {}", k, move.to) +
             (move.effect == Move::loses_protection ? format("; lose_stream_{}()", k) : "");
    };
    const auto events = gathered(t_.stream_events, 1);
    for (const GatheredMove& move : events) option(format("stream[{}] == {}", k, move.from), effect(move));
    for (const GatheredMove& move : without(gathered(t_.stream_moves, shape_.sessions), events))
      option(format("stream[{}] == {} && {}", k, move.from, over(move)), effect(move));
  }

  void tdi(unsigned i) {
    const auto at = [&](const GatheredMove& move) { return format("tdi[{}] == {}", i, move.from); };
    const auto effect = [&](const GatheredMove& move) { return format("tdi[{}] = {}", i, move.to); };
    const auto events = gathered(t_.tdi_events, 1);
    for (const GatheredMove& move : events) option(at(move), effect(move));
    for (const GatheredMove& move : without(gathered(t_.tdi_moves, shape_.sessions), events))
      option(at(move) + " && " + over(move), effect(move));
    const unsigned classes = t_.stream_classes();
    for (const GatheredMove& move :
         gathered(t_.tdi_stream_moves, std::size_t{shape_.sessions} * shape_.streams * classes)) {
      std::vector<std::string> ways;  // session, stream and its class stand in the context
      for (const unsigned c : move.contexts)
        ways.push_back(format("(ESTABLISHED({}) && CLASS_{}({}))", c / classes / shape_.streams, c % classes,
                              c / classes % shape_.streams));
      option(at(move) + " && " + any(ways), effect(move));
    }
  }

  void resets() {
    std::string all = "connection = 0", function_0 = "skip";
    for (unsigned s = 0; s < shape_.sessions; ++s) all += format("; session[{}] = 0", s);
    for (unsigned k = 0; k < shape_.streams; ++k) {
      all += format("; stream[{}] = 0", k);
      function_0 += "; " + mapped(format("stream[{}]", k), t_.streams.size(),
                                  [&](Local n) { return std::pair(t_.stream_at_reset[n].next, std::string()); });
    }
    for (unsigned i = 0; i < shape_.tdis; ++i) {
      all += format("; tdi[{}] = 0", i);
      function_0 += "; " + mapped(format("tdi[{}]", i), t_.tdis.size(),
                                  [&](Local n) { return std::pair(t_.tdi_at_reset[n], std::string()); });
    }
    out_ += "  /* CONVENTIONAL_RESET, FUNCTION_0_RESET */\n";
    option("true", all);
    option("true", function_0);
  }

  // --- the property
  // ----------------------------------------------------------------------------------------------------

  void assertion() {
    const BadLocals bad = bad_locals(t_, *property_);
    std::set<std::string> ways;
    for (unsigned i = 0; i < shape_.tdis; ++i)
      for (const auto& [tdi, alive, stream_class] : bad.tdis) {
        const device::Binding binding = t_.tdis[tdi].binding;
        std::string way = format("(tdi[{}] == {}", i, tdi);
        if (binding.session < shape_.sessions)
          way += format(" && {}ESTABLISHED({})", alive ? "" : "!", binding.session);
        if (binding.stream < shape_.streams) way += format(" && CLASS_{}({})", stream_class, binding.stream);
        ways.insert(way + ")");
      }
    for (unsigned k = 0; k < shape_.streams; ++k)
      for (const auto& [stream, alive] : bad.streams) {
        const Byte owner = t_.streams[stream].owner;
        std::string way = format("(stream[{}] == {}", k, stream);
        if (owner < shape_.sessions) way += format(" && {}ESTABLISHED({})", alive ? "" : "!", owner);
        ways.insert(way + ")");
      }
    for (unsigned s = 0; s < shape_.sessions; ++s)
      for (const Local n : bad.sessions) ways.insert(format("(session[{}] == {})", s, n));
    out_ += "  /* " + property_->name + " */\n";
    option(any({ways.begin(), ways.end()}), "assert(false)");
  }

  const DeviceTables& t_;
  const device::Shape shape_;
  const DeviceProperty* property_;
  std::string out_;
};

}  // namespace

std::string as_promela(const DeviceTables& tables, const DeviceProperty* property) {
  return Promela(tables, property).text();
}

}  // namespace lockstep::verify
