#include "capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "capture/testing/tap_fixture.h"

namespace testigo::capture {
namespace {

using namespace testing;

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

// Waits for the error that a reset is to those who neither read nor write.
bool is_reset(Tcp::socket& socket) {
  pollfd descriptor{socket.native_handle(), 0, 0};
  return poll(&descriptor, 1, 10'000) == 1 && (descriptor.revents & (POLLERR | POLLHUP)) != 0;
}

TEST_F(TapTest, PassesResetOnToAServerThatDoesNotRead) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  fill(client, std::string(1 << 16, 'x'));
  reset(client);
  EXPECT_TRUE(is_reset(server));
  EXPECT_THAT(sink_.wait_for_endings(1, 1).endings, ::testing::ElementsAre("> reset (connection reset by peer)"));
}

TEST_F(TapTest, PassesResetOnToAClientThatWritesAndDoesNotRead) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  fill(server, std::string(1 << 16, 'x'));
  send(client, "ping");
  receive(server, 4);
  reset(server);
  std::error_code error;
  client.write_some(asio::buffer("more"), error);
  EXPECT_TRUE(is_reset(client));
  EXPECT_THAT(sink_.wait_for_endings(1, 1).endings, ::testing::ElementsAre("< reset (connection reset by peer)"));
}

TEST_F(TapTest, PassesAResetBehindAnEndOnWhereNothingIsSaid) {
  Tcp::acceptor listener = listening();
  tap_to(listener);
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  client.shutdown(Tcp::socket::shutdown_send);
  EXPECT_EQ(end_of(server), asio::error::eof);
  reset(client);
  EXPECT_TRUE(is_reset(server));
  EXPECT_THAT(sink_.wait_for_endings(1, 2).endings, ::testing::ElementsAre("> fin", "> reset (connection reset by peer)"));
}

// What the system took of the server before is the client's, if it takes it.
TEST_F(TapTest, CarriesWhatWasSaidBeforeAResetToASlowReader) {
  Tcp::acceptor listener = listening();
  tap_.emplace(TapOptions{.listen = "127.0.0.1:0", .to = text_of(listener.local_endpoint()), .reset_patience = kPatience}, sink_,
               clock_);
  tap_->start();
  Tcp::socket client = this->client();
  Tcp::socket server = listener.accept();
  const std::uint64_t sent = fill(server, std::string(1 << 16, 'x'));
  int unsent = 0;
  ASSERT_EQ(ioctl(server.native_handle(), SIOCOUTQ, &unsent), 0);
  reset(server);
  EXPECT_EQ(end_of(client), asio::error::connection_reset);
  const auto heard = sink_.wait_for_endings(1, 1);
  EXPECT_THAT(heard.endings, ::testing::ElementsAre("< reset (connection reset by peer)"));
  EXPECT_EQ(heard.octets[1].size(), sent - static_cast<std::uint64_t>(unsent));
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

}  // namespace
}  // namespace testigo::capture
