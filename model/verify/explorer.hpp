// Breadth-first exploration of a model: every state, every property, shortest traces.
//
// The search goes level by level, and within a level round by round. In a round the threads first make the successors
// of a fixed number of states, each sorted by shard into buffers of its own, and then put the buffers into the shards,
// one thread to a shard, in the order in which one thread alone would have made them. So nothing is locked, and a run
// with many threads is the same, state by state, as a run with one.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <optional>
#include <thread>

#include "verify/checkpoint.hpp"
#include "verify/keys.hpp"
#include "verify/outcome.hpp"

namespace lockstep::verify {

/// What a run may use; 0: no limit.
struct Limits {
  unsigned threads = 1;
  std::uint64_t memory = 0;  ///< bytes of states, table and buffers
  std::uint64_t states = 0;
  std::uint32_t depth = 0;     ///< levels
  bool first_failure = false;  ///< stop when every property is decided, or one has failed
};

struct Progress {
  std::uint64_t states, transitions, queue;
  std::uint32_t depth;
  double seconds;
  std::uint64_t bytes;
};

template <Model M, class Keys = Exact<typename M::State>>
class Explorer {
 public:
  using State = typename M::State;
  using Key = typename Keys::Key;
  using Asked = Property<View<M>>;

  /// The model must outlive the explorer.
  Explorer(const M& model, std::vector<Asked> properties, Limits limits, Keys keys = {})
      : model_(model), properties_(std::move(properties)), limits_(limits), keys_(keys), hits_(properties_.size()) {
    LOCKSTEP_ASSERT(limits_.threads > 0);
    plan_steps();
    workers_.resize(limits_.threads);
    const State first = model_.canonical(model_.initial());
    for (Worker& worker : workers_) {
      worker.hits.resize(properties_.size());
      worker.recent.assign(RECENT, first);
    }
    store_.insert(keys_.key(first), NO_STATE);
    const std::uint64_t hash = hash_of(keys_.key(first));
    end_[shard_of_hash(hash)] = 1;
    if constexpr (!Keys::EXACT) level_[shard_of_hash(hash)].push_back(first);
    judge(first, state_id(shard_of_hash(hash), 0), hits_);
    plan_level();
  }

  /// Explores until all is known or a limit is reached. `report` is called about once a second. Setting `stop` ends the
  /// run at the end of the round; it can be saved then, or run again.
  template <class Report>
  End run(const std::atomic<bool>& stop, Report report) {
    const auto began = std::chrono::steady_clock::now();
    const double before = seconds_;
    auto reported = began;
    std::barrier<> barrier(limits_.threads);
    finished_ = false;
    std::vector<std::jthread> threads;
    for (unsigned t = 1; t < limits_.threads; ++t) threads.emplace_back([this, t, &barrier] { serve(t, barrier); });
    while (true) {
      end_reason_ = reason_to_end(stop);
      if (end_reason_ != End::none) break;
      round(barrier);
      const auto now = std::chrono::steady_clock::now();
      seconds_ = before + std::chrono::duration<double>(now - began).count();
      if (now - reported < std::chrono::seconds(1)) continue;
      reported = now;
      report(progress());
    }
    finished_ = true;
    barrier.arrive_and_wait();
    return end_reason_;
  }
  End run() {
    const std::atomic<bool> never = false;
    return run(never, [](const Progress&) {});
  }

  Progress progress() const { return {store_.size(), transitions_, queue(), depth_, seconds_, bytes()}; }
  Counts counts() const { return {store_.size(), transitions_, changes_, depth_, seconds_, bytes()}; }
  const StateStore<Key>& states() const { return store_; }
  const std::vector<Asked>& properties() const { return properties_; }

  /// A run of the model from its initial state to one that canonical() maps to the stored state.
  Trace<State> trace_to(StateId id) const {
    auto trace = way_to(id);
    LOCKSTEP_ASSERT(trace);
    return std::move(*trace);
  }

