#include "wire/http2/block_memory.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/testing/fields.h"

namespace testigo::http2 {
namespace {

using testing::Field;
using testing::own;

// ":method POST", then a literal without indexing "a" with a plain or a Huffman value.
constexpr std::string_view kOne = "83 0001610131";
constexpr std::string_view kTwo = "83 0001610132";
constexpr std::string_view kLong = "83 000161 8c f1e3c2e5f23a6ba0ab90f4ff";  // "www.example.com"

std::uint64_t alike(HpackDecoder& decoder, std::string_view digits) { return decoder.decode(from_hex(digits)).alike; }

TEST(BlockMemory, KnowsABlockTheThirdTime) {
  HpackDecoder decoder;
  EXPECT_EQ(alike(decoder, kOne), 0u);
  const std::uint64_t number = alike(decoder, kOne);
  EXPECT_NE(number, 0u);
  EXPECT_EQ(alike(decoder, kOne), number);
}

TEST(BlockMemory, DecodesTheValuesOfMetadata) {
  HpackDecoder decoder;
  alike(decoder, kOne);
  const std::uint64_t number = alike(decoder, kOne);
  for (const auto& [digits, value] : {std::pair(kTwo, "2"), std::pair(kLong, "www.example.com"), std::pair(kOne, "1")}) {
    const DecodedBlock& block = decoder.decode(from_hex(digits));
    EXPECT_EQ(block.alike, number);
    EXPECT_EQ(own(block.fields), (std::vector<Field>{{":method", "POST"}, {"a", value}}));
    EXPECT_EQ(block.outcome.list_bytes, 7 + 4 + 32 + 1 + std::string_view(value).size() + 32);
  }
}

TEST(BlockMemory, TellsBlocksApartThatAreNotAlike) {
  constexpr std::string_view kOthers[] = {
      "83 0001610109",     // a value that is not printable ASCII
      "83 0001610120",     // white space at its edge
      "83 00016102",       // cut
      "83 000161",         // cut
      "83 000162 0131",    // another name
      "83 1001610131",     // never indexed
      "84 0001610131",     // another field before it
      "83 0001610131 84",  // one behind it
      "83 000161 81 ff",   // Huffman code that is none
      "83",
  };
  for (const std::string_view other : kOthers) {
    HpackDecoder decoder, anew;
    alike(decoder, kOne);
    const std::uint64_t number = alike(decoder, kOne);
    const DecodedBlock& block = decoder.decode(from_hex(other));
    const DecodedBlock& expected = anew.decode(from_hex(other));
    EXPECT_NE(block.alike, number) << other;
    EXPECT_EQ(own(block.fields), own(expected.fields)) << other;
    EXPECT_EQ(block.outcome.faults, expected.outcome.faults) << other;
  }
}

TEST(BlockMemory, ForgetsWhenTheTableChanges) {
  HpackDecoder decoder;
  decoder.decode(from_hex("4001610131"));
  for (int i = 0; i < 2; ++i) alike(decoder, "be");
  EXPECT_NE(alike(decoder, "be"), 0u);
  decoder.decode(from_hex("4001620132"));
  EXPECT_EQ(alike(decoder, "be"), 0u);
  EXPECT_EQ(own(decoder.decode(from_hex("be")).fields), (std::vector<Field>{{"b", "2"}}));
}

TEST(BlockMemory, ForgetsWhenTheLimitChangesOrOctetsWereLost) {
  HpackDecoder decoder;
  for (int i = 0; i < 3; ++i) alike(decoder, kOne);
  decoder.set_table_size_limit(0);
  EXPECT_EQ(alike(decoder, kOne), 0u);
  for (int i = 0; i < 3; ++i) alike(decoder, kOne);
  decoder.taint();
  EXPECT_EQ(alike(decoder, kOne), 0u);
}

TEST(BlockMemory, RemembersOnlyWhatIsInOrder) {
  constexpr std::string_view kBlocks[] = {"", "80", "be", "20 83", "83 ff", "0001"};
  for (const std::string_view block : kBlocks) {
    HpackDecoder decoder;
    for (int i = 0; i < 4; ++i) EXPECT_EQ(alike(decoder, block), 0u) << block;
  }
}

// Two blocks that begin alike and cannot both be remembered do not drive each other out each time.
TEST(BlockMemory, KeepsWhatItHasForAWhile) {
  HpackDecoder decoder;
  constexpr std::string_view kRival = "83 0001610131 84 85";
  for (int i = 0; i < 2; ++i) alike(decoder, kOne);
  std::size_t known = 0;
  for (int i = 0; i < 10; ++i) {
    alike(decoder, kRival);
    known += alike(decoder, kOne) != 0 ? 1 : 0;
  }
  EXPECT_EQ(known, 10u);
}

// A connection among very many has little room.
TEST(BlockMemory, KeepsNoMoreThanItsShare) {
  Limits limits;
  limits.history_bytes_max = 1024;
  HpackDecoder decoder(limits);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(alike(decoder, kOne), 0u);
}

// ":method POST", a :path that no table holds, then "a: 1", which none holds either.
std::string with_path(std::size_t number) {
  const std::string path = "/shop.v1.Catalogue/Method" + std::to_string(1000 + number);
  return "8304" + to_hex(Bytes(std::vector{static_cast<std::byte>(path.size())})) + to_hex(as_octets(path)) + "86" + "0001610131";
}

TEST(BlockMemory, KnowsManyThatComeInTurn) {
  constexpr std::size_t kMany = 60;
  HpackDecoder decoder;
  for (int turn = 0; turn < 40; ++turn) {
    for (std::size_t i = 0; i < kMany; ++i) alike(decoder, with_path(i));
  }
  std::set<std::uint64_t> numbers, places;
  for (std::size_t i = 0; i < kMany; ++i) {
    const DecodedBlock& block = decoder.decode(from_hex(with_path(i)));
    EXPECT_EQ(own(block.fields)[1], (Field{":path", "/shop.v1.Catalogue/Method" + std::to_string(1000 + i)}));
    if (block.alike == 0) continue;
    numbers.insert(block.alike);
    places.insert(alike_place(block.alike));
  }
  EXPECT_GE(numbers.size(), kMany - 4);
  EXPECT_EQ(places.size(), numbers.size());
}

TEST(BlockMemory, GivesTheLowestPlaces) {
  HpackDecoder decoder;
  for (std::uint32_t round = 0; round < 50; ++round) {
    decoder.set_table_size_limit(4096);
    for (const std::string_view block : {"82", "8283", "828384"}) {
      alike(decoder, block);
      const std::uint64_t number = alike(decoder, block);
      ASSERT_NE(number, 0u);
      EXPECT_LT(alike_place(number), 3u);
    }
  }
}

// What is remembered of another state makes room.
TEST(BlockMemory, KeepsNothingThatIsOfNoUse) {
  Limits limits;
  limits.history_bytes_max = 16 << 10;
  HpackDecoder decoder(limits);
  for (std::uint32_t round = 0; round < 100; ++round) {
    decoder.set_table_size_limit(4096);
    const std::string block = (round % 2 == 0 ? "82" : "84") + std::string(2 * (round % 25), '8');
    alike(decoder, block);
    EXPECT_NE(alike(decoder, block), 0u);
  }
}

// Two blocks of one length, wherever they differ.
TEST(BlockMemory, ComparesEveryOctet) {
  for (const bool value_behind : {false, true}) {
    for (std::size_t size = 1; size <= (value_behind ? 15 : 32); ++size) {
      HpackDecoder decoder;
      std::vector<std::byte> block(size, std::byte{0x82});
      const auto with_value = [&] {
        std::vector<std::byte> all = block;
        if (value_behind) append(all, from_hex("0001610131"));
        if (value_behind) append(all, block);
        return all;
      };
      for (int i = 0; i < 3; ++i) decoder.decode(with_value());
      ASSERT_NE(decoder.decode(with_value()).alike, 0u);
      for (std::byte& octet : block) {
        octet = std::byte{0x84};
        HpackDecoder anew;
        const std::vector<std::byte> other = with_value();
        ASSERT_EQ(own(decoder.decode(other).fields), own(anew.decode(other).fields)) << to_hex(other);
        octet = std::byte{0x82};
      }
    }
  }
}

// A stream of blocks as senders make them, and worse, each several times.
class Blocks {
 public:
  explicit Blocks(std::uint64_t seed) : bits_(seed) {}

