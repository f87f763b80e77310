#include "wire/http2/hpack_decoder.h"

#include <gtest/gtest.h>

#include "wire/http2/hpack_encoder.h"
#include "wire/http2/testing/fields.h"

namespace testigo::http2 {
namespace {

using testing::Field;

struct Block {
  BlockOutcome outcome;
  std::vector<HeaderField> fields;
};

Block decode(HpackDecoder& decoder, std::string_view digits) {
  Block block;
  block.outcome = decoder.decode(from_hex(digits), block.fields);
  return block;
}

TEST(HpackDecoder, DecodesAnEmptyBlock) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "");
  EXPECT_EQ(block.outcome.fault, HpackFault::None);
  EXPECT_TRUE(block.outcome.complete);
  EXPECT_TRUE(block.fields.empty());
}

TEST(HpackDecoder, SaysWhatAllFieldsAre) {
  HpackDecoder decoder;
  const BlockOutcome outcome = decode(decoder, "83  4001610131").outcome;
  EXPECT_EQ(outcome.names, bit(FieldName::Method) | bit(FieldName::Other));
  EXPECT_TRUE(outcome.has(FieldName::Method));
  EXPECT_FALSE(outcome.has(FieldName::Path));
  EXPECT_TRUE(outcome.exact);
  EXPECT_EQ(outcome.list_bytes, 7u + 4 + 32 + 1 + 1 + 32);
  EXPECT_EQ(decode(decoder, "").outcome.list_bytes, 0u);
  decoder.taint();
  EXPECT_FALSE(decode(decoder, "be").outcome.exact);
}

TEST(HpackDecoder, SaysHowEachFieldStood) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "82  4001610131  0001620132  1001630133  be");
  ASSERT_EQ(block.fields.size(), 5u);
  EXPECT_EQ(block.fields[0].representation, Representation::Indexed);
  EXPECT_EQ(block.fields[1].representation, Representation::IncrementalIndexing);
  EXPECT_EQ(block.fields[2].representation, Representation::WithoutIndexing);
  EXPECT_EQ(block.fields[3].representation, Representation::NeverIndexed);
  EXPECT_EQ(block.fields[4].representation, Representation::Indexed);
  EXPECT_EQ(block.fields[4].name, "a");
  EXPECT_EQ(block.fields[4].value, "1");
  EXPECT_EQ(block.fields[4].unknown_entry, 0u);
}

TEST(HpackDecoder, TakesEmptyNamesAndValues) {
  HpackDecoder decoder;
  EXPECT_EQ(testing::own(decode(decoder, "400000 008080 be").fields), (std::vector<Field>{{"", ""}, {"", ""}, {"", ""}}));
}

TEST(HpackDecoder, ReadsIndexesOfSeveralOctets) {
  HpackDecoder decoder;
  for (int i = 0; i < 100; ++i) decode(decoder, i == 0 ? "4001610130" : "4001620131");
  EXPECT_EQ(testing::own(decode(decoder, "ff22").fields), (std::vector<Field>{{"a", "0"}}));
  EXPECT_EQ(testing::own(decode(decoder, "0f92010139").fields), (std::vector<Field>{{"a", "9"}}));
}

TEST(HpackDecoder, ClearsTheFieldsOfTheBlockBefore) {
  HpackDecoder decoder;
  std::vector<HeaderField> fields;
  decoder.decode(from_hex("8286"), fields);
  decoder.decode(from_hex("84"), fields);
  EXPECT_EQ(testing::own(fields), (std::vector<Field>{{":path", "/"}}));
}

// RFC 7541 section 4.4: the name of the new entry may be that of an entry which its insertion evicts.
TEST(HpackDecoder, TakesANameFromTheEntryThatItEvicts) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "3f0d  400161 04 31313131  7e 09 323232323232323232  be");
  EXPECT_EQ(testing::own(block.fields), (std::vector<Field>{{"a", "1111"}, {"a", "222222222"}, {"a", "222222222"}}));
  EXPECT_EQ(decoder.history().table_entries(), 1u);
}

TEST(HpackDecoder, KeepsItsViewsThroughInsertionsThatForget) {
  Limits limits;
  limits.history_bytes_max = 100;
  HpackDecoder decoder(limits);
  HpackEncoder encoder;
  std::vector<std::byte> block;
  encoder.encode({"first", "value of the first"}, block);
  std::vector<HeaderField> fields;
  decoder.decode(block, fields);
  block = from_hex("be");
  std::vector<Field> expected = {{"first", "value of the first"}};
  for (int i = 0; i < 200; ++i) {
    const std::string value = "value " + std::to_string(i);
    encoder.encode({"name", value, Representation::IncrementalIndexing}, block);
    expected.push_back({"name", value});
  }
  decoder.decode(block, fields);
  EXPECT_EQ(testing::own(fields), expected);
  decoder.decode(from_hex("be"), fields);
  EXPECT_EQ(testing::own(fields), (std::vector<Field>{{"name", "value 199"}}));
}

