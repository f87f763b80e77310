#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using call::StreamId;
using Names = std::vector<std::string>;

Names of_request(FieldList fields) { return findings(unary({.request = std::move(fields)})); }
Names of_response(FieldList fields) { return findings(unary({.response = std::move(fields)})); }
Names of_trailers(FieldList fields) { return findings(unary({.trailers = std::move(fields)})); }

TEST(Hd01, PseudoHeadersComeFirst) {
  EXPECT_EQ(of_request(plus(without(request_fields(), ":path"), ":path", "/a/b")), only("HD01 error"));
  EXPECT_EQ(of_response(plus({{"content-type", "application/grpc"}}, ":status", "200")), only("HD01 error"));
}

TEST(Hd01, TheyAreDefined) {
  EXPECT_EQ(graver(of_request(before(request_fields(), ":weather", "fine"))), only("HD01 error"));
  EXPECT_EQ(of_request(before(request_fields(), ":status", "200")), only("HD01 error"));
  EXPECT_EQ(of_response(before(response_fields(), ":weather", "fine")), only("HD01 error"));
}

const FieldList kConnect = {
    {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":path", "/chat"}, {":authority", "a:80"}};
Conversation takes_connect() { return greeted({{http2::kSettingEnableConnectProtocol, 1}}); }

// RFC 8441.
TEST(Hd01, ProtocolIsOfConnectAlone) {
  EXPECT_EQ(of_request(before(request_fields(), ":protocol", "websocket")), only("HD01 error"));
  EXPECT_EQ(findings(takes_connect().client(headers(1, before(request_fields(), ":protocol", "websocket")))), only("HD01 error"));
  EXPECT_EQ(findings(takes_connect().client(headers(1, kConnect))), nothing());
  EXPECT_EQ(outcome(takes_connect().client(headers(1, kConnect)), "HD01"), "pass");
}

TEST(Hd01, ProtocolIsDefinedOnceTheServerTakesIt) {
  EXPECT_EQ(findings(greeted().client(headers(1, kConnect))), only("HD01 error"));
  EXPECT_EQ(findings(greeted({{http2::kSettingEnableConnectProtocol, 0}}).client(headers(1, kConnect))), only("HD01 error"));
  EXPECT_EQ(findings(greeted().client(settings({{http2::kSettingEnableConnectProtocol, 1}}), headers(1, kConnect))),
            only("HD01 error"))
      << "of the client it says nothing";
}

TEST(Hd01, WhatTheServerTakesMayNotBeKnown) {
  const auto not_known = [](Conversation c) {
    EXPECT_EQ(graver(of("HD", findings(c))), nothing());
    EXPECT_EQ(outcome(c, "HD01"), "not-judgeable");
  };
  not_known(greeted().acking(5000).client(headers(1, kConnect)));
  not_known(greeted().server(frame(http2::FrameType::Settings, 0, 0, "short")).client(headers(1, kConnect)));
  not_known(greeted().lost(15).server(settings()).client(headers(1, kConnect)));
}

TEST(Hd01, OnceEach) {
  EXPECT_EQ(of_request(before(request_fields(), ":authority", "127.0.0.1:50051")), only("HD01 error"));
  EXPECT_EQ(of_request(before(request_fields(), ":method", "POST")), (Names{"HD01 error", "HD02 error"}));
  EXPECT_EQ(of_response(before(response_fields(), ":status", "200")), (Names{"HD01 error", "HD07 error"}));
}

TEST(Hd01, NoneInTrailers) {
  EXPECT_EQ(of_trailers(before(trailer_fields(), ":status", "200")), only("HD01 error"));
  Conversation c = greeted();
  c.client(headers(1, request_fields()), headers(1, {{":path", "/a/b"}}, EndStream::Yes));
  EXPECT_EQ(findings(c), (Names{"HD01 error", "RQ13 error"}));
}

// Many cheap fields must not be compared with each other: this would take seconds.
TEST(Hd01, AFloodOfPseudoHeadersIsCheap) {
  Conversation c = greeted();
  for (StreamId id = 1; id < 400; id += 2) {
    c.client(frame(http2::FrameType::Headers, http2::kFlagEndHeaders, id, std::string(4000, '\x81')));
  }
  EXPECT_EQ(tally(c).counts.at("HD01").failed, 0u + 200);
}

