#include "capture/connection_redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "capture/testing/speaker.h"

namespace testigo::capture {
namespace {

using testing::grpc_request;
using testing::Speaker;

constexpr Direction kToServer = Direction::ToServer, kToClient = Direction::ToClient;
constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

struct Seen {
  explicit Seen(bool payloads = false, bool from_start = true, const Limits& limits = {})
      : redaction(from_start, payloads, names, tally, limits) {}

  Seen& chunk(Direction direction, Bytes octets, std::uint64_t missing = 0) {
    redaction.on_chunk({Time(), direction, octets, missing, 0, 0});
    return *this;
  }
  Seen& client(std::string_view text, std::uint64_t missing = 0) { return chunk(kToServer, as_octets(text), missing); }
  Seen& server(std::string_view text, std::uint64_t missing = 0) { return chunk(kToClient, as_octets(text), missing); }

  // What is written of octets there; zeros are shown as dots.
  std::string written(Direction direction, std::int64_t offset, std::string_view as_seen) const {
    std::string text(as_seen);
    const bool changed = redaction.apply(direction, offset, std::as_writable_bytes(std::span(text)));
    EXPECT_EQ(changed, text != as_seen);
    std::ranges::replace(text, '\0', '.');
    return text;
  }
  std::int64_t decided(Direction direction) const { return redaction.decided_to(direction); }

