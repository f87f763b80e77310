// One tapped connection: a client, a server, and what goes between them. Lives on the thread that carries.
//
//   resolve ─▶ connect ─▶ carrying both ways ─▶ over        (or, when nobody answers: refused ─▶ over)
//
// Each direction reads at most one buffer, reports it, writes all of it, and only then reads again. What is read is reported before
// it is written on: no answer is ever reported before its question.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "capture/capture_input.h"
#include "capture/name_lookup.h"
#include "capture/tap.h"
#include "capture/tap_queue.h"
#include "wire/tcp/endpoint.h"

namespace testigo::capture {

class TapConnection;

// For the server, opened before its client is taken: who is taken is carried.
struct SpareSocket {
  Descriptor descriptor{-1};
  int family = AF_UNSPEC;
};

// What the connections of one tap share. All but the counts belongs to the thread that carries.
struct TapShared {
  asio::io_context& io;
  TapQueue& queue;
  const Clock& clock;
  NameLookup& names;
  tcp::Endpoint to;
  Duration connect_timeout;
  Duration reset_patience;
  int server_family;              // AF_INET or AF_INET6: of the server's address tried last
  std::vector<std::byte> buffer;  // of whoever reads at the moment
  tcp::ConnectionNumber last_number = 0;
  std::vector<std::function<void()>> parked;                     // wait for room in the queue
  std::function<void(std::shared_ptr<TapConnection>)> owes_ack;  // `tell_acknowledgements` soon
  std::function<void(const std::shared_ptr<TapConnection>&)> over;
  std::array<std::atomic<std::uint64_t>, 2> bytes{};  // by direction
  std::atomic<std::uint64_t> slowed{0};
  std::atomic<std::uint64_t> unconnected{0};
  std::atomic<std::uint64_t> refused_here{0};
  std::atomic<int> refused_because{0};  // the last time
};

class TapConnection : public std::enable_shared_from_this<TapConnection> {
 public:
  using Tcp = asio::ip::tcp;

  TapConnection(TapShared& shared, Tcp::socket client, const Tcp::endpoint& client_endpoint, SpareSocket spare);

  void start();

  // Reports what was handed over and no chunk has told yet, as a TCP's own acknowledgements would.
  void tell_acknowledgements();

  // Throws both sides away without a word in the report.
  void drop();

 private:
  // One direction: from its sender to its receiver.
  struct Flow {
    std::vector<std::byte> pending;  // read, reported, not yet written: pending[written …]
    std::size_t written = 0;
    std::uint64_t handed = 0;      // octets written to the receiver in all
    std::uint64_t acked_told = 0;  // how many of the other direction's were told as acknowledged by this one's sender
    bool ended = false;            // its sender has no more to say
    bool awaits_error = false;     // an error of its sender will be told
    std::string dead;              // why its sender does not take what is written to it; empty: it does
  };

  Flow& flow(Direction direction) { return flows_[static_cast<std::size_t>(direction)]; }
  Tcp::socket& sender(Direction direction) { return direction == Direction::ToServer ? client_ : server_; }
  Tcp::socket& receiver(Direction direction) { return sender(opposite(direction)); }

  void resolve();
  void try_next();
  std::error_code open_server(const Tcp& protocol);
  void on_connect(std::error_code error);
  void on_failure(const std::error_code& error);
  void refuse_here(const std::error_code& error);
  // True when the queue is full: `again` is called, if the connection is not over by then, when there is room.
  bool wait_for_room(std::function<void()> again);
  void refuse(const std::string& reason);
  void open();

  void wait_to_read(Direction direction);
  void read(Direction direction);
  void carry(Direction direction, Bytes octets);
  std::size_t write(Direction direction, Bytes octets);
  void wait_to_write(Direction direction);
  void write_pending(Direction direction);
  void wait_for_error(Direction direction);
  void on_error(Direction direction);
  void on_dead_sender(Direction direction, const std::error_code& error);
  // Resets when the receiver takes nothing for a while of what a dead sender had said.
  void expect_progress(Direction direction);
  void on_end(Direction direction);
  void reset(Direction direction, const std::string& reason);
  void report_closing(Direction direction, tcp::Closing closing, const std::string& reason);
  void tell_acknowledgement(Direction direction);
  void abort();

  TapShared& shared_;
  Tcp::socket client_;
  SpareSocket spare_;
  Tcp::socket server_;
  asio::steady_timer timer_;
  tcp::ConnectionNumber number_ = 0;
  tcp::Endpoint client_endpoint_;
  tcp::Endpoint server_endpoint_;
  std::vector<Tcp::endpoint> to_try_;  // addresses of the server, last first
  std::string refusal_;                // what the last one tried said
  int attempt_ = 0;                    // so that a timer knows whether it is still about the same one
  bool timed_out_ = false;
  bool over_ = false;
  bool owes_ack_ = false;
  std::array<Flow, 2> flows_;
};

}  // namespace testigo::capture
