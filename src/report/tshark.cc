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

std::string_view name_of(Dissector dissector) {
  switch (dissector) {
    case Dissector::Http2:
      return "http2";
    case Dissector::Tls:
      return "tls";
    case Dissector::Vxlan:
      return "vxlan";
  }
  return "";
}

std::string opening(const std::filesystem::path& capture, std::span<const DissectedPort> ports) {
  std::string command = fmt::format("tshark -r {}", shell_word(capture.string()));
  for (const DissectedPort& port : ports) {
    command += fmt::format(" -d {}.port=={},{}", port.as == Dissector::Vxlan ? "udp" : "tcp", port.port, name_of(port.as));
  }
  return command;
}

// The protocols that these ports speak, with `between` them.
std::string protocols(std::span<const DissectedPort> ports, std::string_view between) {
  const auto speak = [&](Dissector dissector) { return std::ranges::find(ports, dissector, &DissectedPort::as) != ports.end(); };
  if (speak(Dissector::Tls) && !speak(Dissector::Http2)) return "tls";
  return speak(Dissector::Tls) ? fmt::format("http2{}tls", between) : "http2";
}

}  // namespace

std::string tshark_overview(const std::filesystem::path& capture, std::span<const DissectedPort> ports) {
  return opening(capture, ports) + " -Y " + shell_word(protocols(ports, "||"));
}

std::string tshark_places(const std::filesystem::path& capture, std::span<const DissectedPort> ports,
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
