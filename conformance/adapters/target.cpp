#include "adapters/target.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "adapters/emu.hpp"
#include "adapters/memory.hpp"
#include "adapters/shim.hpp"
#include "adapters/tcp.hpp"

namespace lockstep::adapters {
namespace {

constexpr std::string_view emu_scheme = "emu://", tcp_scheme = "tcp://", shim_scheme = "shim:", model_scheme = "model:";
constexpr std::string_view later_schemes[] = {"mctp://", "doe://"};

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
             " is not available in this version; use emu://HOST:PORT, tcp://HOST:PORT, shim:COMMAND or model:";
  const std::string_view scheme = text.substr(0, text.find(':') == text.npos ? text.npos : text.find(':') + 1);
  return "unknown target " + quoted(text) + "; did you mean " + nearest(scheme, {"emu:", "tcp:", "shim:", "model:"}) +
         "? Known: emu://HOST:PORT, tcp://HOST:PORT, shim:COMMAND, model:";
}

}  // namespace

Result<Transport, std::string> parse_transport(std::string_view name) {
  if (const auto transport = find_transport(name)) return *transport;
  return Unexpected{"unknown transport " + quoted(name) + "; did you mean " +
                    nearest(name, {"pci-doe", "mctp", "tcp", "none"}) + "?"};
}

Result<Address, std::string> parse_address(std::string_view text, std::uint16_t usual_port) {
  const bool bracket = text.starts_with('[');
  const std::size_t host_end = bracket ? text.find(']') : text.find(':');
  std::string_view host =
      text.substr(bracket ? 1 : 0, host_end == text.npos ? text.npos : host_end - (bracket ? 1 : 0));
  if (host.empty() || (bracket && host_end == text.npos))
    return Unexpected{"no host in " + quoted(text) + "; expected HOST:PORT or [IPV6]:PORT"};
  std::string_view rest = host_end == text.npos ? std::string_view() : text.substr(host_end + (bracket ? 1 : 0));
  if (rest.empty()) return Address{std::string(host), usual_port};
  std::uint16_t port = 0;
  const char* end = rest.data() + rest.size();
  const auto parsed = std::from_chars(rest.data() + 1, end, port);
  if (rest[0] != ':' || parsed.ec != std::errc() || parsed.ptr != end)
    return Unexpected{"no port in " + quoted(text) + "; expected HOST:PORT with a port from 0 to 65535"};
  return Address{std::string(host), port};
}

namespace {

using Parsed = Result<std::unique_ptr<Target>, std::string>;

Parsed model_target(TargetOptions options) {
  if (!options.model)
    return Unexpected{std::string("target 'model:': the reference device is not part of this program")};
  if (!options.spawn.empty())
    return Unexpected{std::string("target 'model:' runs in this process: there is nothing to spawn")};
  return std::unique_ptr<Target>(std::make_unique<MemoryTarget>("model:", std::move(options.model)));
}

Parsed shim_target(std::string_view command, TargetOptions options) {
  if (command.find_first_not_of(' ') == command.npos)
    return Unexpected{std::string("target 'shim:': no command; expected shim:COMMAND")};
  if (!options.spawn.empty())
    return Unexpected{std::string("target 'shim:COMMAND' starts its command: nothing to spawn")};
  return std::unique_ptr<Target>(
      std::make_unique<ShimTarget>(ShimOptions{.command = std::string(command), .output = std::move(options.output)}));
}

Result<Address, std::string> address_of(std::string_view text, std::string_view scheme, std::uint16_t usual_port) {
  auto address = parse_address(text.substr(scheme.size()), usual_port);
  if (!address) return Unexpected{"target " + quoted(text) + ": " + address.error()};
  if (address->port == 0) return Unexpected{"target " + quoted(text) + ": port 0 cannot be connected to"};
  return address;
}

Parsed emu_target(std::string_view text, Transport transport, TargetOptions options) {
  auto address = address_of(text, emu_scheme, transport == Transport::tcp ? wire::tcp::PORT : wire::emu::PORT);
  if (!address) return Unexpected{address.error()};
  return std::unique_ptr<Target>(std::make_unique<EmuTarget>(EmuOptions{.address = std::move(*address),
                                                                        .transport = transport,
                                                                        .spawn = std::move(options.spawn),
                                                                        .output = std::move(options.output)}));
}

Parsed tcp_target(std::string_view text, TargetOptions options) {
  auto address = address_of(text, tcp_scheme, wire::tcp::PORT);
  if (!address) return Unexpected{address.error()};
  EndpointOptions endpoint{std::move(*address), std::move(options.spawn), std::move(options.output)};
  return std::unique_ptr<Target>(std::make_unique<TcpTarget>(TcpOptions{.endpoint = std::move(endpoint)}));
}

}  // namespace

Result<std::unique_ptr<Target>, std::string> parse_target(std::string_view text, TargetOptions options) {
  const auto transport = parse_transport(options.transport);
  if (!transport) return Unexpected{transport.error()};
  if (text == model_scheme) return model_target(std::move(options));
  if (text.starts_with(shim_scheme)) return shim_target(text.substr(shim_scheme.size()), std::move(options));
  if (text.starts_with(tcp_scheme)) return tcp_target(text, std::move(options));
  if (text.starts_with(emu_scheme)) return emu_target(text, *transport, std::move(options));
  return Unexpected{unknown_target(text)};
}

}  // namespace lockstep::adapters
