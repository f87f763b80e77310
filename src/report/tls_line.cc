#include "report/tls_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/inert.h"
#include "wire/tls/names.h"

namespace testigo::report {
namespace {

constexpr std::size_t kNameShown = 120;
constexpr std::size_t kProtocolShown = 32;

std::string_view side_name(Direction from) { return from == Direction::ToServer ? "client" : "server"; }

std::string offered(const tls::ClientHello& client) {
  std::string out;
  for (const std::string& each : client.protocols) out += (out.empty() ? "" : " ") + inert(each, kProtocolShown);
  return out.empty() ? "nothing" : out;
}

std::string chosen(const tls::ServerHello& server) {
  if (server.hides_protocol()) return "(encrypted)";
  return server.protocol ? inert(*server.protocol, kProtocolShown) : "nothing";
}

std::string agreed_text(const tls::Seen& seen) {
  if (!seen.server) return "no ServerHello";
  return tls::version_name(seen.server->version) + "  " + tls::suite_name(seen.server->suite);
}

// Why the direction in which less was read is not read on.
std::string_view unread(const tls::Seen& seen) { return seen.unread[0].empty() ? seen.unread[1] : seen.unread[0]; }

}  // namespace

std::string tls_text(const call::ConnectionView& connection, const Paint& paint) {
  const tls::Seen& seen = *connection.tls;
  std::string out = fmt::format("{} {} → {}  {}  ALPN {} → {}  {}", paint.dim(to_time_of_day(connection.opened)),
                                tcp::to_text(connection.client), tcp::to_text(connection.server), paint.bold(agreed_text(seen)),
                                offered(*seen.client), seen.server ? chosen(*seen.server) : "nothing",
                                seen.client->server_name ? "for " + inert(*seen.client->server_name, kNameShown) : "for no name");
  if (seen.alert) {
    out +=
        "  " + paint.red(fmt::format("{}'s alert {}", side_name(seen.alert->direction), tls::alert_name(seen.alert->description)));
  }
  if (!unread(seen).empty()) out += fmt::format("  ({})", unread(seen));
  return out;
}

std::string tls_json(const call::ConnectionView& connection) {
  const tls::Seen& seen = *connection.tls;
  nlohmann::ordered_json json = {{"type", "tls"},
                                 {"version", "1.0"},
                                 {"time", to_rfc3339(connection.opened)},
                                 {"client", tcp::to_text(connection.client)},
                                 {"server", tcp::to_text(connection.server)},
                                 {"connection", connection.number},
                                 {"packet", connection.packet}};
  json["versions_offered"] = nlohmann::json::array();
  for (const std::uint16_t version : seen.client->versions) json["versions_offered"].push_back(tls::version_name(version));
  json["alpn_offered"] = seen.client->protocols;
  if (seen.client->server_name) json["server_name"] = *seen.client->server_name;
  if (seen.server) {
    json["tls_version"] = tls::version_name(seen.server->version);
    json["suite"] = tls::suite_name(seen.server->suite);
    if (seen.server->protocol) json["alpn"] = *seen.server->protocol;
    json["alpn_hidden"] = seen.server->hides_protocol();
  }
  json["retried"] = seen.retried;
  if (seen.alert) {
    json["alert"] = {{"from", side_name(seen.alert->direction)},
                     {"fatal", seen.alert->fatal},
                     {"name", tls::alert_name(seen.alert->description)}};
  }
  if (!unread(seen).empty()) json["unread"] = unread(seen);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace testigo::report
