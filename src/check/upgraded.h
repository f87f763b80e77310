// Connections that began as HTTP/1.1 and were upgraded to HTTP/2 ("Upgrade: h2c", RFC 7540 section 3.2).
#pragma once

#include "call/event.h"

namespace testigo::check {

// It began with HTTP/2's own first octets.
inline bool began_with_preface(const call::ConnectionView& connection) { return connection.client_first.starts_with("PRI "); }

bool began_as_http1(const call::ConnectionView& connection);

// The request of stream 1 is none of HTTP/2: what stands on that stream is nothing that a check could judge.
inline bool is_upgraded_stream(const call::ConnectionView& connection, const call::Place& place) {
  return place.stream == 1 && began_as_http1(connection);
}

constexpr std::string_view kUpgraded = "the request of stream 1 was sent by HTTP/1.1 (Upgrade: h2c)";

}  // namespace testigo::check
