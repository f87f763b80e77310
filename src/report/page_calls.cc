#include "report/page_calls.h"

#include <algorithm>
#include <limits>

namespace testigo::report {
namespace {

std::uint8_t status_of(const std::optional<ledger::CallRow::Stated>& stated) {
  if (!stated) return PageCall::kSaysNothing;
  return stated->status ? status_code(*stated->status) : PageCall::kSawNoEnd;
}

double latency_of(const std::optional<ledger::CallRow::Stated>& stated) {
  return stated && stated->latency ? static_cast<double>(stated->latency->count()) : PageCall::kNotKnown;
}

std::uint32_t small(std::uint64_t number) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

template <typename Id>
std::uint16_t found(const std::map<Id, std::uint16_t>& map, const Id& id) {
  const auto it = map.find(id);
  return it == map.end() ? PageCall::kNobody : it->second;
}

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::uint32_t>::max();

std::uint64_t key(std::uint64_t high, std::uint64_t low) { return high << 32 | low; }

}  // namespace

PageCalls::PageCalls(ledger::Reader& ledger, Time began, std::size_t kept_max) : total_(ledger.count_calls()) {
  read_names(ledger);
  PageSample sample(kept_max, total_);
  ledger.for_each_call([&](const ledger::CallRow& row) { sample.add(call_of(row, began)); });
  remarkable_ = sample.remarkable();
  calls_ = sample.take();
  resolve_peers();
  std::ranges::stable_sort(calls_, {}, &PageCall::start_ns);
  thin(kept_max);
}

void PageCalls::read_names(ledger::Reader& ledger) {
  ledger.for_each_witness([this](const ledger::WitnessRow& row) {
    const std::uint16_t index = names_.witness(row.start);
    if (row.start.witness == statement::Witness::Server) server_of_.emplace(row.id, index);
  });
  ledger.for_each_caller(
      [this](const ledger::CallerRow& row) { process_of_.emplace(row.id, names_.process(row.client, row.process)); });
  ledger.for_each_method([this](const ledger::MethodRow& row) { method_of_.emplace(row.id, names_.method(row.method)); });
  ledger.for_each_connection([this](const ledger::ConnectionRow& row) {
    connections_.emplace(row.number, Ends{row.client.address, tcp::to_text(row.server), PageCall::kNobody});
  });
}

PageCall PageCalls::call_of(const ledger::CallRow& row, Time began) {
  PageCall call;
  call.start_ns = static_cast<double>((row.start - began).count());
  if (row.method) call.method = found(method_of_, *row.method);
  if (row.kind_known) call.kind = static_cast<std::uint8_t>(row.kind);
  if (row.caller) {
    call.caller = *row.caller;
    call.full_number = row.number;
    const std::uint16_t process = found(process_of_, *row.caller);
    if (process != PageCall::kNobody) call.client = names_.client_of(process);
    if (process != PageCall::kNobody && row.number <= kNumberMax) {  // else the columns cannot tell its id
      call.process = process;
      call.number = static_cast<std::uint32_t>(row.number);
    }
  }
  if (row.server) call.server = found(server_of_, row.server->witness);
  call.client_status = status_of(row.client);
  call.server_status = status_of(row.server);
  call.client_latency_ns = latency_of(row.client);
  call.server_latency_ns = latency_of(row.server);
  call.requests = small(row.requests.value_or(0));
  call.replies = small(row.replies.value_or(0));
  if (row.wire) {
    const ledger::CallRow::Wire& wire = *row.wire;
    call.connection = small(wire.place.connection);
    call.stream = wire.place.stream;
    call.packet = small(wire.place.packet);
    call.end_packet = small(wire.end_packet);
    call.ending = static_cast<std::uint8_t>(wire.ending);
    call.wire_status = wire.status ? status_code(*wire.status) : PageCall::kSawNoEnd;
    call.wire_latency_ns = static_cast<double>(wire.latency.count());
    call.request_bytes = static_cast<double>(wire.request_bytes);
    call.reply_bytes = static_cast<double>(wire.reply_bytes);
    const auto ends = connections_.find(wire.place.connection);
    if (ends != connections_.end() && call.client != PageCall::kNobody) {
      ends->second.client_index = call.client;
      names_.client_seen_at(call.client, ends->second.client);
    }
    if (ends != connections_.end() && call.server != PageCall::kNobody) {
      names_.server_seen_at(call.server, ends->second.server);
    }
  }
  const auto flag = [&](bool is, std::uint16_t bit) { call.flags |= is ? bit : 0; };
  flag(row.errors, PageCall::kError);
  flag(row.warnings, PageCall::kWarning);
  flag(row.infos, PageCall::kInfo);
  flag(row.out_of_scope, PageCall::kOutOfScope);
  flag(row.differs, PageCall::kDiffers);
  flag(row.reply_other, PageCall::kWrongReply);
  flag(row.method_known == http2::Known::Inferred, PageCall::kInferred);
  flag(row.exhibit, PageCall::kBreaksClaim);
  return call;
}

// Of calls without an id, and of those that no server states: who stands at the ends of their connection.
void PageCalls::resolve_peers() {
  for (PageCall& call : calls_) {
    const auto ends = connections_.find(call.connection);
    if (call.connection == 0 || ends == connections_.end()) continue;
    if (call.client == PageCall::kNobody) call.client = client_at(ends->second);
    if (call.server == PageCall::kNobody) call.server = names_.server_at(ends->second.server);
  }
}

std::uint16_t PageCalls::client_at(Ends& ends) {
  if (ends.client_index == PageCall::kNobody) ends.client_index = names_.client_at(ends.client);
  return ends.client_index;
}

void PageCalls::thin(std::size_t kept_max) {
  report::thin(calls_, kept_max);
  by_stream_.clear();
  by_id_.clear();
}

std::uint64_t PageCalls::remarkable_left_out() const {
  return remarkable_ - static_cast<std::uint64_t>(std::ranges::count_if(calls_, is_remarkable));
}

std::size_t PageCalls::HashOfId::operator()(const Id& id) const {
  return std::hash<std::uint64_t>()(static_cast<std::uint64_t>(id.first) * 0x9e37'79b9'7f4a'7c15 + id.second);
}

void PageCalls::no_details() {
  for (PageCall& call : calls_) call.flags &= static_cast<std::uint16_t>(~PageCall::kDetailed);
}

void PageCalls::index() const {
  if (!by_stream_.empty() || !by_id_.empty()) return;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const PageCall& call = calls_[i];
    if (call.connection != 0 && call.connection < kNumberMax) by_stream_.insert_or_assign(key(call.connection, call.stream), i);
    if (call.caller != 0) by_id_.insert_or_assign({call.caller, call.full_number}, i);
  }
}

std::optional<std::size_t> PageCalls::row_of_stream(call::ConnectionNumber connection, call::StreamId stream) const {
  index();
  if (connection >= kNumberMax) return std::nullopt;
  const auto found = by_stream_.find(key(connection, stream));
  return found == by_stream_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> PageCalls::row_of_call(ledger::CallerId caller, std::uint64_t number) const {
  index();
  const auto found = by_id_.find({caller, number});
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<ledger::CallerId> PageCalls::caller(const PageCall& call) const {
  return call.caller == 0 ? std::nullopt : std::optional<ledger::CallerId>(call.caller);
}

}  // namespace testigo::report
