#include "check/across.h"

#include <algorithm>
#include <utility>

namespace testigo::check {
namespace {

using namespace std::chrono_literals;

// connection-backoff.md: 1 s × 1.6 each time, within 20 %. So whoever began to dial has done so once before the least first
// backoff, and may dial after 0, 0.8, 2.1, 4.1 and 7.4 s, five times within the window.
constexpr Duration kLeastBackoff = 800ms;
constexpr std::uint64_t kDialsInWindow = 5;

}  // namespace

bool FailedCalls::is_new(CallName name) {
  const std::size_t bit = name % seen_.size();
  if (seen_.test(bit)) return false;
  seen_.set(bit);
  return true;
}

void FailedCalls::add(FailedCall call) {
  if (calls_.size() >= kept_max_) calls_.pop_front();
  calls_.push_back(std::move(call));
}

std::optional<FailedCall> FailedCalls::take(CallName name, std::uint64_t attempts_before) {
  if (repeated_.test(name % repeated_.size())) return std::nullopt;
  const auto it = std::ranges::find(calls_, name, &FailedCall::name);
  const auto goes_on = [&](const FailedCall& call) {
    return attempts_before == 0 ? call.refused && call.attempts_before == 0 : call.attempts_before == attempts_before - 1;
  };
  if (it == calls_.end() || !goes_on(*it)) {
    note_several(name);
    return std::nullopt;
  }
  FailedCall found = std::move(*it);
  calls_.erase(it);
  return found;
}

Dials::Dialled* Dials::find(const call::ConnectionView& connection) {
  const Key key{connection.client.address, connection.server};
  const auto it = dialled_.find(key);
  if (it != dialled_.end()) return &it->second;
  return dialled_.size() < kept_max_ ? &dialled_[key] : nullptr;
}

std::optional<Dials::Failures> Dials::tell(Dialled& dialled) {
  if (std::exchange(dialled.told, true) || dialled.in_window < 2 || !dialled.grpc) return std::nullopt;
  return Failures{dialled.in_window, dialled.in_first_backoff * kDialsInWindow};
}

std::optional<Dials::Failures> Dials::failed(const call::ConnectionView& connection) {
  Dialled* const dialled = find(connection);
  if (dialled == nullptr) return std::nullopt;
  if (connection.client_opening == http2::Opening::Http2) dialled->grpc = true;
  if (!dialled->first) dialled->first = connection.opened;
  const Duration since = connection.opened - *dialled->first;
  if (since > kWindow) return tell(*dialled);
  ++dialled->in_window;
  if (since < kLeastBackoff) ++dialled->in_first_backoff;
  return std::nullopt;
}

std::optional<Dials::Failures> Dials::succeeded(const call::ConnectionView& connection) {
  Dialled* const dialled = find(connection);
  if (dialled == nullptr) return std::nullopt;
  dialled->grpc = true;
  const auto failures = dialled->first ? tell(*dialled) : std::nullopt;
  *dialled = {};
  dialled->grpc = true;
  return failures;
}

}  // namespace testigo::check