  std::vector<std::byte> next() {
    constexpr std::string_view kNames[] = {":path", ":status", "te", "grpc-timeout", "x-a", "x-b", "x-c-bin", "authorization", "X"};
    std::vector<std::byte> block;
    const std::uint64_t shape = below(6);  // few, so that they come again
    for (std::uint64_t i = 0; i <= shape; ++i) {
      std::string value = "v" + std::to_string(shape);
      if (below(3) == 0) value += std::string(below(8) == 0 ? 150 : below(5), "ab\t1"[below(4)]);
      const bool inserted = below(200) == 0;
      encoder_.encode({kNames[(shape + i) % std::size(kNames)], value,
                       inserted    ? Representation::IncrementalIndexing
                       : shape > 3 ? Representation::NeverIndexed
                                   : Representation::WithoutIndexing},
                      block);
    }
    if (below(30) == 0 && !block.empty()) block[below(block.size())] = static_cast<std::byte>(below(256));
    return block;
  }
  std::uint64_t below(std::uint64_t n) { return bits_() % n; }

 private:
  std::mt19937_64 bits_;
  HpackEncoder encoder_;
};

// A decoder whose limit is told again before each block remembers none.
TEST(BlockMemory, NeverChangesWhatIsDecoded) {
  std::size_t known = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Blocks blocks(seed);
    HpackDecoder decoder, forgetful;
    for (int i = 0; i < 200; ++i) {
      const std::vector<std::byte> block = blocks.next();
      forgetful.set_table_size_limit(4096);
      const DecodedBlock& ours = decoder.decode(block);
      const DecodedBlock& theirs = forgetful.decode(block);
      ASSERT_EQ(ours.fields, theirs.fields);
      ASSERT_EQ(ours.outcome.faults, theirs.outcome.faults);
      ASSERT_EQ(ours.outcome.list_bytes, theirs.outcome.list_bytes);
      ASSERT_EQ(ours.outcome.names, theirs.outcome.names);
      ASSERT_EQ(ours.outcome.repeated, theirs.outcome.repeated);
      ASSERT_EQ(ours.outcome.exact, theirs.outcome.exact);
      ASSERT_EQ(ours.outcome.complete, theirs.outcome.complete);
      ASSERT_EQ(ours.outcome.table_known, theirs.outcome.table_known);
      ASSERT_EQ(theirs.alike, 0u);
      known += ours.alike != 0 ? 1 : 0;
    }
  }
  EXPECT_GT(known, 5'000u);
}

}  // namespace
}  // namespace testigo::http2
