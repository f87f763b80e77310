#include "run/server_ports.h"

namespace testigo::run {

void ServerPorts::add(const call::ConnectionView& connection) {
  Spoken& spoken = ports_[connection.server.port];
  if (connection.client_opening == http2::Opening::NeedMore) return;
  (connection.client_opening == http2::Opening::Tls ? spoken.tls : spoken.plain) = true;
}

std::vector<report::DissectedPort> ServerPorts::list() const {
  std::vector<report::DissectedPort> ports;
  ports.reserve(ports_.size());
  for (const auto& [port, spoken] : ports_)
    ports.push_back({port, spoken.tls && !spoken.plain ? report::Dissector::Tls : report::Dissector::Http2});
  return ports;
}

}  // namespace testigo::run