TEST(Hd02, ARequestNeedsItsThree) {
  EXPECT_EQ(of_request(without(request_fields(), ":scheme")), (Names{"HD02 error", "RQ03 warning"}));
  EXPECT_EQ(of_request(without(request_fields(), ":path")), (Names{"HD02 error", "RQ02 warning"}));
  EXPECT_EQ(of_request(with(request_fields(), ":path", "")), (Names{"HD02 error", "RQ02 warning"}));
  EXPECT_EQ(of_request(without(request_fields(), ":method")), (Names{"HD02 error", "RQ01 error"}));
}

FieldList asks(const std::string& method, const std::string& scheme, const std::string& path) {
  return {{":method", method}, {":scheme", scheme}, {":path", path}, {":authority", "a:80"}};
}

TEST(Hd02, ThePathIsAbsolute) {
  const auto of = [](const FieldList& fields) { return findings(greeted().client(headers(1, fields, EndStream::Yes))); };
  for (const char* scheme : {"http", "https", "HTTP"}) {
    EXPECT_EQ(of(asks("GET", scheme, "/")), nothing());
    EXPECT_EQ(of(asks("GET", scheme, "a.B/C")), only("HD02 error"));
    EXPECT_EQ(of(asks("GET", scheme, "http://a/b")), only("HD02 error"));
    EXPECT_EQ(of(asks("GET", scheme, "")), only("HD02 error"));
    EXPECT_EQ(of(asks("GET", scheme, "*")), only("HD02 error"));
    EXPECT_EQ(of(asks("OPTIONS", scheme, "*")), nothing());
  }
  EXPECT_EQ(of(asks("GET", "urn", "example:a")), nothing()) << "of other schemes nothing is said";
  EXPECT_EQ(of_request(with(request_fields(), ":path", "a.B/C")), (Names{"HD02 error", "RQ02 warning"}));
}

TEST(Hd02, APathThatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = greeted().client(headers(1, asks("GET", "http", std::string(101, 'x')), EndStream::Yes));
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "HD02", limits), "not-judgeable");
}

TEST(Hd02, ConnectHasNeitherSchemeNorPath) {
  Conversation c = greeted();
  EXPECT_EQ(findings(c.client(headers(1, {{":method", "CONNECT"}, {":authority", "a:443"}}))), nothing());
  const FieldList connect = {{":method", "CONNECT"}, {":authority", "a:443"}};
  for (const char* name : {":scheme", ":path"}) {
    EXPECT_EQ(findings(greeted().client(headers(1, before(connect, name, "/x")))), only("HD02 error")) << name;
  }
  EXPECT_EQ(findings(greeted().client(headers(1, asks("CONNECT", "http", "/x")))), only("HD02 error"));
  EXPECT_EQ(findings(takes_connect().client(headers(1, before(connect, ":protocol", "websocket")))), only("HD02 error"));
}

TEST(Hd03, NoUserinfo) { EXPECT_EQ(of_request(with(request_fields(), ":authority", "me@example.com")), only("HD03 error")); }

TEST(Hd03, HostAgrees) {
  const FieldList fields = with(request_fields(), ":authority", "Example.com:80");
  EXPECT_EQ(of_request(plus(fields, "host", "example.com")), nothing());
  EXPECT_EQ(of_request(plus(fields, "host", "example.com:8080")), only("HD03 error"));
  EXPECT_EQ(of_request(plus(fields, "host", "example.org")), only("HD03 error"));
  EXPECT_EQ(outcome(unary({.request = plus(fields, "host", "***")}), "HD03"), "not-judgeable");  // masked
  EXPECT_EQ(of_request(plus(with(fields, ":scheme", "https"), "host", "example.com")), (Names{"HD03 error", "RQ03 info"}));
}

TEST(Hd03, TwoHostsAgreeWithEachOther) {
  const FieldList fields = plus(request_fields(), "host", "127.0.0.1:50051");
  EXPECT_EQ(of_request(plus(fields, "host", "127.0.0.1:50051")), nothing());
  EXPECT_EQ(of_request(plus(fields, "host", "example.org")), only("HD03 error"));
  EXPECT_EQ(of_request(plus(without(fields, ":authority"), "host", "example.org")), only("HD03 error"));
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation c = unary({.request = plus(fields, "host", std::string(200, 'x'))});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "HD03", limits), "not-judgeable");
}

