// The device in TLA+. The moves are sets of tuples; what they mean stands once, in the actions below them.
#include <fmt/format.h>

#include "verify/device_export.hpp"

namespace lockstep::verify {
namespace {

using fmt::format;

std::string set_of(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& member : members) text += (text.empty() ? "" : ", ") + member;
  return "{" + text + "}";
}
std::string numbers(const std::vector<unsigned>& values) {
  std::vector<std::string> members;
  for (const unsigned value : values) members.push_back(std::to_string(value));
  return set_of(members);
}

/// "Name == {<<from, to, effect, {contexts}>>, ...}", one tuple to a line.
std::string moves(const char* name, const std::vector<GatheredMove>& all) {
  std::string text = format("{} == {{", name);
  for (std::size_t i = 0; i < all.size(); ++i)
    text += format("{}\n  <<{}, {}, {}, {}>>", i == 0 ? "" : ",", all[i].from, all[i].to, all[i].effect,
                   numbers(all[i].contexts));
  return text + "}\n";
}

/// "Name == <<a, b, ...>>": what a coupling makes of each local state, which is counted from 0.
template <class Next>
std::string mapping(const std::string& name, Local size, Next next) {
  std::string text = name + " == <<";
  for (Local i = 0; i < size; ++i) text += format("{}{}", i == 0 ? "" : ", ", next(i));
  return text + ">>\n";
}
/// One sequence for each of several sessions or streams.
template <class Next>
std::string mappings(const std::string& name, unsigned count, Local size, Next next) {
  std::string text = name + " == <<";
  for (unsigned n = 0; n < count; ++n) {
    text += n == 0 ? "<<" : ",\n  <<";
    for (Local i = 0; i < size; ++i) text += format("{}{}", i == 0 ? "" : ", ", next(n, i));
    text += ">>";
  }
  return text + ">>\n";
}

template <class Space, class Predicate>
std::string where(const Space& space, Predicate predicate) {
  std::vector<unsigned> all;
  for (Local i = 0; i < space.size(); ++i)
    if (predicate(i)) all.push_back(i);
  return numbers(all);
}

// Local states count from 0, sequences from 1: f[x + 1]. Sessions, streams and TDIs count from 0 as well.
constexpr const char* ACTIONS = R"(
VARIABLES connection, session, stream, tdi
vars == <<connection, session, stream, tdi>>

Init == /\ connection = 0
        /\ session = [s \in Sessions |-> 0]
        /\ stream = [k \in Streams |-> 0]
        /\ tdi = [i \in Tdis |-> 0]

Established == {s \in Sessions : session[s] \in EstablishedSession}
Context == (IF \E s \in Sessions : session[s] = 0 THEN 1 ELSE 0)
         + (IF \E s \in Sessions : session[s] \in HandshakeInTheClear THEN 2 ELSE 0)
         + (IF OwnersMatter /\ (\/ \E k \in Streams : stream[k] \in OwnedStream
                                \/ \E i \in Tdis : tdi[i] \in BoundTdi) THEN 4 ELSE 0)
FirstFree == CHOOSE s \in Sessions : session[s] = 0 /\ \A r \in Sessions : session[r] = 0 => s <= r

\* The couplings: the end of sessions, and then the loss of the streams that lost their protection by it.
RECURSIVE StreamAfter(_, _), TdiAfter(_, _), TdiAfterLoss(_, _)
StreamAfter(x, ended) == IF ended = {} THEN x ELSE
  LET s == CHOOSE s \in ended : \A r \in ended : s <= r IN StreamAfter(StreamAtSessionEnd[s + 1][x + 1], ended \ {s})
TdiAfter(t, ended) == IF ended = {} THEN t ELSE
  LET s == CHOOSE s \in ended : \A r \in ended : s <= r IN TdiAfter(TdiAtSessionEnd[s + 1][t + 1], ended \ {s})
TdiAfterLoss(t, lost) == IF lost = {} THEN t ELSE
  LET k == CHOOSE k \in lost : \A r \in lost : k <= r IN TdiAfterLoss(TdiAtStreamLoss[k + 1][t + 1], lost \ {k})
LostBy(ended) == {k \in Streams : \E s \in ended : StreamLostAtSessionEnd[s + 1][stream[k] + 1] = 1}
EndSessions(ended) ==
  /\ session' = [s \in Sessions |-> IF s \in ended THEN 0 ELSE session[s]]
  /\ stream' = [k \in Streams |-> StreamAfter(stream[k], ended)]
  /\ tdi' = [i \in Tdis |-> TdiAfterLoss(TdiAfter(tdi[i], ended), LostBy(ended))]

MoveConnection == \E m \in ConnectionMoves :
  /\ m[1] = connection /\ Context \in m[4]
  /\ connection' = m[2]
  /\ CASE m[3] = 0 -> UNCHANGED <<session, stream, tdi>>
       [] m[3] = 2 -> EndSessions({s \in Sessions : session[s] # 0})
       [] m[3] = 3 -> /\ session' = [s \in Sessions |-> 0]
                      /\ stream' = [k \in Streams |-> StreamOrphaned[stream[k] + 1]]
                      /\ tdi' = [i \in Tdis |-> TdiOrphaned[tdi[i] + 1]]
       [] OTHER -> session' = [session EXCEPT ![FirstFree] = m[3] - 4] /\ UNCHANGED <<stream, tdi>>

MoveSession == \E s \in Sessions, m \in SessionMoves :
  /\ session[s] # 0 /\ m[1] = session[s] /\ SessionContext[connection + 1] \in m[4]
  /\ UNCHANGED connection
  /\ IF m[2] = 0 THEN EndSessions({s})
     ELSE session' = [session EXCEPT ![s] = m[2]] /\ UNCHANGED <<stream, tdi>>

StreamGoes(k, m) ==
  /\ stream' = [stream EXCEPT ![k] = m[2]]
  /\ tdi' = IF m[3] = 1 THEN [i \in Tdis |-> TdiAtStreamLoss[k + 1][tdi[i] + 1]] ELSE tdi
  /\ UNCHANGED <<connection, session>>
MoveStream == \E k \in Streams :
  \/ \E m \in StreamMoves : m[1] = stream[k] /\ m[4] \cap Established # {} /\ StreamGoes(k, m)
  \/ \E m \in StreamEvents : m[1] = stream[k] /\ StreamGoes(k, m)

TdiGoes(i, m) == tdi' = [tdi EXCEPT ![i] = m[2]] /\ UNCHANGED <<connection, session, stream>>
Way(s, k) == (s * NumberOfStreams + k) * StreamClasses + StreamClass[stream[k] + 1]
MoveTdi == \E i \in Tdis :
  \/ \E m \in TdiMoves : m[1] = tdi[i] /\ m[4] \cap Established # {} /\ TdiGoes(i, m)
  \/ \E m \in TdiStreamMoves : /\ m[1] = tdi[i] /\ \E s \in Established, k \in Streams : Way(s, k) \in m[4]
                               /\ TdiGoes(i, m)
  \/ \E m \in TdiEvents : m[1] = tdi[i] /\ TdiGoes(i, m)

ConventionalReset == /\ connection' = 0
                     /\ session' = [s \in Sessions |-> 0]
                     /\ stream' = [k \in Streams |-> 0]
                     /\ tdi' = [i \in Tdis |-> 0]
Function0Reset == /\ stream' = [k \in Streams |-> StreamAtReset[stream[k] + 1]]
                  /\ tdi' = [i \in Tdis |-> TdiAtReset[tdi[i] + 1]]
                  /\ UNCHANGED <<connection, session>>

Next == MoveConnection \/ MoveSession \/ MoveStream \/ MoveTdi \/ ConventionalReset \/ Function0Reset
Spec == Init /\ [][Next]_vars
====
)";

}  // namespace

std::string as_tla(const DeviceTables& t) {
  const device::Shape& shape = t.scope.shape;
  const Local streams = t.streams.size(), tdis = t.tdis.size();
  const bool owners = t.scope.choices == Tag::unclear;
  const std::size_t stream_ways = std::size_t{shape.sessions} * shape.streams * t.stream_classes();
  std::string text = "---- MODULE Device ----\n\\* " + describe(t.scope) +
                     "\n\\* Made by lockstep verify device; the moves are those of its tables.\nEXTENDS Naturals\n\n";
  text += format(
      "Sessions == 0..{}\nStreams == 0..{}\nTdis == 0..{}\nNumberOfStreams == {}\nStreamClasses == {}\nOwnersMatter == "
      "{}\n",
      shape.sessions - 1, shape.streams - 1, shape.tdis - 1, shape.streams, t.stream_classes(),
      owners ? "TRUE" : "FALSE");
  text += "EstablishedSession == " +
          where(t.sessions, [&](Local n) { return t.sessions[n].state == spdm::SessionState::ESTABLISHED; }) + "\n";
  text += "HandshakeInTheClear == " +
          where(t.sessions,
                [&](Local n) {
                  return t.sessions[n].state == spdm::SessionState::HANDSHAKING && t.sessions[n].in_the_clear;
                }) +
          "\n";
  text +=
      "OwnedStream == " + where(t.streams, [&](Local n) { return t.streams[n].owner < device::MAX_SESSIONS; }) + "\n";
  text += "BoundTdi == " + where(t.tdis, [&](Local n) { return t.tdis[n].binding.session != device::NONE; }) + "\n";
  text += mapping("SessionContext", t.connections.size(), [&](Local n) { return session_context(t.connections[n]); });
  text += mapping("StreamClass", streams, [&](Local n) { return t.stream_class(n); });
  text += "\\* <<from, to, effect, contexts>>\n";
  text += moves("ConnectionMoves", gathered(t.connection_moves, CONNECTION_CONTEXTS));
  text += moves("SessionMoves", gathered(t.session_moves, SESSION_CONTEXTS));
  text += moves("StreamMoves", gathered(t.stream_moves, shape.sessions)) +
          moves("StreamEvents", gathered(t.stream_events, 1));
  text += moves("TdiMoves", gathered(t.tdi_moves, shape.sessions)) +
          moves("TdiStreamMoves", gathered(t.tdi_stream_moves, stream_ways));
  text += moves("TdiEvents", gathered(t.tdi_events, 1));
  text += mappings("StreamAtSessionEnd", shape.sessions, streams,
                   [&](unsigned s, Local n) { return t.stream_at_session_end[s * streams + n].next; });
  text += mappings("StreamLostAtSessionEnd", shape.sessions, streams,
                   [&](unsigned s, Local n) { return t.stream_at_session_end[s * streams + n].effect; });
  text += mappings("TdiAtSessionEnd", shape.sessions, tdis,
                   [&](unsigned s, Local n) { return t.tdi_at_session_end[s * tdis + n]; });
  text += mappings("TdiAtStreamLoss", shape.streams, tdis,
                   [&](unsigned k, Local n) { return t.tdi_at_stream_loss[k * tdis + n]; });
  text += mapping("StreamAtReset", streams, [&](Local n) { return t.stream_at_reset[n].next; });
  text += mapping("TdiAtReset", tdis, [&](Local n) { return t.tdi_at_reset[n]; });
  text += mapping("StreamOrphaned", streams, [&](Local n) { return owners ? t.stream_orphaned[n].next : n; });
  text += mapping("TdiOrphaned", tdis, [&](Local n) { return owners ? t.tdi_orphaned[n] : n; });
  return text + ACTIONS;
}

}  // namespace lockstep::verify
