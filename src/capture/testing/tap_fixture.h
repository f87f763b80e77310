// A tap on the loopback, its server and its clients, each asked by the test itself.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <asio.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "capture/tap.h"
#include "capture/testing/heard_sink.h"

namespace testigo::capture::testing {

using Tcp = asio::ip::tcp;

inline Tcp::endpoint of(const tcp::Endpoint& endpoint) { return {asio::ip::make_address(endpoint.address), endpoint.port}; }

inline std::string text_of(const Tcp::endpoint& endpoint) {
  return tcp::to_text(tcp::Endpoint{endpoint.address().to_string(), endpoint.port()});
}

// Pushes into a socket until it takes nothing more for a while; how much it took.
inline std::uint64_t fill(Tcp::socket& socket, std::string_view octets) {
  socket.non_blocking(true);
  std::uint64_t taken = 0;
  for (;;) {
    std::error_code error;
    taken += socket.write_some(asio::buffer(octets), error);
    if (!error) continue;
    EXPECT_EQ(error, asio::error::would_block);
    pollfd descriptor{socket.native_handle(), POLLOUT, 0};
    if (poll(&descriptor, 1, 300) == 0) break;
  }
  socket.non_blocking(false);
  return taken;
}

class TapTest : public ::testing::Test {
 protected:
  Tcp::acceptor listening(const char* address = "127.0.0.1") { return Tcp::acceptor(io_, {asio::ip::make_address(address), 0}); }

  void tap_to(const std::string& to, const char* listen = "127.0.0.1:0", const Limits& limits = {}) {
    tap_.emplace(TapOptions{listen, to}, sink_, clock_, limits);
    tap_->start();
  }
  void tap_to(const Tcp::acceptor& server, const char* listen = "127.0.0.1:0", const Limits& limits = {}) {
    tap_to(text_of(server.local_endpoint()), listen, limits);
  }

  Tcp::socket client() {
    Tcp::socket socket(io_);
    socket.connect(of(tap_->endpoint()));
    return socket;
  }

  static void send(Tcp::socket& socket, std::string_view octets) { asio::write(socket, asio::buffer(octets)); }

  static std::string receive(Tcp::socket& socket, std::size_t size) {
    std::string octets(size, ' ');
    asio::read(socket, asio::buffer(octets));
    return octets;
  }

  // How reading ends when nothing more is to come.
  static std::error_code end_of(Tcp::socket& socket) {
    std::array<char, 65536> buffer;
    std::error_code error;
    while (!error) socket.read_some(asio::buffer(buffer), error);
    return error;
  }

  static void reset(Tcp::socket& socket) {
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();
  }

  asio::io_context io_;
  SystemClock clock_;
  HeardSink sink_;
  std::optional<Tap> tap_;
};

// Gives back what each client sends, until it has no more to say.
class EchoServer {
 public:
  explicit EchoServer(Tcp::acceptor listener, int connections)
      : listener_(std::move(listener)), thread_([this, connections] {
          std::vector<std::thread> threads;
          for (int i = 0; i < connections; ++i) threads.emplace_back([socket = listener_.accept()]() mutable { serve(socket); });
          for (std::thread& thread : threads) thread.join();
        }) {}
  ~EchoServer() { thread_.join(); }

 private:
  static void serve(Tcp::socket& socket) {
    std::array<char, 4096> buffer;
    std::error_code error;
    for (;;) {
      const std::size_t size = socket.read_some(asio::buffer(buffer), error);
      if (error) return;
      asio::write(socket, asio::buffer(buffer, size), error);
    }
  }

  Tcp::acceptor listener_;
  std::thread thread_;
};

}  // namespace testigo::capture::testing
