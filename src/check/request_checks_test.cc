// RQ and MG.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

Names of_request(FieldList fields) { return findings(unary({.request = std::move(fields)})); }

TEST(Rq01, TheMethodIsPost) { EXPECT_EQ(of_request(with(request_fields(), ":method", "GET")), only("RQ01 error")); }

TEST(Rq02, ThePathHasTwoSegments) {
  for (const char* odd :
       {"/", "/Greet", "/api/v1/greeter.Greeter/Greet", "//Greet", "/greeter.Greeter/", "greeter.Greeter/Greet", "*"}) {
    EXPECT_EQ(of("RQ", of_request(with(request_fields(), ":path", odd))), only("RQ02 warning")) << odd;
  }
  EXPECT_EQ(of_request(with(request_fields(), ":path", "/a.b.C/D")), nothing());
}

TEST(Rq03, TheSchemeIsThatOfCleartext) {
  EXPECT_EQ(of_request(with(request_fields(), ":scheme", "https")), only("RQ03 info"));  // behind a hop that ends TLS
  EXPECT_EQ(of_request(with(request_fields(), ":scheme", "HTTP")), only("RQ03 warning"));
}

Names with_timeout(const char* value) {
  FieldList fields = request_fields();
  fields.emplace(fields.begin() + 4, "grpc-timeout", value);
  return of_request(fields);
}

TEST(Rq06, ATimeoutIsEightDigitsAndAUnit) {
  for (const char* bad : {"", "1", "S", "1s", "123456789S", "-1S", "1.5S", " 1S", "1S ", "1000000000n", "S1"}) {
    EXPECT_THAT(with_timeout(bad), ::testing::Contains("RQ06 error")) << bad;
  }
  for (const char* good : {"1S", "00000001S", "99999999H", "5M", "100m", "7u"}) EXPECT_EQ(with_timeout(good), nothing()) << good;
}

// grpc-go's encoder yields 0n.
TEST(Rq06, ZeroIsAWarning) {
  EXPECT_EQ(with_timeout("0n"), only("RQ06 warning"));
  EXPECT_EQ(with_timeout("00000000S"), only("RQ06 warning"));
}

TEST(Rq06, WithoutATimeoutThereIsNothingToJudge) { EXPECT_EQ(outcome(unary(), "RQ06"), "not-observed"); }

TEST(Rq04, TeIsTrailers) {
  EXPECT_EQ(of_request(without(request_fields(), "te")), only("RQ04 error"));
  EXPECT_EQ(of_request(with(request_fields(), "te", "Trailers")), nothing());  // RFC 5234 section 2.3
  EXPECT_THAT(of_request(with(request_fields(), "te", "trailer")), ::testing::Contains("RQ04 error"));
}

TEST(Rq05, TheContentType) {
  for (const char* good : {"application/grpc", "application/grpc+proto", "application/grpc+json", "Application/gRPC"}) {
    EXPECT_EQ(of_request(with(request_fields(), "content-type", good)), nothing()) << good;
  }
  EXPECT_EQ(of_request(with(request_fields(), "content-type", "application/grpc;charset=utf-8")), only("RQ05 warning"));
  EXPECT_EQ(of_request(with(request_fields(), "content-type", "application/grpc ;charset=utf-8")), only("RQ05 warning"));
  for (const char* bad : {"application/json", "application/grpcx", "application/grpc x"}) {
    EXPECT_EQ(of_request(with(request_fields(), "content-type", bad)), only("RQ05 error")) << bad;
  }
  EXPECT_EQ(of_request(without(request_fields(), "content-type")), only("RQ05 error"));
}

// RULE 3.
TEST(Rq, OtherCallsAreNotJudged) {
  const FieldList plain = {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}};
  const auto unjudged = [](FieldList request) {
    const Conversation c = unary({.request = std::move(request), .response = {{":status", "404"}}, .trailers = {{"x", "y"}}});
    EXPECT_EQ(findings(c), nothing());
    for (const char* id : {"RQ01", "RQ04", "RQ05", "MG01", "MG02", "RS01", "RS02", "RS03", "RS04", "RS06"}) {
      EXPECT_EQ(outcome(c, id), "not-observed") << id;
    }
  };
  unjudged(plain);
  unjudged(with(request_fields(), "content-type", "application/grpc-web"));
  unjudged(with(request_fields(), "content-type", "application/grpc-web+proto"));
  unjudged(without(with(request_fields(), "content-type", "application/json"), "te"));
  unjudged(with(with(request_fields(), "content-type", "application/json"), ":path", "/one"));
}

