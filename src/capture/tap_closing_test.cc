#include "capture/tap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
