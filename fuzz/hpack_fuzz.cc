// HPACK: whatever the blocks, our decoder and nghttp2's inflater give the same answer and the same fields; and what we decoded
// comes back from our encoder. Under small limits and with gaps the decoder must bear everything, and claim nothing that it cannot
// know.
//
// The input is a list of blocks, each after an octet with its length.
#include "require.h"
#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace {

using namespace testigo;
using namespace testigo::http2;

// Takes the next block off the input.
std::vector<std::byte> take_block(Bytes& input) {
  const std::size_t size = std::min(std::to_integer<std::size_t>(input[0]), input.size() - 1);
  const Bytes block = input.subspan(1, size);
  input = input.subspan(1 + size);
  return {block.begin(), block.end()};
}

bool within_limits(const std::vector<testing::Field>& fields) {
  std::size_t bytes = 0;
  for (const testing::Field& field : fields) bytes += field.name.size() + field.value.size();
  return bytes <= Limits{}.block_decoded_bytes_max;
}

void compare_with_nghttp2(Bytes input) {
  HpackDecoder ours;
  testing::Inflater theirs;
  std::vector<HeaderField> fields;
  while (!input.empty()) {
    const std::vector<std::byte> block = take_block(input);
    const BlockOutcome outcome = ours.decode(block, fields);
    const auto inflated = theirs.inflate(block);
    if (inflated && within_limits(*inflated)) {
      REQUIRE(outcome.complete);
      REQUIRE(outcome.fault == HpackFault::None || outcome.fault == HpackFault::SizeUpdateMisplaced);
      REQUIRE(testing::own(fields) == *inflated);
      REQUIRE(ours.history().table_entries() == theirs.table_entries());
      REQUIRE(ours.history().table_bytes() == theirs.table_bytes());
    } else {
      REQUIRE(inflated || outcome.fault != HpackFault::None);
      return;
    }
  }
}

void encode_and_decode(const std::vector<testing::Field>& fields, bool huffman) {
  HpackEncoder encoder(huffman);
  HpackDecoder decoder;
  std::vector<HeaderField> again;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::byte> block;
    for (const testing::Field& field : fields) {
      encoder.encode({field.name, field.value, field.never_indexed ? Representation::NeverIndexed : Representation::Indexed},
                     block);
    }
    REQUIRE(decoder.decode(block, again).fault == HpackFault::None);
    REQUIRE(testing::own(again) == fields);
  }
}

void bear_gaps_and_small_limits(Bytes input) {
  Limits limits;
  limits.block_bytes_max = 100;
  limits.block_fields_max = 20;
  limits.block_decoded_bytes_max = 300;
  limits.string_bytes_max = 30;
  limits.history_bytes_max = 500;
  HpackDecoder decoder(limits);
  std::vector<HeaderField> fields;
  std::uint64_t touched = 0;
  while (!input.empty()) {
    if ((input[0] & std::byte{7}) == std::byte{0}) decoder.taint();
    const std::vector<std::byte> block = take_block(input);
    const BlockOutcome outcome = decoder.decode(block, fields);
    REQUIRE(outcome.complete || outcome.fault != HpackFault::None);
    REQUIRE(outcome.offset <= block.size());
    REQUIRE(fields.size() <= limits.block_fields_max);
    for (const HeaderField& field : fields) {
      REQUIRE(field.name.size() <= limits.string_bytes_max && field.value.size() <= limits.string_bytes_max);
      REQUIRE(field.name_known == Known::Exact || field.name.empty());
      REQUIRE(field.value_known == Known::Exact || field.value.empty());
      for (const char c : field.name) touched += static_cast<unsigned char>(c);
      for (const char c : field.value) touched += static_cast<unsigned char>(c);
    }
  }
  REQUIRE(touched != ~std::uint64_t{0});  // so that the compiler reads every octet
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT(readability-identifier-naming)
  const Bytes input(reinterpret_cast<const std::byte*>(data), size);
  compare_with_nghttp2(input);
  bear_gaps_and_small_limits(input);
  HpackDecoder decoder;
  std::vector<HeaderField> fields;
  decoder.decode(input, fields);
  encode_and_decode(testing::own(fields), size % 2 == 0);
  return 0;
}
