#include "report/message_body.h"

#include <gtest/gtest.h>

#include "schema/testing/written.h"

namespace testigo::report {
namespace {

using Json = nlohmann::ordered_json;

class MessageBodyTest : public ::testing::Test {
 protected:
  MessageBody by_schema(std::string_view hex, std::size_t text_max = 4096) const {
    const auto octets = from_hex(hex);
    return message_body({octets, {}}, octets.size(), &schema_, schema_.method("/t.S/Unary")->request, text_max);
  }
  static Json line_of(const MessageBody& body) {
    Json line;
    add_body(line, body);
    return line;
  }

  schema::Schema schema_ = schema::testing::written(schema::testing::kProto);
};

TEST_F(MessageBodyTest, JsonByTheSchema) {
  const MessageBody body = by_schema("0a 01 41 10 07");
  EXPECT_EQ(body_text(body), R"(t.Request {"client":"A","call":"7"})");
  EXPECT_EQ(line_of(body).dump(), R"({"message_type":"t.Request","body":{"client":"A","call":"7"}})");
}

TEST_F(MessageBodyTest, LongOnesAreCut) {
  const MessageBody body = by_schema("0a 06 41c3a9c3a9c3", 14);
  EXPECT_EQ(body_text(body), "t.Request 1: <41c3a9c3a9c3> (as its type it has no JSON)");
  const MessageBody cut = by_schema("0a 05 41c3a9c3a9", 14);
  EXPECT_EQ(body_text(cut), "t.Request {\"client\":\"Aé… 4 more octets");
  EXPECT_EQ(line_of(cut)["body_text"], "{\"client\":\"Aé… 4 more octets");
  EXPECT_FALSE(line_of(cut).contains("body"));
}

TEST_F(MessageBodyTest, WithoutASchemaByNumber) {
  const auto octets = from_hex("0a 01 41 10 07");
  const MessageBody body = message_body({octets, {}}, octets.size(), nullptr, nullptr, 4096);
  EXPECT_EQ(body_text(body), "1: \"A\", 2: 7");
  EXPECT_EQ(line_of(body).dump(), R"({"fields":"1: \"A\", 2: 7"})");
  EXPECT_EQ(body_text(message_body({{}, {}}, 0, nullptr, nullptr, 4096)), "(empty)");
}

TEST_F(MessageBodyTest, WhatIsNotShownSaysWhy) {
  const auto octets = from_hex("0a 01 41 10 07");
  const MessageBody masked = message_body({octets, "zeros", false}, octets.size(), nullptr, nullptr, 4096);
  EXPECT_EQ(body_text(masked), "(zeros)");
  EXPECT_EQ(line_of(masked).dump(), R"({"not_shown":"zeros"})");
  const MessageBody part = message_body({octets, "too long"}, 100, nullptr, nullptr, 4096);
  EXPECT_EQ(body_text(part), "1: \"A\", 2: 7 … 95 more octets (too long)");
}

}  // namespace
}  // namespace testigo::report
