#include "capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <array>
#include <asio.hpp>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "base/environment_error.h"
#include "capture/capture_file.h"
#include "capture/capture_writer.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Tcp = asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kPatience = 60s;  // before a test gives up on something that must happen

// Hears a tap; can be asked while it goes on.
class HeardSink final : public tcp::ConnectionSink {
 public:
  struct Heard {
    tcp::ConnectionOpened opened;
    std::array<std::string, 2> octets;
    std::array<std::uint64_t, 2> acked{};
    std::vector<std::string> endings;  // "> fin", "< refused (connection refused)"
  };

  void on_opened(const tcp::ConnectionOpened& opened) override {
    const std::lock_guard lock(mutex_);
    heard_[opened.connection].opened = opened;
    changed_.notify_all();
  }

  // What holds at every moment: nothing is acknowledged that was not seen, and no acknowledgement is taken back.
  void on_chunk(tcp::ConnectionNumber connection, const Chunk& chunk) override {
    const std::lock_guard lock(mutex_);
    Heard& heard = heard_.at(connection);
    const auto index = static_cast<std::size_t>(chunk.direction);
    EXPECT_EQ(chunk.missing, 0u);
    EXPECT_LE(chunk.acked, heard.octets[1 - index].size());
    EXPECT_GE(chunk.acked, heard.acked[index]);
    EXPECT_TRUE(!chunk.bytes.empty() || chunk.acked > heard.acked[index]);
    heard.acked[index] = chunk.acked;
    heard.octets[index] += as_text(chunk.bytes);
    const bool answers = echo && chunk.direction == Direction::ToClient;
    EXPECT_GE(chunk.acked, answers ? heard.octets[index].size() : 0);
    changed_.notify_all();
  }

  void on_closing(const tcp::ConnectionClosing& closing) override {
    const std::lock_guard lock(mutex_);
    static constexpr const char* kNames[] = {"fin", "reset", "refused"};
    Heard& heard = heard_.at(closing.connection);
    std::string text = closing.direction == Direction::ToServer ? "> " : "< ";
    text += kNames[static_cast<std::size_t>(closing.closing)];
    if (!closing.reason.empty()) text += " (" + closing.reason + ")";
    heard.endings.push_back(text);
    changed_.notify_all();
  }

  void on_end() override {
    const std::lock_guard lock(mutex_);
    ++ends_;
  }

  // Waits until `done` is true of a connection; then a copy of what was heard of it.
  Heard wait_for(tcp::ConnectionNumber connection, const std::function<bool(const Heard&)>& done) {
    std::unique_lock lock(mutex_);
    const auto is_done = [&] { return heard_.contains(connection) && done(heard_[connection]); };
    if (!changed_.wait_for(lock, kPatience, is_done)) ADD_FAILURE() << "what was waited for did not happen";
    return heard_[connection];
  }
  Heard wait_for_endings(tcp::ConnectionNumber connection, std::size_t count) {
    return wait_for(connection, [count](const Heard& heard) { return heard.endings.size() >= count; });
  }

  std::map<tcp::ConnectionNumber, Heard> all() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  int ends() {
    const std::lock_guard lock(mutex_);
    return ends_;
  }

  bool echo = false;  // the server only gives back: no octet of its may come before it received as many

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<tcp::ConnectionNumber, Heard> heard_;
  int ends_ = 0;
};

Tcp::endpoint of(const tcp::Endpoint& endpoint) { return {asio::ip::make_address(endpoint.address), endpoint.port}; }

std::string text_of(const Tcp::endpoint& endpoint) {
  return tcp::to_text(tcp::Endpoint{endpoint.address().to_string(), endpoint.port()});
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

TEST_F(TapTest, CarriesBothWaysAndReports) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "ping");
  EXPECT_EQ(receive(server, 4), "ping");
  send(server, "pong!");
  EXPECT_EQ(receive(client, 5), "pong!");
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return heard.acked[0] == 5 && heard.acked[1] == 4; });
  EXPECT_EQ(heard.octets[0], "ping");
  EXPECT_EQ(heard.octets[1], "pong!");
  EXPECT_EQ(tcp::to_text(heard.opened.client), text_of(client.local_endpoint()));
  EXPECT_EQ(tcp::to_text(heard.opened.server), text_of(listener.local_endpoint()));
  EXPECT_TRUE(heard.opened.from_start);
  const Tap::Counts counts = tap_->counts();
  EXPECT_EQ(counts.connections, 1u);
  EXPECT_EQ(counts.open, 1u);
  EXPECT_EQ(counts.bytes_to_server, 4u);
  EXPECT_EQ(counts.bytes_to_client, 5u);
}

