// Secrets and bodies that are planted at random into one direction of an HTTP/2 connection, encoded by one of two encoders, and
// what was planted: for properties of what is written of it.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/chunk.h"
#include "base/testing/cuts.h"
#include "capture/testing/speaker.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace testigo::capture::testing {

using http2::testing::Field;

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t end) { return bits_() % end; }
  std::mt19937_64& bits() { return bits_; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  // Long enough that it is nowhere by chance.
  std::string secret() {
    std::string text(12 + below(one_in(10) ? 3000 : 60), ' ');
    const bool any = one_in(4);
    for (char& c : text) c = static_cast<char>(any ? below(256) : '!' + below(94));
    return text;
  }
  std::string word() { return "w" + std::to_string(below(1000)); }

 private:
  std::mt19937_64 bits_;
};

// One direction, and what was planted into it.
struct Planted {
  std::vector<std::vector<Field>> blocks;  // in their order
  std::set<std::string> secrets;
  std::set<std::string> bodies;
  std::vector<std::string> messages;
  std::vector<std::byte> octets;
};

inline bool is_secret(const Field& field) {
  static const std::set<std::string> kNames = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"};
  return kNames.contains(field.name) || (field.never_indexed && field.name.starts_with("x-"));
}

class Planter {
 public:
  Planter(std::uint64_t seed, Direction direction)
      : random_(seed), direction_(direction), theirs_(4096), by_nghttp2_(random_.one_in(2)), speaker_(random_.one_in(2)) {
    for (int i = 0; i < 4; ++i) pool_.push_back(random_.secret());
  }

  Planted plant() {
    if (direction_ == Direction::ToServer) speaker_.octets(http2::kPreface);
    speaker_.frame(http2::FrameType::Settings, 0, 0, Bytes());
    for (http2::StreamId stream = 1; stream < 40; stream += 2) call(stream);
    planted_.octets = speaker_.said;
    return planted_;
  }

 private:
  void call(http2::StreamId stream) {
    headers(stream, fields(stream), 0);
    for (std::uint64_t n = random_.below(4); n > 0; --n) message(stream);
    if (random_.one_in(5)) speaker_.frame(static_cast<http2::FrameType>(0x20 + random_.below(9)), 0xff, stream, plant_body());
    headers(stream, {{"grpc-status", "0"}, secret_field()}, http2::kFlagEndStream);
  }

  std::vector<Field> fields(http2::StreamId stream) {
    std::vector<Field> fields = {{":path", "/" + random_.word()}, {"content-type", "application/grpc"}};
    fields.push_back({"testigo-id", "client1/abc/" + std::to_string(stream)});
    for (std::uint64_t n = random_.below(4); n > 0; --n) fields.push_back(random_.one_in(2) ? secret_field() : plain_field());
    return fields;
  }
  Field plain_field() { return {"x-plain-" + random_.word(), random_.word(), false}; }

  Field secret_field() {
    constexpr std::array kNames = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-marked"};
    const std::string name = kNames[random_.below(kNames.size())];
    const std::string value = random_.one_in(2) ? pool_[random_.below(pool_.size())] : random_.secret();
    planted_.secrets.insert(value);
    return {name, value, name == "x-marked" || random_.one_in(3)};
  }

  void headers(http2::StreamId stream, const std::vector<Field>& fields, unsigned flags) {
    planted_.blocks.push_back(fields);
    speaker_.headers_in_pieces(stream, block(fields), random_.one_in(3) ? 1 + random_.below(50) : 16'000, flags);
  }

  std::vector<std::byte> block(const std::vector<Field>& fields) {
    if (by_nghttp2_) return theirs_.deflate(fields);
    Fields list;
    for (const Field& field : fields) {
      list.push_back(
          {field.name, field.value,
           field.never_indexed ? http2::Representation::NeverIndexed : static_cast<http2::Representation>(random_.below(3))});
    }
    return speaker_.block(list);
  }

  // In one DATA frame or in some.
  void message(http2::StreamId stream) {
    const std::string body = plant_body();
    planted_.messages.push_back(body);
    const std::vector<std::byte> octets = Speaker::prefixed(body);
    testigo::testing::Cuts cuts(octets, random_.below(6));
    while (const auto piece = cuts.next()) {
      if (random_.one_in(4)) {
        std::vector<std::byte> padded{std::byte{12}};
        append(padded, *piece);
        append(padded, as_octets(std::string_view("paddingpaddi").substr(0, 12)));
        speaker_.frame(http2::FrameType::Data, http2::kFlagPadded, stream, padded);
      } else {
        speaker_.frame(http2::FrameType::Data, 0, stream, *piece);
      }
    }
  }

  std::string plant_body() {
    std::string body = random_.secret();
    planted_.bodies.insert(body);
    return body;
  }

  Random random_;
  Direction direction_;
  http2::testing::Deflater theirs_;
  bool by_nghttp2_;
  Speaker speaker_;
  std::vector<std::string> pool_;
  Planted planted_;
};

// Both directions of one connection, by their number.
inline std::array<Planted, 2> plant_both(std::uint64_t seed) {
  return {Planter(2 * seed, Direction::ToServer).plant(), Planter(2 * seed + 1, Direction::ToClient).plant()};
}

}  // namespace testigo::capture::testing
