#include "call/connection.h"

#include <gtest/gtest.h>

#include "call/testing/conversation.h"
#include "call/testing/event_log.h"

namespace testigo::call {
namespace {

using namespace testing;

Conversation everything() {
  Conversation c = greeted({{http2::kSettingMaxConcurrentStreams, 100}, {http2::kSettingHeaderTableSize, 256}});
  c.call().call({.stream = 3, .trailers = plus(trailer_fields("5"), "grpc-message", "no%0awhere")});
  c.client(headers_in_pieces(5, request_fields()), message(5, std::string(40'000, 'x')), window_update(0), priority(5));
  c.server(headers(5, response_fields()), message(5, "a"), ping('p')).client(ping_ack('p'), end_of_data(5));
  c.server(message(5, std::string(20'000, 'y')), push_promise(5, 2, request_fields()),
           headers(5, trailer_fields(), EndStream::Yes));
  c.client(headers(7, request_fields()), rst_stream(7), headers(9, request_fields(), EndStream::Yes));
  c.client(frame(http2::FrameType::Data, 0x08, 9, "\xff"), frame(static_cast<http2::FrameType>(0x2f), 7, 9, "what"));
  c.server(headers_begun(9, response_fields()), ping('q'), goaway(7)).client(headers(11, request_fields()));
  return c;
}

void expect_equal_however_cut(const Conversation& conversation) {
  EventLog whole;
  conversation.play(whole, {}, 0);
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    EventLog cut;
    conversation.play(cut, {}, seed);
    EXPECT_EQ(cut.lines(), whole.lines()) << "seed " << seed;
  }
}

TEST(Connection, CuttingElsewhereChangesNothing) {
  expect_equal_however_cut(everything());
  expect_equal_however_cut(everything().client_closes().server_closes());
  expect_equal_however_cut(everything().server_closes().client_closes());
  expect_equal_however_cut(everything().lost(3).client(message(11, "unseen")).server(headers(11, response_fields())));
  expect_equal_however_cut(Conversation().client(preface(), settings()).server(octets("HTTP/1.1 426 Upgrade Required\r\n\r\n")));
  expect_equal_however_cut(Conversation().client(octets("GET / HTTP/1.1\r\n\r\n")).server(settings()));
  expect_equal_however_cut(Conversation().client(preface(), settings()).server(octets("SSH-2.0-OpenSSH_9.2\r\n")));
}

}  // namespace
}  // namespace testigo::call
