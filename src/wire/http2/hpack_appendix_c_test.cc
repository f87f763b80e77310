// RFC 7541 appendix C: its octets, its fields and its tables, for the decoder and the encoder. (C.1 is in hpack_integer_test.cc.)
#include <gtest/gtest.h>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/testing/fields.h"

namespace testigo::http2 {
namespace {

using testing::Field;

struct Example {
  std::string_view octets;
  std::vector<Field> fields;
  std::vector<Field> table;  // afterwards, newest first
  std::uint64_t table_bytes;
};

std::vector<Field> table_of(const HpackDecoder& decoder) {
  std::vector<Field> table;
  for (std::size_t j = 0; j < decoder.history().table_entries(); ++j) {
    const HeaderField& entry = decoder.history().at(j)->field;
    table.push_back({std::string(entry.name), std::string(entry.value)});
  }
  return table;
}

void expect_decoded(HpackDecoder& decoder, const Example& example) {
  std::vector<HeaderField> fields;
  const BlockOutcome outcome = decoder.decode(from_hex(example.octets), fields);
  EXPECT_EQ(outcome.fault, HpackFault::None) << example.octets;
  EXPECT_TRUE(outcome.complete);
  EXPECT_EQ(testing::own(fields), example.fields) << example.octets;
  for (const HeaderField& field : fields) EXPECT_TRUE(field.exact());
  EXPECT_EQ(table_of(decoder), example.table) << example.octets;
  EXPECT_EQ(decoder.history().table_bytes(), example.table_bytes) << example.octets;
}

void expect_encoded(HpackEncoder& encoder, const std::vector<Field>& fields, std::string_view octets) {
  std::vector<std::byte> block;
  for (const Field& field : fields) encoder.encode({field.name, field.value}, block);
  EXPECT_EQ(to_hex(block), to_hex(from_hex(octets)));
}

// Appendix C says the size of the table beside the examples; on a wire it is a size update. Where the Huffman code is as long as
// the text, appendix C takes the code and our encoder the text: `second_encoded` is then what it writes for the second example.
void expect_both(const std::vector<Example>& examples, bool huffman, std::uint32_t table_octets,
                 std::string_view second_encoded = {}) {
  HpackDecoder decoder;
  HpackEncoder encoder(huffman);
  std::vector<std::byte> update;
  encoder.resize(table_octets, update);
  std::vector<HeaderField> none;
  EXPECT_EQ(decoder.decode(update, none).size_updates, std::vector<std::uint32_t>{table_octets});
  for (const Example& example : examples) {
    expect_decoded(decoder, example);
    const bool differs = &example == &examples[1] && !second_encoded.empty();
    expect_encoded(encoder, example.fields, differs ? second_encoded : example.octets);
  }
}

TEST(AppendixC, Section2LiteralsAndAnIndex) {
  const std::vector<Example> examples = {
      {"400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
       {{"custom-key", "custom-header"}},
       {{"custom-key", "custom-header"}},
       55},
      {"040c 2f73 616d 706c 652f 7061 7468", {{":path", "/sample/path"}}, {}, 0},
      {"1008 7061 7373 776f 7264 0673 6563 7265 74", {{"password", "secret", true}}, {}, 0},
      {"82", {{":method", "GET"}}, {}, 0},
  };
  constexpr Representation kRepresentations[] = {Representation::IncrementalIndexing, Representation::WithoutIndexing,
                                                 Representation::NeverIndexed, Representation::Indexed};
  for (std::size_t i = 0; i < examples.size(); ++i) {
    HpackDecoder decoder;
    expect_decoded(decoder, examples[i]);
    std::vector<HeaderField> fields;
    HpackDecoder again;
    again.decode(from_hex(examples[i].octets), fields);
    EXPECT_EQ(fields.at(0).representation, kRepresentations[i]);
    HpackEncoder encoder(false);
    std::vector<std::byte> block;
    encoder.encode({fields[0].name, fields[0].value, kRepresentations[i]}, block);
    EXPECT_EQ(to_hex(block), to_hex(from_hex(examples[i].octets)));
  }
}

std::vector<Example> requests(std::string_view first, std::string_view second, std::string_view third) {
  const Field authority{":authority", "www.example.com"}, no_cache{"cache-control", "no-cache"},
      custom{"custom-key", "custom-value"};
  return {
      {first, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, authority}, {authority}, 57},
      {second, {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, authority, no_cache}, {no_cache, authority}, 110},
      {third,
       {{":method", "GET"}, {":scheme", "https"}, {":path", "/index.html"}, authority, custom},
       {custom, no_cache, authority},
       164},
  };
}

TEST(AppendixC, Section3RequestsWithoutHuffman) {
  expect_both(requests("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
                       "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"),
              false, 4096);
}

TEST(AppendixC, Section4RequestsWithHuffman) {
  expect_both(requests("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
                       "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"),
              true, 4096);
}

std::vector<Example> responses(std::string_view first, std::string_view second, std::string_view third) {
  const Field status_302{":status", "302"}, status_307{":status", "307"}, cache{"cache-control", "private"},
      date_21{"date", "Mon, 21 Oct 2013 20:13:21 GMT"}, date_22{"date", "Mon, 21 Oct 2013 20:13:22 GMT"},
      location{"location", "https://www.example.com"}, encoding{"content-encoding", "gzip"},
      cookie{"set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"};
  return {
      {first, {status_302, cache, date_21, location}, {location, date_21, cache, status_302}, 222},
      {second, {status_307, cache, date_21, location}, {status_307, location, date_21, cache}, 222},
      {third, {{":status", "200"}, cache, date_22, location, encoding, cookie}, {cookie, encoding, date_22}, 215},
  };
}

TEST(AppendixC, Section5ResponsesWithoutHuffmanAndWithEvictions) {
  expect_both(
      responses("4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d"
                "546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
                "4803 3330 37c1 c0bf",
                "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f"
                "6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b"
                "2076 6572 7369 6f6e 3d31"),
      false, 256);
}

TEST(AppendixC, Section6ResponsesWithHuffmanAndWithEvictions) {
  expect_both(
      responses("4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7"
                "8f0b 97c8 e9ae 82ae 43d3",
                "4883 640e ffc1 c0bf",
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335"
                "dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"),
      true, 256, "4803 3330 37c1 c0bf");
}

}  // namespace
}  // namespace testigo::http2
