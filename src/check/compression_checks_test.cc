#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/testing/judged.h"

namespace testigo::check {
namespace {

using namespace call::testing;
using namespace testing;

using Names = std::vector<std::string>;

std::string from_hex_text(std::string_view hex) {
  const auto octets = from_hex(hex);
  return std::string(as_text(octets));
}

// "hello".
const std::string kGzip = from_hex_text("1f8b0800000000000203cb48cdc9c9070086a6103605000000");
const std::string kZstd = from_hex_text("28b52ffd005829000068656c6c6f");
const std::string kDeflate = from_hex_text("789ccb48cdc9c90700062c0215");

FieldList coded(FieldList fields, const std::string& coding) { return plus(std::move(fields), "grpc-encoding", coding); }
FieldList accepting(const std::string& codings) { return plus(request_fields(), "grpc-accept-encoding", codings); }

struct Compressed {
  FieldList request = request_fields();
  std::string message = {};  // of the request; empty: an ordinary one
  FieldList response = response_fields();
  std::string reply = {};
  std::string status = "0";
};

Conversation call(const Compressed& what) {
  Conversation c = greeted();
  c.client(headers(1, what.request), what.message.empty() ? message(1, "x") : message(1, what.message, EndStream::No, 1),
           end_of_data(1));
  c.server(headers(1, what.response), what.reply.empty() ? message(1, "x") : message(1, what.reply, EndStream::No, 1));
  return c.server(headers(1, trailer_fields(what.status), EndStream::Yes));
}

TEST(Mg03, ACompressedMessageHasACoding) {
  EXPECT_EQ(findings(call({.message = kGzip})), only("MG03 error"));
  EXPECT_EQ(findings(call({.request = coded(request_fields(), "identity"), .message = kGzip})), only("MG03 error"));
  EXPECT_EQ(findings(call({.reply = kGzip})), only("MG03 error"));
  const Conversation good = call({.request = coded(request_fields(), "gzip"), .message = kGzip});
  EXPECT_EQ(findings(good), nothing());
  for (const char* id : {"MG03", "MG04", "RQ08"}) EXPECT_EQ(outcome(good, id), "pass") << id;
  EXPECT_EQ(outcome(call({}), "MG03"), "not-observed");
}

// The coding of one side says nothing of the other.
TEST(Mg03, EachSideHasItsOwnCoding) {
  EXPECT_EQ(findings(call({.request = coded(request_fields(), "gzip"), .message = kGzip, .reply = kGzip})), only("MG03 error"));
}

TEST(Mg04, AMessageDecompressesByItself) {
  const auto sent = [](const std::string& coding, const std::string& octets) {
    return findings(call({.request = coded(request_fields(), coding), .message = octets}));
  };
  EXPECT_EQ(sent("gzip", kGzip), nothing());
  EXPECT_EQ(sent("deflate", kDeflate), nothing());
  EXPECT_EQ(sent("zstd", kZstd), nothing());
  EXPECT_EQ(sent("zstd", kZstd + kZstd), only("MG04 error"));
  EXPECT_EQ(sent("gzip", kDeflate), only("MG04 error"));
  EXPECT_EQ(sent("gzip", kGzip.substr(0, kGzip.size() - 1)), only("MG04 error"));
  EXPECT_EQ(sent("gzip", kGzip + "!"), only("MG04 error"));
  EXPECT_EQ(sent("gzip", "hello"), only("MG04 error"));
}

TEST(Mg04, OtherCodingsAreNotJudgeable) {
  const Conversation c = call({.request = coded(request_fields(), "snappy"), .message = "hello"});
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "MG04"), "not-judgeable");
  EXPECT_EQ(outcome(c, "MG03"), "pass");
}

TEST(Mg04, ANameThatIsTooLongToBeKeptIsNotKnown) {
  const Conversation c = call({.request = coded(request_fields(), std::string(2000, 'x')), .message = kGzip});
  EXPECT_EQ(of("MG", findings(c)), nothing());
  for (const char* id : {"MG03", "MG04"}) EXPECT_EQ(outcome(c, id), "not-judgeable") << id;
}

TEST(Mg04, AMessageThatIsNotKeptIsNotJudgeable) {
  Limits limits;
  limits.message_bytes_kept = limits.whole_message_bytes_kept = 10;
  const Conversation c = call({.request = coded(request_fields(), "gzip"), .message = kGzip});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "MG04", limits), "not-judgeable");
}

