#include "adapters/target.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "adapters/emu.hpp"
#include "adapters/memory.hpp"

namespace lockstep::adapters {
namespace {

constexpr std::string_view emu_scheme = "emu://", model_scheme = "model:";
constexpr std::string_view later_schemes[] = {"shim:", "tcp://", "mctp://", "doe://"};
constexpr std::string_view later_transports[] = {"tcp"};

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
    }
  }
  return row.back();
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string nearest(std::string_view text, std::initializer_list<std::string_view> known) {
  return quoted(*std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return distance(text, a) < distance(text, b);
  }));
}

std::string unknown_target(std::string_view text) {
  for (std::string_view scheme : later_schemes)
    if (text.starts_with(scheme))
      return "target " + quoted(text) + ": " + std::string(scheme) +
             " is not available in this version; use emu://HOST:PORT or model:";
  const std::string_view scheme = text.substr(0, text.find(':') == text.npos ? text.npos : text.find(':') + 1);
  return "unknown target " + quoted(text) + "; did you mean " + nearest(scheme, {"emu://HOST:PORT", "emu:", "model:"}) +
         "? Known: emu://HOST:PORT, model:";
}

}  // namespace

Result<Transport, std::string> parse_transport(std::string_view name) {
  if (const auto transport = find_transport(name)) return *transport;
  if (std::find(std::begin(later_transports), std::end(later_transports), name) != std::end(later_transports))
    return Unexpected{"transport " + quoted(name) +
                      " is not available in this version; available: pci-doe, mctp, none"};
  return Unexpected{"unknown transport " + quoted(name) + "; did you mean " +
                    nearest(name, {"pci-doe", "mctp", "none"}) + "?"};
}

Result<Address, std::string> parse_address(std::string_view text) {
  const bool bracket = text.starts_with('[');
  const std::size_t host_end = bracket ? text.find(']') : text.find(':');
  std::string_view host =
      text.substr(bracket ? 1 : 0, host_end == text.npos ? text.npos : host_end - (bracket ? 1 : 0));
  if (host.empty() || (bracket && host_end == text.npos))
    return Unexpected{"no host in " + quoted(text) + "; expected HOST:PORT or [IPV6]:PORT"};
  std::string_view rest = host_end == text.npos ? std::string_view() : text.substr(host_end + (bracket ? 1 : 0));
  if (rest.empty()) return Address{std::string(host), wire::emu::PORT};
  std::uint16_t port = 0;
  const char* end = rest.data() + rest.size();
  const auto parsed = std::from_chars(rest.data() + 1, end, port);
  if (rest[0] != ':' || parsed.ec != std::errc() || parsed.ptr != end)
    return Unexpected{"no port in " + quoted(text) + "; expected HOST:PORT with a port from 0 to 65535"};
  return Address{std::string(host), port};
}

Result<std::unique_ptr<Target>, std::string> parse_target(std::string_view text, TargetOptions options) {
  const auto transport = parse_transport(options.transport);
  if (!transport) return Unexpected{transport.error()};
  if (text == model_scheme) {
    if (!options.model)
      return Unexpected{std::string("target 'model:': the reference device is not part of this program")};
    if (!options.spawn.empty())
      return Unexpected{std::string("target 'model:' runs in this process: there is nothing to spawn")};
    return std::unique_ptr<Target>(std::make_unique<MemoryTarget>("model:", std::move(options.model)));
  }
  if (!text.starts_with(emu_scheme)) return Unexpected{unknown_target(text)};
  auto address = parse_address(text.substr(emu_scheme.size()));
  if (!address) return Unexpected{"target " + quoted(text) + ": " + address.error()};
  if (address->port == 0) return Unexpected{"target " + quoted(text) + ": port 0 cannot be connected to"};
  return std::unique_ptr<Target>(std::make_unique<EmuTarget>(EmuOptions{.address = std::move(*address),
                                                                        .transport = *transport,
                                                                        .spawn = std::move(options.spawn),
                                                                        .output = std::move(options.output)}));
}

}  // namespace lockstep::adapters