  SecretNames names;
  SecretTally tally;
  ConnectionRedaction redaction;
};

TEST(ConnectionRedaction, LeavesCiphertext) {
  Seen seen;
  seen.client("\x16\x03\x01 hello").server("\x16\x03\x03 hello");
  EXPECT_EQ(seen.written(kToServer, 3, "any"), "any");
  EXPECT_EQ(seen.written(kToClient, 900, "any"), "any");
  EXPECT_EQ(seen.decided(kToServer), kAll);
  seen.client("more", 100);
  EXPECT_EQ(seen.written(kToServer, 500, "behind a gap"), "behind a gap");
}

TEST(ConnectionRedaction, LeavesNoCiphertextThatOnlyTheServerClaims) {
  EXPECT_EQ(Seen().client("hello, plain").server("\x16\x03\x03 hello").written(kToClient, 4, "hello"), ".....");
  EXPECT_EQ(Seen().server("\x16\x03\x03 hello").written(kToClient, 4, "hello"), ".....");
  EXPECT_EQ(Seen().client(http2::kPreface).server("\x15\x03\x03 alert").written(kToClient, 0, "\x15\x03\x03 alert"),
            "\x15\x03\x03 alert");
}

TEST(ConnectionRedaction, KeepsOfOtherProtocolsWhatTheyAreKnownBy) {
  for (const bool payloads : {false, true}) {
    Seen seen(payloads);
    seen.client("GET /secret HTTP/1.1\r\n").server("HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(seen.written(kToServer, 0, "GET /secret HTTP/1.1"), payloads ? "GET /secret HTTP/1.1" : "GET /...............");
    EXPECT_EQ(seen.written(kToClient, 0, "HTTP/1.1 200 OK"), payloads ? "HTTP/1.1 200 OK" : "HTTP/1.........");
    Seen other(payloads);
    other.server("220 mail").client("HELO me");
    EXPECT_EQ(other.written(kToClient, 0, "220 mail"), payloads ? "220 mail" : "........");
  }
}

TEST(ConnectionRedaction, MasksSecretsOfHttp1WhenPayloadsAreWanted) {
  Seen seen(true);
  const std::string_view request = "GET / HTTP/1.1\r\nAuthorization: hunter2\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore";
  const std::string_view answer = "HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: hunter2\r\n\r\nframes";
  seen.client(request.substr(0, 30)).client(request.substr(30, 12)).server(answer).client(request.substr(42));
  EXPECT_EQ(seen.written(kToServer, 0, request), "GET / HTTP/1.1\r\nAuthorization: *******\r\n\r\n............................");
  EXPECT_EQ(seen.written(kToClient, 0, answer), "HTTP/1.1 101 Switching Protocols\r\nSet-Cookie: *******\r\n\r\n......");
  EXPECT_EQ(seen.written(kToClient, 500, "later"), ".....");
}

const std::string kAsk =
    "POST /old HTTP/1.1\r\nAuthorization: hunter2\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\nCookie : "
    "hunter2\r\nContent-Length: 4\r\n\r\nbody";
const std::string kSwitched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSet-Cookie: hunter2\r\n\r\n";

// A request, and an answer of stream 1, behind the switch.
std::vector<std::byte> behind(Direction direction) {
  Speaker speaker(false);
  if (direction == kToServer) {
    speaker.preface().headers(3, grpc_request({{"authorization", "hunter2"}})).message(3, "body", 1);
  } else {
    speaker.frame(http2::FrameType::Settings, 0, 0, "").headers(1, {{":status", "200"}, {"set-cookie", "hunter2"}});
    speaker.frame(http2::FrameType::Data, 1, 1, "body");
  }
  return speaker.said;
}

std::array<std::string, 2> upgraded(bool payloads, std::uint64_t seed) {
  Seen seen(payloads);
  const auto tell = [&](Direction direction, Bytes octets) {
    testigo::testing::Cuts cuts(octets, seed);
    while (const auto piece = cuts.next()) seen.chunk(direction, *piece);
  };
  const std::string client = kAsk + std::string(as_text(behind(kToServer))),
                    server = kSwitched + std::string(as_text(behind(kToClient)));
  tell(kToServer, as_octets(kAsk));
  tell(kToClient, as_octets(server));
  tell(kToServer, as_octets(client).subspan(kAsk.size()));
  EXPECT_EQ(seen.decided(kToServer), static_cast<std::int64_t>(client.size()));
  EXPECT_EQ(seen.decided(kToClient), static_cast<std::int64_t>(server.size()));
  return {seen.written(kToServer, 0, client), seen.written(kToClient, 0, server)};
}

TEST(ConnectionRedaction, FollowsAnUpgradeToHttp2) {
  using ::testing::HasSubstr;
  using ::testing::Not;
  using ::testing::StartsWith;
  for (const bool payloads : {false, true}) {
    const auto [client, server] = upgraded(payloads, testigo::testing::Cuts::kWhole);
    EXPECT_THAT(client, StartsWith("POST /old HTTP/1.1\r\nAuthorization: *******\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n"));
    EXPECT_THAT(client, HasSubstr((payloads ? "body" : "....") + std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")));
    EXPECT_THAT(server, StartsWith("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSet-Cookie: *******\r\n\r\n"));
    for (const std::string& each : {client, server}) {
      EXPECT_THAT(each, Not(HasSubstr("hunter2")));
      EXPECT_EQ(each.find("body") != std::string::npos, payloads);
    }
    EXPECT_THAT(client.substr(kAsk.size()), HasSubstr("*******"));
    EXPECT_THAT(server.substr(kSwitched.size()), HasSubstr("*******"));
    for (std::uint64_t seed = testigo::testing::Cuts::kByteByByte; seed < 14; ++seed) {
      EXPECT_EQ(upgraded(payloads, seed), (std::array{client, server})) << seed;
    }
  }
}

TEST(ConnectionRedaction, ClearsARequestToUpgradeThatNobodyGrants) {
  Seen seen;
  seen.client(kAsk).server("HTTP/1.1 200 OK\r\n\r\nframes").client("GET /secret HTTP/1.1\r\n");
  EXPECT_THAT(seen.written(kToServer, 0, kAsk), ::testing::Not(::testing::HasSubstr("hunter2")));
  EXPECT_EQ(seen.written(kToServer, static_cast<std::int64_t>(kAsk.size()), "GET /secret"), "...........");
  EXPECT_EQ(seen.written(kToClient, 0, "HTTP/1.1 200 OK\r\n\r\nframes"), "HTTP/1." + std::string(18, '.'));
  Seen cut;
  cut.client(kAsk.substr(0, 40)).redaction.finish(kToServer);
  EXPECT_EQ(cut.written(kToServer, 0, kAsk.substr(0, 40)), "POST /" + std::string(34, '.'));
  Seen wanted(true);
  wanted.client(kAsk.substr(0, 40)).redaction.finish(kToServer);
  EXPECT_THAT(wanted.written(kToServer, 0, kAsk.substr(0, 40)), ::testing::Not(::testing::HasSubstr("hunter")));
  // A head that holds what ends HTTP/1.1 is not written behind it.
  Seen tricked;
  const std::string ask = "GET / HTTP/1.1\r\nPRI * HTTP/2.0\r\nCookie: hunter2\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n";
  tricked.client(ask).server(kSwitched);
  EXPECT_THAT(tricked.written(kToServer, 0, ask), ::testing::Not(::testing::HasSubstr("hunter2")));
}

// What it said is decided, written and forgotten by then.
TEST(ConnectionRedaction, TakesWhatAServerSaysBeforeTheRequestForNoAnswer) {
  for (const std::string& ask : {std::string("GET / HTTP/1.1\r\n"), kAsk}) {
    Seen seen(true);
    const std::string first = "HTTP/1.1 408 Request Time-out\r\nSet-Cookie: hun", then = "ter2\r\n\r\n";
    seen.server(first);
    seen.redaction.forget(kToClient, static_cast<std::int64_t>(first.size()));
    seen.client(ask).server(then);
    EXPECT_EQ(seen.written(kToClient, static_cast<std::int64_t>(first.size()), then), "****\r\n\r\n");
    EXPECT_THAT(seen.written(kToServer, 0, ask), ::testing::Not(::testing::HasSubstr("hunter2")));
    EXPECT_GE(seen.decided(kToServer), 16) << "the request line, without an answer";
  }
}

// Both sides speak in turn, the client first; what is written of each.
std::array<std::string, 2> written_of(const std::vector<std::string>& turns, std::uint64_t seed = testigo::testing::Cuts::kWhole) {
  Seen seen(true);
  std::array<std::string, 2> said;
  Direction direction = kToServer;
  for (const std::string& turn : turns) {
    testigo::testing::Cuts cuts(as_octets(turn), seed);
    while (const auto piece = cuts.next()) seen.chunk(direction, *piece);
    said[static_cast<std::size_t>(direction)] += turn;
    direction = opposite(direction);
  }
  return {seen.written(kToServer, 0, said[0]), seen.written(kToClient, 0, said[1])};
}

std::string zeros(std::string_view text) { return std::string(text.size(), '.'); }

TEST(ConnectionRedaction, ClearsBothDirectionsBehindASwitch) {
  const std::string client(as_text(behind(kToServer))), server(as_text(behind(kToClient)));
  const std::string preface(http2::kPreface), rest = client.substr(preface.size());
  const std::string get = "GET / HTTP/1.1\r\n\r\n", ok = "HTTP/1.1 200 OK\r\n\r\n";
  const std::string post =
      "POST /x HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\nContent-Length: 70000\r\n\r\n{" + std::string(69'999, 'a');
  const std::string switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n";
  const std::string connect = "CONNECT a:1 HTTP/1.1\r\n\r\n", proxy = std::string("\r\n\r\n\0\r\nQUIT\n!\x11", 14);
  std::string proxy_seen = proxy;
  std::ranges::replace(proxy_seen, '\0', '.');
  struct Case {
    std::vector<std::string> turns;
    std::array<std::string, 2> written;
  };
  const std::vector<Case> cases = {
      {{post, switched, client, server}, {post + zeros(client), switched + zeros(server)}},
      {{get, ok, get, switched, client, server}, {get + get + zeros(client), ok + switched + zeros(server)}},
      {{get, "HTTP/1.0 101 -\r\n\r\n", "secret", "secret"}, {get + "......", "HTTP/1.0 101 -\r\n\r\n......"}},
      {{get, ok + "ok", get, switched, "secret", "secret"}, {get + get + "......", ok + "ok" + switched + "......"}},
      {{connect, ok, "secret", "secret"}, {connect + "......", ok + "......"}},
      {{connect, "HTTP/1.1 407 No\r\n\r\n", get, "body\n"}, {connect + get, "HTTP/1.1 407 No\r\n\r\nbody\n"}},
      {{get + "body" + client, server}, {get + "body" + preface + zeros(rest), zeros(server)}},
      {{get, ok, "body" + client, server}, {get + "body" + preface + zeros(rest), ok + zeros(server)}},
      {{proxy + client, "\1other"}, {proxy_seen + preface + zeros(rest), zeros("\1other")}},
      {{"hello", "\1other", client, server}, {"hello" + preface + zeros(rest), "\1other" + zeros(server)}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(written_of(each.turns), each.written);
    for (std::uint64_t seed = testigo::testing::Cuts::kByteByByte; seed < 6; ++seed) {
      EXPECT_EQ(written_of(each.turns, seed), each.written) << seed;
    }
  }
}

TEST(ConnectionRedaction, DecidesARequestToUpgradeTheSameWhateverComesWithIt) {
  const std::string ask = "GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n", more = "one two\r\nthree four\r\n";
  for (const bool payloads : {false, true}) {
    Seen whole(payloads), cut(payloads);
    whole.client(ask + more), cut.client(ask).client(more);
    EXPECT_EQ(whole.written(kToServer, 0, ask + more), cut.written(kToServer, 0, ask + more));
  }
}

TEST(ConnectionRedaction, ClearsWhatAServerSaysThatAClientOfHttp2DoesNotUnderstand) {
  const std::string odd("\0\0\5\x0c\0\0\0\0\0hello", 14);
  EXPECT_EQ(Seen(true).client(http2::kPreface).server(odd).written(kToClient, 0, odd), zeros(odd));
  Seen first(true);
  first.server("\1other").client(http2::kPreface).server("hunter2");
  EXPECT_EQ(first.written(kToClient, 0, "\1otherhunter2"), "\1other.......");
  EXPECT_EQ(first.written(kToClient, -2, "--\1other"), "..\1other") << "late, and a keep-alive";
  Seen upgraded(true);
  upgraded.client(kAsk).server(kSwitched + odd);
  EXPECT_EQ(upgraded.written(kToClient, static_cast<std::int64_t>(kSwitched.size()), odd), zeros(odd));
}

TEST(ConnectionRedaction, ClearsWhatBeganUnseen) {
  for (const bool payloads : {false, true}) {
    Seen seen(payloads, false);
    seen.client("\x16\x03\x01 hello").server("HTTP/1.1 200 OK");
    EXPECT_EQ(seen.written(kToServer, 0, "hello"), ".....");
    EXPECT_EQ(seen.written(kToClient, -3, "hello"), ".....");
    EXPECT_EQ(seen.decided(kToClient), kAll);
  }
}

TEST(ConnectionRedaction, ClearsHttp2BehindAGapEvenWithPayloads) {
  for (const std::uint64_t missing : {std::uint64_t{7}, kUnknownMissing}) {
    Seen seen(true);
    seen.client(http2::kPreface).client("behind", missing);
    EXPECT_EQ(seen.written(kToServer, 0, http2::kPreface.substr(0, 10)), http2::kPreface.substr(0, 10));
    EXPECT_EQ(seen.written(kToServer, 24 + 7, "behind"), "......");
    EXPECT_EQ(seen.decided(kToServer), kAll);
  }
}

// Zeros there would be frames: of DATA, of no stream.
TEST(ConnectionRedaction, LeavesOutWhatAGapCutsOfFramesAndBlocks) {
  for (const std::uint64_t missing : {std::uint64_t{7}, kUnknownMissing}) {
    Speaker speaker(false);
    const auto block = speaker.block(grpc_request({{"authorization", "hunter2"}}));
    speaker.preface().headers_in_pieces(1, block, 20);
    Seen seen;
    seen.chunk(kToServer, Bytes(speaker.said).first(speaker.said.size() - 9));
    const std::int64_t begin = seen.decided(kToServer), end = static_cast<std::int64_t>(speaker.said.size()) + 1;
    ASSERT_LT(begin + 40, end);
    seen.client("behind", missing);
    EXPECT_EQ(seen.redaction.known(kToServer, begin - 5, 30), 5u);
    EXPECT_EQ(seen.redaction.known(kToServer, begin + 30, 5), 0u) << "it may have been written already";
    EXPECT_EQ(seen.redaction.known(kToServer, end - 1, 6), 0u);
    EXPECT_EQ(seen.redaction.known(kToServer, end, 6), 6u);
  }
  Speaker speaker(false);
  speaker.preface().headers(1, grpc_request()).message(1, std::string(100, 'b'));
  Seen seen;
  seen.chunk(kToServer, Bytes(speaker.said).first(speaker.said.size() - 60));
  seen.client(std::string(20, 'b'), 10);
  const auto end = static_cast<std::int64_t>(speaker.said.size());
  EXPECT_EQ(seen.redaction.known(kToServer, end - 65, 65), 5u);
  EXPECT_EQ(seen.redaction.known(kToServer, end - 30, 30), 0u);
  EXPECT_EQ(seen.redaction.known(kToServer, end, 9), 0u) << "a reader that knows the end of the frame reads on there";
  EXPECT_EQ(seen.redaction.known(kToServer, end + 1, 9), 9u);
}

TEST(ConnectionRedaction, ReadsAServerThatSpeaksFirst) {
  Speaker speaker(false);
  speaker.frame(http2::FrameType::Settings, 0, 0, "").headers(1, {{"set-cookie", "hunter2"}});
  Seen seen;
  seen.chunk(kToClient, speaker.said);
  EXPECT_EQ(seen.decided(kToClient), static_cast<std::int64_t>(speaker.said.size()));
  EXPECT_THAT(seen.written(kToClient, 0, as_text(speaker.said)), ::testing::HasSubstr("*******"));
}

TEST(ConnectionRedaction, TakesNoServerForHttp2WhoseClientIsNot) {
  Seen seen;
  seen.client("hello").chunk(kToClient, from_hex("000005 01 04 00000001 6162636465"));
  EXPECT_EQ(seen.written(kToClient, 0, "anything"), "........");
}

TEST(ConnectionRedaction, DecidesInEveryCutTheSame) {
  Speaker speaker(false);
  speaker.preface().headers(1, grpc_request({{"authorization", "hunter2"}})).message(1, "body", 1);
  const std::string written = testigo::testing::several_ways(speaker.said, [&](testigo::testing::Cuts& cuts) {
    Seen seen;
    while (const auto piece = cuts.next()) {
      const std::int64_t before = seen.decided(kToServer);
      seen.chunk(kToServer, *piece);
      EXPECT_GE(seen.decided(kToServer), before);
    }
    EXPECT_EQ(seen.decided(kToServer), static_cast<std::int64_t>(speaker.said.size()));
    return seen.written(kToServer, 0, as_text(speaker.said));
  });
  EXPECT_THAT(written, ::testing::HasSubstr("*******"));
  EXPECT_THAT(written, ::testing::Not(::testing::HasSubstr("body")));
}

// Packets overlap, come again, or begin before the direction; each octet is what its own offset says.
TEST(ConnectionRedaction, WritesEachOctetByItsOffset) {
  Speaker speaker(false);
  speaker.preface().headers(1, grpc_request({{"authorization", "hunter2"}})).frame(http2::FrameType::Ping, 0, 0, "12345678");
  const std::size_t size = speaker.said.size();
  Seen seen;
  seen.chunk(kToServer, speaker.said);
  const std::string whole = seen.written(kToServer, 0, as_text(speaker.said));
  const std::string around = "before" + std::string(as_text(speaker.said)) + "behind";
  for (std::size_t from = 0; from < around.size(); ++from) {
    for (const std::size_t length : {std::size_t{1}, std::size_t{20}, around.size()}) {
      const std::string piece = around.substr(from, length);
      EXPECT_EQ(seen.written(kToServer, static_cast<std::int64_t>(from) - 6, piece),
                ("......" + whole + "......").substr(from, length));
    }
  }
  // A copy that says something else is not believed.
  EXPECT_EQ(seen.written(kToServer, 0, std::string(size, 'x')), whole);
}

TEST(ConnectionRedaction, ClearsWhatNeverCameToItsEnd) {
  Speaker speaker(false);
  const auto block = speaker.block({{"authorization", "hunter2"}});
  speaker.preface().frame(http2::FrameType::Headers, 0, 1, block);
  Seen seen(true);
  seen.chunk(kToServer, speaker.said).server("HTT");
  EXPECT_EQ(seen.decided(kToServer), static_cast<std::int64_t>(speaker.said.size() - block.size()));
  EXPECT_EQ(seen.decided(kToClient), 0);
  seen.redaction.finish(kToServer), seen.redaction.finish(kToClient);
  EXPECT_TRUE(seen.redaction.finished());
  EXPECT_EQ(seen.decided(kToServer), kAll);
  EXPECT_THAT(seen.written(kToServer, 0, as_text(speaker.said)), ::testing::EndsWith(std::string(block.size(), '.')));
  EXPECT_EQ(seen.written(kToClient, 0, "HTT"), "HTT") << "too short to be anything";
}

TEST(ConnectionRedaction, RemembersTheLastOctetsOnly) {
  Seen seen(true);
  Speaker speaker;
  speaker.preface().headers(1, grpc_request());
  for (int i = 0; i < 100; ++i) speaker.message(1, std::string(995, 'b'));
  seen.chunk(kToServer, speaker.said);
  const auto end = static_cast<std::int64_t>(speaker.said.size());
  seen.redaction.forget_beyond(10'000);
  EXPECT_LE(seen.redaction.remembered(), 20'000u);
  EXPECT_EQ(seen.written(kToServer, end - 10'000, "12345"), "bbbbb");
  EXPECT_EQ(seen.written(kToServer, end - 10'002, "12345"), "..bbb");
  EXPECT_EQ(seen.written(kToServer, 0, "PRI"), "...");
  EXPECT_EQ(seen.redaction.known(kToServer, end - 10'000, 10'000), 10'000u);
  EXPECT_EQ(seen.redaction.known(kToServer, end - 10'000, 10'001), 10'000u);
  EXPECT_EQ(seen.redaction.known(kToServer, end - 10'001, 5), 0u);
  EXPECT_EQ(seen.redaction.known(kToServer, -2, 2), 2u) << "a keep-alive";
  seen.redaction.forget(kToServer, end);
  EXPECT_EQ(seen.redaction.remembered(), 0u);
  seen.chunk(kToServer, Speaker().frame(http2::FrameType::Ping, 0, 0, "12345678").said);
  EXPECT_EQ(seen.written(kToServer, end + 9, "12345678"), "12345678");
}

}  // namespace
}  // namespace testigo::capture
