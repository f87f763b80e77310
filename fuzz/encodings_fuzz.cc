// The texts and codings of gRPC: whatever stands in them, nothing breaks, decoders keep to their bounds and agree with each other.
//
// An input is the text; as a compressed message it is every coding's.
#include <string>
#include <string_view>

#include "require.h"
#include "wire/rpc/base64.h"
#include "wire/rpc/compression.h"
#include "wire/rpc/percent.h"
#include "wire/rpc/rich_status.h"
#include "wire/rpc/status.h"
#include "wire/rpc/timeout.h"

namespace {

using namespace testigo;
using namespace testigo::rpc;

void check_base64(std::string_view text) {
  const auto decoded = decode_base64(text);
  REQUIRE(decoded.has_value() == (base64(text) != Base64::None));
  if (decoded) REQUIRE(decoded->size() <= text.size() / 4 * 3 + 2);
}

void check_percent(std::string_view text) {
  const std::string decoded = percent_decode(text);
  REQUIRE(decoded.size() <= text.size() && text.size() <= 3 * decoded.size());
  if (text.find('%') == std::string_view::npos) REQUIRE(decoded == text);
}

void check_status(std::string_view text) {
  if (const auto status = parse_status(text)) REQUIRE(std::to_string(*status) == text && !status_name(*status).empty());
  if (const auto timeout = parse_timeout(text)) REQUIRE(*timeout >= Duration::zero());
  if (const auto rich = read_rich_status(text)) REQUIRE(rich->message.size() <= text.size());
}

// The same answer each time, by one decompressor or by another.
void check_compression(Bytes message) {
  Limits limits;
  limits.decompressed_bytes_max = 10'000;
  limits.decompressed_times_max = 4;
  Decompressor one(limits);
  for (const Coding coding : {Coding::Gzip, Coding::Deflate, Coding::Identity, Coding::Other}) {
    const Decompressed first = one.decompress(coding, message);
    REQUIRE(one.decompress(coding, message) == first);
    REQUIRE(Decompressor(limits).decompress(coding, message) == first);
    if (first == Decompressed::LeftOver) REQUIRE(!message.empty());
  }
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT(readability-identifier-naming)
  const Bytes octets(reinterpret_cast<const std::byte*>(data), size);
  const std::string_view text = as_text(octets);
  check_base64(text);
  check_percent(text);
  check_status(text);
  check_compression(octets);
  static_cast<void>(coding(text));
  return 0;
}
