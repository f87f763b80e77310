#include "run/server_ports.h"

#include <gtest/gtest.h>

namespace testigo::run {
namespace {

void add(ServerPorts& ports, std::uint16_t port, http2::Opening opening) {
  call::ConnectionView connection;
  connection.server = {"127.0.0.1", port};
  connection.client_opening = opening;
  ports.add(connection);
}

TEST(ServerPorts, SayWhatEachPortSpoke) {
  using enum http2::Opening;
  ServerPorts ports;
  add(ports, 443, NeedMore);  // nothing was said on this connection
  add(ports, 443, Tls);
  add(ports, 80, Http2);
  add(ports, 90, Tls);
  add(ports, 90, Http1);
  add(ports, 100, NeedMore);
  const std::vector<report::DissectedPort> wanted = {{80}, {90}, {100}, {443, report::Dissector::Tls}};
  EXPECT_EQ(ports.list(), wanted);
}

}  // namespace
}  // namespace testigo::run
