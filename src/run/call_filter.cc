#include "run/call_filter.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/usage_error.h"
#include "check/catalogue.h"
#include "wire/rpc/status.h"

namespace testigo::run {
namespace {

constexpr std::string_view kFailed = "failed";
constexpr std::size_t kFoundMax = 100'000;  // streams with a finding that have not ended

bool same_letters(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, {}, [](unsigned char c) { return std::tolower(c); }, [](unsigned char c) { return std::tolower(c); });
}

bool fits_status(std::string_view wanted, std::optional<int> status) {
  if (same_letters(wanted, kFailed)) return status != rpc::kOk;
  return status && (wanted == std::to_string(*status) || same_letters(wanted, rpc::status_name(*status)));
}

bool is_status(std::string_view text) {
  if (same_letters(text, kFailed)) return true;
  for (int code = 0; code <= rpc::kStatusMax; ++code) {
    if (fits_status(text, code)) return true;
  }
  return rpc::parse_status(text).has_value();
}

bool fits_peer(std::string_view wanted, const tcp::Endpoint& endpoint) {
  return wanted == endpoint.address || wanted == tcp::to_text(endpoint);
}

bool fits_peer(std::string_view wanted, const call::ConnectionView& connection) {
  return wanted.empty() || fits_peer(wanted, connection.client) || fits_peer(wanted, connection.server);
}

}  // namespace

bool fits_unseen(const CallSelection& selection, const call::ConnectionView& connection) {
  CallSelection others = selection;
  others.peer.clear();
  return others.empty() && fits_peer(selection.peer, connection);
}

void check_selection(const CallSelection& selection) {
  for (const std::string& status : selection.statuses) {
    if (!is_status(status)) {
      throw UsageError(fmt::format("there is no status \"{}\"; OK, UNAVAILABLE, 14 and failed are some", inert(status, 32)));
    }
  }
  for (const std::string& id : selection.findings) {
    const bool known = std::ranges::any_of(check::catalogue(), [&](const auto& row) { return same_letters(row.id, id); });
    if (!known) throw UsageError(fmt::format("there is no check \"{}\"; `testigo explain` lists them", inert(id, 32)));
  }
}

CallFilter::CallFilter(CallSelection selection, std::vector<call::Sink*> next)
    : selection_(std::move(selection)), shows_all_(selection_.empty()), next_(std::move(next)) {}

void CallFilter::on_finding(const check::Finding& finding) {
  const auto asked = [&](const std::string& id) { return same_letters(id, finding.check); };
  if (std::ranges::none_of(selection_.findings, asked) || found_.size() >= kFoundMax) return;
  found_.emplace(finding.spot.place.connection, finding.spot.place.stream);
}

bool CallFilter::found(const call::CallClosed& closed) const {
  const call::ConnectionNumber connection = closed.connection.number;
  return selection_.findings.empty() || found_.contains({connection, 0}) || found_.contains({connection, closed.call.place.stream});
}

bool CallFilter::fits(const call::CallClosed& closed) const {
  const call::Call& call = closed.call;
  const auto of_call = [&](const std::string& wanted) { return fits_status(wanted, call.status); };
  if (!selection_.method.empty() && call.path.find(selection_.method) == std::string::npos) return false;
  if (!selection_.statuses.empty() && std::ranges::none_of(selection_.statuses, of_call)) return false;
  if (selection_.min_latency && call.ended - call.started < *selection_.min_latency) return false;
  return fits_peer(selection_.peer, closed.connection) && found(closed);
}

void CallFilter::on_call(const call::CallClosed& closed) {
  ++seen_;
  if (!shows_all_ && !fits(closed)) return;
  ++shown_;
  if (!found_.empty()) forget(closed);
  for (call::Sink* sink : next_) sink->on_call(closed);
}

void CallFilter::on_withdrawn(const call::ConnectionView& connection) {
  for (call::Sink* sink : next_) sink->on_withdrawn(connection);
}

void CallFilter::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionNumber number = closed.connection.number;
  found_.erase(found_.lower_bound({number, 0}), found_.lower_bound({number + 1, 0}));
  for (call::Sink* sink : next_) sink->on_connection_closed(closed);
}

}  // namespace testigo::run