TEST(Mg04, ABombIsNotJudgeable) {
  Limits limits;
  limits.decompressed_bytes_max = 4;
  limits.decompressed_times_max = 0;
  const Conversation c = call({.request = coded(request_fields(), "gzip"), .message = kGzip});
  EXPECT_EQ(findings(c, limits), nothing());
  EXPECT_EQ(outcome(c, "MG04", limits), "not-judgeable");
}

Conversation replied(FieldList request, const std::string& coding = "gzip") {
  return call(
      {.request = std::move(request), .response = coded(response_fields(), coding), .reply = coding == "gzip" ? kGzip : kDeflate});
}

TEST(Mg05, TheClientTakesTheCoding) {
  EXPECT_EQ(findings(replied(accepting("identity,gzip"))), nothing());
  EXPECT_EQ(findings(replied(accepting("identity, deflate, gzip"))), nothing());
  EXPECT_EQ(findings(replied(plus(accepting("identity"), "grpc-accept-encoding", "gzip"))), nothing());
  EXPECT_EQ(findings(replied(accepting("identity,deflate"))), only("MG05 error"));
  EXPECT_EQ(findings(replied(accepting(""))), only("MG05 error"));
  EXPECT_EQ(findings(replied(accepting("gzipped"))), only("MG05 error"));
}

// grpc-go answers in the request's coding.
TEST(Mg05, TheCodingOfTheRequestIsTaken) {
  EXPECT_EQ(findings(replied(coded(accepting("identity"), "gzip"))), nothing());
  EXPECT_EQ(findings(replied(coded(request_fields(), "gzip"))), nothing());
}

TEST(Mg05, AClientThatDoesNotSayIsNotJudged) {
  for (const Conversation& c : {replied(request_fields()), replied(coded(request_fields(), "deflate"))}) {
    EXPECT_EQ(findings(c), nothing());
    EXPECT_EQ(outcome(c, "MG05"), "not-judgeable");
  }
}

TEST(Mg05, UncompressedRepliesAreNotJudged) {
  const Conversation c = call({.request = accepting("identity"), .response = coded(response_fields(), "gzip")});
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "MG05"), "not-observed");
}

// Each call has the list of its own request, however many were sent meanwhile.
TEST(Mg05, WhatEachRequestSaid) {
  Conversation c = greeted();
  c.client(headers(1, accepting("gzip")), end_of_data(1), headers(3, accepting("identity")), end_of_data(3),
           headers(5, accepting("gzip")), end_of_data(5));
  for (const call::StreamId id : {5U, 3U, 1U}) {
    c.server(headers(id, coded(response_fields(), "gzip")), message(id, kGzip, EndStream::No, 1),
             headers(id, trailer_fields(), EndStream::Yes));
  }
  EXPECT_EQ(findings(c), only("MG05 error"));
}

TEST(Rq08, TheServerTakesTheCoding) {
  Conversation c = greeted();
  c.call({.response = plus(response_fields(), "grpc-accept-encoding", "identity,gzip")});
  Conversation other = c;
  c.call({.stream = 3, .request = coded(request_fields(), "gzip")});
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "RQ08"), "pass");
  other.call({.stream = 3, .request = coded(request_fields(), "zstd")});
  EXPECT_EQ(findings(other), only("RQ08 info"));
}

TEST(Rq08, ACustomCodingIsNotJudgedBeforeTheServerSpoke) {
  EXPECT_EQ(outcome(call({.request = coded(request_fields(), "zstd")}), "RQ08"), "not-judgeable");
  EXPECT_EQ(outcome(call({.request = coded(request_fields(), "snappy")}), "RQ08"), "pass");
}

Conversation refused(const std::string& status, const std::string& server_takes) {
  FieldList response = response_fields();
  if (!server_takes.empty()) response = plus(response, "grpc-accept-encoding", server_takes);
  return call({.request = coded(request_fields(), "snappy"), .message = "hello", .response = response, .status = status});
}

TEST(Rs10, AnUnsupportedCodingIsUnimplemented) {
  EXPECT_EQ(findings(refused("12", "identity,gzip")), nothing());
  EXPECT_EQ(outcome(refused("12", "identity,gzip"), "RS10"), "pass");
  EXPECT_EQ(findings(refused("13", "identity,gzip")), only("RS10 warning"));
  EXPECT_EQ(findings(refused("2", "identity,gzip")), only("RS10 warning"));
}

TEST(Rs10, OtherCausesAreNotJudged) {
  for (const char* status : {"0", "16", "14"})
    EXPECT_EQ(outcome(refused(status, "identity,gzip"), "RS10"), "not-observed") << status;
  EXPECT_EQ(outcome(refused("13", "identity,snappy"), "RS10"), "not-observed");
  EXPECT_EQ(outcome(refused("12", ""), "RS10"), "not-judgeable");
  EXPECT_EQ(outcome(refused("13", ""), "RS10"), "not-observed");
}

