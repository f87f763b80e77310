// Our HPACK decoder beside nghttp2's inflater, on the blocks of gRPC calls as nghttp2's deflater writes them. Prints a JSON line
// for each kind of block: nanoseconds a block of both, medians of rounds that take turns.
//
//   hpack_bench [ROUNDS [KIND]]     only kinds whose name begins so
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http2/hpack_decoder.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace testigo::http2 {
namespace {

using testing::Field;
using Blocks = std::vector<std::vector<std::byte>>;

constexpr std::size_t kBlocks = 20'000;

// Without copying what it gives, which the oracle of the tests does.
std::size_t inflate_all(const Blocks& blocks) {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) std::abort();
  std::size_t fields = 0;
  for (const auto& block : blocks) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(block.data());
    std::size_t left = block.size();
    for (int flags = 0; (flags & NGHTTP2_HD_INFLATE_FINAL) == 0;) {
      nghttp2_nv field;
      flags = 0;
      const ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, at, left, 1);
      if (used < 0) std::abort();
      at += used;
      left -= static_cast<std::size_t>(used);
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) ++fields;
    }
    nghttp2_hd_inflate_end_headers(inflater);
  }
  nghttp2_hd_inflate_del(inflater);
  return fields;
}

std::size_t decode_all(const Blocks& blocks) {
  HpackDecoder decoder;
  std::size_t count = 0;
  for (const auto& block : blocks) {
    const DecodedBlock& decoded = decoder.decode(block);
    if (!decoded.outcome.complete) std::abort();
    count += decoded.fields.size();
  }
  return count;
}

// Seconds of one round.
template <typename Work>
double timed(Work work, const Blocks& blocks, std::size_t& fields) {
  const auto begun = std::chrono::steady_clock::now();
  fields = work(blocks);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// How a client of gRPC writes its requests; what differs from call to call is what `call` gives.
template <typename Fields>
Blocks deflated(Fields fields) {
  testing::Deflater deflater(4096);
  Blocks blocks;
  for (std::size_t call = 0; call < kBlocks; ++call) blocks.push_back(deflater.deflate(fields(call)));
  return blocks;
}

struct Asked {
  std::size_t rounds = 15;
  std::string_view kind;
};

template <typename Fields>
void compare(std::string_view kind, Fields fields, const Asked& asked) {
  if (!kind.starts_with(asked.kind)) return;
  const Blocks blocks = deflated(fields);
  std::vector<double> ours, theirs;
  for (std::size_t i = 0; i < asked.rounds; ++i) {
    std::size_t of_ours = 0, of_theirs = 0;
    ours.push_back(timed(decode_all, blocks, of_ours));
    theirs.push_back(timed(inflate_all, blocks, of_theirs));
    if (of_ours != of_theirs) std::abort();
  }
  const double per_block = 1e9 / static_cast<double>(blocks.size());
  std::printf("{\"kind\":\"%s\",\"ours_ns\":%.1f,\"theirs_ns\":%.1f}\n", std::string(kind).c_str(), median(ours) * per_block,
              median(theirs) * per_block);
}

std::vector<Field> request(std::vector<Field> more = {}, const std::string& path = "/testigo.greeter.v1.Greeter/Greet") {
  std::vector<Field> fields = {{":method", "POST"},
                               {":scheme", "http"},
                               {":path", path},
                               {":authority", "greeter.test:50051"},
                               {"te", "trailers"},
                               {"content-type", "application/grpc"},
                               {"user-agent", "grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)"},
                               {"grpc-accept-encoding", "identity, deflate, gzip"},
                               {"grpc-timeout", "5S"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

void run(const Asked& asked) {
  compare(
      "requests of one method, its path a literal", [](std::size_t) { return request(); }, asked);
  compare(
      "requests of 40 methods in turn, their paths literals",
      [](std::size_t call) { return request({}, "/shop.v1.Catalogue/Method" + std::to_string(call % 40)); }, asked);
  compare(
      "requests, one literal that no table may hold",
      [](std::size_t call) {
        return request({{"x-id", "client1/4b1bbf9fa0e22539/" + std::to_string(call), true}});
      },
      asked);
  compare(
      "requests, one insertion a block",
      [](std::size_t call) {
        return request({{"x-id", "client1/4b1bbf9fa0e22539/" + std::to_string(call)}});
      },
      asked);
  compare(
      "responses",
      [](std::size_t) {
        return std::vector<Field>{
            {":status", "200"}, {"content-type", "application/grpc"}, {"grpc-accept-encoding", "identity, deflate, gzip"}};
      },
      asked);
  compare(
      "trailers",
      [](std::size_t) {
        return std::vector<Field>{{"grpc-status", "0"}};
      },
      asked);
}

}  // namespace
}  // namespace testigo::http2

int main(int count, char** arguments) {
  testigo::http2::Asked asked;
  if (count > 1) asked.rounds = std::max<std::size_t>(1, std::strtoul(arguments[1], nullptr, 10));
  if (count > 2) asked.kind = arguments[2];
  testigo::http2::run(asked);
  return 0;
}
