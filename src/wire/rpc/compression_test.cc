#include "wire/rpc/compression.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

namespace testigo::rpc {
namespace {

std::string compress(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string gzip(const std::string& text) { return compress(text, 15 + 16); }
std::string zlib(const std::string& text) { return compress(text, 15); }

Decompressed decompress(Coding coding, const std::string& octets) {
  return Decompressor(Limits{}).decompress(coding, as_octets(octets));
}

TEST(Compression, NamesOfCodings) {
  EXPECT_EQ(coding("identity"), Coding::Identity);
  EXPECT_EQ(coding("gzip"), Coding::Gzip);
  EXPECT_EQ(coding("deflate"), Coding::Deflate);
  for (const char* name : {"", "snappy", "GZIP", "gzip "}) EXPECT_EQ(coding(name), Coding::Other) << name;
}

TEST(Compression, WholeMessages) {
  for (const std::string& text : {std::string(), std::string("hello"), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(decompress(Coding::Gzip, gzip(text)), Decompressed::Whole) << text.size();
    EXPECT_EQ(decompress(Coding::Deflate, zlib(text)), Decompressed::Whole) << text.size();
  }
}

TEST(Compression, TheDigestIsThatOfWhatWasCompressed) {
  const std::string text(100'000, 'x');
  Decompressor decompressor{Limits{}};
  for (const std::string& octets : {gzip(text), gzip(text + "y")}) {
    Digest digest;
    ASSERT_EQ(decompressor.decompress(Coding::Gzip, as_octets(octets), &digest), Decompressed::Whole);
    EXPECT_EQ(digest.value() == digest_of(text), octets == gzip(text));
  }
}

TEST(Compression, WhatIsNone) {
  EXPECT_EQ(decompress(Coding::Gzip, "hello"), Decompressed::Broken);
  EXPECT_EQ(decompress(Coding::Gzip, zlib("hello")), Decompressed::Broken);
  EXPECT_EQ(decompress(Coding::Deflate, gzip("hello")), Decompressed::Broken);
  EXPECT_EQ(decompress(Coding::Gzip, ""), Decompressed::CutOff);
  EXPECT_EQ(decompress(Coding::Other, "hello"), Decompressed::NotBuiltIn);
  EXPECT_EQ(decompress(Coding::Identity, "hello"), Decompressed::NotBuiltIn);
  std::string damaged = gzip("hello");
  damaged[damaged.size() - 5] ^= 1;  // of the checksum
  EXPECT_EQ(decompress(Coding::Gzip, damaged), Decompressed::Broken);
}

TEST(Compression, CutOffAnywhereAndLeftOver) {
  std::string text(100'000, 'x');
  text += "hello";
  const std::string whole = gzip(text);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(decompress(Coding::Gzip, whole.substr(0, size)), Decompressed::CutOff) << size;
  }
  EXPECT_EQ(decompress(Coding::Gzip, whole + "!"), Decompressed::LeftOver);
  EXPECT_EQ(decompress(Coding::Gzip, whole + whole), Decompressed::LeftOver);
}

TEST(Compression, ABombEndsEarly) { EXPECT_EQ(decompress(Coding::Gzip, gzip(std::string(32 << 20, '\0'))), Decompressed::TooLong); }

TEST(Compression, MessagesFollowOneAnother) {
  Decompressor decompressor{Limits{}};
  const std::string one = gzip("one"), two = zlib("two");
  EXPECT_EQ(decompressor.decompress(Coding::Gzip, as_octets("damaged")), Decompressed::Broken);
  EXPECT_EQ(decompressor.decompress(Coding::Gzip, as_octets(one)), Decompressed::Whole);
  EXPECT_EQ(decompressor.decompress(Coding::Deflate, as_octets(two)), Decompressed::Whole);
  EXPECT_EQ(decompressor.decompress(Coding::Gzip, as_octets(one)), Decompressed::Whole);
}

}  // namespace
}  // namespace testigo::rpc
