#include "report/page_sample.h"

#include <algorithm>

#include "wire/rpc/status.h"

namespace testigo::report {
namespace {

bool failed(std::uint8_t status) { return status != rpc::kOk && status != PageCall::kSaysNothing; }

bool ended_otherwise(std::uint8_t ending) {
  return ending != PageCall::kNotOnWire && ending != static_cast<std::uint8_t>(call::Ending::Trailers);
}

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
  return (call.flags & kFlags) != 0 || failed(call.client_status) || failed(call.wire_status) || failed(call.server_status) ||
         ended_otherwise(call.ending);
}

void thin(std::vector<PageCall>& calls, std::size_t kept_max) {
  if (calls.size() <= kept_max) return;
  const auto remarkable = static_cast<std::size_t>(std::ranges::count_if(calls, is_remarkable));
  const std::size_t of_those = std::min(remarkable, kept_max);
  Spread first(of_those, remarkable), others(kept_max - of_those, calls.size() - remarkable);
  std::erase_if(calls, [&](const PageCall& call) { return !(is_remarkable(call) ? first : others).takes(); });
}

PageSample::PageSample(std::size_t kept_max, std::uint64_t total)
    : kept_max_(std::max<std::size_t>(kept_max, 1)),
      every_other_(std::max<std::uint64_t>(1, (total + kept_max_ - 1) / kept_max_)) {}

void PageSample::add(const PageCall& call) {
  if (!is_remarkable(call)) {
    const bool room = remarkable_kept_ <= kept_max_;
    if (room && others_++ % every_other_ == 0) calls_.push_back(call);
    return;
  }
  if (remarkable_++ % every_remarkable_ != 0) return;
  calls_.push_back(call);
  ++remarkable_kept_;
  if (remarkable_kept_ == kept_max_ + 1) std::erase_if(calls_, [](const PageCall& other) { return !is_remarkable(other); });
  if (remarkable_kept_ == 2 * kept_max_ + 1) coarsen();
}

// Remarkable ones alone are left: every second of them goes, and of those to come as many.
void PageSample::coarsen() {
  std::size_t at = 0;
  std::erase_if(calls_, [&](const PageCall&) { return at++ % 2 != 0; });
  remarkable_kept_ = calls_.size();
  every_remarkable_ *= 2;
}

}  // namespace testigo::report
