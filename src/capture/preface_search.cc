#include "capture/preface_search.h"

#include <algorithm>

#include "wire/http2/preface.h"

namespace testigo::capture {

std::optional<std::size_t> PrefaceSearch::find(Bytes octets) {
  constexpr std::size_t kTail = http2::kPreface.size() - 1;
  const std::string_view text = as_text(octets);
  const std::size_t before = tail_.size();
  tail_ += text.substr(0, kTail);
  std::size_t at = tail_.find(http2::kPreface);
  if (const std::size_t whole = text.find(http2::kPreface); at == std::string::npos && whole != std::string_view::npos) {
    at = before + whole;
  }
  if (at != std::string::npos) {
    tail_.clear();
    return at + http2::kPreface.size() - before;
  }
  if (text.size() > kTail) tail_ = text.substr(text.size() - kTail);
  if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
  return std::nullopt;
}

}  // namespace testigo::capture
