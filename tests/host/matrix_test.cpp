// The matrix is complete, its short cuts are sound, and no verb, switch or flaw is idle.
#include "host/matrix.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "host/claims.hpp"
#include "host/dsm.hpp"
#include "host/run.hpp"
#include "settings.hpp"

namespace lockstep::host {
namespace {

struct Made {
  Checker checker;
  Matrix matrix = make_matrix(checker, Profile::riscv);
};
const Matrix& matrix() {
  static const Made made;
  return made.matrix;
}

TEST(Matrix, every_value_of_every_switch_has_its_row) {
  std::set<std::string> labels;
  for (const Row& row : matrix().rows) {
    labels.insert(row.label);
    EXPECT_EQ(row.cells.size(), questions().size()) << row.label;
  }
  const Policies usual = defaults(Profile::riscv);
  for (std::size_t i = 0; i < SWITCHES; ++i)
    for (Byte value = 0; value < switches()[i].values.size(); ++value)
      if (value != usual.values[i]) {
        EXPECT_TRUE(labels.contains(std::string(switches()[i].name) + "=" + std::string(switches()[i].values[value])));
      }
  for (const char* pair :
       {"BIND_SCOPE=LOCK_AND_RUN CONSENT_BINDING=EPOCH", "START_AUTHORITY=HOST_FREE GATE_ORDER=GATE_THEN_START",
        "STOP_ORDER=STOP_FIRST STOP_FAILURE=FAIL_OPEN", "RELOCK=DIRECT CONSENT_BINDING=EPOCH",
        "CONNECT_WHEN=EAGER SESSION_LIMIT=ONE", "profile amd", "scenario pkvm",
        "BIND_SCOPE=LOCK_AND_RUN CONSENT_BINDING=EPOCH ACCEPT=SPLIT",
        "START_AUTHORITY=HOST_FREE GATE_ORDER=GATE_THEN_START ACCEPT=SPLIT",
        "CONNECT_WHEN=EAGER SESSION_LIMIT=ONE SESSIONS=SHARED"})
    EXPECT_TRUE(labels.contains(pair)) << pair;
  std::set<unsigned> debates;
  for (const Switch& each : switches()) debates.insert(each.row);
  EXPECT_EQ(debates.size(), 28U);
}

TEST(Matrix, no_cell_is_inconclusive_and_every_cell_has_its_trace) {
  EXPECT_TRUE(complete(matrix()));
  for (const Row& row : matrix().rows)
    for (const Cell* cell : row.cells) {
      const auto word = verdict_word(*cell);
      EXPECT_TRUE(word != "fails" || cell->counterexample.has_value()) << row.label << " " << cell->property->id;
      EXPECT_TRUE(word != "holds" || (cell->premise_reached && cell->witness))
          << row.label << " " << cell->property->id;
    }
}

/// A run that was not made again because nothing that was looked at differs gives what a run would have given.
TEST(Matrix, short_cuts_change_no_cell) {
  std::mt19937 random(28);
  for (int i = 0; i < 12; ++i) {
    const Row& row = matrix().rows[random() % matrix().rows.size()];
    const std::size_t column = random() % questions().size();
    Checker fresh;
    const Cell& cell = fresh.check(row.setting, *questions()[column]);
    EXPECT_EQ(verdict_word(cell), verdict_word(*row.cells[column])) << row.label << " " << cell.property->id;
    const auto& other = row.cells[column]->counterexample;
    ASSERT_EQ(cell.counterexample.has_value(), other.has_value());
    EXPECT_TRUE(!other || other->lines.size() == cell.counterexample->lines.size());
  }
}

TEST(Matrix, a_dead_switch_is_dead_and_another_is_not) {
  const auto dead = [](std::string_view name) {
    return std::any_of(matrix().dead.begin(), matrix().dead.end(),
                       [&](const DeadSwitch& d) { return d.what->name == name; });
  };
  EXPECT_TRUE(dead("VFIO_RUN_UAPI"));  // without a host that may start, the call is refused
  const auto why = [](std::string_view name) {
    for (const DeadSwitch& d : matrix().dead)
      if (d.what->name == name) return d.why;
    return std::string();
  };
  EXPECT_NE(why("TRUST_ENCODING").find("with ACCEPT=SPLIT"), std::string::npos);  // one bit confuses halves alone
  EXPECT_NE(why("SESSION_LIMIT").find("with SESSIONS=SHARED"), std::string::npos);
  EXPECT_FALSE(dead("STOP_ORDER"));
  EXPECT_FALSE(dead("CONSENT_BINDING"));
  EXPECT_NE(why("VFIO_RUN_UAPI").find("with START_AUTHORITY=HOST_ON_REQUEST"), std::string::npos);  // P39 fails there
  EXPECT_NE(why("VFIO_ROLE").find("but for the mark"), std::string::npos);  // the host may do what VFIO may
}

TEST(Matrix, values_that_are_one_model_are_told) {
  const auto text = as_text(matrix());
  EXPECT_NE(text.find("TRANSLATION=SHARED_TABLE and TRANSLATION=TSM_TABLE reach the same states"), text.npos);
  EXPECT_EQ(text.find("TRANSLATION=MIRROR and"), text.npos);
}

TEST(Matrix, reports_say_the_same) {
  const auto json = nlohmann::json::parse(as_json(matrix()));
  EXPECT_EQ(json["rows"].size(), matrix().rows.size());
  EXPECT_EQ(json["rows"][0]["cells"]["P31"]["verdict"], "holds");
  const std::string markdown = as_markdown(matrix()), html = as_html(matrix());
  EXPECT_NE(markdown.find("| STOP_FAILURE=FAIL_OPEN | P31 | 5 |"), markdown.npos);
  EXPECT_NE(html.find("STOP_FAILURE=FAIL_OPEN"), html.npos);
}

TEST(Threads, change_nothing) {
  Checker one, two({.threads = 2});
  const Setting asked = setting(Profile::amd);
  for (const Property* p : properties()) {
    EXPECT_EQ(verdict_word(one.check(asked, *p)), verdict_word(two.check(asked, *p))) << p->id;
    EXPECT_EQ(one.explore(asked, *p).counts.states, two.explore(asked, *p).counts.states) << p->id;
    EXPECT_EQ(one.explore(asked, *p).counts.transitions, two.explore(asked, *p).counts.transitions) << p->id;
  }
}

TEST(Properties, all_57_are_there) {
  std::set<std::string> ids;
  for (int i = 1; i <= 43; ++i) ids.insert((i < 10 ? "P0" : "P") + std::to_string(i));
  ids.insert({"P12b", "P29b"});
  for (int i = 1; i <= 7; ++i) ids.insert("L" + std::to_string(i));
  for (int i = 1; i <= 5; ++i) ids.insert("V" + std::to_string(i));
  EXPECT_EQ(ids.size(), 57U);
  for (const std::string& id : ids) EXPECT_TRUE(find_property(id).has_value()) << id;
}

// --- nothing is idle -------------------------------------------------------------------------------------------------

/// Every verb is done in one setting of a list at least.
TEST(Verbs, every_verb_is_done_somewhere) {
  std::vector<Setting> settings;
  for (const Row& row : matrix().rows) settings.push_back(row.setting);
  settings.push_back(setting(Profile::riscv, {"CONNECT_WHEN=EAGER", "SESSIONS=SHARED", "SESSION_LIMIT=ONE"}));
  settings.push_back(setting(Profile::riscv, {"CONSENT_BINDING=EPOCH", "UPDATE_ATTESTATION=PRE", "NO_FW_UPDATE=NO"}));
  settings.push_back(setting(Profile::riscv, {"SESSIONS=SHARED", "SESSION_LIMIT=TWO"}));
  settings.push_back(setting(Profile::riscv, {"VIRTIO=SNOOP"}));
  settings.back().scenario = Scenario::pkvm;
  std::set<const Verb*> idle;
  for (const Verb* verb : all_verbs()) idle.insert(verb);
  for (const Setting& each : settings) {
    for (std::size_t scope = 0; scope < SCOPES && !idle.empty(); ++scope) {
      Setting part = each;
      part.scope = static_cast<Scope>(scope);
      if (std::none_of(idle.begin(), idle.end(), [&](const Verb* v) { return v->scopes.contains(part.scope); }))
        continue;
      const Model model(part);
      verify::Explorer<Model> explorer(model, {}, {});
      explorer.run();
      for (unsigned s = 0; s < verify::SHARDS; ++s)
        for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i)
          model.successors(explorer.states().shard(s).state(i),
                           [&](verify::Label label, const State&) { idle.erase(&model.verb(label)); });
    }
  }
  for (const Verb* verb : idle)
    if (verb->name != "open_gate" && verb->name != "os_reads_config")  // only broken actors do these
      ADD_FAILURE() << name(verb->actor) << " never does " << verb->name;
}

/// Every flaw is found by a property that holds without it.
TEST(Flaws, every_flaw_is_found) {
  const std::initializer_list<std::string_view> usual{"CONSENT_BINDING=EPOCH", "APPRAISED_BY=REMOTE", "BIND_ON=VFIO",
                                                      "AGENT=FIRMWARE"};
  const std::map<Flaw, std::string_view> special{
      {Flaw::TSM_SKIPS_DRAIN, "STOP_FAILURE=FORCE"},
      {Flaw::HOST_MIGRATES_KEYS, "VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"},
      {Flaw::TVM_ACCEPTS_DOWNGRADE, "VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"},
      {Flaw::LOWVISOR_FETCHES_TWICE, "VIRTIO=SNOOP"},
      {Flaw::TVM_SHARES_WHOLE_PAGES, "VIRTIO=ON_DEVICE_BUFFER"},
      {Flaw::TVM_SKIPS_MEASUREMENT_NONCE, "APPRAISED_BY=KERNEL"},
      {Flaw::TSM_NO_RECOVERY, "STOP_FAILURE=FORCE"},
      {Flaw::TSM_WAITS_FOR_EVER, "STOP_ORDER=GATE_FIRST"},
      {Flaw::IOMMU_STUCK_GATE, "START_AUTHORITY=HOST_FREE"},
  };
  Checker checker;
  for (std::size_t i = 0; i < FLAWS; ++i) {
    const auto flaw = static_cast<Flaw>(i);
    Setting sound = setting(Profile::tdx, usual);
    if (const auto at = special.find(flaw); at != special.end()) sound.policies = *set(sound.policies, at->second);
    if (flaw == Flaw::LOWVISOR_FETCHES_TWICE) sound.scenario = Scenario::pkvm;  // elsewhere nobody fetches
    Setting broken = sound;
    broken.break_(flaw);
    const bool found = std::any_of(properties().begin(), properties().end(), [&](const Property* p) {
      return verdict_word(checker.check(sound, *p)) == "holds" && verdict_word(checker.check(broken, *p)) == "fails";
    });
    EXPECT_TRUE(found) << name(flaw);
  }
}

// --- one truth -------------------------------------------------------------------------------------------------------

/// The world's abstraction of the device loses nothing that its composition needs: there and back it is the same.
TEST(Device, the_abstraction_goes_there_and_back) {
  Setting part = setting(Profile::riscv, {"SESSIONS=SHARED"});
  part.scope = Scope::LINK;
  const Model model(part);
  verify::Explorer<Model> explorer(model, {}, {});
  explorer.run();
  std::size_t worlds = 0;
  for (unsigned s = 0; s < verify::SHARDS; ++s)
    for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i, ++worlds) {
      const World world = unpack(explorer.states().shard(s).state(i));
      World back = world;
      take(back, control_of(world));
      EXPECT_EQ(back, world) << describe(world, back);
    }
  EXPECT_GT(worlds, 100U);
}

TEST(World, packs_every_field) {
  World world;
  world.consent = Epoch::older;
  world.plaintext_seen = true;
  world.write = Parcel::stale;
  EXPECT_EQ(unpack(pack(world)), world);
  EXPECT_EQ(describe(world), "consent older; write stale; plaintext_seen yes");
}

}  // namespace
}  // namespace lockstep::host