TEST(SizeUpdates, AreReportedAndDone) {
  HpackDecoder decoder;
  decode(decoder, "4001610131");
  const Block block = decode(decoder, "20 3fe11f 82");
  EXPECT_EQ(block.outcome.fault, HpackFault::None);
  EXPECT_EQ(block.outcome.size_updates, (std::vector<std::uint32_t>{0, 4096}));
  EXPECT_EQ(decoder.history().table_entries(), 0u);
  EXPECT_EQ(decoder.history().table_bytes_max(), 4096u);
  EXPECT_EQ(testing::own(block.fields), (std::vector<Field>{{":method", "GET"}}));
}

TEST(SizeUpdates, MayGoUpToTheLimitTold) {
  HpackDecoder decoder;
  decoder.set_table_size_limit(8192);
  EXPECT_EQ(decode(decoder, "3fe13f").outcome.fault, HpackFault::None);
  EXPECT_EQ(decode(decoder, "3fe23f").outcome.fault, HpackFault::SizeUpdateTooLarge);
}

TEST(SizeUpdates, AboveTheLimitAreAFaultThatStopsNothing) {
  HpackDecoder decoder;
  decode(decoder, "4001610131");
  const Block block = decode(decoder, "3fe21f be");
  EXPECT_EQ(block.outcome.fault, HpackFault::SizeUpdateTooLarge);
  EXPECT_EQ(block.outcome.offset, 0u);
  EXPECT_TRUE(block.outcome.complete);
  EXPECT_EQ(testing::own(block.fields), (std::vector<Field>{{"a", "1"}}));
  EXPECT_TRUE(decoder.history().complete());
}

TEST(SizeUpdates, AfterAFieldAreAFaultThatStopsNothing) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "82 20 84");
  EXPECT_EQ(block.outcome.fault, HpackFault::SizeUpdateMisplaced);
  EXPECT_EQ(block.outcome.offset, 1u);
  EXPECT_TRUE(block.outcome.complete);
  EXPECT_EQ(block.fields.size(), 2u);
  EXPECT_EQ(decoder.history().table_bytes_max(), 0u);
}

// RFC 9113 section 4.3.1.
TEST(SizeUpdates, AreDueWhereTheTableIsTooLarge) {
  HpackDecoder decoder;
  decode(decoder, "4001610131");
  decoder.set_table_size_limit(33);
  const Block without = decode(decoder, "82 be");
  EXPECT_EQ(without.outcome.fault, HpackFault::SizeUpdateMissing);
  EXPECT_EQ(without.outcome.offset, 0u);
  EXPECT_TRUE(without.outcome.complete);
  EXPECT_EQ(without.fields.size(), 2u);
  EXPECT_FALSE(decode(decoder, "3f02 82").outcome.has(HpackFault::SizeUpdateMissing));
  EXPECT_FALSE(decode(decoder, "82").outcome.has(HpackFault::SizeUpdateMissing));
}

// RFC 7541 section 4.2: the smallest size between two blocks is signalled, too.
TEST(SizeUpdates, AreDueWhereTheTableWasTooLargeMeanwhile) {
  const auto shrunk_meanwhile = [] {
    HpackDecoder decoder;
    decode(decoder, "4001610131");
    for (int i = 0; i < 3; ++i) decode(decoder, "82 be");  // remembered by now
    decoder.set_table_size_limit(0);
    decoder.set_table_size_limit(4096);
    return decoder;
  };
  HpackDecoder none = shrunk_meanwhile();
  EXPECT_EQ(decode(none, "82 be").outcome.fault, HpackFault::SizeUpdateMissing);
  EXPECT_EQ(decode(none, "82 be").outcome.fault, HpackFault::None) << "told once";
  HpackDecoder last_alone = shrunk_meanwhile();
  EXPECT_EQ(decode(last_alone, "3fe11f 82").outcome.fault, HpackFault::SizeUpdateMissing);
  HpackDecoder both = shrunk_meanwhile();
  EXPECT_EQ(decode(both, "20 3fe11f 82").outcome.fault, HpackFault::None);
  HpackDecoder too_large = shrunk_meanwhile();
  EXPECT_EQ(decode(too_large, "3fe21f 82").outcome.fault, HpackFault::SizeUpdateTooLarge);
}

TEST(SizeUpdates, AreNotDueWhereTheTableFits) {
  HpackDecoder decoder;
  decode(decoder, "4001610131");
  for (const std::uint32_t limit : {34u, 4096u}) decoder.set_table_size_limit(limit);
  EXPECT_EQ(decode(decoder, "82 be").outcome.fault, HpackFault::None);
}

TEST(SizeUpdates, AreTwoAtMost) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "20 21 22 82");
  EXPECT_EQ(block.outcome.fault, HpackFault::SizeUpdateMisplaced);
  EXPECT_EQ(block.outcome.offset, 2u);
  EXPECT_EQ(block.outcome.size_updates, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(decoder.history().table_bytes_max(), 2u);
  EXPECT_EQ(block.fields.size(), 1u);
}

