// Blocks that mean harm: bounded by Limits, and said so.
#include <gtest/gtest.h>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/hpack_integer.h"

namespace testigo::http2 {
namespace {

// A literal without Huffman code and with a new name; pattern 0x40 inserts.
void append_literal(std::vector<std::byte>& block, std::uint8_t pattern, std::string_view name, std::string_view value) {
  append_number(block, pattern, 1);
  for (const std::string_view text : {name, value}) {
    append_integer(block, 0, 7, static_cast<std::uint32_t>(text.size()));
    append(block, as_octets(text));
  }
}

TEST(HpackBomb, IsBoundedByTheDecodedOctets) {
  HpackDecoder decoder;
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  append_literal(block, 0x40, "n", std::string(4000, 'x'));
  ASSERT_EQ(decoder.decode(block, fields).fault, HpackFault::None);
  const std::vector<std::byte> bomb(4000, std::byte{0xbe});
  const BlockOutcome outcome = decoder.decode(bomb, fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_FALSE(outcome.complete);
  EXPECT_EQ(fields.size(), (std::size_t{1} << 20) / 4001);
  EXPECT_EQ(outcome.offset, fields.size());
  EXPECT_FALSE(decoder.history().complete());
}

TEST(HpackBomb, OfInsertionsIsBoundedInTheHistory) {
  Limits limits;
  limits.history_bytes_max = 10'000;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  append_literal(block, 0x40, std::string(3000, 'n'), "");
  for (int i = 0; i < 300; ++i) append_number(block, 0x7e00, 2);  // the name of the newest, an empty value
  ASSERT_TRUE(decoder.decode(block, fields).complete);
  EXPECT_EQ(fields.size(), 301u);
  EXPECT_EQ(fields.back().name.size(), 3000u);
  decoder.decode({}, fields);
  EXPECT_NE(decoder.history().at(2), nullptr);
  EXPECT_EQ(decoder.history().at(3), nullptr);
  EXPECT_TRUE(decoder.history().table_known());
}

TEST(HpackLimits, BoundTheFieldsOfABlock) {
  HpackDecoder decoder;
  std::vector<HeaderField> fields;
  const std::vector<std::byte> block(5000, std::byte{0x82});
  const BlockOutcome outcome = decoder.decode(block, fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_EQ(outcome.offset, Limits{}.block_fields_max);
  EXPECT_EQ(fields.size(), Limits{}.block_fields_max);
  EXPECT_TRUE(decoder.decode(Bytes(block).first(4096), fields).complete);
}

TEST(HpackLimits, BoundTheOctetsOfABlock) {
  Limits limits;
  limits.block_bytes_max = 10;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  EXPECT_TRUE(decoder.decode(std::vector<std::byte>(10, std::byte{0x82}), fields).complete);
  BlockOutcome outcome = decoder.decode(std::vector<std::byte>(11, std::byte{0x82}), fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_EQ(outcome.offset, 10u);
  EXPECT_EQ(fields.size(), 10u);
  EXPECT_FALSE(outcome.complete);
  // Cut by us within a string: not the sender's fault.
  outcome = decoder.decode(from_hex("8200016108 3131313131313131"), fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_EQ(outcome.offset, 1u);
}

TEST(HpackLimits, MakeALongStringUnknownAndNeverCutIt) {
  Limits limits;
  limits.string_bytes_max = 8;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  append_literal(block, 0x40, "a", "12345678");
  append_literal(block, 0x40, "b", "123456789");
  append_literal(block, 0x00, "123456789", "c");
  append(block, from_hex("be bf 84"));
  const BlockOutcome outcome = decoder.decode(block, fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_EQ(outcome.offset, 12u);
  EXPECT_TRUE(outcome.complete);
  ASSERT_EQ(fields.size(), 6u);
  EXPECT_EQ(fields[0].value, "12345678");
  EXPECT_EQ(fields[1].name, "b");
  EXPECT_EQ(fields[1].value_known, Known::Unknown);
  EXPECT_EQ(fields[1].value, "");
  EXPECT_EQ(fields[2].name_known, Known::Unknown);
  EXPECT_EQ(fields[2].value, "c");
  EXPECT_EQ(fields[2].unknown_entry, 0u);
  EXPECT_EQ(fields[3].name, "b");
  EXPECT_EQ(fields[3].value_known, Known::Unknown);
  EXPECT_EQ(fields[3].unknown_entry, fields[1].unknown_entry);
  EXPECT_TRUE(fields[4].exact());
  EXPECT_EQ(decoder.history().table_bytes(), 41u + 42u);
  EXPECT_TRUE(decoder.history().complete());
}

TEST(HpackLimits, LeaveTheNameOfAnEntryExactBesideItsUnknownValue) {
  Limits limits;
  limits.string_bytes_max = 8;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  append_literal(block, 0x40, "b", "123456789");
  append(block, from_hex("7e0131"));  // the name of the newest, another value
  decoder.decode(block, fields);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_NE(fields[0].unknown_entry, 0u);
  EXPECT_TRUE(fields[1].exact());
  EXPECT_EQ(fields[1].name, "b");
  EXPECT_EQ(fields[1].unknown_entry, 0u);
}

TEST(HpackLimits, MeasureAStringAsItIsDecoded) {
  Limits limits;
  limits.string_bytes_max = 8;
  HpackDecoder decoder(limits);
  HpackEncoder encoder;
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  encoder.encode({"a", "000000000"}, block);  // 9 octets in 6
  EXPECT_EQ(decoder.decode(block, fields).fault, HpackFault::LimitReached);
  EXPECT_EQ(fields.at(0).value_known, Known::Unknown);
}

TEST(HpackLimits, MakeAForgottenEntryUnknownWhereTheTableIsLarger) {
  Limits limits;
  limits.history_bytes_max = 100;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::vector<std::byte> block;
  for (const char* const value : {"1", "2", "3", "4"}) append_literal(block, 0x40, "a", value);
  ASSERT_TRUE(decoder.decode(block, fields).complete);
  const BlockOutcome outcome = decoder.decode(from_hex("be c0 c1 c0"), fields);
  EXPECT_EQ(outcome.fault, HpackFault::LimitReached);
  EXPECT_EQ(outcome.offset, 1u);
  EXPECT_TRUE(outcome.complete);
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[0].value, "4");
  EXPECT_EQ(fields[1].value_known, Known::Unknown);
  EXPECT_EQ(fields[1].unknown_entry, fields[3].unknown_entry);
  EXPECT_NE(fields[1].unknown_entry, fields[2].unknown_entry);
  // What was never inserted is beyond every table.
  EXPECT_EQ(decoder.decode(from_hex("c2"), fields).fault, HpackFault::IndexBeyondTable);
}

TEST(HpackLimits, AllowATableOfAnySizeWithoutHoldingIt) {
  HpackDecoder decoder;
  decoder.set_table_size_limit(0xffffffff);
  std::vector<HeaderField> fields;
  ASSERT_EQ(decoder.decode(from_hex("3fe0ffffff0f"), fields).fault, HpackFault::None);
  std::vector<std::byte> block;
  append_literal(block, 0x40, "n", std::string(60'000, 'x'));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(decoder.decode(block, fields).fault, HpackFault::None);
  decoder.decode({}, fields);
  EXPECT_NE(decoder.history().at(16), nullptr);
  EXPECT_EQ(decoder.history().at(17), nullptr);
}

}  // namespace
}  // namespace testigo::http2
