#include "capture/http1_redaction.h"

#include <gtest/gtest.h>

#include "base/testing/several_ways.h"

namespace testigo::capture {
namespace {

struct Written {
  std::string text;  // what is decided
  bool switched = false;
  std::vector<MaskedField> masked;
  friend bool operator==(const Written&, const Written&) = default;
};

Written written(std::string_view text, std::uint64_t seed = 0) {
  const SecretNames names({"X-Api-Key"});
  SecretTally tally;
  Http1Redaction redaction(names, tally, {});
  testigo::testing::Cuts cuts(as_octets(text), seed);
  std::vector<std::byte> octets;
  std::size_t decided = 0;
  while (const auto piece = cuts.next()) {
    append(octets, *piece);
    decided += redaction.redact(std::span(octets).subspan(decided));
    if (redaction.switched()) break;
  }
  Written out{std::string(as_text(octets).substr(0, decided)), redaction.switched(), tally.fields()};
  for (MaskedField& field : out.masked) field.values.assign(field.values.size(), "");  // their key differs
  return out;
}

std::string masked(std::string_view text) {
  const Written whole = written(text);
  for (std::uint64_t seed = 1; seed < 12; ++seed) EXPECT_EQ(written(text, seed), whole) << "seed " << seed;
  return whole.text;
}

TEST(Http1Redaction, MasksTheValuesOfSecretFields) {
  EXPECT_EQ(masked("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic dTpw\r\nCOOKIE:\t a=b; c \r\nx-api-key:k\r\nAuth: x\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: **********\r\nCOOKIE:\t *******\r\nx-api-key:*\r\nAuth: x\r\n\r\n");
  const auto fields = written("GET / HTTP/1.1\r\nCookie: a\r\nCookie: b\r\nSet-Cookie: \r\n\r\n").masked;
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].times, 2u);
  EXPECT_EQ(fields[0].values.size(), 2u);
}

TEST(Http1Redaction, MasksFoldedValuesBareLineFeedsAndLaterMessages) {
  EXPECT_EQ(masked("POST /x HTTP/1.1\nCookie: a\n b\n\tc\nHost: h\n\nbody\nGET / HTTP/1.1\nCookie: d\n\n"),
            "POST /x HTTP/1.1\nCookie: *\n**\n**\nHost: h\n\nbody\nGET / HTTP/1.1\nCookie: *\n\n");
}

TEST(Http1Redaction, MasksWhatALenientReaderTakesForASecretField) {
  for (const std::string head : {"GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody\r\nGET / HTTP/1.1\r\n"}) {
    for (const std::string before :
         {"Cookie : ", "Cookie\t: ", " Cookie: ", " \t\v Cookie  :", "A: b\rCookie: ", "A: b\n\rCookie:"}) {
      EXPECT_EQ(masked(head + before + "hunter2\r\n\r\n"), head + before + "*******\r\n\r\n");
    }
    EXPECT_EQ(masked(head + "Cookie\r\n : hunter2\r\n\r\n"), head + "Cookie\r\n : *******\r\n\r\n");
    EXPECT_EQ(masked(head + "Cookie: hun\rter2\r\n\r\n"), head + "Cookie: ***\r****\r\n\r\n") << "a lone CR ends no secret";
  }
  const auto fields = written("GET / HTTP/1.1\r\nCookie : a\r\n no field\r\nno field\r\n\r\n").masked;
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(fields[0].times, 1u);
}

TEST(Http1Redaction, MasksOfAHeadTheWholeOfWhatIsNoField) {
  EXPECT_EQ(masked("\r\nGET /a HTTP/1.1\r\nCook ie: x\r\n(Cookie: x\r\n\x80Z: x\r\nHost: h\r\n\r\nno field\r\n"),
            "\r\nGET /a HTTP/1.1\r\n**********\r\n**********\r\n*****\r\nHost: h\r\n\r\nno field\r\n");
  EXPECT_EQ(masked("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nno field\r\n\r\nno field\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n********\r\n\r\nno field\r\n");
}

TEST(Http1Redaction, LeavesTheRest) {
  for (const std::string_view text :
       {"HTTP/1.1 200 OK\r\nServer: cookie: x\r\n\r\n", "\r\nGET /cookie: HTTP/1.1\r\nHost: a\r\n cook: x\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 10", "POST / HTTP/1.1\r\n\r\n: no name\r\nCook ie: x\r\n\"cookie\": 3\r\r\n\r"}) {
    const std::string seen = masked(text);
    EXPECT_EQ(seen, text.substr(0, seen.size()));
    EXPECT_GE(seen.size() + 12, text.size());
  }
  EXPECT_EQ(masked("GET / HTTP/1.1\r\n" + std::string(5000, 'n')).size(), 16u + 5000u) << "no name is that long";
}

TEST(Http1Redaction, StopsWhereAnotherProtocolBegins) {
  const std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSet-Cookie: s\r\n\r\n";
  EXPECT_EQ(masked(answer + "\x01\x02"), "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSet-Cookie: *\r\n\r\n");
  EXPECT_TRUE(written(answer).switched);
  const std::string request = "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n";
  EXPECT_EQ(masked(request + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x01"), request);
  EXPECT_TRUE(written(request + "PRI * HTTP/2.0\r\n").switched);
  EXPECT_FALSE(written(request).switched);
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_EQ(masked(ok + answer + "\x01\x02"), ok + "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nSet-Cookie: *\r\n\r\n");
  EXPECT_TRUE(written(ok + answer).switched) << "behind a body without a line end";
}

}  // namespace
}  // namespace testigo::capture