TEST(Hd03, MalformedIsAWarningAndAbsentAnObservation) {
  EXPECT_EQ(of_request(with(request_fields(), ":authority", "/run/socket")), only("HD03 warning"));
  EXPECT_EQ(of_request(with(request_fields(), ":authority", "")), only("HD03 warning"));
  EXPECT_EQ(of_request(without(request_fields(), ":authority")), only("HD03 info"));
  EXPECT_EQ(of_request(plus(without(request_fields(), ":authority"), "host", "a")), only("HD03 info"));
  for (const char* good : {"localhost", "[::1]:50051", "a.b-c_d:1", "%2Frun%2Fsocket", "xn--bcher-kva.example"}) {
    EXPECT_EQ(of_request(with(request_fields(), ":authority", good)), nothing()) << good;
  }
}

TEST(Hd04, OctetsOfNames) {
  for (const char* name : {"X-Upper", "x space", "x\x7f", "x\xc3\xa9", "x:colon", ""}) {
    EXPECT_EQ(of_request(plus(request_fields(), name, "v")), (Names{"HD04 error", "RQ11 warning"})) << name;
    EXPECT_EQ(of_trailers(plus(trailer_fields(), name, "v")), (Names{"HD04 error", "RQ11 warning"})) << name;
  }
  EXPECT_EQ(of_request(plus(request_fields(), "x-0_9.z!", "v")), only("RQ11 warning"));
}

TEST(Hd04, OctetsOfValues) {
  for (const std::string& value : {std::string("a\0b", 3), std::string("a\rb"), std::string("a\nb")}) {
    EXPECT_EQ(of_request(plus(request_fields(), "x", value)), (Names{"HD04 error", "RQ11 warning"}));
    EXPECT_EQ(of_response(plus(response_fields(), "x", value)), (Names{"HD04 error", "RQ11 warning"}));
  }
  EXPECT_EQ(of_request(plus(request_fields(), "x", "\x01\x7f\xff")), only("RQ11 warning"));
  EXPECT_EQ(of_request(plus(request_fields(), "x", "")), nothing());
}

TEST(Hd04, WhiteSpaceAtTheEdgesIsAWarning) {
  EXPECT_EQ(of_request(plus(request_fields(), "x", " v")), only("HD04 warning"));
  EXPECT_EQ(of_request(plus(request_fields(), "x", "v\t")), (Names{"HD04 warning", "RQ11 warning"}));
  EXPECT_EQ(of_request(plus(plus(request_fields(), "x", " v"), "y", "a\nb")), (Names{"HD04 error", "RQ11 warning"}));
  EXPECT_EQ(of_trailers(plus(trailer_fields("2"), "grpc-message", " sp ")), nothing());  // C-core sends it so
}

// RULE 2.
TEST(Hd04, TrueBinaryMetadataWhereTheReceiverAnnouncedIt) {
  const std::string binary("\0a\nb ", 5);
  const auto sent = [&](std::vector<http2::Setting> client, std::vector<http2::Setting> server, bool to_server,
                        std::string name = "x-bin") {
    Conversation c;
    c.client(preface(), settings(client)).server(settings(server), settings_ack()).client(settings_ack());
    Unary call;
    FieldList& fields = to_server ? call.request : call.trailers;
    fields.emplace_back(name, binary);
    return findings(c.call(call));
  };
  const std::vector<http2::Setting> announced = {{http2::kSettingGrpcTrueBinaryMetadata, 1}};
  EXPECT_EQ(sent({}, announced, true), nothing());
  EXPECT_EQ(sent(announced, {}, true), (Names{"HD04 error", "RQ12 error"}));
  EXPECT_EQ(sent(announced, {}, false), nothing());
  EXPECT_EQ(sent({}, announced, false), (Names{"HD04 error", "RQ12 error"}));
  EXPECT_EQ(sent({}, {{http2::kSettingGrpcTrueBinaryMetadata, 0}}, true), (Names{"HD04 error", "RQ12 error"}));
  EXPECT_EQ(sent(announced, announced, true, "x-text"), (Names{"HD04 error", "RQ11 warning"}));
}

