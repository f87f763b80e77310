#include "wire/tls/record_decoder.h"

#include <gtest/gtest.h>

#include "base/testing/several_ways.h"

namespace testigo::tls {
namespace {

struct Read {
  std::vector<std::string> records;  // type, offset, end, fragment
  Decoded last = Decoded::NeedMore;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read_all(testing::Cuts& cuts) {
  RecordDecoder decoder;
  Read read;
  while (const auto piece = cuts.next()) {
    decoder.feed(*piece);
    Record record;
    while ((read.last = decoder.next(record)) == Decoded::Done) {
      read.records.push_back(std::to_string(static_cast<int>(record.type)) + " " + std::to_string(record.offset) + " " +
                             std::to_string(record.end) + " " + to_hex(record.fragment));
    }
  }
  return read;
}

Read read_hex(std::string_view hex) { return testing::several_ways(from_hex(hex), read_all); }

TEST(RecordDecoder, KeepsWhatCanBeReadAndCountsTheRest) {
  const Read read = read_hex("16 0301 0003 010203  14 0303 0001 01  17 0303 0004 ffffffff  15 0303 0002 0100  16 0303 0000  17");
  EXPECT_EQ(read.records, (std::vector<std::string>{"22 0 8 010203", "20 8 14 ", "23 14 23 ", "21 23 30 0100", "22 30 35 "}));
  EXPECT_EQ(read.last, Decoded::NeedMore);
}

TEST(RecordDecoder, EndsWhereNoRecordIs) {
  for (const char* hex : {"19 0301 0001 00", "13 0301", "16 0401", "16 0303 4801", "47 4554"}) {
    EXPECT_EQ(read_hex(std::string("150303 0002 0228") + hex).last, Decoded::Malformed) << hex;
  }
  EXPECT_EQ(read_hex("17 0303 4800").last, Decoded::NeedMore);  // the most there may be
}

}  // namespace
}  // namespace testigo::tls