// Firefox sends te: trailers with every request, and gateways take grpc-timeout and grpc-metadata-* of HTTP clients.
TEST(Rq, ARequestThatOnlyLooksLikeGrpcIsNotJudged) {
  const FieldList firefox = with(with(request_fields("/api/login"), "content-type", "application/json"), "user-agent",
                                 "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  const auto answered = [](const FieldList& request) {
    Conversation c = greeted();
    c.client(headers(1, request), data(1, "{}", EndStream::Yes));
    return c.server(headers(1, {{":status", "200"}, {"content-type", "application/json"}}), data(1, "{}", EndStream::Yes));
  };
  for (const FieldList& request : {firefox, without(firefox, "user-agent"), without(firefox, "content-type"),
                                   plus(plus(firefox, "grpc-timeout", "1S"), "grpc-metadata-who", "me")}) {
    EXPECT_EQ(findings(answered(request)), nothing());
    for (const char* id : {"RQ01", "RQ05", "RQ06", "MG02", "RS02", "RS03"}) {
      EXPECT_EQ(outcome(answered(request), id), "not-observed") << id;
    }
  }
}

TEST(Rq05, TheMarkOfAGrpcClientShowsThatGrpcWasMeant) {
  const FieldList json = without(with(request_fields(), "content-type", "application/json"), "user-agent");
  EXPECT_EQ(of_request(plus(json, "user-agent", "shop/1 grpc-go/1.60.0")), only("RQ05 error"));
  for (const char* name : {"grpc-accept-encoding", "grpc-encoding", "grpc-previous-rpc-attempts"}) {
    EXPECT_THAT(of_request(plus(json, name, "1")), ::testing::Contains("RQ05 error")) << name;
  }
}

TEST(Rq05, WhoseAgentIsNotKnownMayBeEither) {
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = unary({.request = with(with(request_fields(), "content-type", "application/json"), "user-agent",
                                                "grpc-c++/1.51.1 " + std::string(200, 'x'))});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "RQ05", limits), "not-judgeable");
}

// RFC 9110 section 5.3.
TEST(Rq, AFieldThatMayStandOnceDoesNotStandAgainWithAnotherValue) {
  EXPECT_EQ(graver(of_request(plus(request_fields(), "content-type", "text/html"))), only("RQ05 error"));
  EXPECT_EQ(graver(of_request(plus(request_fields(), "content-type", "application/grpc+proto"))), only("RQ05 error"));
  EXPECT_EQ(graver(of_request(plus(request_fields(), "content-type", "application/grpc"))), nothing());
  FieldList timeouts = request_fields();
  timeouts.emplace(timeouts.begin() + 4, "grpc-timeout", "1S");
  EXPECT_EQ(graver(of_request(plus(timeouts, "grpc-timeout", "12345678901S"))), only("RQ06 error"));
  EXPECT_EQ(graver(of_request(plus(timeouts, "grpc-timeout", "2S"))), only("RQ06 error"));
  EXPECT_EQ(graver(of_request(plus(timeouts, "grpc-timeout", "1S"))), nothing());
}

TEST(Rq05, OfAnotherValueThatIsNotKnownNobodyCanTell) {
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = unary({.request = plus(request_fields(), "content-type", std::string(200, 'x'))});
  EXPECT_EQ(graver(findings(c, limits)), nothing());
  EXPECT_EQ(outcome(c, "RQ05", limits), "not-judgeable");
}

TEST(Rq, AClassThatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = unary({.request = with(request_fields(), "content-type", "application/grpc+" + std::string(200, 'x')),
                                .trailers = trailer_fields("007")});
  EXPECT_EQ(findings(c, limits), nothing());
  for (const char* id : {"RQ01", "RQ04", "RQ05", "MG01", "MG02", "RS01", "RS02", "RS03", "RS04", "RS06"}) {
    EXPECT_EQ(outcome(c, id, limits), "not-judgeable") << id;
  }
}

