#include "capture/http2_redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "capture/testing/speaker.h"
#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_decoder.h"

namespace testigo::capture {
namespace {

using http2::FrameType;
using http2::Representation;
using testing::Fields;
using testing::grpc_request;
using testing::Speaker;

constexpr std::string_view kSecret = "Bearer hunter2hunter2";

std::string text_of(Bytes octets) { return std::string(as_text(octets)); }
bool holds(Bytes octets, std::string_view text) { return as_text(octets).find(text) != std::string_view::npos; }

// What is written, the direction being cut in every way; and that nothing but what waits for a header block is held back.
class Http2RedactionTest : public ::testing::Test {
 protected:
  std::vector<std::byte> redacted(Bytes octets) {
    return testigo::testing::several_ways(octets, [&](testigo::testing::Cuts& cuts) {
      SecretTally tally(limits);
      DataRedaction data(payloads, limits);
      Http2Redaction redaction(Direction::ToServer, names, tally, data, limits);
      std::vector<std::byte> all;
      std::size_t decided = 0;
      while (const auto piece = cuts.next()) {
        append(all, *piece);
        decided += redaction.redact(std::span(all).subspan(decided));
      }
      undecided = all.size() - decided;
      all.resize(decided);
      masked = tally.fields();
      return all;
    });
  }

