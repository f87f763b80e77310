#include "run/live_calls.h"

#include <algorithm>
#include <limits>

#include "call/outcome.h"
#include "report/call_line.h"
#include "wire/rpc/status.h"

namespace testigo::run {
namespace {

using report::PageCall;

// From the first witness that said how a call ended: what they write is read within some tenths of a second, on a machine that is
// busy within one. Who says nothing until then was killed, or has no more to say, and a page that waits longer is not live.
constexpr Duration kPatience = std::chrono::seconds(2);
constexpr std::size_t kOpenMax = 100'000;
constexpr std::size_t kToldKept = 100'000;
constexpr std::size_t kFlaggedMax = 100'000;

std::uint32_t small(std::uint64_t number) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

std::optional<LiveCalls::Key> LiveCalls::key(const statement::CallId& id) {
  const std::uint16_t process = names_.process(id.client, id.process);
  if (process == PageCall::kNobody || id.number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return Key(process, static_cast<std::uint32_t>(id.number));
}

LiveCalls::Open* LiveCalls::find(const statement::CallId& id, bool make) {
  const auto key = this->key(id);
  if (!key) return nullptr;
  const auto found = open_.find(*key);
  if (found != open_.end()) return &found->second;
  if (!make || told_.contains(*key)) return nullptr;
  if (open_.size() >= kOpenMax) {
    tell(open_.begin()->first, open_.begin()->second);
    open_.erase(open_.begin());
  }
  Open& open = open_[*key];
  open.call.process = key->first;
  open.call.number = key->second;
  open.call.client = names_.client_of(key->first);
  open.call.start_ns = PageCall::kNotKnown;
  return &open;
}

double LiveCalls::since_began(Time time) {
  if (!began_) began_ = time;
  return static_cast<double>((time - *began_).count());
}

void LiveCalls::note_reply(PageCall& call, const statement::CallId& id, const std::optional<statement::Reply>& reply) {
  if (reply && (reply->client != id.client || reply->call != id.number)) call.flags |= PageCall::kWrongReply;
}

void LiveCalls::hear(const HeardStatement& heard) {
  const statement::Statement& said = heard.statement;
  const bool by_client = heard.by.witness == statement::Witness::Client;
  (by_client ? clients_ : servers_) = true;
  if (const auto* start = std::get_if<statement::Start>(&said.body)) {
    since_began(said.time);
    if (start->witness == statement::Witness::Client) names_.process(start->name, start->process);
    names_.witness(*start);
  } else if (const auto* started = std::get_if<statement::Started>(&said.body); started != nullptr && by_client) {
    Open* const open = find(started->id, true);
    if (open == nullptr) return;
    if (std::isnan(open->call.start_ns)) open->call.start_ns = since_began(said.time);
    open->call.method = names_.method(started->method);
    open->call.kind = static_cast<std::uint8_t>(started->kind);
    if (open->call.client_status == PageCall::kSaysNothing) open->call.client_status = PageCall::kSawNoEnd;
  } else if (const auto* received = std::get_if<statement::Received>(&said.body); received != nullptr && !by_client) {
    Open* const open = find(received->id, true);
    if (open == nullptr) return;
    open->call.server = names_.witness(heard.by);
    if (open->call.server_status == PageCall::kSaysNothing) open->call.server_status = PageCall::kSawNoEnd;
  } else if (const auto* ended = std::get_if<statement::Ended>(&said.body)) {
    Open* const open = find(ended->id, false);
    if (open == nullptr) return;
    PageCall& call = open->call;
    note_reply(call, ended->id, ended->reply);
    (by_client ? call.client_status : call.server_status) = report::status_code(ended->status);
    (by_client ? call.client_latency_ns : call.server_latency_ns) = static_cast<double>(ended->latency.count());
    (by_client ? open->client_ended : open->server_ended) = true;
    if (!open->wire_ended && by_client) {
      call.requests = small(ended->requests);
      call.replies = small(ended->replies);
    }
    settle_if_whole(*key(ended->id), *open);
  }
}

void LiveCalls::hear(const call::CallClosed& closed, const verdict::WireStream* stream) {
  wire_ = true;
  const call::Call& seen = closed.call;
  Open without_id;
  without_id.call.start_ns = PageCall::kNotKnown;
  std::uint16_t flags = 0;
  if (const auto noted = flags_.extract({seen.place.connection, seen.place.stream})) flags = noted.mapped();
  if (stream != nullptr && !key(stream->id)) stream = nullptr;  // an id that has no place on the page
  Open* open = stream == nullptr ? &without_id : find(stream->id, true);
  if (open == nullptr) return;
  PageCall& call = open->call;
  call.start_ns = since_began(seen.started);
  waiting_.erase({call.connection, call.stream});  // another stream with the same id
  call.connection = small(seen.place.connection);
  call.stream = seen.place.stream;
  call.packet = small(seen.place.packet);
  call.end_packet = small(seen.end_packet);
  call.ending = static_cast<std::uint8_t>(seen.ending);
  call.wire_status = seen.status ? report::status_code(*seen.status) : PageCall::kSawNoEnd;
  call.wire_latency_ns = static_cast<double>((seen.ended - seen.started).count());
  call.requests = small(seen.request.messages);
  call.replies = small(seen.response.messages);
  call.request_bytes = static_cast<double>(seen.request.bytes);
  call.reply_bytes = static_cast<double>(seen.response.bytes);
  if (const std::string method = report::method_shown(seen); !method.empty()) call.method = names_.method(method);
  if (seen.path_known == http2::Known::Inferred) call.flags |= PageCall::kInferred;
  if (call.kind == 0xff)
    call.kind = static_cast<std::uint8_t>(statement::parse_kind(call::kind_seen(seen)).value_or(statement::Kind::Unary));
  const std::string server = tcp::to_text(closed.connection.server);
  if (call.server == PageCall::kNobody) call.server = names_.server_at(server);
  call.flags |= flags;
  if (stream == nullptr) {
    call.client = names_.client_at(closed.connection.client.address);
    return on_call_(call);
  }
  names_.client_seen_at(call.client, closed.connection.client.address);
  note_reply(call, stream->id, stream->reply);
  open->wire_ended = true;
  waiting_[{call.connection, call.stream}] = *key(stream->id);
  settle_if_whole(*key(stream->id), *open);
}

void LiveCalls::hear(const check::Finding& finding) {
  if (finding.spot.place.stream == 0) return;
  const Stream stream(finding.spot.place.connection, finding.spot.place.stream);
  const auto waiting = waiting_.find(stream);
  const auto open = waiting == waiting_.end() ? open_.end() : open_.find(waiting->second);
  if (open != open_.end()) {
    open->second.call.flags |= report::flag_of(finding.severity);
    return;
  }
  if (flags_.size() >= kFlaggedMax) flags_.clear();  // of streams that never become calls
  flags_[stream] |= report::flag_of(finding.severity);
}

void LiveCalls::settle_if_whole(const Key& key, Open& open) {
  const bool whole = (open.client_ended || !clients_) && (open.server_ended || !servers_) && (open.wire_ended || !wire_);
  if (!whole) return;
  tell(key, open);
  open_.erase(key);
}

void LiveCalls::settle(Duration now) {
  for (auto it = open_.begin(); it != open_.end();) {
    Open& open = it->second;
    if (!open.since && open.any_ended()) open.since = now;
    if (open.since && now - *open.since > kPatience) {
      tell(it->first, open);
      it = open_.erase(it);
    } else {
      ++it;
    }
  }
}

void LiveCalls::end() {
  for (const auto& [key, open] : open_) tell(key, open);
  open_.clear();
}

void LiveCalls::tell(const Key& key, const Open& open) {
  PageCall call = open.call;
  if (std::isnan(call.start_ns)) call.start_ns = 0;
  const auto said = [](std::uint8_t status) { return status < PageCall::kSawNoEnd; };
  const auto differ = [&](std::uint8_t a, std::uint8_t b) { return said(a) && said(b) && a != b; };
  if (differ(call.client_status, call.wire_status) || differ(call.wire_status, call.server_status))
    call.flags |= PageCall::kDiffers;
  waiting_.erase({call.connection, call.stream});
  told_.insert(key);
  told_in_order_.push_back(key);
  if (told_in_order_.size() > kToldKept) {
    told_.erase(told_in_order_.front());
    told_in_order_.pop_front();
  }
  on_call_(call);
}

}  // namespace testigo::run