TEST(Hd05, NoConnectionSpecificFields) {
  for (const char* name : {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    EXPECT_EQ(of_request(plus(request_fields(), name, "x")), only("HD05 error")) << name;
    EXPECT_EQ(of_response(plus(response_fields(), name, "x")), only("HD05 error")) << name;
    EXPECT_EQ(of_trailers(plus(trailer_fields(), name, "x")), only("HD05 error")) << name;
  }
}

TEST(Hd05, TeIsTrailersOnly) {
  EXPECT_EQ(of_request(with(request_fields(), "te", "trailers, deflate")), (Names{"HD05 error", "RQ04 error"}));
  EXPECT_EQ(graver(of_request(plus(request_fields(), "te", "gzip"))), only("HD05 error"));
  EXPECT_EQ(of_response(plus(response_fields(), "te", "gzip")), only("HD05 error"));
  EXPECT_EQ(of_trailers(plus(trailer_fields(), "te", "gzip")), only("HD05 error"));
  EXPECT_EQ(of_response(plus(response_fields(), "te", "trailers")), nothing());
}

TEST(Hd07, AResponseHasOneStatus) {
  const Conversation c = unary({.response = without(response_fields(), ":status")});
  EXPECT_EQ(findings(c), (Names{"HD07 error", "RS01 error"}));
  EXPECT_EQ(outcome(c, "RS02"), "not-judgeable");
  EXPECT_EQ(outcome(c, "RS03"), "not-judgeable");
  EXPECT_EQ(of_response(before(response_fields(), ":path", "/a/b")), only("HD07 error"));
}

// An ordinary block is judged in one walk. A grpc-message with a space at its edge is right, and out of the ordinary: so with it
// every block is judged row by row, and nothing else may change.
TEST(Hd, OneWalkSaysWhatTheRowsSay) {
  const auto same = [](auto of, const FieldList& fields) {
    EXPECT_EQ(graver(of(fields)), graver(of(plus(fields, "grpc-message", " x"))));
  };
  const std::vector<std::pair<std::string, std::string>> extras = {
      {":method", "GET"},
      {":path", "/x"},
      {":scheme", "http"},
      {":authority", "a"},
      {":status", "204"},
      {":protocol", "x"},
      {":nonsense", "x"},
      {"host", "a"},
      {"te", "trailers"},
      {"te", "Trailers"},
      {"te", "x"},
      {"upgrade", "x"},
      {"connection", "x"},
      {"Upper", "x"},
      {"a b", "x"},
      {"", "x"},
      {"x", std::string(1, '\0')},
      {"x", "a\r\n"},
      {"x", " a"},
      {"x", "a\t"},
      {"x", ""},
      {"x-bin", std::string("\0a", 2)},
      {"x-bin", "YQ"},
      {"a:b", "x"},
      {"\x7f", "x"},
      {"x", "\xff"},
  };
  for (const auto& [name, value] : extras) {
    SCOPED_TRACE(name + "=" + value);
    same(of_request, plus(request_fields(), name, value));
    same(of_request, before(request_fields(), name, value));
    same(of_response, plus(response_fields(), name, value));
    same(of_response, before(response_fields(), name, value));
    same(of_trailers, plus(trailer_fields(), name, value));
    same(of_trailers, before(trailer_fields(), name, value));
    same(of_request, with(request_fields(), name, value));
    same(of_response, with(response_fields(), name, value));
  }
  for (const char* name : {":method", ":path", ":scheme", ":authority"}) {
    same(of_request, without(request_fields(), name));
    for (const char* value : {"", "CONNECT", "a@b", "a b", "*"}) same(of_request, with(request_fields(), name, value));
  }
}

TEST(Hd, WhatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 100;
  const Conversation name = unary({.request = plus(request_fields(), std::string(200, 'X'), "v")});
  for (const char* id : {"HD01", "HD02", "HD03", "HD04", "HD05"}) EXPECT_EQ(outcome(name, id, limits), "not-judgeable") << id;
  EXPECT_EQ(findings(name, limits), nothing());
  const Conversation value = unary({.request = plus(request_fields(), "x", std::string(200, '\n'))});
  EXPECT_EQ(outcome(value, "HD04", limits), "not-judgeable");
  EXPECT_EQ(outcome(value, "HD01", limits), "pass");
  EXPECT_EQ(outcome(unary({.request = with(request_fields(), "te", std::string(200, 'x'))}), "HD05", limits), "not-judgeable");
  const Conversation broken = greeted().client(frame(http2::FrameType::Headers, 0x05, 1, "\x83\x80"));
  EXPECT_EQ(outcome(broken, "HD02"), "not-judgeable");
  EXPECT_EQ(findings(broken), only("HP01 error"));
}

}  // namespace
}  // namespace testigo::check
