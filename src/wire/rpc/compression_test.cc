#include "wire/rpc/compression.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

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

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

Decompressed decompress(Coding coding, const std::string& octets) {
  return Decompressor(Limits{}).decompress(coding, as_octets(octets));
}

TEST(Compression, NamesOfCodings) {
  EXPECT_EQ(coding("identity"), Coding::Identity);
  EXPECT_EQ(coding("gzip"), Coding::Gzip);
  EXPECT_EQ(coding("deflate"), Coding::Deflate);
  EXPECT_EQ(coding("zstd"), Coding::Zstd);
  for (const char* name : {"", "snappy", "GZIP", "gzip "}) EXPECT_EQ(coding(name), Coding::Other) << name;
}

TEST(Compression, WholeMessages) {
  for (const std::string& text : {std::string(), std::string("hello"), std::string(1 << 20, 'x')}) {
    EXPECT_EQ(decompress(Coding::Gzip, gzip(text)), Decompressed::Whole) << text.size();
    EXPECT_EQ(decompress(Coding::Deflate, zlib(text)), Decompressed::Whole) << text.size();
    EXPECT_EQ(decompress(Coding::Zstd, zstd(text)), Decompressed::Whole) << text.size();
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

TEST(Compression, ZstdIsCutOffAnywhereAndLeftOver) {
  std::string text(100'000, 'x');
  text += "hello";
  const std::string whole = zstd(text);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(decompress(Coding::Zstd, whole.substr(0, size)), Decompressed::CutOff) << size;
  }
  for (const std::string& more : {std::string("!"), whole})
    EXPECT_EQ(decompress(Coding::Zstd, whole + more), Decompressed::LeftOver);
  EXPECT_EQ(decompress(Coding::Zstd, "hello"), Decompressed::Broken);
}

// A frame header of zstd that asks for a window of 2 GiB: no memory is taken for it.
TEST(Compression, AWindowBeyondTheLimitIsNotTaken) {
  EXPECT_EQ(decompress(Coding::Zstd, std::string("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9)), Decompressed::TooLong);
}

TEST(Compression, WhatItWasIsHandedOver) {
  Decompressor decompressor{Limits{}};
  std::vector<std::byte> was;
  for (const auto& [coding, octets] :
       {std::pair(Coding::Gzip, gzip("one")), {Coding::Deflate, zlib("two")}, {Coding::Zstd, zstd("three")}}) {
    EXPECT_EQ(decompressor.decompress(coding, as_octets(octets), &was), Decompressed::Whole);
    EXPECT_EQ(as_text(was), coding == Coding::Gzip ? "one" : coding == Coding::Deflate ? "two" : "three");
  }
  EXPECT_EQ(decompressor.decompress(Coding::Gzip, as_octets(gzip(std::string(8 << 20, 'x'))), &was), Decompressed::TooLong);
  EXPECT_LE(was.size(), Limits{}.decompressed_bytes_max);
}

// By as much as its own octets are: work stays in proportion to what was sent.
TEST(Compression, ALongMessageMayBecomeLonger) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < (8u << 20); state = state * 1664525 + 1013904223) {
    text += static_cast<char>('a' + (state >> 28));
  }
  for (const Coding coding : {Coding::Gzip, Coding::Zstd}) {
    EXPECT_EQ(decompress(coding, coding == Coding::Gzip ? gzip(text) : zstd(text)), Decompressed::Whole);
  }
}

TEST(Compression, ABombEndsEarly) {
  const std::string zeros(32 << 20, '\0');
  EXPECT_EQ(decompress(Coding::Gzip, gzip(zeros)), Decompressed::TooLong);
  EXPECT_EQ(decompress(Coding::Zstd, zstd(zeros)), Decompressed::TooLong);
}

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
