#include "capture/tap.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <thread>
#include <vector>

#include "capture/testing/tap_fixture.h"

namespace testigo::capture {
namespace {

using namespace testing;

TEST_F(TapTest, IsNoFasterThanASlowReader) {
  constexpr std::uint64_t kOctets = 100 << 20;
  const std::string block(1 << 16, 'b');
  struct CountingSink final : tcp::ConnectionSink {
    void on_opened(const tcp::ConnectionOpened&) override {}
    void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override { octets += chunk.bytes.size(); }
    void on_closing(const tcp::ConnectionClosing&) override {}
    void on_end() override {}
    std::uint64_t octets = 0;
  } sink;
  Tcp::acceptor listener = listening();
  Tap tap({"127.0.0.1:0", text_of(listener.local_endpoint())}, sink, clock_);
  tap.start();
  Tcp::socket client(io_);
  client.connect(of(tap.endpoint()));
  Tcp::socket server = listener.accept();
  std::uint64_t sent = fill(client, block);
  EXPECT_LT(sent, kOctets / 2);  // the system's own buffers, and no more than a buffer of ours
  EXPECT_LT(tap.counts().bytes_to_server, sent);
  std::thread writing([&] {
    for (; sent < kOctets; sent += std::min<std::uint64_t>(block.size(), kOctets - sent)) {
      send(client, std::string_view(block).substr(0, std::min<std::uint64_t>(block.size(), kOctets - sent)));
    }
    client.shutdown(Tcp::socket::shutdown_send);
  });
  std::vector<char> buffer(1 << 20);
  std::uint64_t received = 0;
  std::error_code error;
  while (!error) received += server.read_some(asio::buffer(buffer), error);
  writing.join();
  EXPECT_EQ(error, asio::error::eof);
  EXPECT_EQ(received, sent);
  tap.stop();
  EXPECT_EQ(sink.octets, sent);
  EXPECT_EQ(tap.counts().bytes_to_server, sent);
}

TEST_F(TapTest, IsNoFasterThanItsSink) {
  struct ClosedSink final : tcp::ConnectionSink {
    void on_opened(const tcp::ConnectionOpened&) override { gate.get_future().wait(); }
    void on_chunk(tcp::ConnectionNumber, const Chunk& chunk) override { octets += chunk.bytes.size(); }
    void on_closing(const tcp::ConnectionClosing&) override {}
    void on_end() override {}
    std::promise<void> gate;
    std::uint64_t octets = 0;
  } sink;
  constexpr std::uint64_t kOctets = 50 << 20;
  Limits limits;
  limits.tap_queue_bytes_max = 2 << 20;
  Tcp::acceptor listener = listening();
  Tap tap({"127.0.0.1:0", text_of(listener.local_endpoint())}, sink, clock_, limits);
  tap.start();
  Tcp::socket client(io_);
  client.connect(of(tap.endpoint()));
  Tcp::socket server = listener.accept();
  std::thread reading([&] { EXPECT_EQ(receive(server, kOctets).size(), kOctets); });
  const std::uint64_t filled = fill(client, std::string(1 << 16, 'x'));
  EXPECT_GE(tap.counts().slowed, 1u);
  EXPECT_LE(tap.counts().bytes_to_server, limits.tap_queue_bytes_max + 2 * limits.tap_buffer_bytes);  // one push beyond each half
  sink.gate.set_value();
  if (filled < kOctets) send(client, std::string(kOctets - filled, 'y'));
  reading.join();
  tap.stop();
  EXPECT_EQ(sink.octets, std::max<std::uint64_t>(filled, kOctets));
}

// Refused connections carry no octets, and fill the queue all the same.
TEST_F(TapTest, RefusesNoFasterThanItsSink) {
  struct ClosedSink final : tcp::ConnectionSink {
    void on_opened(const tcp::ConnectionOpened&) override {
      if (!passed) gate.get_future().wait();
      passed = true;
    }
    void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
    void on_closing(const tcp::ConnectionClosing& closing) override { refused += closing.closing == tcp::Closing::Refused; }
    void on_end() override {}
    std::promise<void> gate;
    bool passed = false;
    int refused = 0;
  } sink;
  constexpr int kClients = 100;
  Limits limits;
  limits.tap_queue_bytes_max = 4096;
  const std::string nobody = text_of(listening().local_endpoint());
  Tap tap({"127.0.0.1:0", nobody}, sink, clock_, limits);
  tap.start();
  std::vector<Tcp::socket> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back(io_).connect(of(tap.endpoint()));
  while (tap.counts().connections < kClients || tap.counts().slowed == 0) std::this_thread::yield();
  EXPECT_GE(tap.counts().open, 1u);
  sink.gate.set_value();
  for (Tcp::socket& client : clients) EXPECT_EQ(end_of(client), asio::error::connection_reset);
  tap.stop();
  EXPECT_EQ(sink.refused, kClients);
}

TEST_F(TapTest, TakesNoMoreConnectionsThanItsLimit) {
  Limits limits;
  limits.tap_connections_max = 2;
  Tcp::acceptor listener = listening();
  tap_to(listener, "127.0.0.1:0", limits);
  std::vector<Tcp::socket> clients, servers;
  for (int i = 0; i < 3; ++i) clients.push_back(client());  // the system takes the third one for us
  for (int i = 0; i < 2; ++i) servers.push_back(listener.accept());
  send(clients[0], "1"), send(clients[1], "2"), send(clients[2], "3");
  sink_.wait_for(2, [](const auto& heard) { return !heard.octets[0].empty(); });
  EXPECT_EQ(tap_->counts().connections, 2u);
  reset(clients[0]);
  servers.push_back(listener.accept());
  EXPECT_EQ(receive(servers[2], 1), "3");
  EXPECT_EQ(tap_->counts().connections, 3u);
}

// A client that waits is not refused, and no server is blamed.
TEST_F(TapTest, TakesNoClientForWhoseServerItHasNoFileDescriptor) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  std::vector<Tcp::socket> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back(io_, Tcp::v4());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int free = dup(0);
  ASSERT_GE(free, 0);
  close(free);
  const rlimit for_one{.rlim_cur = static_cast<rlim_t>(free) + 1, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &for_one), 0);
  std::error_code error;
  for (Tcp::socket& client : clients) client.connect(of(tap_->endpoint()), error);
  while (tap_->counts().pauses == 0 && tap_->counts().refused_here == 0) std::this_thread::yield();
  setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(error);
  ASSERT_EQ(tap_->counts().refused_here, 0u);
  std::vector<Tcp::socket> servers;
  for (Tcp::socket& client : clients) {
    servers.push_back(listener.accept());
    send(client, "x");
  }
  for (Tcp::socket& server : servers) EXPECT_EQ(receive(server, 1), "x");
  EXPECT_EQ(tap_->counts().refused_here, 0u);
  for (const auto& [number, heard] : sink_.all()) EXPECT_TRUE(heard.endings.empty()) << number;
}

TEST_F(TapTest, DoesNotBlameTheServerForWhatItLacks) {
  const auto find = [](const tcp::Endpoint&) {
    return FoundAddresses{{}, "", std::make_error_code(std::errc::too_many_files_open)};
  };
  tap_.emplace(TapOptions{.listen = "127.0.0.1:0", .to = "name:50051", .find = find}, sink_, clock_);
  tap_->start();
  Tcp::socket client = this->client();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  tap_->stop();
  EXPECT_EQ(tap_->counts().refused_here, 1u);
  EXPECT_EQ(tap_->counts().refused_because, std::errc::too_many_files_open);
  EXPECT_TRUE(sink_.all().empty());
}

TEST_F(TapTest, GoesOnWhenThereAreFileDescriptorsAgain) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client(io_, Tcp::v4());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  std::error_code error;
  client.connect(of(tap_->endpoint()), error);
  pollfd descriptor{client.native_handle(), POLLIN, 0};
  const int nothing_came = poll(&descriptor, 0, 250);
  setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_FALSE(error);
  EXPECT_EQ(nothing_came, 0);
  Tcp::socket server = listener.accept();
  send(client, "x");
  EXPECT_EQ(receive(server, 1), "x");
}

}  // namespace
}  // namespace testigo::capture
