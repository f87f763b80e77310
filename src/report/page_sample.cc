#include "report/page_sample.h"

#include <algorithm>
#include <array>

#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

bool failed(std::uint8_t status) { return status != rpc::kOk && status != PageCall::kSaysNothing; }

// Of `there` things that come one by one, which are the `wanted` that are spread evenly.
class Spread {
 public:
  Spread(std::size_t wanted, std::size_t there) : wanted_(wanted), there_(there) {}
  bool takes() {
    ++seen_;
    if (kept_ * there_ >= seen_ * wanted_) return false;
    ++kept_;
    return true;
  }

 private:
  std::size_t wanted_, there_;
  std::size_t seen_ = 0, kept_ = 0;
};

}  // namespace

bool is_remarkable(const PageCall& call) {
  constexpr std::uint16_t kFlags =
      PageCall::kError | PageCall::kWarning | PageCall::kDiffers | PageCall::kWrongReply | PageCall::kBreaksClaim;
  return (call.flags & kFlags) != 0 || failed(call.client_status) || failed(call.wire_status);
}

void thin(std::vector<PageCall>& calls, std::size_t kept_max) {
  if (calls.size() <= kept_max) return;
  const auto remarkable = static_cast<std::size_t>(std::ranges::count_if(calls, is_remarkable));
  const std::size_t of_those = std::min(remarkable, kept_max);
  Spread first(of_those, remarkable), others(kept_max - of_those, calls.size() - remarkable);
  std::erase_if(calls, [&](const PageCall& call) { return !(is_remarkable(call) ? first : others).takes(); });
}

}  // namespace testigo::report