  /// What is known about a property; those of Shape::eventually and leads_to are judged elsewhere (liveness.hpp).
  Judgement<State> judgement(std::size_t index) const {
    const Asked& property = properties_[index];
    const Hit& hit = hits_[index];
    Judgement<State> judged;
    judged.premise_reached = hit.premise != NO_STATE;
    if (judged.premise_reached) judged.witness = trace_of(hit.premise, property, property.step_premise);
    const bool wanted = property.shape == Shape::sometimes;
    const bool complete = end_reason_ == End::complete;
    if (hit.state != NO_STATE) {
      judged.verdict = wanted ? Verdict::holds : Verdict::fails;
      const auto broken = [&](const View<M>& b, Label l, const View<M>& a) { return !property.step(b, l, a); };
      auto trace = property.shape == Shape::step ? trace_of(hit.state, property, broken) : way_to(hit.state);
      if (!trace) judged.why = "two states with the same bits lie on the way to it, which is lost";
      (wanted ? judged.witness : judged.counterexample) = std::move(trace);
    } else if (!complete) {
      judged.why = "not every state was visited: " + std::string(text_of(end_reason_));
    } else if (omission() > (wanted ? 0 : NEGLIGIBLE)) {
      judged.why = "states may have been left out by the hash compaction";
    } else if (wanted) {
      judged.verdict = Verdict::fails;
      judged.why = "no state that can be reached is like this, so no run could show it";
    } else if ((property.premise || property.step_premise) && !judged.premise_reached) {
      judged.why = "the premise cannot be reached, so the property says nothing";
    } else {
      judged.verdict = Verdict::holds;
    }
    return judged;
  }

  /// The probability that hash compaction has left a state out.
  double omission() const {
    if constexpr (Keys::EXACT)
      return 0;
    else
      return keys_.omission(store_.size());
  }

  /// Writes all that is needed to go on later. `signature`: what model and options this is; resume() asks for the same.
  Saved save(const std::string& path, const std::string& signature) const requires(Keys::EXACT) {
    CheckpointWriter file(path, signature);
    file.put(Totals{transitions_, changes_, seconds_, depth_, next_block_, sizeof(State), properties_.size()});
    file.put(begin_);
    file.put(end_);
    for (const Hit& hit : hits_) file.put(hit);
    for (unsigned s = 0; s < SHARDS; ++s) {
      const Shard<State>& shard = store_.shard(s);
      file.put(shard.size());
      for (std::uint32_t i = 0; i < shard.size(); ++i) file.put(shard.state(i)), file.put(shard.parent(i));
    }
    return file.close();
  }

  /// Takes up what save() wrote, into an explorer that has not run.
  Saved resume(const std::string& path, const std::string& signature) requires(Keys::EXACT) {
    CheckpointReader file(path, signature);
    Totals totals{};
    file.get(totals);
    if (file.good() && (totals.state_size != sizeof(State) || totals.properties != properties_.size()))
      file.refuse("it was written with other properties");
    file.get(begin_);
    file.get(end_);
    for (Hit& hit : hits_) file.get(hit);
    store_ = {};
    for (unsigned s = 0; s < SHARDS && file.good(); ++s) {
      std::uint32_t size = 0;
      file.get(size);
      if (end_[s] > size || begin_[s] > end_[s]) file.refuse("its numbers do not fit together");
      for (std::uint32_t i = 0; i < size && file.good(); ++i) {
        State state{};
        StateId parent = NO_STATE;
        file.get(state), file.get(parent);
        const std::uint64_t hash = hash_of(state);
        if (!file.good() || shard_of_hash(hash) != s ||
            !store_.shard(s).insert(state, static_cast<std::uint32_t>(hash), parent))
          file.refuse("its states are damaged");
      }
    }
    if (auto ended = file.close(); !ended) return ended;
    transitions_ = totals.transitions, changes_ = totals.changes, seconds_ = totals.seconds;
    depth_ = static_cast<std::uint32_t>(totals.depth);
    plan_blocks();
    next_block_ = totals.next_block;
    return std::monostate();
  }

 private:
  static constexpr double NEGLIGIBLE = 1e-3;   // omission probability up to which a property holds
  static constexpr std::uint32_t BLOCK = 256;  // states
  static constexpr std::size_t RECENT = 1 << 13;
  static constexpr std::size_t BLOCKS_IN_A_ROUND = 256;  // whatever the number of threads: rounds decide the order