TEST_F(TapTest, PassesHalfCloseOfTheClientOn) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "all I say");
  client.shutdown(Tcp::socket::shutdown_send);
  EXPECT_EQ(receive(server, 9), "all I say");
  EXPECT_EQ(end_of(server), asio::error::eof);
  EXPECT_THAT(sink_.wait_for_endings(1, 1).endings, ::testing::ElementsAre("> fin"));
  send(server, "still here");
  EXPECT_EQ(receive(client, 10), "still here");
  server.close();
  EXPECT_EQ(end_of(client), asio::error::eof);
  const auto heard = sink_.wait_for_endings(1, 2);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("> fin", "< fin"));
  EXPECT_EQ(heard.octets[1], "still here");
}

TEST_F(TapTest, PassesHalfCloseOfTheServerOn) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(server, "go away");
  server.shutdown(Tcp::socket::shutdown_send);
  EXPECT_EQ(receive(client, 7), "go away");
  EXPECT_EQ(end_of(client), asio::error::eof);
  send(client, "not yet");
  EXPECT_EQ(receive(server, 7), "not yet");
  client.close();
  EXPECT_EQ(end_of(server), asio::error::eof);
  EXPECT_THAT(sink_.wait_for_endings(1, 2).endings, ::testing::ElementsAre("< fin", "> fin"));
}

TEST_F(TapTest, PassesResetOfTheClientOn) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "x");
  receive(server, 1);
  reset(client);
  EXPECT_EQ(end_of(server), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("> reset (connection reset by peer)"));
  EXPECT_EQ(heard.octets[0], "x");
}

TEST_F(TapTest, PassesResetOfTheServerOn) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(server, "last words");
  receive(client, 10);
  reset(server);
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("< reset (connection reset by peer)"));
  EXPECT_EQ(heard.octets[1], "last words");
}

// The server dies with unread octets of the client: what it had said comes out first.
TEST_F(TapTest, ReadsWhatADeadServerHadSaid) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "x");
  receive(server, 1);
  send(client, std::string(100'000, 'y'));
  server.wait(Tcp::socket::wait_read);
  send(server, "sorry");
  server.close();
  std::error_code error;
  while (!error) client.write_some(asio::buffer("more"), error);  // the tap hears of it by reading or by writing
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("< reset (connection reset by peer)"));
  EXPECT_EQ(heard.octets[1], "sorry");
}

// The server closes in an orderly way, and answers what the client says after that with a reset.
TEST_F(TapTest, PassesAResetAfterAnEndOn) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  listener.accept().close();
  EXPECT_EQ(end_of(client), asio::error::eof);
  std::error_code error;
  while (!error) client.write_some(asio::buffer("x"), error);
  EXPECT_THAT(sink_.wait_for_endings(1, 2).endings, ::testing::ElementsAre("< fin", "< reset (connection reset by peer)"));
}

TEST_F(TapTest, ResetsTheClientWhenNobodyListens) {
  std::string nobody;
  {
    const Tcp::acceptor gone = listening();
    nobody = text_of(gone.local_endpoint());
  }
  tap_to(nobody);
  Tcp::socket client = this->client();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("< refused (connection refused)"));
  EXPECT_EQ(tcp::to_text(heard.opened.server), nobody);
  EXPECT_EQ(tap_->counts().open, 0u);
}

TEST_F(TapTest, SaysWhenTheNameIsNone) {
  tap_to("no..such..name:50051");  // no name server is asked about empty labels
  Tcp::socket client = this->client();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre(HasSubstr("< refused (no such name: no..such..name")));
  EXPECT_EQ(heard.opened.server, (tcp::Endpoint{"no..such..name", 50051}));
}

