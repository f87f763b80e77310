#include "run/call_filter.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/usage_error.h"
#include "check/catalogue.h"
#include "wire/rpc/status.h"
#include "wire/tcp/endpoint.h"

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
  // Those that gRPC has no name for are sent, too.
  std::int32_t code = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  return error == std::errc() && end == text.data() + text.size() && code >= 0 && text == std::to_string(code);
}

// As connections write their ends; nothing: no address, nor one with a port.
std::optional<std::string> peer_text(std::string_view text) {
  const std::optional<tcp::Endpoint> endpoint = tcp::parse_endpoint(text);
  const auto address = tcp::parse_address(endpoint ? std::string_view(endpoint->address) : text);
  if (!address) return std::nullopt;
  return endpoint ? tcp::to_text(tcp::Endpoint{tcp::to_text(*address), endpoint->port}) : tcp::to_text(*address);
}

bool fits_peer(std::string_view wanted, const tcp::Endpoint& endpoint) {
  return wanted == endpoint.address || wanted == tcp::to_text(endpoint);
}

// That a call takes while it waits, more or less.
std::size_t bytes_of(const std::optional<call::Call>& call) {
  return sizeof(call::ConnectionView) + sizeof(call::Call) + (call ? call->path.size() + call->status_message.size() : 0);
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
  if (const std::string& peer = selection.peer; !peer.empty()) {
    const std::optional<std::string> written = peer_text(peer);
    if (!written)
      throw UsageError(
          fmt::format("\"{}\" is no peer; write an address, 10.0.0.1, or one with a port, [::1]:50051", inert(peer, 80)));
    if (*written != peer) throw UsageError(fmt::format("no peer is written \"{}\"; write {}", inert(peer, 80), *written));
  }
  for (const std::string& status : selection.statuses) {
    if (!is_status(status)) {
      throw UsageError(fmt::format("there is no status \"{}\"; OK, UNAVAILABLE, 14 and failed are some", inert(status, 32)));
    }
  }
  for (const std::string& id : selection.findings) {
    const bool known = std::ranges::any_of(check::catalogue(), [&](const auto& row) { return same_letters(row.id, id); });
    if (!known) throw UsageError(fmt::format("there is no check \"{}\"; `testigo explain` lists them", inert(id, 32)));
    if (same_letters(std::string_view(id).substr(0, 2), "PX")) {
      throw UsageError(
          fmt::format("{} is found when both sides of a hop were read, and the calls are told by then; the report names "
                      "the calls of both sides",
                      inert(id, 32)));
    }
  }
}

bool asks_for(const CallSelection& selection, const check::Finding& finding) {
  return std::ranges::any_of(selection.findings, [&](const std::string& id) { return same_letters(id, finding.check); });
}

CallFilter::CallFilter(CallSelection selection, std::vector<call::Sink*> next, std::size_t waiting_bytes_max)
    : selection_(std::move(selection)),
      shows_all_(selection_.empty()),
      waiting_bytes_max_(waiting_bytes_max),
      next_(std::move(next)) {}

void CallFilter::on_finding(const check::Finding& finding) {
  if (!asks_for(selection_, finding) || found_.size() >= kFoundMax) return;
  found_.emplace(finding.spot.place.connection, finding.spot.place.stream);
}

bool CallFilter::found(call::ConnectionNumber connection, call::StreamId stream) const {
  return found_.contains({connection, 0}) || found_.contains({connection, stream});
}

bool CallFilter::fits(const call::CallClosed& closed) const {
  const call::Call& call = closed.call;
  const auto of_call = [&](const std::string& wanted) { return fits_status(wanted, call.status); };
  if (!selection_.method.empty() && call.path.find(selection_.method) == std::string::npos) return false;
  if (!selection_.statuses.empty() && std::ranges::none_of(selection_.statuses, of_call)) return false;
  if (selection_.min_latency && call.ended - call.started < *selection_.min_latency) return false;
  return fits_peer(selection_.peer, closed.connection);
}

void CallFilter::on_call(const call::CallClosed& closed) {
  ++seen_;
  if (!shows_all_ && !fits(closed)) return;
  if (selection_.findings.empty()) return show(closed);
  wait({closed.connection, closed.call});
}

void CallFilter::show(const call::CallClosed& closed) {
  ++shown_;
  for (call::Sink* sink : next_) sink->on_call(closed);
}

void CallFilter::on_withdrawn(const call::ConnectionView& connection) {
  if (!waiting_.empty()) return wait({connection, std::nullopt});
  for (call::Sink* sink : next_) sink->on_withdrawn(connection);
}

void CallFilter::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionNumber number = closed.connection.number;
  if (const auto it = connections_.find(number); it != connections_.end()) {
    it->second.over = true;
    tell_decided();
  } else {
    forget(number);
  }
  for (call::Sink* sink : next_) sink->on_connection_closed(closed);
}

void CallFilter::wait(Waiting waiting) {
  waiting.connection.tls = nullptr;  // it is the witness's
  ++connections_[waiting.connection.number].waiting;
  waiting_bytes_ += bytes_of(waiting.call);
  waiting_.push_back(std::move(waiting));
  tell_decided();
}

void CallFilter::tell_decided() {
  for (; !waiting_.empty(); waiting_.pop_front()) {
    const auto& [view, call] = waiting_.front();
    const auto connection = connections_.find(view.number);
    const bool shown = call && found(view.number, call->place.stream);
    const bool undecided = call && !shown && !connection->second.over;
    if (undecided && waiting_bytes_ <= waiting_bytes_max_) return;
    if (undecided) ++given_up_;
    if (shown) show({view, *call});
    if (!call) std::ranges::for_each(next_, [&](call::Sink* sink) { sink->on_withdrawn(view); });
    waiting_bytes_ -= bytes_of(call);
    if (shown) found_.erase({view.number, call->place.stream});
    if (--connection->second.waiting != 0) continue;
    if (connection->second.over) forget(view.number);
    connections_.erase(connection);
  }
}

// What was found of it.
void CallFilter::forget(call::ConnectionNumber connection) {
  found_.erase(found_.lower_bound({connection, 0}), found_.lower_bound({connection + 1, 0}));
}

}  // namespace testigo::run