  Limits limits;
  bool payloads = false;
  SecretNames names{{"x-api-key"}};
  std::vector<MaskedField> masked;
  std::size_t undecided = 0;
};

// The fields of a block at the start of the octets, behind its frame header, each as "name: value".
std::vector<std::string> fields_in(Bytes octets, std::size_t before = http2::kFrameHeaderBytes) {
  http2::HpackDecoder decoder;
  std::vector<http2::HeaderField> fields;
  const std::size_t size = http2::decode_frame_header(octets.data()).length;
  decoder.decode(octets.subspan(before, size - (before - http2::kFrameHeaderBytes)), fields);
  std::vector<std::string> lines;
  for (const auto& field : fields) lines.push_back(std::string(field.name) + ": " + std::string(field.value));
  return lines;
}

TEST_F(Http2RedactionTest, MasksValuesAndNothingElse) {
  for (const bool huffman : {false, true}) {
    Speaker speaker(huffman);
    speaker.headers(1, grpc_request({{"authorization", kSecret},
                                     {"testigo-id", "client1/0/1"},
                                     {"x-api-key", "k", Representation::WithoutIndexing},
                                     {"x-token", "marked", Representation::NeverIndexed}}));
    speaker.headers(3, grpc_request({{"authorization", kSecret}, {"cookie", ""}}), http2::kFlagEndStream);
    const auto out = redacted(speaker.said);
    ASSERT_EQ(out.size(), speaker.said.size());
    const std::string mask = huffman ? fields_in(out)[5].substr(15) : std::string(kSecret.size(), '*');
    EXPECT_EQ(mask.size(), kSecret.size());
    const auto fields = fields_in(out);
    ASSERT_EQ(fields.size(), 9u);
    EXPECT_EQ(fields[2], ":path: /a.B/C");
    EXPECT_EQ(fields[3], "content-type: application/grpc");
    EXPECT_EQ(fields[5], "authorization: " + mask);
    EXPECT_EQ(fields[6], "testigo-id: client1/0/1");
    EXPECT_EQ(fields[7].size(), std::string_view("x-api-key: k").size());
    EXPECT_EQ(fields[8].substr(0, 9), "x-token: ");
    EXPECT_EQ(fields[8].size(), std::string_view("x-token: marked").size());
    EXPECT_EQ(fields[8].find("marked"), std::string::npos);
    // The second block names it by its index: nothing in it changes.
    const std::size_t second = http2::kFrameHeaderBytes + http2::decode_frame_header(out.data()).length;
    EXPECT_EQ(Bytes(Bytes(out).subspan(second)), Bytes(Bytes(speaker.said).subspan(second)));
    ASSERT_EQ(masked.size(), 3u);
    EXPECT_EQ(masked[0].name, "authorization");
    EXPECT_EQ(masked[0].times, 2u);
    EXPECT_EQ(masked[0].values.size(), 1u);
  }
}

TEST_F(Http2RedactionTest, WaitsForTheWholeBlock) {
  Speaker speaker(false);
  const auto block = speaker.block(grpc_request({{"authorization", kSecret}}));
  speaker.frame(FrameType::Ping, 0, 0, "12345678");
  const std::size_t before = speaker.said.size();
  speaker.headers_in_pieces(1, block, 7);
  for (std::size_t size = 0; size <= speaker.said.size(); ++size) {
    const auto out = redacted(Bytes(speaker.said).first(size));
    if (size < speaker.said.size()) {
      EXPECT_LE(out.size(), std::min(size, before + http2::kFrameHeaderBytes));
    } else {
      EXPECT_EQ(out.size(), size);
    }
    EXPECT_FALSE(holds(out, "hunter"));
  }
  EXPECT_EQ(undecided, 0u);
}

TEST_F(Http2RedactionTest, FindsValuesCutByFramesPaddingAndPriority) {
  for (std::size_t piece = 1; piece < 60; ++piece) {
    Speaker speaker(false);
    const auto block = speaker.block(grpc_request({{"authorization", kSecret}}));
    speaker.headers_in_pieces(1, block, piece);
    std::vector<std::byte> padded = from_hex("03 80000005 10");
    append(padded, speaker.block(grpc_request({{"set-cookie", "hunter2"}})));
    append(padded, as_octets("pad"));
    speaker.frame(FrameType::Headers, http2::kFlagEndHeaders | http2::kFlagPadded | http2::kFlagPriority, 3, padded);
    std::vector<std::byte> promise = from_hex("00000002");
    append(promise, speaker.block({{"cookie", "hunter2"}}));
    speaker.frame(FrameType::PushPromise, http2::kFlagEndHeaders, 1, promise);
    const auto out = redacted(speaker.said);
    ASSERT_EQ(out.size(), speaker.said.size());
    for (const char* gone : {"hunter", "Bearer", "pad", "er2"}) EXPECT_FALSE(holds(out, gone)) << gone;
    EXPECT_TRUE(holds(out, "*******")) << text_of(out);
  }
}

TEST_F(Http2RedactionTest, LeavesPrefixesOfMessagesAndNoBodies) {
  Speaker speaker;
  speaker.headers(1, grpc_request());
  const std::size_t at = speaker.said.size();
  const auto one = Speaker::prefixed("body one", 1), two = Speaker::prefixed("body two");
  std::vector<std::byte> both = one;
  append(both, two);
  for (const std::size_t cut : {0, 3, 5, 6, 13, 15, 20, 26}) {
    speaker.said.resize(at);
    speaker.frame(FrameType::Data, 0, 1, Bytes(both).first(cut)).frame(FrameType::Data, 1, 1, Bytes(both).subspan(cut));
    const auto out = redacted(speaker.said);
    ASSERT_EQ(out.size(), speaker.said.size());
    std::vector<std::byte> data(out.begin() + static_cast<std::ptrdiff_t>(at), out.end());
    data.erase(data.begin() + static_cast<std::ptrdiff_t>(9 + cut), data.begin() + static_cast<std::ptrdiff_t>(18 + cut));
    EXPECT_EQ(to_hex(Bytes(data).subspan(9)),
              "01000000080000000000000000"
              "00000000080000000000000000");
  }
  payloads = true;
  EXPECT_EQ(redacted(speaker.said), speaker.said);
}

TEST_F(Http2RedactionTest, LeavesNothingOfDataThatIsNotGrpc) {
  const std::string json = R"({"password":"hunter2"})";
  Speaker speaker;
  speaker.headers(1, {{":method", "POST"}, {"content-type", "application/json"}}).frame(FrameType::Data, 1, 1, json);
  speaker.frame(FrameType::Data, 0, 3, json);                                               // of no call
  speaker.headers(5, grpc_request()).message(5, "", 1).frame(FrameType::Data, 0, 5, json);  // behind its end
  speaker.headers(7, grpc_request()).frame(FrameType::RstStream, 0, 7, "1234").frame(FrameType::Data, 0, 7, json);
  speaker.headers(9, grpc_request()).frame(FrameType::Data, 0, 9, json).frame(FrameType::Data, 0, 9, json);  // it lies
  const auto out = redacted(speaker.said);
  EXPECT_EQ(out.size(), speaker.said.size());
  for (std::size_t at = 1; at + 2 < json.size(); ++at) EXPECT_FALSE(holds(out, json.substr(at, 3))) << at;
}

TEST_F(Http2RedactionTest, LeavesWhatOnlyControls) {
  Speaker speaker;
  speaker.frame(FrameType::Settings, 0, 0, "123456")
      .frame(FrameType::Ping, 0, 0, "12345678")
      .frame(FrameType::WindowUpdate, 0, 1, "1234");
  speaker.frame(FrameType::Priority, 0, 1, "12345").frame(FrameType::RstStream, 0, 1, "1234");
  speaker.frame(FrameType::Goaway, 0, 0, "12345678debug");
  EXPECT_EQ(redacted(speaker.said), speaker.said);
}

TEST_F(Http2RedactionTest, ClearsPaddingUnknownFramesAndMalformedOnes) {
  Speaker speaker;
  speaker.headers(1, grpc_request());
  std::vector<std::byte> padded = from_hex("04");
  append(padded, Speaker::prefixed("body"));
  append(padded, as_octets("spam"));
  speaker.frame(FrameType::Data, http2::kFlagPadded, 1, padded);
  speaker.frame(static_cast<FrameType>(0x2f), 0xff, 1, "spam").frame(FrameType::Ping, 0, 0, "spam");
  speaker.frame(FrameType::Data, http2::kFlagPadded, 1, "\x7fspam").frame(FrameType::Headers, http2::kFlagPadded, 1, "\x7fspam");
  const auto out = redacted(speaker.said);
  EXPECT_EQ(out.size(), speaker.said.size());
  EXPECT_FALSE(holds(out, "spam"));
  EXPECT_FALSE(holds(out, "body"));
  EXPECT_EQ(std::ranges::count(out, std::byte{0x7f}), 2) << "the lengths that make them malformed stay";
  payloads = true;
  EXPECT_EQ(std::ranges::count(redacted(speaker.said), std::byte{'m'}), 5 - 2) << "but for what may hold fields, or is no PING";
}

TEST_F(Http2RedactionTest, MakesZerosOfWhatCannotBeDecoded) {
  for (const char* fault : {"80", "ff8080808080", "ff00", "1004hunter", "5f7f"}) {
    Speaker speaker(false);
    auto block = speaker.block(grpc_request({{"authorization", kSecret}}));
    const std::size_t sound = block.size();
    append(block, std::string_view(fault).substr(0, 4) == "1004" ? from_hex("1004ff") : from_hex(fault));
    append(block, as_octets("hunter2"));
    speaker.frame(FrameType::Headers, http2::kFlagEndHeaders, 1, block);
    const auto out = redacted(speaker.said);
    ASSERT_EQ(out.size(), speaker.said.size());
    EXPECT_FALSE(holds(out, "hunter"));
    EXPECT_EQ(fields_in(out).size(), 6u) << "what stood before is there";
    http2::HpackDecoder decoder;
    std::vector<http2::HeaderField> fields;
    const auto outcome = decoder.decode(Bytes(out).subspan(http2::kFrameHeaderBytes), fields);
    EXPECT_FALSE(outcome.complete) << "and the fault is one still";
    EXPECT_EQ(outcome.offset, sound);
  }
}

TEST_F(Http2RedactionTest, TakesUnknownNamesForSecret) {
  Speaker speaker(false);
  speaker.headers(1, {{"x-name", "first"}});
  speaker.frame(FrameType::Headers, http2::kFlagEndHeaders, 3, from_hex("80"));  // it taints what was inserted before
  speaker.headers(5, {{"x-name", "hunter2", Representation::WithoutIndexing}});
  const auto out = redacted(speaker.said);
  EXPECT_TRUE(holds(out, "first"));
  EXPECT_FALSE(holds(out, "hunter2"));
  EXPECT_TRUE(holds(out, "*******"));
  ASSERT_EQ(masked.size(), 1u);
  EXPECT_EQ(masked[0].name, "unknown");
}

TEST_F(Http2RedactionTest, ClearsBlocksThatAreInterruptedOrNobodys) {
  Speaker speaker(false);
  const auto block = speaker.block({{"authorization", kSecret}});
  speaker.frame(FrameType::Headers, 0, 1, block).frame(FrameType::Ping, 0, 0, "12345678");
  speaker.frame(FrameType::Continuation, http2::kFlagEndHeaders, 1, block);
  speaker.frame(FrameType::Headers, 0, 1, block).frame(FrameType::Continuation, http2::kFlagEndHeaders, 3, block);
  const auto out = redacted(speaker.said);
  EXPECT_EQ(out.size(), speaker.said.size());
  EXPECT_FALSE(holds(out, "Bearer"));
  EXPECT_FALSE(holds(out, "authorization"));
  EXPECT_TRUE(holds(out, "12345678"));
}

TEST_F(Http2RedactionTest, BoundsWhatItWaitsFor) {
  limits.block_bytes_max = 1000;
  Speaker speaker(false);
  const std::string large(900, 's');
  speaker.frame(FrameType::Headers, 0, 1, large).frame(FrameType::Continuation, 0, 1, large);
  EXPECT_EQ(redacted(speaker.said).size(), speaker.said.size());
  speaker.said.clear();
  speaker.frame(FrameType::Headers, 0, 1, large);
  for (int i = 0; i < 200; ++i) speaker.frame(FrameType::Continuation, 0, 1, "");  // a flood of nothing
  EXPECT_EQ(redacted(speaker.said).size(), speaker.said.size());
  speaker.said.clear();
  speaker.frame(FrameType::Headers, 0, 1, std::string(100'000, 's'));
  const auto out = redacted(Bytes(speaker.said).first(50'000));
  EXPECT_EQ(out.size(), 50'000u) << "too large to be waited for";
  EXPECT_FALSE(holds(out, "s"));
}

}  // namespace
}  // namespace testigo::capture