TEST_F(TapTest, ResolvesNamesAndTriesEachAddress) {
  Tcp::acceptor listener = listening();
  tap_to("localhost:" + std::to_string(listener.local_endpoint().port()));  // ::1, where nobody listens, may come first
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "x");
  EXPECT_EQ(receive(server, 1), "x");
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return !heard.octets[0].empty(); });
  EXPECT_EQ(heard.opened.server.address, "127.0.0.1");
}

TEST_F(TapTest, SpeaksIpv6) {
  std::optional<Tcp::acceptor> listener;
  try {
    listener.emplace(listening("::1"));
  } catch (const std::system_error&) {
    GTEST_SKIP() << "no IPv6 here";
  }
  tap_to(*listener, "[::1]:0");
  EXPECT_EQ(tap_->endpoint().address, "::1");
  Tcp::socket client = this->client();
  Tcp::socket server = listener->accept();
  send(client, "six");
  EXPECT_EQ(receive(server, 3), "six");
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return heard.octets[0].size() == 3; });
  EXPECT_EQ(tcp::to_text(heard.opened.client), text_of(client.local_endpoint()));
  EXPECT_EQ(tcp::to_text(heard.opened.server), text_of(listener->local_endpoint()));
}

TEST_F(TapTest, ListensOnAllAddressesWhenNoneIsNamed) {
  Tcp::acceptor listener = listening();
  tap_to(listener, ":0");
  Tcp::socket client(io_);
  client.connect({asio::ip::make_address("127.0.0.1"), tap_->endpoint().port});
  Tcp::socket server = listener.accept();
  send(client, "x");
  receive(server, 1);
  const auto heard = sink_.wait_for(1, [](const auto& heard) { return !heard.octets[0].empty(); });
  EXPECT_EQ(heard.opened.client.address, "127.0.0.1");
}

TEST_F(TapTest, ListensOnEveryAddressOfAName) {
  Tcp::acceptor listener = listening();
  tap_to(listener, "localhost:0");
  Tcp::socket client(io_);
  client.connect({asio::ip::make_address("127.0.0.1"), tap_->endpoint().port});
  Tcp::socket server = listener.accept();
  send(client, "x");
  EXPECT_EQ(receive(server, 1), "x");
}

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

