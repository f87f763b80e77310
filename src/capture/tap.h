// The inline witness: takes connections on one address and carries them to another, octet by octet, and reports all it carries.
//
// What comes from one side goes to the other as it came: half-close as half-close, reset as reset, and no faster than the other
// side takes it; an urgent octet goes in its place among the others. The name of the server is resolved anew for each connection;
// those that wait for it share one lookup, for which the end does not wait. One thread of its own does the carrying; a second one
// calls the sink, fed by a queue whose limit slows the carrying down instead of losing anything.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "base/clock.h"
#include "base/limits.h"
#include "capture/name_lookup.h"
#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

struct TapOptions {
  std::string listen;  // "127.0.0.1:0", "[::1]:50050", ":50050" (all addresses), "localhost:50050"
  std::string to;      // "localhost:50051", "[::1]:50051"; a port is needed
  Duration connect_timeout = std::chrono::seconds(10);
  // How long a reset waits for a receiver that takes nothing of what was said before it.
  Duration reset_patience = std::chrono::milliseconds(100);
  NameLookup::Find find = find_addresses;  // of the name in `to`; called on threads of its own, one after the other
};

class Tap {
 public:
  // Binds and listens, so that clients can connect as soon as this returns. Throws EnvironmentError (port taken, no such name).
  // `sink` must outlive the tap; it is called on one thread that is neither the caller's nor the one that carries.
  Tap(const TapOptions& options, tcp::ConnectionSink& sink, const Clock& clock, const Limits& limits = {});
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // Where it listens, with the real port.
  tcp::Endpoint endpoint() const;

  // Begins to carry.
  void start();

  // Takes no new connection, drops those that are open (they stay open in the report: nobody closed them but us), hands
  // everything seen to the sink, calls its on_end and returns. A second call does nothing.
  void stop();

  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t open = 0;
    std::uint64_t bytes_to_server = 0;
    std::uint64_t bytes_to_client = 0;
    std::uint64_t slowed = 0;        // how often the full queue made it wait
    std::uint64_t pauses = 0;        // how often no client was taken, for want of descriptors for it and for the server
    std::uint64_t refused_here = 0;  // clients that were sent away because of us; the sink knows nothing of them
    std::error_code refused_because = {};
    std::uint64_t unconnected = 0;  // connections that had not reached the server at the end; the sink knows nothing of them
  };
  Counts counts() const;

 private:
  class Carrier;
  std::unique_ptr<Carrier> carrier_;
};

}  // namespace testigo::capture
