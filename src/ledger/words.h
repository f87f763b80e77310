// Values that have a name, and the name as a ledger holds it. Private to this room.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "call/event.h"
#include "call/outcome.h"
#include "check/tally.h"
#include "statement/statement.h"
#include "verdict/claim.h"
#include "verdict/wire_testimony.h"

namespace testigo::ledger {

template <typename Value, std::size_t count>
struct Words {
  std::array<std::pair<Value, const char*>, count> all;

  constexpr const char* of(Value value) const {
    for (const auto& [each, word] : all) {
      if (each == value) return word;
    }
    return "";
  }
  constexpr std::optional<Value> value(std::string_view word) const {
    for (const auto& [value, each] : all) {
      if (word == each) return value;
    }
    return std::nullopt;
  }
};

template <typename Value, std::size_t count>
constexpr Words<Value, count> words(const std::pair<Value, const char*> (&all)[count]) {
  return {std::to_array(all)};
}

constexpr auto kWitnesses =
    words<statement::Witness>({{statement::Witness::Client, "client"}, {statement::Witness::Server, "server"}});
constexpr auto kKinds = words<statement::Kind>({{statement::Kind::Unary, "unary"},
                                                {statement::Kind::ClientStream, "client-stream"},
                                                {statement::Kind::ServerStream, "server-stream"},
                                                {statement::Kind::Bidi, "bidi"}});
constexpr auto kKnown =
    words<http2::Known>({{http2::Known::Exact, "exact"}, {http2::Known::Inferred, "inferred"}, {http2::Known::Unknown, "unknown"}});
constexpr auto kOpenings = words<http2::Opening>({{http2::Opening::NeedMore, "undecided"},
                                                  {http2::Opening::Http2, "http2"},
                                                  {http2::Opening::Http1, "http1"},
                                                  {http2::Opening::Tls, "tls"},
                                                  {http2::Opening::Other, "other"}});
constexpr auto kClosings =
    words<tcp::Closing>({{tcp::Closing::Fin, "fin"}, {tcp::Closing::Reset, "reset"}, {tcp::Closing::Refused, "refused"}});
constexpr auto kDirections = words<Direction>({{Direction::ToServer, "to-server"}, {Direction::ToClient, "to-client"}});
// Whose octets go there.
constexpr auto kSides = words<Direction>({{Direction::ToServer, "client"}, {Direction::ToClient, "server"}});
constexpr auto kEndings = words<call::Ending>({{call::Ending::Trailers, "trailers"},
                                               {call::Ending::WithoutStatus, "without-status"},
                                               {call::Ending::ResetByClient, "reset-by-client"},
                                               {call::Ending::ResetByServer, "reset-by-server"},
                                               {call::Ending::Refused, "refused"},
                                               {call::Ending::ConnectionLost, "connection-lost"},
                                               {call::Ending::StillOpen, "still-open"}});
constexpr auto kStates = words<verdict::WireState>({{verdict::WireState::Undelivered, "undelivered"},
                                                    {verdict::WireState::Answered, "answered"},
                                                    {verdict::WireState::Open, "open"},
                                                    {verdict::WireState::Cut, "cut"}});
constexpr auto kSeverities = words<check::Severity>(
    {{check::Severity::Error, "error"}, {check::Severity::Warning, "warning"}, {check::Severity::Info, "info"}});
constexpr auto kOutcomes = words<verdict::Outcome>(
    {{verdict::Outcome::Proven, "PROVEN"}, {verdict::Outcome::Broken, "BROKEN"}, {verdict::Outcome::Inconclusive, "INCONCLUSIVE"}});

}  // namespace testigo::ledger
