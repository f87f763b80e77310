#include "report/tshark.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/inert.h"

namespace testigo::report {
namespace {

constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:=@%,";

std::string dollar_quoted(const std::string& escaped) {
  std::string out = "$'";
  for (const char c : escaped) out += c == '\'' ? std::string("\\'") : std::string(1, c);
  return out + "'";
}

// A word of a POSIX shell. What a terminal would obey, and what nobody sees, stands in it as \xHH.
std::string shell_word(const std::string& text) {
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  const std::string harmless = inert(text, text.size());  // as $'…' has it, but for its quotation marks
  if (harmless.size() != text.size() + static_cast<std::size_t>(std::ranges::count(text, '\\'))) return dollar_quoted(harmless);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string opening(const std::filesystem::path& capture, std::span<const ServerPort> ports) {
  std::string command = fmt::format("tshark -r {}", shell_word(capture.string()));
  for (const ServerPort& port : ports) {
    if (!port.vxlan) command += fmt::format(" -d tcp.port=={},{}", port.port, port.tls ? "tls" : "http2");
    if (port.vxlan) command += fmt::format(" -d udp.port=={},vxlan", port.port);
  }
  return command;
}

// The protocols that these ports speak, with `between` them.
std::string protocols(std::span<const ServerPort> ports, std::string_view between) {
  const bool tls = std::ranges::any_of(ports, &ServerPort::tls);
  if (tls && std::ranges::all_of(ports, [](const ServerPort& port) { return port.tls || port.vxlan; })) return "tls";
  return tls ? fmt::format("http2{}tls", between) : "http2";
}

}  // namespace

std::string tshark_overview(const std::filesystem::path& capture, std::span<const ServerPort> ports) {
  return opening(capture, ports) + " -Y " + shell_word(protocols(ports, "||"));
}

std::string tshark_places(const std::filesystem::path& capture, std::span<const ServerPort> ports,
                          std::span<const call::Place> places) {
  std::set<std::uint64_t> packets;
  for (const call::Place& place : places) {
    if (place.packet != 0) packets.insert(place.packet);
  }
  if (packets.empty()) return {};
  std::string filter;
  for (const std::uint64_t packet : packets) filter += fmt::format("{}frame.number=={}", filter.empty() ? "" : "||", packet);
  return fmt::format("{} -Y '{}' -O {} -x", opening(capture, ports), filter, protocols(ports, ","));
}

}  // namespace testigo::report
