#include "run/call_details.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "call/testing/conversation.h"

namespace testigo::run {
namespace {

using call::testing::Conversation;
using call::testing::EndStream;
using call::testing::greeted;
using call::testing::headers;
using call::testing::request_fields;
using call::testing::unary;
using report::CallDetail;
using report::DetailedFrame;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const capture::SecretNames kSecrets;

CallDetail detail_of(const Conversation& conversation, StreamKey key = {1, 1}, const DetailLimits& limits = {}) {
  CallDetails details({key}, kSecrets, nullptr, limits);
  conversation.play(details);
  auto found = details.take();
  return found.contains(key) ? found.at(key) : CallDetail{};
}

// The octets of a part of that text, hexadecimal.
std::string octets_of(const DetailedFrame& frame, std::string_view text) {
  for (const report::Part& part : frame.parts) {
    if (part.text == text) return to_hex(Bytes(frame.octets).subspan(part.begin, part.end - part.begin));
  }
  return "no such part";
}

const DetailedFrame& data_frame(const CallDetail& detail, Direction direction, std::size_t which = 0) {
  for (const DetailedFrame& frame : detail.frames) {
    if (frame.header.is(http2::FrameType::Data) && frame.direction == direction && which-- == 0) return frame;
  }
  throw std::runtime_error("there is no such DATA");
}

TEST(CallDetails, GathersChosenStreamsOnly) {
  Conversation both = unary();
  both.call({.stream = 3});
  CallDetails details({{1, 3}, {1, 9}}, kSecrets, nullptr);
  both.play(details);
  const auto found = details.take();
  ASSERT_THAT(found, SizeIs(1));
  const CallDetail& detail = found.begin()->second;
  EXPECT_EQ(detail.stream, 3u);
  ASSERT_GE(detail.frames.size(), 4u);
  for (const DetailedFrame& frame : detail.frames) {
    EXPECT_EQ(frame.header.stream, 3u);
    EXPECT_EQ(frame.octets.size(), frame.size);
    EXPECT_EQ(frame.octets.size(), http2::kFrameHeaderBytes + frame.header.length);
  }
}

TEST(CallDetails, SaysWhereEachFieldStands) {
  const CallDetail detail = detail_of(unary());
  const DetailedFrame& request = detail.frames.front();
  ASSERT_THAT(request.fields, SizeIs(request_fields().size()));
  std::size_t at = request.content.begin;
  for (const report::DetailedField& field : request.fields) {
    ASSERT_TRUE(field.octets) << field.name;
    EXPECT_EQ(field.octets->begin, at) << field.name;
    at = field.octets->end;
  }
  EXPECT_EQ(at, request.content.end);
  EXPECT_EQ(request.fields.front().name, ":method");
  EXPECT_EQ(octets_of(request, ":method: POST"), "83");
}

TEST(CallDetails, AnAnnotationIsTheFieldAsItIsTold) {
  auto fields = request_fields();
  fields.push_back({"x-path", "C:\\a\tb"});
  fields.push_back({"x-long", std::string(1000, 'l')});
  const DetailedFrame frame = detail_of(greeted().client(headers(1, fields))).frames.back();
  const auto texts = [&] {
    std::vector<std::string> texts;
    for (const report::Part& part : frame.parts) texts.push_back(part.text);
    return texts;
  }();
  EXPECT_THAT(frame.fields[fields.size() - 2].value, "C:\\\\a\\x09b");
  EXPECT_THAT(texts, Contains("x-path: C:\\\\a\\x09b")) << "escaped once";
  EXPECT_THAT(texts, Contains("x-long: " + std::string(256, 'l') + "…"));
}

TEST(CallDetails, ABlockInPiecesHasFieldsWithoutAPlace) {
  const CallDetail detail = detail_of(greeted().client(call::testing::headers_in_pieces(1, request_fields())));
  ASSERT_GE(detail.frames.size(), 2u);
  EXPECT_THAT(detail.frames.front().fields, SizeIs(0));
  ASSERT_THAT(detail.frames.back().fields, SizeIs(request_fields().size()));
  EXPECT_FALSE(detail.frames.back().fields.front().octets);
}

TEST(CallDetails, SaysWhereAMessageStands) {
  const CallDetail detail = detail_of(greeted()
                                          .client(headers(1, request_fields()))
                                          .client(call::testing::message(1, std::string("\x0a\x02zz\x10\x07"), EndStream::Yes)));
  const DetailedFrame& data = data_frame(detail, Direction::ToServer);
  EXPECT_EQ(octets_of(data, "not compressed"), "00");
  EXPECT_EQ(octets_of(data, "length 6"), "00000006");
  EXPECT_EQ(octets_of(data, "1: \"zz\""), "0a027a7a");
  EXPECT_EQ(octets_of(data, "2: 7"), "1007");
  ASSERT_THAT(data.messages, SizeIs(1));
  EXPECT_EQ(data.messages[0].number, 1u);
  EXPECT_EQ(data.messages[0].body.fields, "1: \"zz\", 2: 7");
  EXPECT_EQ(*data.messages[0].octets, (http2::Extent{9, 20}));
}

TEST(CallDetails, AMessageMayStandInSeveralFrames) {
  using call::testing::data;
  const std::string first("\x00\x00\x00\x00\x02h", 6), second("i\x00\x00\x00\x00\x01!", 7);
  const CallDetail detail =
      detail_of(greeted().client(headers(1, request_fields())).client(data(1, first)).client(data(1, second, EndStream::Yes)));
  const DetailedFrame& one = data_frame(detail, Direction::ToServer, 0);
  const DetailedFrame& two = data_frame(detail, Direction::ToServer, 1);
  EXPECT_EQ(octets_of(one, "message 1"), to_hex(as_octets("h")));
  EXPECT_EQ(octets_of(two, "message 1"), to_hex(as_octets("i")));
  EXPECT_EQ(octets_of(two, "length 1"), "00000001");
  EXPECT_EQ(octets_of(two, "message 2"), to_hex(as_octets("!")));
  EXPECT_THAT(one.messages, SizeIs(0));
  EXPECT_THAT(two.messages, SizeIs(2));
}

TEST(CallDetails, BehindAGapNobodySaysWhereAMessageStands) {
  using call::testing::message;
  const std::string begun("\0\0\x0e\0\0\0\0\0\1\0\0\0\0\x09lost", 18);
  const CallDetail detail = detail_of(greeted()
                                          .client(headers(1, request_fields()), message(1, "a"))
                                          .client(call::testing::octets(begun))
                                          .lost(2)
                                          .client(call::testing::octets("mid"), message(1, "d", EndStream::Yes)));
  const DetailedFrame& before = data_frame(detail, Direction::ToServer, 0);
  ASSERT_THAT(before.messages, SizeIs(1));
  EXPECT_TRUE(before.messages[0].octets);
  const DetailedFrame& behind = data_frame(detail, Direction::ToServer, 1);
  ASSERT_THAT(behind.messages, SizeIs(1));
  EXPECT_FALSE(behind.messages[0].octets);
}

bool all_zeros(Bytes octets) {
  return std::ranges::all_of(octets, [](std::byte octet) { return octet == std::byte{0}; });
}

auto with_a_secret() {
  auto fields = request_fields();
  fields.push_back({"authorization", "hunter2hunter2"});
  return fields;
}

TEST(CallDetails, OfASecretNeitherValueNorOctetsAreShown) {
  const auto fields = with_a_secret();
  const CallDetail detail = detail_of(greeted().client(headers(1, fields)));
  const DetailedFrame& frame = detail.frames.back();
  ASSERT_THAT(frame.fields, SizeIs(fields.size()));
  const report::DetailedField& secret = frame.fields.back();
  EXPECT_TRUE(secret.secret);
  EXPECT_EQ(secret.value, "");
  ASSERT_TRUE(secret.octets);
  ASSERT_GT(secret.octets->end, secret.octets->begin + 10);
  EXPECT_TRUE(all_zeros(Bytes(frame.octets).subspan(secret.octets->begin + 1, secret.octets->end - secret.octets->begin - 1)));
  EXPECT_FALSE(all_zeros(Bytes(frame.octets).subspan(frame.content.begin, secret.octets->begin - frame.content.begin)));
}

// Where in its octets a secret may stand is not known: none are shown.
TEST(CallDetails, OfABlockThatIsNotReadWholeNoOctetsAreShown) {
  const auto fields = with_a_secret();
  for (const auto& part : {call::testing::headers_in_pieces(1, fields), call::testing::headers_begun(1, fields)}) {
    const CallDetail detail = detail_of(greeted().client(part));
    ASSERT_FALSE(detail.frames.empty());
    for (const DetailedFrame& frame : detail.frames) {
      ASSERT_GT(frame.octets.size(), http2::kFrameHeaderBytes);
      EXPECT_TRUE(all_zeros(Bytes(frame.octets).subspan(http2::kFrameHeaderBytes)));
    }
  }
  std::string padded(
      "\xff\x00\x0d"
      "authorization"
      "\x0e"
      "hunter2hunter2",
      31);
  const CallDetail malformed = detail_of(
      greeted().client(call::testing::frame(http2::FrameType::Headers, http2::kFlagPadded | http2::kFlagEndHeaders, 1, padded)));
  for (const DetailedFrame& frame : malformed.frames) {
    EXPECT_TRUE(all_zeros(Bytes(frame.octets).subspan(http2::kFrameHeaderBytes)));
  }
}

TEST(CallDetails, ManyMessagesAndFieldsHaveALimit) {
  std::string empty_messages(5 * 3000, '\0');
  Conversation conversation = greeted().client(headers(1, request_fields()));
  conversation.client(call::testing::data(1, empty_messages, EndStream::Yes));
  DetailLimits limits;
  limits.parts_max = 100;
  for (const DetailedFrame& frame : detail_of(conversation, {1, 1}, limits).frames) {
    EXPECT_LE(frame.parts.size(), 100u);
    EXPECT_LE(frame.messages.size(), 100u);
  }
  limits = {};
  limits.parts_max_all = 50;
  std::size_t parts = 0;
  for (const DetailedFrame& frame : detail_of(conversation, {1, 1}, limits).frames) parts += frame.messages.size();
  EXPECT_LE(parts, 50u);
  limits = {};
  limits.text_max_all = 20;
  std::size_t texts = 0;
  for (const DetailedFrame& frame : detail_of(unary(), {1, 1}, limits).frames) {
    for (const report::DetailedField& field : frame.fields) texts += field.value.size();
  }
  EXPECT_LE(texts, 200u);
}

TEST(CallDetails, WhatIsKeptHasItsLimits) {
  const Conversation conversation = unary();
  const CallDetail whole = detail_of(conversation);
  DetailLimits limits;
  limits.frames_max = 2;
  const CallDetail two = detail_of(conversation, {1, 1}, limits);
  EXPECT_EQ(two.frames.size(), 2u);
  EXPECT_EQ(two.frames_left_out, whole.frames.size() - 2);
  limits = {};
  limits.octets_max = 10;
  for (const DetailedFrame& frame : detail_of(conversation, {1, 1}, limits).frames) EXPECT_LE(frame.octets.size(), 10u);
  limits = {};
  limits.octets_max_all = 25;
  std::size_t all = 0;
  for (const DetailedFrame& frame : detail_of(conversation, {1, 1}, limits).frames) all += frame.octets.size();
  EXPECT_EQ(all, 25u);
}

}  // namespace
}  // namespace testigo::run
