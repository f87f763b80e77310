// The steady state of gRPC, every field indexed, decodes without touching the heap.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/hpack_encoder.h"

namespace {
std::size_t allocations = 0;
}  // namespace

// Not inlined, or the compiler would see `free` beside `new` and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const room = std::malloc(size)) return room;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* room) noexcept { std::free(room); }
[[gnu::noinline]] void operator delete(void* room, std::size_t) noexcept { std::free(room); }

namespace testigo::http2 {
namespace {

std::vector<std::byte> request(HpackEncoder& encoder, Representation last) {
  std::vector<std::byte> block;
  encoder.encode({":method", "POST"}, block);
  encoder.encode({":path", "/testigo.greeter.v1.Greeter/Greet"}, block);
  encoder.encode({"content-type", "application/grpc"}, block);
  encoder.encode({"te", "trailers"}, block);
  encoder.encode({"grpc-timeout", "4999m", last}, block);
  return block;
}

TEST(Allocation, IsNotNeededWhereFieldsAreIndexed) {
  HpackEncoder encoder;
  HpackDecoder decoder;
  std::vector<HeaderField> fields;
  decoder.decode(request(encoder, Representation::Indexed), fields);
  const std::vector<std::byte> indexed = request(encoder, Representation::Indexed);
  const std::vector<std::byte> literal = request(encoder, Representation::WithoutIndexing);
  const auto decode_both = [&] {
    decoder.decode(indexed, fields);
    decoder.decode(literal, fields);
  };
  for (int i = 0; i < 32; ++i) decode_both();
  const std::size_t before = allocations;
  ASSERT_GT(before, 0u);
  for (int i = 0; i < 100; ++i) decode_both();
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(fields.size(), 5u);
}

}  // namespace
}  // namespace testigo::http2
