#include "call/first_octets.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/inert.h"
#include "wire/http2/preface.h"

namespace testigo::call {

std::string first_octets_text(std::string_view first) {
  const std::string_view told = http2::tellable(first);
  const std::size_t rest = first.size() - told.size();
  const bool perhaps_more = first.size() == kFirstOctetsKept;
  const std::string count = fmt::format("{} octet{}{}", rest, rest == 1 ? "" : "s", perhaps_more ? " or more" : "");
  if (told.empty()) return count + " of another protocol";
  if (rest == 0) return fmt::format("\"{}\"", inert(told));
  return fmt::format("\"{}\" and {}{}", inert(told), count, perhaps_more ? "" : " more");
}

std::string first_octets_hex(std::string_view first) { return to_hex(as_octets(http2::tellable(first))); }

}  // namespace testigo::call