TEST(Mg, ACodingThatIsNotKnownIsNotJudgeable) {
  Limits limits;
  limits.string_bytes_max = 50;
  const std::string huge(100, 'g');
  const Conversation request = call({.request = coded(request_fields(), huge), .message = kGzip});
  for (const char* id : {"MG03", "MG04"}) EXPECT_EQ(outcome(request, id, limits), "not-judgeable") << id;
  const Conversation response = call({.request = accepting(huge), .response = coded(response_fields(), "gzip"), .reply = kGzip});
  EXPECT_EQ(outcome(response, "MG05", limits), "not-judgeable");
  for (const Conversation& c : {request, response}) EXPECT_EQ(findings(c, limits), nothing());
}

// Of the connection.
Part large_window() { return frame(http2::FrameType::WindowUpdate, 0, 0, {"\0\x7f\xff\xff", 4}); }

TEST(Mg04, ZerosStandForABodyThatWasNotWritten) {
  const Conversation c = call({.request = coded(request_fields(), "gzip"), .message = std::string(20, '\0')});
  EXPECT_EQ(findings(c), nothing());
  EXPECT_EQ(outcome(c, "MG04"), "not-judgeable");
}

TEST(Mg08, LongMessages) {
  const auto asked = [](std::uint32_t length, const std::string& status) {
    Conversation c = greeted({{http2::kSettingMaxFrameSize, 0xff'ffff}, {http2::kSettingInitialWindowSize, 0x7fff'ffff}});
    c.server(large_window()).client(headers(1, request_fields()), message(1, std::string(length, 'x'), EndStream::Yes));
    return findings(c.server(headers(1, trailers_only_fields(status), EndStream::Yes)));
  };
  EXPECT_EQ(asked(4 << 20, "8"), nothing());
  EXPECT_EQ(asked((4 << 20) + 1, "8"), only("MG08 warning"));
  EXPECT_EQ(asked((4 << 20) + 1, "0"), nothing());  // it was taken
  EXPECT_EQ(asked((4 << 20) + 1, "5"), nothing());  // that says nothing of lengths
  Conversation c;
  c.client(preface(), settings({{http2::kSettingMaxFrameSize, 0xff'ffff}, {http2::kSettingInitialWindowSize, 0x7fff'ffff}}),
           large_window())
      .server(settings(), settings_ack())
      .client(settings_ack());
  c.client(headers(1, request_fields()), end_of_data(1))
      .server(headers(1, response_fields()), message(1, std::string((4 << 20) + 1, 'x')));
  Conversation refused = c;
  EXPECT_EQ(findings(c.server(headers(1, trailer_fields(), EndStream::Yes))), nothing());  // it was taken
  EXPECT_EQ(outcome(c, "MG08"), "pass");
  EXPECT_EQ(graver(findings(refused.client(rst_stream(1)))), only("MG08 warning"));
}

TEST(Mg08, WhatTheReceiverTookBefore) {
  Conversation c = greeted({{http2::kSettingMaxFrameSize, 0xff'ffff}, {http2::kSettingInitialWindowSize, 0x7fff'ffff}});
  const auto ask = [&](call::StreamId stream, std::uint32_t length, const char* status) {
    c.server(large_window()).client(headers(stream, request_fields()), message(stream, std::string(length, 'x'), EndStream::Yes));
    c.server(headers(stream, trailers_only_fields(status), EndStream::Yes));
  };
  ask(1, (4 << 20) + 2, "0");
  ask(3, (4 << 20) + 2, "8");
  EXPECT_EQ(findings(c), nothing());
  ask(5, (4 << 20) + 3, "8");
  EXPECT_EQ(findings(c), only("MG08 warning"));
}

// Who resets a stream of replies may have had enough of them.
TEST(Mg08, AReplyBehindWhichOthersCameMayHaveBeenTaken) {
  Conversation c;
  c.client(preface(), settings({{http2::kSettingMaxFrameSize, 0xff'ffff}, {http2::kSettingInitialWindowSize, 0x7fff'ffff}}),
           large_window())
      .server(settings(), settings_ack())
      .client(settings_ack());
  c.client(headers(1, request_fields()), end_of_data(1))
      .server(headers(1, response_fields()), message(1, std::string((4 << 20) + 1, 'x')), message(1, "x"));
  EXPECT_EQ(graver(findings(c.client(rst_stream(1)))), nothing());
}

}  // namespace
}  // namespace testigo::check
