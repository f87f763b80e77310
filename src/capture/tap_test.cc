#include "capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <thread>
#include <vector>

#include "capture/capture_file.h"
#include "capture/capture_writer.h"
#include "capture/testing/tap_fixture.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

TEST_F(TapTest, CarriesUrgentOctetsInTheirPlace) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  const auto say = [](Tcp::socket& socket) {
    send(socket, "abc");
    socket.send(asio::buffer("U", 1), Tcp::socket::message_out_of_band);
    send(socket, "def");
    socket.shutdown(Tcp::socket::shutdown_send);
  };
  const auto heard_by = [](Tcp::socket& socket) {
    std::string octets;
    std::error_code error;
    asio::read(socket, asio::dynamic_buffer(octets), error);
    return octets;
  };
  say(client);
  EXPECT_EQ(heard_by(server), "abcUdef");
  say(server);
  EXPECT_EQ(heard_by(client), "abcUdef");
  const auto heard = sink_.wait_for_endings(1, 2);
  EXPECT_EQ(heard.octets[0], "abcUdef");
  EXPECT_EQ(heard.octets[1], "abcUdef");
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
