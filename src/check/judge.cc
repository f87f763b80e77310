#include "check/judge.h"

namespace testigo::check {
namespace {

// RULE 0: what was not seen, or is no HTTP/2, is neither pass nor fail, for every row. Empty: all was seen.
std::string_view why_not_judgeable(const call::ConnectionView& view) {
  const auto is_other = [](http2::Opening opening) { return opening == http2::Opening::Http1 || opening == http2::Opening::Other; };
  if (view.client_opening == http2::Opening::Tls) return "TLS: the wire shows ciphertext";
  if (!view.from_start) return "the connection was not seen from its start";
  if (!view.whole()) return "octets are missing";
  if (is_other(view.client_opening)) return "the client does not speak HTTP/2";
  if (is_other(view.server_opening) || view.server_opening == http2::Opening::Tls) return "the server does not speak HTTP/2";
  if (view.calls_not_followed != 0) return "not every call of the connection could be followed";
  return {};
}

}  // namespace

Judge::Attended::Attended(FindingLog& log, Across& across) : findings(log), checks(all_checks(findings, across)) {
  for (const auto& check : checks) {
    roster.add(*check);
    if (!check->hears().frames) continue;
    for (std::size_t type = 0; type < frames.size(); ++type) {
      if (check->frame_types().has(type)) frames[type].push_back(check.get());
    }
  }
}

void Judge::on_connection(const call::ConnectionView& connection) {
  last_ = nullptr;
  attended_.erase(connection.number);
  Attended& attended = attended_.try_emplace(connection.number, log_, across_).first->second;
  if (foreign_ == Foreign::PassedOver) attended.findings.hold();  // until it is known what the client speaks
  for (const auto& check : attended.checks) check->on_connection(connection);
}

void Judge::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) {
  Attended* const attended = of(connection);
  if (attended == nullptr) return;
  for (const auto& check : attended->checks) check->on_opening(connection, spot, opening);
  if (connection.client_opening == http2::Opening::Http2) attended->findings.release();
}

void Judge::on_frame(const call::FrameSeen& seen) {
  Attended* const attended = judged(seen.connection, seen.spot);
  if (attended == nullptr) return;
  for (Check* check : attended->frames[FrameTypes::index(seen.frame.header.type)]) check->on_frame(seen);
}

void Judge::on_block(const call::BlockSeen& seen) {
  Attended* const attended = judged(seen.connection, seen.spot);
  if (attended == nullptr) return;
  for (call::Sink* check : attended->roster.blocks()) check->on_block(seen);
}

void Judge::on_message(const call::MessageSeen& seen) {
  Attended* const attended = judged(seen.connection, seen.spot);
  if (attended == nullptr) return;
  for (call::Sink* check : attended->roster.messages()) check->on_message(seen);
}

void Judge::on_side_ended(const call::SideEnded& ended) {
  Attended* const attended = judged(ended.connection, ended.spot);
  if (attended == nullptr) return;
  for (call::Sink* check : attended->roster.side_ends()) check->on_side_ended(ended);
}

void Judge::on_call(const call::CallClosed& closed) {
  Attended* const attended = of(closed.connection);
  if (attended == nullptr) return;
  for (call::Sink* check : attended->roster.calls()) check->on_call(closed);
}

void Judge::on_connection_closed(const call::ConnectionClosed& closed) {
  const auto it = attended_.find(closed.connection.number);
  if (it == attended_.end()) return;
  Findings& findings = it->second.findings;
  for (const auto& check : it->second.checks) check->on_connection_closed(closed);
  if (const std::string_view reason = why_not_judgeable(closed.connection); !reason.empty()) {
    for (const Id id : judged_checks()) {
      if (info(id).role != Role::Hop) findings.not_judgeable(id, reason);
    }
  }
  if (!passes_over(closed.connection)) add(closed.connection.number, findings);
  last_ = nullptr;
  attended_.erase(it);
}

// Whole, and something else than HTTP/2: one of which octets are missing may have been anything.
bool Judge::passes_over(const call::ConnectionView& connection) const {
  if (foreign_ == Foreign::Judged) return false;
  return connection.client_opening == http2::Opening::NeedMore ? connection.whole()
                                                               : connection.client_opening != http2::Opening::Http2;
}

void Judge::add(call::ConnectionNumber connection, const Findings& findings) {
  ConnectionTally tally;
  tally.errors = findings.errors();
  for (const Id id : judged_checks()) {
    const CheckCount& count = findings.count(id);
    totals_[static_cast<std::size_t>(id)] += count;
    if (on_tally_ && count.outcome() != Outcome::NotObserved) tally.counts.emplace(info(id).id, count);
  }
  if (on_tally_) on_tally_(connection, std::move(tally));
}

Judge::Attended* Judge::look_up(call::ConnectionNumber connection) {
  const auto it = attended_.find(connection);
  if (it == attended_.end()) return nullptr;
  last_number_ = connection;
  last_ = &it->second;
  return last_;
}

Tally Judge::tally() const {
  Tally tally;
  for (const Id id : judged_checks()) {
    CheckCount& count = tally.counts[info(id).id] = totals_[static_cast<std::size_t>(id)];
    count += run_.count(id);
  }
  tally.findings = log_.kept();
  tally.errors = log_.count(Severity::Error);
  tally.warnings = log_.count(Severity::Warning);
  tally.infos = log_.count(Severity::Info);
  return tally;
}

}  // namespace testigo::check
