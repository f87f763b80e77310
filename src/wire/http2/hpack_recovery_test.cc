// What stays known after a gap, and what must not seem so.
#include <gtest/gtest.h>

#include <random>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"

namespace testigo::http2 {
namespace {

std::vector<HeaderField> decode(HpackDecoder& decoder, std::string_view digits, HpackFault fault = HpackFault::None) {
  std::vector<HeaderField> fields;
  EXPECT_EQ(decoder.decode(from_hex(digits), fields).fault, fault) << digits;
  return fields;
}

void expect_exact(const HeaderField& field, std::string_view name, std::string_view value) {
  EXPECT_TRUE(field.exact());
  EXPECT_EQ(field.name, name);
  EXPECT_EQ(field.value, value);
  EXPECT_EQ(field.unknown_entry, 0u);
}

void expect_unknown(const HeaderField& field) {
  EXPECT_EQ(field.name_known, Known::Unknown);
  EXPECT_EQ(field.value_known, Known::Unknown);
  EXPECT_EQ(field.name, "");
  EXPECT_EQ(field.value, "");
  EXPECT_NE(field.unknown_entry, 0u);
}

// A connection's responses: newest first grpc-status 13, grpc-status 0, grpc-accept-encoding, content-type.
HpackDecoder seen_from_the_start() {
  HpackDecoder decoder;
  HpackEncoder encoder;
  std::vector<std::byte> block;
  encoder.encode({"content-type", "application/grpc"}, block);
  encoder.encode({"grpc-accept-encoding", "identity,deflate,gzip"}, block);
  encoder.encode({"grpc-status", "0"}, block);
  encoder.encode({"grpc-status", "13"}, block);
  std::vector<HeaderField> fields;
  EXPECT_EQ(decoder.decode(block, fields).fault, HpackFault::None);
  EXPECT_EQ(fields.size(), 4u);
  return decoder;
}

TEST(Recovery, NeverTakesTheEntryBeforeTheGapForTheOneThatIsMeant) {
  HpackDecoder decoder = seen_from_the_start();
  expect_exact(decode(decoder, "bf").at(0), "grpc-status", "0");
  decoder.taint();  // the packet with `7e 02 31 34` was lost: `bf` would now read OK although the call failed
  const auto trailers = decode(decoder, "bf");
  expect_unknown(trailers.at(0));

  const auto next = decode(decoder, "bf 40 03 78 2d 74 01 31");
  expect_unknown(next.at(0));
  EXPECT_EQ(next.at(0).unknown_entry, trailers.at(0).unknown_entry);
  expect_exact(next.at(1), "x-t", "1");

  const auto later = decode(decoder, "be c0");
  expect_exact(later.at(0), "x-t", "1");
  expect_unknown(later.at(1));
  EXPECT_EQ(later.at(1).unknown_entry, trailers.at(0).unknown_entry);
}

TEST(Recovery, KeepsATaintedNameForEver) {
  HpackDecoder decoder = seen_from_the_start();
  decoder.taint();
  const auto inserting = decode(decoder, "7e 01 36");  // name of index 62, value 6
  EXPECT_EQ(inserting.at(0).name_known, Known::Unknown);
  EXPECT_EQ(inserting.at(0).name, "");
  EXPECT_EQ(inserting.at(0).value_known, Known::Exact);
  EXPECT_EQ(inserting.at(0).value, "6");
  EXPECT_NE(inserting.at(0).unknown_entry, 0u);

  decode(decoder, "40 03 78 2d 74 01 31");
  const auto later = decode(decoder, "bf 7f00 01 37");
  EXPECT_EQ(later.at(0).name_known, Known::Unknown);
  EXPECT_EQ(later.at(0).value_known, Known::Exact);
  EXPECT_EQ(later.at(0).value, "6");
  EXPECT_EQ(later.at(0).unknown_entry, inserting.at(0).unknown_entry);
  EXPECT_EQ(later.at(1).name_known, Known::Unknown);
  EXPECT_EQ(later.at(1).value, "7");
}

TEST(Recovery, KnowsStaticReferencesAndLiteralsAtOnce) {
  HpackDecoder decoder = seen_from_the_start();
  decoder.taint();
  const auto fields = decode(decoder, "88 5f 01 78 0001610131 1001620132");
  expect_exact(fields.at(0), ":status", "200");
  expect_exact(fields.at(1), "content-type", "x");
  expect_exact(fields.at(2), "a", "1");
  expect_exact(fields.at(3), "b", "2");
}

TEST(Recovery, LeavesAValueExactBesideATaintedNameThatIsNotInserted) {
  HpackDecoder decoder = seen_from_the_start();
  decoder.taint();
  const auto unknown = decode(decoder, "be");
  for (const std::string_view digits : {"0f2f0139", "1f2f0139"}) {
    const auto fields = decode(decoder, digits);
    EXPECT_EQ(fields.at(0).name_known, Known::Unknown);
    EXPECT_EQ(fields.at(0).value_known, Known::Exact);
    EXPECT_EQ(fields.at(0).value, "9");
    EXPECT_EQ(fields.at(0).unknown_entry, unknown.at(0).unknown_entry);
  }
  EXPECT_EQ(decoder.history().since_taint(), 0u);
}

TEST(Recovery, StartsAgainAtEveryGap) {
  HpackDecoder decoder = seen_from_the_start();
  decoder.taint();
  decode(decoder, "40 03 78 2d 74 01 31");
  expect_exact(decode(decoder, "be").at(0), "x-t", "1");
  const auto before = decode(decoder, "bf");
  decoder.taint();
  const auto after = decode(decoder, "be bf");
  expect_unknown(after.at(0));
  expect_unknown(after.at(1));
  EXPECT_NE(after.at(0).unknown_entry, after.at(1).unknown_entry);
  EXPECT_NE(after.at(0).unknown_entry, before.at(0).unknown_entry);
  EXPECT_NE(after.at(1).unknown_entry, before.at(0).unknown_entry);
}

TEST(Recovery, AfterALateStartNothingIsKnownThatWasNotSeen) {
  HpackDecoder decoder;
  decoder.taint();
  const auto fields = decode(decoder, "be c5 ffffffff07 88");
  for (std::size_t i = 0; i < 3; ++i) expect_unknown(fields.at(i));
  expect_exact(fields.at(3), ":status", "200");
}

TEST(Recovery, DoesNotJudgeTheTableAfterAGap) {
  HpackDecoder decoder = seen_from_the_start();
  decoder.taint();
  decode(decoder, "40 01 61 01 31");
  decode(decoder, "20");
  expect_exact(decode(decoder, "be").at(0), "a", "1");
}

// Blocks of a conforming encoder, some of them lost: whatever is exact must be what was sent.
TEST(Recovery, IsNeverWrongHoweverManyBlocksAreLost) {
  std::size_t exact = 0, all = 0;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    HpackEncoder encoder;
    HpackDecoder decoder;
    std::vector<HeaderField> fields;
    for (int i = 0; i < 120; ++i) {
      std::vector<std::byte> block;
      if (random() % 15 == 0) encoder.resize(random() % 4097, block);
      std::vector<std::pair<std::string, std::string>> sent;
      for (std::size_t n = random() % 6; n > 0; --n) {
        sent.emplace_back("name" + std::to_string(random() % 8), "value" + std::to_string(random() % 12));
        const auto how = random() % 5 == 0 ? static_cast<Representation>(random() % 4) : Representation::Indexed;
        encoder.encode({sent.back().first, sent.back().second, how}, block);
      }
      if (random() % 12 == 0) {
        decoder.taint();
        continue;
      }
      const BlockOutcome outcome = decoder.decode(block, fields);
      ASSERT_EQ(outcome.fault, HpackFault::None) << "seed " << seed;
      ASSERT_EQ(fields.size(), sent.size()) << "seed " << seed;
      for (std::size_t f = 0; f < fields.size(); ++f, ++all) {
        ASSERT_TRUE(fields[f].name_known == Known::Unknown || fields[f].name == sent[f].first) << "seed " << seed;
        ASSERT_TRUE(fields[f].value_known == Known::Unknown || fields[f].value == sent[f].second) << "seed " << seed;
        ASSERT_EQ(fields[f].exact(), fields[f].unknown_entry == 0);
        exact += fields[f].exact() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(exact, all / 5);
  EXPECT_LT(exact, all);
}

}  // namespace
}  // namespace testigo::http2
