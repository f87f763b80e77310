#include "report/frame_parts.h"

#include <gtest/gtest.h>

#include "wire/http2/frame_decoder.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::report {
namespace {

// "0-3 length 5, 3-4 type DATA, …"
std::string parts_of(std::string_view hex) {
  const auto octets = from_hex(hex);
  http2::FrameDecoder decoder;
  decoder.feed(octets);
  http2::Frame frame;
  if (decoder.next(frame) != http2::Decoded::Done) return "";
  std::string text;
  std::size_t end = 0;
  for (const Part& part : frame_parts(frame)) {
    EXPECT_EQ(part.begin, end) << "nothing is left out, and nothing stands twice";
    end = part.end;
    if (part.begin >= http2::kFrameHeaderBytes) {
      text += std::to_string(part.begin) + "-" + std::to_string(part.end) + " " + part.text + "\n";
    }
  }
  EXPECT_EQ(end, octets.size());
  return text;
}

TEST(FrameParts, SaysWhatTheHeaderIs) {
  const auto octets = from_hex("000004 00 0b 00000003 01 6869 00");
  http2::FrameDecoder decoder;
  decoder.feed(octets);
  http2::Frame frame;
  ASSERT_EQ(decoder.next(frame), http2::Decoded::Done);
  const std::vector<Part> parts = frame_parts(frame);
  ASSERT_GE(parts.size(), 4u);
  EXPECT_EQ(parts[0], (Part{0, 3, "length 4"}));
  EXPECT_EQ(parts[1], (Part{3, 4, "type DATA"}));
  EXPECT_EQ(parts[2], (Part{4, 5, "flags END_STREAM PADDED 0x02"}));
  EXPECT_EQ(parts[3], (Part{5, 9, "stream 3"}));
  EXPECT_EQ(content_of(frame), (http2::Extent{10, 12}));
}

TEST(FrameParts, CoversEachPayload) {
  EXPECT_EQ(parts_of("000004 00 08 00000003 01 6869 00"), "9-10 1 octet of padding\n10-12 data\n12-13 padding\n");
  EXPECT_EQ(parts_of("000006 01 25 00000001 80000003 07 82"),
            "9-13 depends on stream 3 alone\n13-14 weight 8\n14-15 header block\n");
  EXPECT_EQ(parts_of("000005 02 00 00000005 0000000307"), "9-13 depends on stream 3\n13-14 weight 8\n");
  EXPECT_EQ(parts_of("000004 03 00 00000005 00000008"), "9-13 error code CANCEL\n");
  EXPECT_EQ(parts_of("000006 04 00 00000000 0004 00010000"), "9-11 INITIAL_WINDOW_SIZE\n11-15 value 65536\n");
  EXPECT_EQ(parts_of("000005 05 04 00000001 00000002 82"), "9-13 promises stream 2\n13-14 header block\n");
  EXPECT_EQ(parts_of("000008 06 00 00000000 0001020304050607"), "9-17 opaque data\n");
  EXPECT_EQ(parts_of("00000b 07 00 00000000 00000005 0000000b 1b5b6d"),
            "9-13 last stream 5\n13-17 error code ENHANCE_YOUR_CALM\n17-20 debug data\n");
  EXPECT_EQ(parts_of("000004 08 00 00000000 00000400"), "9-13 increment 1024\n");
  EXPECT_EQ(parts_of("000001 09 04 00000001 82"), "9-10 header block, continued\n");
  EXPECT_EQ(parts_of("000001 2f f0 00000000 00"), "9-10 payload of a type that nobody knows\n");
  EXPECT_EQ(parts_of("000003 08 00 00000000 000004"), "9-12 malformed: a length that the type does not allow\n");
}

}  // namespace
}  // namespace testigo::report