TEST_F(TapTest, CarriesManyConnectionsAtOnceAndReportsInCausalOrder) {
  constexpr int kClients = 100, kRounds = 50;
  sink_.echo = true;
  Tcp::acceptor listener = listening();
  tap_to(listener);
  {
    const EchoServer server(std::move(listener), kClients);
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back([this, i] {
        Tcp::socket socket = client();
        for (int round = 0; round < kRounds; ++round) {
          const std::string text = "<client " + std::to_string(i) + " round " + std::to_string(round) + ">";
          send(socket, text);
          EXPECT_EQ(receive(socket, text.size()), text);
        }
        socket.shutdown(Tcp::socket::shutdown_send);
        EXPECT_EQ(end_of(socket), asio::error::eof);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (tcp::ConnectionNumber number = 1; number <= kClients; ++number) sink_.wait_for_endings(number, 2);
  tap_->stop();
  std::map<std::string, int> clients;
  const auto all = sink_.all();
  EXPECT_EQ(all.size(), std::size_t{kClients});
  for (const auto& [number, heard] : all) {
    EXPECT_THAT(heard.endings, ::testing::UnorderedElementsAre("> fin", "< fin"));
    EXPECT_EQ(heard.octets[0], heard.octets[1]);
    EXPECT_EQ(heard.octets[0].size(), heard.acked[1]);
    EXPECT_EQ(heard.octets[1].size(), heard.acked[0]);
    ++clients[heard.octets[0].substr(0, heard.octets[0].find(" round"))];
  }
  EXPECT_EQ(clients.size(), std::size_t{kClients});
}

TEST_F(TapTest, CarriesTinyWrites) {
  constexpr std::size_t kOctets = 3000;
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  client.set_option(Tcp::no_delay(true));
  server.set_option(Tcp::no_delay(true));
  std::string sent;
  for (std::size_t i = 0; i < kOctets; ++i) sent += static_cast<char>('a' + i % 26);
  std::thread writing([&] {
    for (const char& c : sent) send(client, {&c, 1}), send(server, {&c, 1});
  });
  EXPECT_EQ(receive(server, kOctets), sent);
  EXPECT_EQ(receive(client, kOctets), sent);
  writing.join();
  const auto heard =
      sink_.wait_for(1, [](const auto& heard) { return heard.octets[0].size() + heard.octets[1].size() == 2 * kOctets; });
  EXPECT_EQ(heard.octets[0], sent);
  EXPECT_EQ(heard.octets[1], sent);
}

// Pushes into a socket until it takes nothing more for a while; how much it took.
std::uint64_t fill(Tcp::socket& socket, std::string_view octets) {
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

TEST_F(TapTest, LeavesOpenWhatWasOpenWhenItStops) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  send(client, "ping");
  receive(server, 4);
  send(server, "pong");
  receive(client, 4);
  tap_->stop();
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  EXPECT_EQ(end_of(server), asio::error::connection_reset);
  const auto heard = sink_.all().at(1);
  EXPECT_EQ(heard.octets[0], "ping");
  EXPECT_EQ(heard.octets[1], "pong");
  EXPECT_EQ(heard.acked[0], 4u);
  EXPECT_THAT(heard.endings, IsEmpty());
  tap_->stop();
  tap_.reset();
  EXPECT_EQ(sink_.ends(), 1);
}

TEST_F(TapTest, EndsWithoutHavingBegun) {
  { const Tap tap({"127.0.0.1:0", "127.0.0.1:1"}, sink_, clock_); }
  EXPECT_EQ(sink_.ends(), 1);
}

TEST_F(TapTest, SaysWhatItCannotDo) {
  const Tcp::acceptor taken = listening();
  const auto message_of = [this](const std::string& listen, const std::string& to) -> std::string {
    try {
      const Tap tap({listen, to}, sink_, clock_);
    } catch (const EnvironmentError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  const std::string busy = text_of(taken.local_endpoint());
  EXPECT_EQ(message_of(busy, "a:1"),
            "cannot listen on " + busy + ": Address already in use; choose another port, or end what listens there");
  EXPECT_THAT(message_of("localhost", "a:1"), HasSubstr("host:port"));
  EXPECT_THAT(message_of("no..such..name:1", "a:1"), HasSubstr("no such name"));
  EXPECT_THAT(message_of("192.0.2.1:0", "a:1"), HasSubstr("choose an address of this machine"));
  for (const char* to : {"", "localhost", ":50051", "localhost:0", "localhost:70000"}) {
    EXPECT_THAT(message_of("127.0.0.1:0", to), HasSubstr("host:port")) << to;
  }
  EXPECT_EQ(sink_.ends(), 0);
}

// From the sockets to the file and back.
TEST_F(TapTest, IsReadFromItsCaptureAsItWasTold) {
  std::string folder = (std::filesystem::temp_directory_path() / "testigo-tap-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::filesystem::path file = std::filesystem::path(folder) / "wire.pcapng";
  tcp::testing::RecordedSink live(tcp::testing::RecordedSink::Detail::TimesAndPackets);
  {
    CaptureWriter writer(file, live, {.payloads = true, .secrets = {}, .rotation = {}});
    Tcp::acceptor listener = listening();
    Tap tap({"127.0.0.1:0", text_of(listener.local_endpoint())}, writer, clock_);
    tap.start();
    const EchoServer server(std::move(listener), 20);
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i) {
      threads.emplace_back([this, i, to = of(tap.endpoint())] {
        Tcp::socket socket(io_);
        socket.connect(to);
        const std::string text(static_cast<std::size_t>(1 + i * 5000), static_cast<char>('a' + i));
        std::thread sending([&] { send(socket, text); });
        EXPECT_EQ(receive(socket, text.size()), text);
        sending.join();
        if (i % 3 == 0) return reset(socket);
        socket.shutdown(Tcp::socket::shutdown_send);
        end_of(socket);
      });
    }
    for (std::thread& thread : threads) thread.join();
    tap.stop();
  }
  tcp::testing::RecordedSink read(tcp::testing::RecordedSink::Detail::TimesAndPackets);
  const CaptureSummary summary = read_capture(file, read);
  EXPECT_EQ(read.lines, live.lines);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_FALSE(summary.cut);
  EXPECT_THAT(live.lines, Contains(HasSubstr("20 opened")));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace testigo::capture
