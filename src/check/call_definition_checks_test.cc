#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

Names of_request(FieldList fields) { return findings(unary({.request = std::move(fields)})); }

FieldList inserted(std::size_t at, std::string name, std::string value) {
  FieldList fields = request_fields();
  fields.emplace(fields.begin() + static_cast<std::ptrdiff_t>(at), std::move(name), std::move(value));
  return fields;
}

TEST(Rq07, TheTimeoutFollowsThePseudoHeaders) {
  EXPECT_EQ(of_request(inserted(4, "grpc-timeout", "1S")), nothing());
  EXPECT_EQ(of_request(inserted(5, "grpc-timeout", "1S")), only("RQ07 info"));  // grpc-go and C-core: behind te
}

TEST(Rq07, TheDefinitionComesBeforeMetadata) {
  EXPECT_EQ(of_request(inserted(5, "x-trace", "1")), only("RQ07 info"));
  EXPECT_EQ(of_request(inserted(7, "x-trace", "1")), nothing());
  EXPECT_EQ(of_request(inserted(5, "grpc-message-type", "a.B")), nothing());
  EXPECT_EQ(of_request(inserted(5, "grpc-previous-rpc-attempts", "1")), nothing());  // C-core: before user-agent
}

TEST(Rq07, SomeFieldsStandOnce) {
  EXPECT_EQ(of_request(plus(request_fields(), "te", "trailers")), only("RQ07 info"));
  EXPECT_EQ(of_request(plus(request_fields(), "content-type", "application/grpc")), only("RQ07 info"));
  EXPECT_EQ(of_request(plus(request_fields(), "x-trace", "1")), nothing());
}

TEST(Rq07, IsToldOnceAConnection) {
  Conversation c = greeted();
  c.call({.stream = 1, .request = inserted(5, "x-trace", "1")}).call({.stream = 3, .request = inserted(5, "x-trace", "1")});
  EXPECT_EQ(findings(c), only("RQ07 info"));
}

TEST(Rq09, TheUserAgentNamesALibrary) {
  for (const char* good :
       {"grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)", "grpc-go/1.60.0", "grpc-java-netty/1.58.0", "grpc-node-js/1.9.0",
        "grpc-dotnet/2.59.0 (.NET 8.0.0; CLR 8.0.0)", "my-app/1 grpc-python/1.51.1 grpc-c/29.0.0"}) {
    EXPECT_EQ(of_request(with(request_fields(), "user-agent", good)), nothing()) << good;
  }
  for (const char* other : {"curl/8.5.0", "", "grpc-", "grpc-go", "grpc-/1.0", "grpc-go/", "xgrpc-go/1.0", "grpc-go and/1"}) {
    EXPECT_EQ(of_request(with(request_fields(), "user-agent", other)), only("RQ09 info")) << other;
  }
  EXPECT_EQ(of_request(without(request_fields(), "user-agent")), only("RQ09 info"));
}

TEST(Rq13, HeadersDoNotEndARequest) {
  Conversation c = greeted();
  c.client(headers(1, request_fields(), EndStream::Yes)).server(headers(1, trailers_only_fields("0"), EndStream::Yes));
  EXPECT_EQ(findings(c), only("RQ13 error"));
}

TEST(Rq13, HeadersStandOnce) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), message(1, "x"), headers(1, {{"x-late", "1"}}, EndStream::Yes));
  c.server(headers(1, trailers_only_fields("0"), EndStream::Yes));
  EXPECT_EQ(findings(c), only("RQ13 error"));
}

TEST(Rq13, AnEmptyDataFrameEndsARequest) {
  Conversation c = greeted();
  c.client(headers(1, request_fields()), end_of_data(1)).server(headers(1, trailers_only_fields("0"), EndStream::Yes));
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "RQ13"), "pass");
}

TEST(Rq13, AResetIsNoEnd) {
  EXPECT_EQ(outcome(greeted().client(headers(1, request_fields()), rst_stream(1)), "RQ13"), "not-observed");
}

TEST(Rq13, OtherCallsMayEndSo) {
  Conversation c = greeted();
  c.client(headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}}, EndStream::Yes));
  c.server(headers(1, {{":status", "404"}}, EndStream::Yes));
  EXPECT_EQ(findings(c), nothing());
  for (const char* id : {"RQ02", "RQ03", "RQ07", "RQ09", "RQ10", "RQ11", "RQ13"}) EXPECT_EQ(outcome(c, id), "not-observed") << id;
}

}  // namespace
}  // namespace testigo::check