  /// Where a property was first decided, and where its premise was first true.
  struct Hit {
    StateId state = NO_STATE;
    StateId premise = NO_STATE;
  };
  struct Totals {
    std::uint64_t transitions, changes;
    double seconds;
    std::uint64_t depth, next_block, state_size, properties;
  };
  struct Block {
    unsigned shard;
    std::uint32_t begin, end;
  };
  struct Entry {
    State state;
    std::uint32_t hash;
    StateId parent;
  };
  struct alignas(64) Worker {
    /// States that this thread has reached before: most that it reaches again are among them, and need not be looked
    /// up.
    std::vector<State> recent;
    std::array<std::vector<Entry>, SHARDS> out;
    std::vector<Hit> hits;
    std::uint64_t transitions = 0, changes = 0;
  };

  // --- one round -----------------------------------------------------------------------------------------------------

  void serve(unsigned thread, std::barrier<>& barrier) {
    while (true) {
      barrier.arrive_and_wait();
      if (finished_) return;
      expand(thread);
      barrier.arrive_and_wait();
      collect(thread);
      barrier.arrive_and_wait();
    }
  }

  void round(std::barrier<>& barrier) {
    round_end_ = std::min(blocks_.size(), next_block_ + BLOCKS_IN_A_ROUND);
    next_shard_ = 0;
    barrier.arrive_and_wait();
    expand(0);
    barrier.arrive_and_wait();
    collect(0);
    barrier.arrive_and_wait();
    merge_hits();
    for (Worker& worker : workers_) {
      transitions_ += std::exchange(worker.transitions, 0);
      changes_ += std::exchange(worker.changes, 0);
    }
    next_block_ = round_end_;
    if (next_block_ < blocks_.size()) return;
    for (unsigned s = 0; s < SHARDS; ++s) begin_[s] = end_[s], end_[s] = store_.shard(s).size();
    level_ = std::exchange(next_level_, {});
    plan_level();
    if (!blocks_.empty()) ++depth_;
  }

  /// A state of this level, in full.
  State state_at(unsigned shard, std::uint32_t position) const {
    if constexpr (Keys::EXACT)
      return store_.shard(shard).state(position);
    else
      return level_[shard][position - begin_[shard]];
  }

  /// Makes the successors of this thread's part of the round.
  void expand(unsigned thread) {
    const std::size_t size = round_end_ - next_block_;
    Worker& worker = workers_[thread];
    for (std::size_t b = next_block_ + size * thread / limits_.threads;
         b < next_block_ + size * (thread + 1) / limits_.threads; ++b)
      for (std::uint32_t i = blocks_[b].begin; i < blocks_[b].end; ++i) expand(worker, blocks_[b].shard, i);
  }

  void expand(Worker& worker, unsigned shard, std::uint32_t position) {
    const State before = state_at(shard, position);
    const StateId id = state_id(shard, position);
    const auto reach = [&](const State& next) {
      ++worker.changes;
      const State state = model_.canonical(next);
      const std::uint64_t hash = hash_of(keys_.key(state));
      State& recent = worker.recent[(hash >> 32) % RECENT];
      if (recent == state) return;
      recent = state;
      worker.out[shard_of_hash(hash)].push_back({state, static_cast<std::uint32_t>(hash), id});
    };
    if constexpr (requires { model_.changes(before, AnySink()); }) {
      if (!looks_at_steps_) {
        worker.transitions += model_.changes(before, reach);
        return;
      }
    }
    const View<M> seen = view_of(model_, before);
    model_.successors(before, [&](Label label, const State& next) {
      ++worker.transitions;
      if (next == before) return judge_step(who_looks_at(label, true), seen, label, seen, id, worker.hits);
      if (const auto& looking = who_looks_at(label, false); !looking.empty())
        judge_step(looking, seen, label, view_of(model_, next), id, worker.hits);
      reach(next);
    });
  }

  /// Puts what all threads made into one shard after the other. The slots of the table, and then the states they point
  /// to, are asked for well before they are looked at.
  void collect(unsigned thread) {
    for (unsigned s = next_shard_++; s < SHARDS; s = next_shard_++) {
      Shard<Key>& shard = store_.shard(s);
      for (Worker& from : workers_) {
        const std::vector<Entry>& in = from.out[s];
        constexpr std::size_t FAR = 16, NEAR = 8;
        std::array<std::uint32_t, NEAR> guesses{};
        for (std::size_t i = 0; i < in.size() && !shard.full(); ++i) {
          if (i + FAR < in.size()) shard.prefetch_slot(in[i + FAR].hash);
          const Key& key = keys_.key(in[i].state);
          const bool known = shard.size() > 0 && shard.state(guesses[i % NEAR]) == key;
          if (i + NEAR < in.size() && shard.size() > 0) guesses[i % NEAR] = shard.guess(in[i + NEAR].hash);
          if (known || !shard.insert(key, in[i].hash, in[i].parent)) continue;
          judge(in[i].state, state_id(s, shard.size() - 1), workers_[thread].hits);
          if constexpr (!Keys::EXACT) next_level_[s].push_back(in[i].state);
        }
        from.out[s].clear();
      }
    }
  }

