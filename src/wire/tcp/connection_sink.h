// What every source of traffic reports of its connections: the door between sources (tap, capture files, live interfaces) and
// everything that looks at them.
#pragma once

#include <cstdint>
#include <string>

#include "base/chunk.h"
#include "base/clock.h"

namespace testigo::tcp {

struct Endpoint {
  std::string address;  // "127.0.0.1", "::1"
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// "127.0.0.1:50051", "[::1]:50051"
std::string to_text(const Endpoint& endpoint);

using ConnectionNumber = std::uint64_t;  // from 1, within one run

struct ConnectionOpened {
  ConnectionNumber connection = 0;
  Time time;
  Endpoint client;
  Endpoint server;
  // Both directions are seen from their first octet. Not so for a capture that begins in the middle.
  bool from_start = true;
  std::uint64_t packet = 0;  // as in Chunk
};

// How one direction of a connection came to its end.
enum class Closing : std::uint8_t {
  Fin,      // its sender has no more to say (half-close)
  Reset,    // its sender threw the connection away: both directions are over
  Refused,  // the server did not take the connection; both directions are over and no octet came from it
};

struct ConnectionClosing {
  ConnectionNumber connection = 0;
  Time time;
  Direction direction = Direction::ToServer;
  Closing closing = Closing::Fin;
  std::uint64_t packet = 0;
  std::string reason;  // what the system said, e.g. "connection refused"; may be empty
};

// Why nothing more comes of a connection that was not seen to end.
enum class Over : std::uint8_t {
  Unseen,  // another one has its ports
  Turned,  // its ends had been taken for each other: it goes on as another one
};

// One thread at a time calls it; what is borrowed is borrowed for the call.
class ConnectionSink {
 public:
  virtual ~ConnectionSink() = default;
  virtual void on_opened(const ConnectionOpened& opened) = 0;
  virtual void on_chunk(ConnectionNumber connection, const Chunk& chunk) = 0;
  virtual void on_closing(const ConnectionClosing& closing) = 0;
  // Nothing more comes of a connection that is open and was not seen to end.
  virtual void on_over(ConnectionNumber /*connection*/, Over /*over*/) {}
  // Nothing is waiting: a good moment to write out what is buffered.
  virtual void on_idle() {}
  // Nothing more comes. Connections that are still open stay so: the end of the run is not the end of the connection.
  virtual void on_end() = 0;
};

}  // namespace testigo::tcp
