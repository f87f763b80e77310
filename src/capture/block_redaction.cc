#include "capture/block_redaction.h"

#include <algorithm>
#include <limits>

#include "capture/huffman_mask.h"
#include "wire/http2/hpack_integer.h"
#include "wire/rpc/media_type.h"

namespace testigo::capture {
namespace {

using http2::HeaderField;
using http2::Known;

constexpr std::byte kIndexZero{0x80};

bool tells_grpc(const HeaderField& field) {
  return field.name == "content-type" && rpc::begins_in_any_case(field.value, "application/grpc");
}

// Steps over representations (RFC 7541 section 6) that a decoder has found whole. Where one is not, `ok` is false from then on.
class Walk {
 public:
  explicit Walk(std::span<std::byte> block) : at_(block.data()), end_(at_ + block.size()) {}

  struct Value {
    std::span<std::byte> coded;  // empty: the field was an index
    bool huffman = false;
    bool literal = false;
  };

  // Passes over the next field, and says where its value stands.
  Value field() {
    size_updates();
    if (at_ == end_) return fail();
    const auto octet = std::to_integer<unsigned>(*at_);
    if ((octet & 0x80) != 0) return integer(7), Value{};
    const bool named = integer((octet & 0x40) != 0 ? 6 : 4) != 0;
    if (!named) string();
    return string();
  }

  void size_updates() {
    while (ok && at_ != end_ && (*at_ & std::byte{0xe0}) == std::byte{0x20}) {
      std::byte* const before = at_;
      integer(5);
      if (!ok) at_ = before;
    }
  }

  std::span<std::byte> rest() const { return {at_, end_}; }

  bool ok = true;

 private:
  Value fail() {
    ok = false;
    return {};
  }

  std::uint32_t integer(unsigned prefix_bits) {
    std::uint32_t value = 0;
    const std::byte* at = at_;
    if (!ok || at_ == end_ || http2::read_integer(at, end_, prefix_bits, value) != http2::IntegerRead::Done) {
      ok = false;
      return 0;
    }
    at_ += at - at_;
    return value;
  }

  Value string() {
    const bool huffman = at_ != end_ && (*at_ & std::byte{0x80}) != std::byte{0};
    const std::size_t size = integer(7);
    if (!ok || size > static_cast<std::size_t>(end_ - at_)) return fail();
    const std::span<std::byte> coded(at_, size);
    at_ += size;
    return {coded, huffman, true};
  }

  std::byte* at_;
  std::byte* end_;
};

void make_faulty(std::span<std::byte> octets) {
  if (octets.empty()) return;
  std::ranges::fill(octets, std::byte{0});
  octets.front() = kIndexZero;
}

}  // namespace

// Size updates of any size are followed: whether they may be so large is for the checks to say.
BlockRedaction::BlockRedaction(const SecretNames& names, SecretTally& tally, const Limits& limits)
    : names_(names), tally_(tally), decoder_(limits) {
  decoder_.set_table_size_limit(std::numeric_limits<std::uint32_t>::max());
}

bool BlockRedaction::redact(std::span<std::byte> block) {
  const bool complete = decoder_.decode(block, fields_).complete;
  bool grpc = false;
  Walk walk(block);
  for (const HeaderField& field : fields_) {
    const std::span<std::byte> from = walk.rest();
    const Walk::Value value = walk.field();
    if (!walk.ok) {  // the decoder says that it is whole; believe neither
      make_faulty(from);
      return false;
    }
    grpc = grpc || tells_grpc(field);
    if (!names_.is_secret(field)) continue;
    if (value.literal) {
      mask(field, value.coded, value.huffman);
    } else if (!field.value.empty()) {
      tally_.add_reference(field.name);
    }
  }
  if (complete) return grpc;
  walk.size_updates();
  walk.ok = true;
  make_faulty(walk.rest());
  return grpc;
}

void BlockRedaction::mask(const HeaderField& field, std::span<std::byte> coded, bool huffman) {
  if (coded.empty()) return;
  tally_.add(field.name, field.value);
  const bool kept = field.value_known == Known::Exact;  // else it is over a limit
  mask_string(coded, huffman, kept ? field.value.size() : characters_of(coded, huffman));
}

}  // namespace testigo::capture