  // --- properties ----------------------------------------------------------------------------------------------------

  static void first(StateId& known, StateId id) { known = std::min(known, id); }

  void judge(const State& state, StateId id, std::vector<Hit>& hits) const {
    if (properties_.empty()) return;
    const View<M> seen = view_of(model_, state);
    for (std::size_t p = 0; p < properties_.size(); ++p) {
      const Asked& property = properties_[p];
      if (hits_[p].premise == NO_STATE && property.premise && property.premise(seen)) first(hits[p].premise, id);
      if (hits_[p].state != NO_STATE) continue;
      const bool decides =
          (property.shape == Shape::always && !property.state(seen)) ||
          ((property.shape == Shape::never || property.shape == Shape::sometimes) && property.state(seen));
      if (decides) first(hits[p].state, id);
    }
  }

  const std::vector<std::size_t>& who_looks_at(Label label, bool in_place) const {
    const StepLists& lists = label < steps_of_.size() ? steps_of_[label] : steps_of_all_;
    return in_place ? lists.in_place : lists.all;
  }

  void judge_step(const std::vector<std::size_t>& looking, const View<M>& before, Label label, const View<M>& after,
                  StateId id, std::vector<Hit>& hits) const {
    for (const std::size_t p : looking) {
      const Asked& property = properties_[p];
      if (hits_[p].premise == NO_STATE && property.step_premise && property.step_premise(before, label, after))
        first(hits[p].premise, id);
      if (hits_[p].state == NO_STATE && property.shape == Shape::step && !property.step(before, label, after))
        first(hits[p].state, id);
    }
  }

  static bool looks_at(const Asked& property, Label label, bool in_place) {
    return !(in_place && property.only_changes) && (property.concerns.empty() || property.concerns[label]);
  }

  /// Which properties look at which steps, so that a step meets no others.
  void plan_steps() {
    std::size_t labels = 0;
    for (const Asked& property : properties_) labels = std::max(labels, property.concerns.size());
    steps_of_.resize(labels);
    for (std::size_t p = 0; p < properties_.size(); ++p) {
      const Asked& property = properties_[p];
      if (property.shape != Shape::step && !property.step_premise) continue;
      looks_at_steps_ = true;
      const auto add = [&](StepLists& lists) {
        lists.all.push_back(p);
        if (!property.only_changes) lists.in_place.push_back(p);
      };
      if (property.concerns.empty()) add(steps_of_all_);
      for (std::size_t label = 0; label < labels; ++label)
        if (property.concerns.empty() || property.concerns[label]) add(steps_of_[label]);
    }
  }

  /// What an earlier round has found stays; of what this round found the first state counts, whoever found it.
  void merge_hits() {
    for (std::size_t p = 0; p < hits_.size(); ++p) {
      Hit now;
      for (Worker& worker : workers_) {
        const Hit found = std::exchange(worker.hits[p], Hit());
        first(now.state, found.state);
        first(now.premise, found.premise);
      }
      if (hits_[p].state == NO_STATE) hits_[p].state = now.state;
      if (hits_[p].premise == NO_STATE) hits_[p].premise = now.premise;
    }
  }

  // --- traces --------------------------------------------------------------------------------------------------------

  State last(const Trace<State>& trace) const { return trace.steps.empty() ? trace.start : trace.steps.back().after; }

  /// The states on the way are found again by their keys. Only with hash compaction another state may be found.
  std::optional<Trace<State>> way_to(StateId id) const {
    std::vector<Key> path;
    for (; id != NO_STATE; id = store_.parent(id)) path.push_back(store_[id]);
    Trace<State> trace{model_.initial(), {}, {}};
    for (std::size_t i = path.size() - 1; i-- > 0;)
      if (!extend(trace,
                  [&](const State&, Label, const State& next) { return keys_.key(model_.canonical(next)) == path[i]; }))
        return std::nullopt;
    return trace;
  }

