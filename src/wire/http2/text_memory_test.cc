#include "wire/http2/text_memory.h"

#include <gtest/gtest.h>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/hpack_huffman.h"
#include "wire/http2/testing/fields.h"

namespace testigo::http2 {
namespace {

std::vector<std::byte> octets(std::size_t size, std::size_t last) {
  std::vector<std::byte> octets(size, std::byte{0x55});
  octets.back() = static_cast<std::byte>(last);
  return octets;
}

TEST(TextMemory, KnowsTheSameOctetsOnly) {
  for (std::size_t size = 8; size <= 40; ++size) {
    TextMemory memory;
    std::vector<std::byte> coded = octets(size, 1);
    EXPECT_EQ(memory.recall(coded).data(), nullptr);
    memory.note(coded, "text");
    EXPECT_EQ(memory.recall(coded), "text");
    for (std::byte& octet : coded) {
      octet ^= std::byte{0x20};
      ASSERT_EQ(memory.recall(coded).data(), nullptr) << to_hex(coded);
      octet ^= std::byte{0x20};
    }
    EXPECT_EQ(memory.recall(coded), "text");
    EXPECT_EQ(memory.recall(Bytes(coded).subspan(1)).data(), nullptr);
  }
}

TEST(TextMemory, TakesNeitherShortNorLongStrings) {
  for (const std::size_t size : {1u, 7u, 41u, 300u}) {
    TextMemory memory;
    memory.note(octets(size, 1), "text");
    EXPECT_EQ(memory.recall(octets(size, 1)).data(), nullptr);
  }
  TextMemory memory;
  memory.note(octets(40, 1), std::string(61, 'x'));
  EXPECT_EQ(memory.recall(octets(40, 1)).data(), nullptr);
}

TEST(TextMemory, KnowsAnEmptyTextFromNone) {
  TextMemory memory;
  memory.note(octets(8, 1), "");
  EXPECT_NE(memory.recall(octets(8, 1)).data(), nullptr);
}

// Strings that come once do not drive out one that comes again and again; one that no longer comes gives way.
TEST(TextMemory, KeepsWhatComesOften) {
  TextMemory memory;
  memory.note(octets(20, 1), "often");
  for (std::size_t i = 2; i < 200; ++i) {
    memory.note(octets(20, i), "once");
    EXPECT_EQ(memory.recall(octets(20, 1)), "often");
  }
  for (std::size_t i = 2; i < 200; ++i) memory.note(octets(20, i), "once");
  EXPECT_EQ(memory.recall(octets(20, 1)).data(), nullptr);
}

// A path that no table holds, in blocks that each insert something: none of them is remembered as a whole.
TEST(TextMemory, NeverChangesWhatIsDecoded) {
  HpackEncoder encoder;
  HpackDecoder decoder;
  for (int i = 0; i < 300; ++i) {
    const std::string path = "/testigo.greeter.v1.Greeter/Greet" + std::to_string(i % 7), id = "id-" + std::to_string(i);
    std::vector<std::byte> block;
    encoder.encode({":path", path, Representation::WithoutIndexing}, block);
    encoder.encode({"x-id", id, Representation::IncrementalIndexing}, block);
    encoder.encode({"x-same", path, Representation::NeverIndexed}, block);
    const DecodedBlock& decoded = decoder.decode(block);
    ASSERT_EQ(decoded.fields.size(), 3u);
    EXPECT_EQ(decoded.fields[0].value, path);
    EXPECT_EQ(decoded.fields[1].value, id);
    EXPECT_EQ(decoded.fields[2].value, path);
  }
}

}  // namespace
}  // namespace testigo::http2
