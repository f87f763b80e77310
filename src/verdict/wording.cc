#include "verdict/wording.h"

#include <fmt/format.h>

#include "base/inert.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {

std::string call_name(const Facts& facts, const CallFacts& call) {
  return fmt::format("{} call {}", inert(facts.client(call).name), call.number);
}

std::string place_name(const call::Place& place) {
  if (place.other_side) return fmt::format("packet {}, stream {} of the other side", place.packet, place.stream);
  if (place.packet == 0) return fmt::format("connection {}, stream {}", place.connection, place.stream);
  return fmt::format("packet {}, stream {}", place.packet, place.stream);
}

std::string status_text(int status, std::string_view message) {
  const std::string name = rpc::status_name(status);
  const std::string text = status == rpc::kOk ? "OK" : fmt::format("{} ({})", name, status);
  return message.empty() ? text : fmt::format("{}: {}", text, inert(message));
}

std::string count_text(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Exhibit exhibit(const Facts& facts, const CallFacts& call, const WireView& wire, std::string text) {
  const ClientProcess& client = facts.client(call);
  Exhibit exhibit;
  exhibit.call = statement::to_text({client.name, client.process, call.number});
  exhibit.text = std::move(text);
  for (const Cited& line : {call.started, call.ended, call.received, call.received_again, call.server_ended}) {
    if (line) exhibit.statements.push_back(line.place());
  }
  if (wire.stream == nullptr) return exhibit;
  const call::Place opened = wire.stream->call.place;
  exhibit.wire.push_back(opened);
  if (wire.stream->call.end_packet != 0 && wire.stream->call.end_packet != opened.packet) {
    exhibit.wire.push_back({wire.stream->call.end_packet, opened.connection, opened.stream});
  }
  return exhibit;
}

}  // namespace testigo::verdict