  /// Adds the first step that `fits`. With exact keys one exists: with symmetry, every state that canonical() maps to
  /// the same one has the same steps up to a renaming.
  template <class Fits>
  bool extend(Trace<State>& trace, Fits fits) const {
    const State from = last(trace);
    std::optional<Step<State>> found;
    model_.successors(from, [&](Label label, const State& next) {
      if (!found && fits(from, label, next)) found = Step<State>{label, next};
    });
    LOCKSTEP_ASSERT(found || !Keys::EXACT);
    if (found) trace.steps.push_back(*found);
    return found.has_value();
  }

  /// To a state or, where `fits` is given, one step further.
  std::optional<Trace<State>> trace_of(StateId id, const Asked& property, const typename Asked::OfStep& fits) const {
    auto trace = way_to(id);
    const auto looked_at = [&](const State& before, Label label, const State& after) {
      return looks_at(property, label, before == after) && fits(view_of(model_, before), label, view_of(model_, after));
    };
    return trace && (!fits || extend(*trace, looked_at)) ? std::move(trace) : std::nullopt;
  }

  // --- levels and limits ---------------------------------------------------------------------------------------------

  void plan_blocks() {
    blocks_.clear();
    for (unsigned s = 0; s < SHARDS; ++s)
      for (std::uint32_t i = begin_[s]; i < end_[s]; i += BLOCK)
        blocks_.push_back({s, i, std::min(i + BLOCK, end_[s])});
  }
  void plan_level() {
    plan_blocks();
    next_block_ = 0;
  }

  std::uint64_t queue() const {
    std::uint64_t waiting = store_.size();
    for (unsigned s = 0; s < SHARDS; ++s) waiting -= begin_[s];
    for (std::size_t b = 0; b < next_block_; ++b) waiting -= blocks_[b].end - blocks_[b].begin;
    return waiting;
  }

  std::uint64_t bytes() const {
    std::uint64_t all = store_.bytes();
    for (unsigned s = 0; s < SHARDS; ++s) all += level_[s].bytes() + next_level_[s].bytes();
    for (const Worker& worker : workers_) {
      all += worker.recent.capacity() * sizeof(State);
      for (const auto& out : worker.out) all += out.capacity() * sizeof(Entry);
    }
    return all;
  }

  bool decided() const {
    bool all = true, failed = false;
    for (std::size_t p = 0; p < properties_.size(); ++p) {
      all = all && hits_[p].state != NO_STATE;
      failed = failed || (hits_[p].state != NO_STATE && properties_[p].shape != Shape::sometimes);
    }
    return failed || (all && !properties_.empty());
  }

  End reason_to_end(const std::atomic<bool>& stop) const {
    if (blocks_.empty()) return End::complete;
    if (limits_.first_failure && decided()) return End::decided;
    if (stop) return End::interrupted;
    if (limits_.depth != 0 && depth_ >= limits_.depth) return End::depth;
    if (limits_.states != 0 && store_.size() >= limits_.states) return End::states;
    if (store_.full() || (limits_.memory != 0 && bytes() >= limits_.memory)) return End::memory;
    return End::none;
  }

  /// Places of properties: those that look at a step, and those that do even if it changes nothing.
  struct StepLists {
    std::vector<std::size_t> all, in_place;
  };

  const M& model_;
  const std::vector<Asked> properties_;
  std::vector<StepLists> steps_of_;  ///< [label]
  StepLists steps_of_all_;           ///< of labels beyond
  const Limits limits_;
  const Keys keys_;
  bool looks_at_steps_ = false;

  StateStore<Key> store_;
  std::array<Pieces<State>, SHARDS> level_, next_level_;  ///< with hash compaction: the states of two levels
  std::vector<Hit> hits_;
  std::uint64_t transitions_ = 0, changes_ = 0;
  std::uint32_t depth_ = 0;
  double seconds_ = 0;
  std::array<std::uint32_t, SHARDS> begin_{}, end_{};  ///< of each shard: the states of this level
  std::vector<Block> blocks_;                          ///< of this level
  std::size_t next_block_ = 0, round_end_ = 0;

  std::vector<Worker> workers_;
  std::atomic<unsigned> next_shard_ = 0;
  bool finished_ = false;
  End end_reason_ = End::none;
};

}  // namespace lockstep::verify
