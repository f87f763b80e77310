#include "report/frame_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "wire/http2/frame_decoder.h"

namespace testigo::report {
namespace {

using http2::Known;

std::string shown(std::string_view hex) {
  const auto octets = from_hex(hex);
  http2::FrameDecoder decoder;
  decoder.feed(octets);
  http2::Frame frame;
  return decoder.next(frame) == http2::Decoded::Done ? frame_text(frame) : "";
}

TEST(FrameText, SaysWhatEachFrameHolds) {
  EXPECT_EQ(shown("000005 00 01 00000003 6869313233"), "DATA stream 3 END_STREAM  5 octets");
  EXPECT_EQ(shown("000004 00 08 00000003 01 6869 00"), "DATA stream 3 PADDED  2 octets and 1 octet of padding");
  EXPECT_EQ(shown("000001 01 05 00000001 82"), "HEADERS stream 1 END_STREAM END_HEADERS  1 octet");
  EXPECT_EQ(shown("000005 02 00 00000005 8000000307"), "PRIORITY stream 5  depends on stream 3 alone, weight 8");
  EXPECT_EQ(shown("000004 03 00 00000005 00000008"), "RST_STREAM stream 5  CANCEL");
  EXPECT_EQ(shown("00000c 04 00 00000000 000400010000 000300000064"),
            "SETTINGS  INITIAL_WINDOW_SIZE 65536, MAX_CONCURRENT_STREAMS 100");
  EXPECT_EQ(shown("000000 04 01 00000000"), "SETTINGS ACK");
  EXPECT_EQ(shown("000008 06 00 00000000 0001020304050607"), "PING  0001020304050607");
  EXPECT_EQ(shown("00000b 07 00 00000000 00000005 0000000b 1b5b6d"), "GOAWAY  ENHANCE_YOUR_CALM, last stream 5, \"\\x1b[m\"");
  EXPECT_EQ(shown("000004 08 00 00000000 00000400"), "WINDOW_UPDATE  +1024");
  EXPECT_EQ(shown("000003 08 00 00000000 000004"), "WINDOW_UPDATE  malformed: a length that the type does not allow, 3 octets");
  EXPECT_EQ(shown("000001 2f f0 00000000 00"), "UNKNOWN(0x2f) 0xf0  1 octet");
}

TEST(FrameText, KeepsSecretsAndSaysHowAFieldIsKnown) {
  const IsSecret is_secret = [](const http2::HeaderField& field) { return field.name == "authorization"; };
  EXPECT_EQ(field_text({.name = "x\x1b", .value = "\n"}, is_secret), "x\\x1b: \\x0a");
  EXPECT_EQ(field_text({.name = "authorization", .value = "hunter2"}, is_secret), "authorization: (7 octets, not shown)");
  EXPECT_EQ(field_text({.name = {}, .value = {}, .name_known = Known::Unknown, .value_known = Known::Unknown, .unknown_entry = 3},
                       is_secret),
            "unknown#3: unknown#3");
  EXPECT_EQ(field_text({.name = "a", .value = "b", .value_known = Known::Inferred}, is_secret), "a: b  (inferred)");
}

TEST(FrameText, GoesIntoJson) {
  const IsSecret is_secret = [](const http2::HeaderField& field) { return field.name == "cookie"; };
  const std::vector<http2::HeaderField> fields = {{.name = ":path", .value = "/a.B/C"}, {.name = "cookie", .value = "hunter2"}};
  const call::ConnectionView view;
  const call::Spot spot{{7, 2, 5}, Direction::ToClient, Time(), 30, 40, 0};
  const http2::BlockOutcome outcome;
  const auto json =
      nlohmann::json::parse(block_json({view, spot, call::BlockRole::Request, false, fields, outcome, nullptr}, is_secret));
  EXPECT_EQ(json["connection"], 2);
  EXPECT_EQ(json["direction"], "to-client");
  EXPECT_EQ(json["offset"], 30);
  EXPECT_EQ(json["role"], "request");
  EXPECT_EQ(json["fields"][0]["value"], "/a.B/C");
  EXPECT_EQ(json["fields"][1]["secret"], true);
  EXPECT_FALSE(json["fields"][1].contains("value"));
}

}  // namespace
}  // namespace testigo::report
