#include "call/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/seen.h"

namespace testigo::call {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Connection, AnHttp1Server) {
  Conversation c;
  c.client(preface(), settings()).client(headers(1, request_fields(), EndStream::Yes));
  const Seen events = seen(c.server(octets("HTTP/1.1 400 Bad Request\r\n\r\n")).server_closes().client_closes());
  EXPECT_THAT(events.openings, ElementsAre("client 1", "server 2"));
  EXPECT_EQ(events.view.server_first, "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(events.view.server_first_packet, 3u);
  EXPECT_EQ(events.calls.at(0).ending, Ending::ConnectionLost);
}

TEST(Connection, TlsIsNotLookedInto) {
  std::string hello("\x16\x03\x01\x02\x00", 5);
  hello += http2::kPreface;
  Conversation c;
  c.client(octets(hello)).server(octets(std::string("\x16\x03\x03\x00\x7a", 5)));
  const Seen events = seen(c);
  EXPECT_THAT(events.openings, ElementsAre("client 3", "server 3"));
  EXPECT_EQ(events.frames, 0u);
}

TEST(Connection, WhatAnHttp1ClientIsToldIsNoHttp2) {
  Conversation c;
  c.client(octets("GET / HTTP/1.1\r\n\r\n")).server(settings(), goaway(0, http2::kProtocolError));
  EXPECT_EQ(seen(c).frames, 0u);
}

TEST(Connection, ThePrefaceCutAnywhere) {
  for (std::size_t at = 0; at <= http2::kPreface.size(); ++at) {
    Conversation c;
    c.client(octets(http2::kPreface.substr(0, at))).client(octets(http2::kPreface.substr(at)), settings());
    c.server(settings(), settings_ack()).client(settings_ack()).call();
    const Seen events = seen(c);
    EXPECT_EQ(events.view.client_opening, http2::Opening::Http2) << at;
    EXPECT_EQ(events.calls.size(), 1u) << at;
  }
}

TEST(Connection, APrefaceThatNeverEndsIsNoOpening) {
  Conversation c;
  c.client(octets(http2::kPreface.substr(0, 23))).client_closes().server_closes();
  EXPECT_THAT(seen(c).openings, IsEmpty());
  EXPECT_EQ(seen(c).view.client_first, http2::kPreface.substr(0, 23));
}

TEST(Connection, NotSeenFromItsStart) {
  const Seen events = seen(unary().not_from_start());
  EXPECT_EQ(events.frames, 0u);
  EXPECT_FALSE(events.view.whole());
  EXPECT_TRUE(events.closed);
}

}  // namespace
}  // namespace testigo::call
