#include "host/world.hpp"

#include <bit>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <vector>

#include "base/result.hpp"

namespace lockstep::host {
namespace {

using Members = boost::describe::describe_members<World, boost::describe::mod_public>;
constexpr std::size_t FIELDS = boost::mp11::mp_size<Members>::value;
static_assert(sizeof(World) == FIELDS, "every field is one byte and is described");

/// One field: where it lies in the packed state, and its words.
struct Field {
  std::string_view name;
  std::size_t at = 0, width = 0;
  std::vector<std::string_view> values;
};

template <class T>
std::vector<std::string_view> values_of() {
  if constexpr (std::is_same_v<T, bool>) {
    return {"no", "yes"};
  } else {
    std::vector<std::string_view> values;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) { values.push_back(e.name); });
    return values;
  }
}

const std::array<Field, FIELDS>& fields() {
  static const std::array<Field, FIELDS> all = [] {
    std::array<Field, FIELDS> made;
    const World world;
    std::size_t i = 0, at = 0;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      const auto& field = world.*member.pointer;
      LOCKSTEP_ASSERT(reinterpret_cast<const Byte*>(&field) - reinterpret_cast<const Byte*>(&world) ==
                      std::ptrdiff_t(i));
      made[i] = {member.name, at, 0, values_of<std::remove_cvref_t<decltype(field)>>()};
      made[i].width = std::bit_width(made[i].values.size() - 1);
      at += made[i++].width;
    });
    LOCKSTEP_ASSERT(at <= 64 * State::WORDS);
    return made;
  }();
  return all;
}

using Image = std::array<Byte, FIELDS>;

}  // namespace

void age(World& w) {
  for (Epoch World::*held :
       {&World::report, &World::measurements, &World::appraised, &World::consent, &World::start_nonce})
    if (w.*held == Epoch::current) w.*held = Epoch::older;
}

State pack(const World& world) {
  const auto image = std::bit_cast<Image>(world);
  State state;
  for (std::size_t i = 0; i < FIELDS; ++i) state.set(fields()[i].at, fields()[i].width, image[i]);
  return state;
}

World unpack(const State& state) {
  Image image;
  for (std::size_t i = 0; i < FIELDS; ++i) image[i] = static_cast<Byte>(state.get(fields()[i].at, fields()[i].width));
  return std::bit_cast<World>(image);
}

std::string describe(const World& world, const World& other) {
  const auto image = std::bit_cast<Image>(world), reference = std::bit_cast<Image>(other);
  std::string text;
  for (std::size_t i = 0; i < FIELDS; ++i)
    if (image[i] != reference[i])
      text +=
          (text.empty() ? "" : "; ") + std::string(fields()[i].name) + " " + std::string(fields()[i].values[image[i]]);
  return text;
}

std::string domains() {
  std::string text;
  for (const Field& field : fields()) {
    text += field.name;
    for (std::size_t v = 0; v < field.values.size(); ++v) text += (v == 0 ? ": " : ", ") + std::string(field.values[v]);
    text += "\n";
  }
  return text;
}

}  // namespace lockstep::host
