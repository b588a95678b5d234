#include "host/world.hpp"

#include <bit>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <vector>

#include "base/result.hpp"

namespace lockstep::host {
namespace {

using Members = boost::describe::describe_members<World, boost::describe::mod_public | boost::describe::mod_inherited>;
constexpr std::size_t FIELDS = boost::mp11::mp_size<Members>::value;
static_assert(sizeof(World) == FIELDS, "every field is one byte and is described");

template <class T>
constexpr std::size_t domain_size = boost::mp11::mp_size<boost::describe::describe_enumerators<T>>::value;
template <>
constexpr std::size_t domain_size<bool> = 2;

/// Where a field lies in the packed state.
struct Bits {
  std::size_t at = 0, width = 0;
};
template <class Member>
using FieldOf = std::remove_cvref_t<decltype(std::declval<World>().*Member::pointer)>;
constexpr std::array<Bits, FIELDS> LAYOUT = []<class... Member>(boost::mp11::mp_list<Member...>) {
  std::array<Bits, FIELDS> bits{};
  std::size_t i = 0, at = 0;
  ((bits[i] = {at, std::bit_width(domain_size<FieldOf<Member>> - 1)}, at += bits[i++].width), ...);
  return bits;
}(boost::mp11::mp_rename<Members, boost::mp11::mp_list>());
static_assert(LAYOUT.back().at + LAYOUT.back().width <= 64 * State::WORDS);

/// The words of a field.
struct Field {
  std::string_view name;
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
    std::size_t i = 0;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      const auto& field = world.*member.pointer;
      LOCKSTEP_ASSERT(reinterpret_cast<const Byte*>(&field) - reinterpret_cast<const Byte*>(&world) ==
                      std::ptrdiff_t(i));
      made[i++] = {member.name, values_of<std::remove_cvref_t<decltype(field)>>()};
    });
    return made;
  }();
  return all;
}

using Image = std::array<Byte, FIELDS>;

}  // namespace

void age(World& w) {
  for (Epoch* held : {&w.report, &w.measurements, &w.appraised, &w.consent, &w.start_nonce})
    if (*held == Epoch::current) *held = Epoch::older;
}

State pack(const World& world) {
  const auto image = std::bit_cast<Image>(world);
  State state;
  for (std::size_t i = 0; i < FIELDS; ++i) state.set(LAYOUT[i].at, LAYOUT[i].width, image[i]);
  return state;
}

World unpack(const State& state) {
  Image image;
  for (std::size_t i = 0; i < FIELDS; ++i) image[i] = static_cast<Byte>(state.get(LAYOUT[i].at, LAYOUT[i].width));
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

std::size_t field_count() { return FIELDS; }
std::string_view field_name(std::size_t field) { return fields()[field].name; }
std::size_t values_of_field(std::size_t field) { return fields()[field].values.size(); }
std::string_view value_name(std::size_t field, std::size_t value) { return fields()[field].values[value]; }
Byte field_of(const World& world, std::size_t field) { return std::bit_cast<Image>(world)[field]; }
World with_field(const World& world, std::size_t field, Byte value) {
  auto image = std::bit_cast<Image>(world);
  image[field] = value;
  return std::bit_cast<World>(image);
}

}  // namespace lockstep::host