TEST(Rq, ABlockThatBreaksOffHasNoClass) {
  Conversation c = greeted();
  c.client(frame(http2::FrameType::Headers, 0x05, 1, "\x83\x86\x84\x80"));
  EXPECT_EQ(findings(c), only("HP01 error"));
  EXPECT_EQ(outcome(c, "RQ05"), "not-judgeable");
}

Conversation asking_with(std::initializer_list<Part> parts) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()));
  for (const Part& part : parts) c.client(part);
  return c.server(headers(1, trailers_only_fields("0"), EndStream::Yes));
}

Conversation answering_with(std::initializer_list<Part> parts, FieldList response = response_fields()) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1)).server(headers(1, std::move(response)));
  for (const Part& part : parts) c.server(part);
  return c.server(headers(1, trailer_fields(), EndStream::Yes));
}

TEST(Mg01, TheFlagIsZeroOrOne) {
  EXPECT_EQ(findings(asking_with({message(1, "x", EndStream::Yes, 2)})), only("MG01 error"));
  EXPECT_EQ(findings(asking_with({message(1, "x", EndStream::Yes, 1)})), only("MG03 error"));
  EXPECT_EQ(findings(answering_with({message(1, "x", EndStream::No, '\xff')})), only("MG01 error"));
  EXPECT_EQ(findings(answering_with({message(1, "x", EndStream::No, 1), message(1, "")})), only("MG03 error"));
}

TEST(Mg02, AStreamEndsOnAMessageBoundary) {
  const std::string half("\0\0\0\0\5ab", 7);
  EXPECT_EQ(findings(asking_with({data(1, half, EndStream::Yes)})), only("MG02 error"));
  EXPECT_EQ(findings(asking_with({data(1, std::string(1, '\0'), EndStream::Yes)})), only("MG02 error"));
  EXPECT_EQ(findings(asking_with({data(1, half), data(1, "cde", EndStream::Yes)})), nothing());
  EXPECT_EQ(findings(answering_with({data(1, half)})), only("MG02 error"));
  EXPECT_EQ(findings(answering_with({data(1, half), data(1, "cde")})), nothing());
}

// As a capture without bodies shows what could not be divided into messages.
TEST(Mg02, ZerosThatStandForBodiesAreNotJudgeable) {
  const std::string zeros(13, '\0'), foreign = std::string("\2\0\0\0\0", 5) + zeros;
  for (const Conversation& c : {asking_with({data(1, zeros, EndStream::Yes)}), answering_with({data(1, zeros)})}) {
    EXPECT_EQ(findings(c), nothing());
    EXPECT_EQ(outcome(c, "MG02"), "not-judgeable");
  }
  for (const Conversation& c :
       {asking_with({message(1, "x"), data(1, foreign, EndStream::Yes)}), answering_with({message(1, "x"), data(1, foreign)})}) {
    EXPECT_EQ(findings(c), only("MG01 error"));
    EXPECT_EQ(outcome(c, "MG02"), "not-judgeable");
  }
  EXPECT_EQ(findings(asking_with({message(1, "x"), data(1, zeros, EndStream::Yes)})), only("MG02 error"));
}

TEST(Mg02, AResetIsNoEnd) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), data(1, "ab")).client(rst_stream(1));
  EXPECT_EQ(findings(c), nothing());
}

// CN11 → lost MG of that side of the stream.
TEST(Mg, BehindDataThatCannotBeReadIsNotJudgeable) {
  const Conversation c = asking_with({frame(http2::FrameType::Data, 0x08, 1, "\xff"), data(1, "\7\0\0\0\1x", EndStream::Yes)});
  EXPECT_EQ(findings(c), only("CN11 error"));
  EXPECT_EQ(outcome(c, "MG01"), "not-judgeable");
  EXPECT_EQ(outcome(c, "MG02"), "not-judgeable");
}

TEST(Mg, AnErrorPageHoldsNoMessages) {
  const Conversation c = answering_with({data(1, "<html>")}, {{":status", "200"}, {"content-type", "text/html"}});
  EXPECT_EQ(findings(c), only("RS02 error"));
}

}  // namespace
}  // namespace testigo::check
