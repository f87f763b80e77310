// Two implementations, one answer: our decoder beside nghttp2's inflater, on blocks of both encoders and on garbage.
#include <gtest/gtest.h>

#include <random>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace testigo::http2 {
namespace {

using testing::Field;

constexpr std::uint32_t kTableLimit = 8192;

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  std::string text(std::uint64_t size_max) {
    const bool plain = !one_in(4);
    std::string text(below(size_max + 1), '\0');
    for (char& c : text) c = static_cast<char>(plain ? 'a' + below(26) : below(256));
    return text;
  }

  Field field() {
    constexpr std::string_view kNames[] = {":path", ":status", "te", "grpc-timeout", "x-a", "x-b", "cookie", "authorization"};
    Field field{std::string(kNames[below(std::size(kNames))]), "v" + std::to_string(below(6)), one_in(10)};
    if (one_in(8)) field.name = text(40);
    if (one_in(4)) field.value = text(one_in(20) ? 5000 : 60);
    return field;
  }

  std::vector<Field> fields() {
    std::vector<Field> fields(below(9));
    for (Field& each : fields) each = field();
    return fields;
  }

 private:
  std::mt19937_64 bits_;
};

// Our decoder and nghttp2's inflater for the same direction.
struct Pair {
  Pair() {
    ours.set_table_size_limit(kTableLimit);
    theirs.set_table_size_limit(kTableLimit);
  }
  HpackDecoder ours;
  testing::Inflater theirs;
  std::vector<HeaderField> fields;

  void expect_equal(Bytes block, const std::vector<Field>& sent) {
    const BlockOutcome outcome = ours.decode(block, fields);
    const auto inflated = theirs.inflate(block);
    ASSERT_TRUE(inflated.has_value());
    EXPECT_EQ(outcome.fault, HpackFault::None);
    EXPECT_EQ(testing::own(fields), *inflated);
    EXPECT_EQ(*inflated, sent);
    EXPECT_EQ(ours.history().table_entries(), theirs.table_entries());
    EXPECT_EQ(ours.history().table_bytes(), theirs.table_bytes());
  }
};

Representation representation_of(const Field& field, Random& random) {
  if (field.never_indexed) return Representation::NeverIndexed;
  return random.one_in(4) ? static_cast<Representation>(random.below(3)) : Representation::Indexed;
}

TEST(HpackOracle, AgreesOnOurBlocks) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    HpackEncoder encoder(seed % 2 == 0);
    Pair pair;
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) {
      std::vector<std::byte> block;
      if (random.one_in(8)) encoder.resize(random.one_in(3) ? 0 : static_cast<std::uint32_t>(random.below(600)), block);
      if (random.one_in(8) && block.empty()) encoder.resize(static_cast<std::uint32_t>(random.below(kTableLimit + 1)), block);
      const std::vector<Field> fields = random.fields();
      for (const Field& field : fields) encoder.encode({field.name, field.value, representation_of(field, random)}, block);
      pair.expect_equal(block, fields);
    }
  }
}

TEST(HpackOracle, AgreesOnBlocksOfNghttp2) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    testing::Deflater deflater(kTableLimit);
    Pair pair;
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) {
      for (std::uint64_t n = random.one_in(6) ? 1 + random.below(3) : 0; n > 0; --n) deflater.resize(random.below(kTableLimit + 1));
      std::vector<Field> fields = random.fields();
      // nghttp2 never indexes `authorization` and short cookies, of its own accord.
      for (Field& field : fields) {
        field.never_indexed =
            field.never_indexed || field.name == "authorization" || (field.name == "cookie" && field.value.size() < 20);
      }
      const std::vector<std::byte> block = deflater.deflate(fields);
      pair.expect_equal(block, fields);
    }
  }
}

// What one of the two refuses, the other must not take: beside what we report and pass over on purpose.
void expect_same_answer(Pair& pair, Bytes block, bool& usable) {
  const BlockOutcome outcome = pair.ours.decode(block, pair.fields);
  const auto inflated = pair.theirs.inflate(block);
  usable = inflated.has_value() && outcome.complete;
  if (!inflated) {
    ASSERT_NE(outcome.fault, HpackFault::None) << to_hex(block);
    return;
  }
  ASSERT_TRUE(outcome.complete) << to_hex(block) << " fault " << static_cast<int>(outcome.fault);
  // nghttp2 takes any number of size updates at the start of a block.
  ASSERT_TRUE(outcome.fault == HpackFault::None || outcome.fault == HpackFault::SizeUpdateMisplaced) << to_hex(block);
  ASSERT_EQ(testing::own(pair.fields), *inflated) << to_hex(block);
}

void damage(std::vector<std::byte>& block, Random& random) {
  if (block.empty()) return;
  const std::size_t at = random.below(block.size());
  switch (random.below(4)) {
    case 0:
      block[at] ^= static_cast<std::byte>(1u << random.below(8));
      break;
    case 1:
      block[at] = static_cast<std::byte>(random.below(256));
      break;
    case 2:
      block.erase(block.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    default:
      block.insert(block.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::byte>(random.below(256)));
  }
}

TEST(HpackOracle, AgreesOnDamagedBlocks) {
  std::size_t taken = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    HpackEncoder encoder(seed % 4 != 0);
    Pair pair;
    bool usable = true;
    for (int i = 0; i < 20 && usable; ++i) {
      std::vector<std::byte> block;
      for (const Field& field : random.fields()) encoder.encode({field.name, field.value, representation_of(field, random)}, block);
      if (random.one_in(3)) damage(block, random);
      expect_same_answer(pair, block, usable);
      if (::testing::Test::HasFailure()) return;
      ++(usable ? taken : refused);
    }
  }
  EXPECT_GT(taken, 1000u);
  EXPECT_GT(refused, 1000u);
}

TEST(HpackOracle, AgreesOnGarbage) {
  std::size_t taken = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Pair pair;
    bool usable = true;
    for (int i = 0; i < 4 && usable; ++i) {
      std::vector<std::byte> block(random.below(seed % 2 == 0 ? 6 : 40));
      for (std::byte& octet : block)
        octet = static_cast<std::byte>(random.one_in(2) ? random.below(256) : random.below(2) * 0x3f + random.below(8));
      expect_same_answer(pair, block, usable);
      if (::testing::Test::HasFailure()) return;
      taken += usable ? 1 : 0;
    }
  }
  EXPECT_GT(taken, 2000u);
}

}  // namespace
}  // namespace testigo::http2