TEST(IndexBeyondTable, IsExactWhereTheHistoryNamesIt) {
  HpackDecoder decoder;
  decode(decoder, "4001610131 4001620132");
  const Block block = decode(decoder, "20 82 be bf");
  EXPECT_EQ(block.outcome.fault, HpackFault::IndexBeyondTable);
  EXPECT_EQ(block.outcome.offset, 2u);
  EXPECT_TRUE(block.outcome.complete);
  EXPECT_EQ(testing::own(block.fields), (std::vector<Field>{{":method", "GET"}, {"b", "2"}, {"a", "1"}}));
  for (const HeaderField& field : block.fields) EXPECT_TRUE(field.exact());
  EXPECT_TRUE(decoder.history().complete());
}

TEST(IndexBeyondTable, EndsTheBlockWhereNothingWasInserted) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "82 4001610131 bf 84");
  EXPECT_EQ(block.outcome.fault, HpackFault::IndexBeyondTable);
  EXPECT_EQ(block.outcome.offset, 6u);
  EXPECT_FALSE(block.outcome.complete);
  EXPECT_EQ(testing::own(block.fields), (std::vector<Field>{{":method", "GET"}, {"a", "1"}}));
  EXPECT_FALSE(decoder.history().complete());
}

TEST(IndexBeyondTable, IsFoundInNamesToo) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "7e 0131");
  EXPECT_EQ(block.outcome.fault, HpackFault::IndexBeyondTable);
  EXPECT_FALSE(block.outcome.complete);
}

struct FaultCase {
  std::string_view octets;
  HpackFault fault;
  std::size_t offset;
};

TEST(HpackFaults, EndTheBlockAndTaintTheRest) {
  constexpr FaultCase kCases[] = {
      {"82 80 84", HpackFault::IndexZero, 1},
      {"82 ffffffffff0f 84", HpackFault::IntegerTooLarge, 1},
      {"82 ff80808080808000 84", HpackFault::IntegerTooLarge, 1},
      {"82 00 7fffffffff7f 84", HpackFault::IntegerTooLarge, 1},
      {"3fffffffff7f", HpackFault::IntegerTooLarge, 0},
      {"82 00 84ffffffff 0131", HpackFault::HuffmanEos, 1},
      {"82 00 0161 84fffffffc", HpackFault::HuffmanEos, 1},
      {"82 00 8100 0131", HpackFault::HuffmanPadding, 1},
      {"82 04 81ff", HpackFault::HuffmanPadding, 1},
      {"82 40", HpackFault::Truncated, 1},
      {"82 ff", HpackFault::Truncated, 1},
      {"82 ff80", HpackFault::Truncated, 1},
      {"3f", HpackFault::Truncated, 0},
      {"82 4001", HpackFault::Truncated, 1},
      {"82 400161", HpackFault::Truncated, 1},
      {"82 40016102", HpackFault::Truncated, 1},
      {"82 4001610231", HpackFault::Truncated, 1},
      {"82 40017f", HpackFault::Truncated, 1},
      {"82 407fffffff0f61", HpackFault::Truncated, 1},
  };
  for (const FaultCase& each : kCases) {
    HpackDecoder decoder;
    const Block block = decode(decoder, each.octets);
    EXPECT_EQ(block.outcome.fault, each.fault) << each.octets;
    EXPECT_EQ(block.outcome.offset, each.offset) << each.octets;
    EXPECT_FALSE(block.outcome.complete) << each.octets;
    EXPECT_EQ(block.fields.size(), each.offset) << each.octets;
    EXPECT_FALSE(decoder.history().complete()) << each.octets;
  }
}

TEST(HpackFaults, AreTheFirstOne) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "82 20 80");
  EXPECT_EQ(block.outcome.fault, HpackFault::SizeUpdateMisplaced);
  EXPECT_EQ(block.outcome.offset, 1u);
  EXPECT_FALSE(block.outcome.complete);
}

TEST(HpackFaults, AreAllTold) {
  HpackDecoder decoder;
  const Block block = decode(decoder, "82 20 80");
  EXPECT_TRUE(block.outcome.has(HpackFault::SizeUpdateMisplaced));
  EXPECT_TRUE(block.outcome.has(HpackFault::IndexZero));
  EXPECT_FALSE(block.outcome.has(HpackFault::SizeUpdateTooLarge));
  EXPECT_TRUE(block.outcome.table_known);
  EXPECT_FALSE(decode(decoder, "82").outcome.table_known);
}

TEST(HpackFaults, LeaveTheNextBlockReadable) {
  HpackDecoder decoder;
  decode(decoder, "4001610131");
  decode(decoder, "80");
  const Block block = decode(decoder, "82 be 4001620132 be");
  EXPECT_EQ(block.outcome.fault, HpackFault::None);
  ASSERT_EQ(block.fields.size(), 4u);
  EXPECT_TRUE(block.fields[0].exact());
  EXPECT_EQ(block.fields[1].name_known, Known::Unknown);
  EXPECT_TRUE(block.fields[3].exact());
  EXPECT_EQ(block.fields[3].value, "2");
}

}  // namespace
}  // namespace testigo::http2
