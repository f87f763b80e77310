#include "check/judge.h"

#include "check/declared.h"
#include "check/tls_offer.h"
#include "check/upgraded.h"

namespace testigo::check {
namespace {

bool is_other(http2::Opening opening) { return opening == http2::Opening::Http1 || opening == http2::Opening::Other; }

bool is_broken_preface(const call::ConnectionView& view) {
  return is_other(view.client_opening) && http2::means_http2(view.client_first);
}

// RULE 0: what was not seen, or is no HTTP/2, is neither pass nor fail, for every row. Empty: all was seen.
std::string_view why_not_judgeable(const call::ConnectionView& view) {
  if (view.client_opening == http2::Opening::Tls) return "TLS: the wire shows ciphertext";
  if (!view.from_start) return "the connection was not seen from its start";
  if (!view.whole()) return "octets are missing";
  if (is_other(view.client_opening)) return "the client does not speak HTTP/2";
  if (is_other(view.server_opening) || view.server_opening == http2::Opening::Tls) return "the server does not speak HTTP/2";
  if (view.calls_not_followed != 0) return "not every call of the connection could be followed";
  return {};
}

}  // namespace

call::Sink& Judge::hearer(call::Heard, const call::ConnectionView& connection) {
  Attended* const attended = of(connection.number);
  return attended != nullptr ? static_cast<call::Sink&>(*attended) : *this;
}

void Judge::on_connection(const call::ConnectionView& connection) {
  recent_.drop(connection.number);
  attended_.erase(connection.number);
  Attended& attended = attended_.try_emplace(connection.number, rows_, log_, across_, declared_, *attempts_).first->second;
  if (foreign_ == Foreign::PassedOver) attended.findings().hold();  // until it is known what the client speaks
  for (const auto& check : attended.checks()) check->on_connection(connection);
}

void Judge::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) {
  Attended* const attended = of(connection.number);
  if (attended == nullptr) return;
  attended->on_opening(connection, spot, opening);
  if (connection.client_opening == http2::Opening::Http2) attended->findings().release();
}

void Judge::on_tls(const call::TlsSeen& seen) {
  Attended* const attended = of(seen.connection.number);
  if (attended == nullptr) return;
  for (const auto& check : attended->checks()) check->on_tls(seen);
  if (is_of_http2(*seen.connection.tls)) attended->findings().release();
}

void Judge::on_frame(const call::FrameSeen& seen) { pass_on(seen, &Attended::on_frame); }
void Judge::on_block(const call::BlockSeen& seen) { pass_on(seen, &Attended::on_block); }
void Judge::on_message(const call::MessageSeen& seen) { pass_on(seen, &Attended::on_message); }
void Judge::on_side_ended(const call::SideEnded& ended) { pass_on(ended, &Attended::on_side_ended); }
void Judge::on_call(const call::CallClosed& closed) { pass_on(closed, &Attended::on_call); }

void Judge::on_attempt(call::ConnectionNumber connection, const Attempt& attempt) {
  Attended* const attended = wants_attempts() ? of(connection) : nullptr;
  if (attended == nullptr) return;
  for (const auto& check : attended->checks()) check->on_attempt(attempt);
}

void Judge::on_connection_closed(const call::ConnectionClosed& closed) {
  const auto it = attended_.find(closed.connection.number);
  if (it == attended_.end()) return;
  Findings& findings = it->second.findings();
  if (is_broken_preface(closed.connection)) findings.release();
  it->second.on_connection_closed(closed);
  lay_aside(closed.connection, findings);
  if (!passes_over(closed.connection)) add(closed.connection, it->second);
  recent_.drop(it->first);
  attended_.erase(it);
}

// Of TLS the rows of its own speak for themselves, and no other one where it is nobody's business.
void Judge::lay_aside(const call::ConnectionView& connection, Findings& findings) const {
  const std::string_view reason = why_not_judgeable(connection);
  const bool tls = connection.client_opening == http2::Opening::Tls;
  if (reason.empty()) return lay_aside_upgraded(connection, findings);
  if (tls && foreign_ == Foreign::PassedOver) return;
  for (const Id id : judged_checks()) {
    const bool of_tls = id == Id::TL01 || id == Id::TL02;
    if (judges(id) && info(id).role != Role::Hop && (!tls || !of_tls)) findings.not_judgeable(id, reason);
  }
}

// What concerns the connection is judged from where HTTP/2 begins.
void Judge::lay_aside_upgraded(const call::ConnectionView& connection, Findings& findings) const {
  if (!began_as_http1(connection)) return;
  for (const Id id : judged_checks()) {
    const std::string_view letters = info(id).id.substr(0, 2);
    if (judges(id) && info(id).role != Role::Hop && letters != "CN" && letters != "TL") findings.not_judgeable(id, kUpgraded);
  }
}

// Whole, and something else than HTTP/2: one of which octets are missing may have been anything.
bool Judge::passes_over(const call::ConnectionView& connection) const {
  if (foreign_ == Foreign::Judged || is_broken_preface(connection)) return false;
  if (connection.client_opening == http2::Opening::Tls) return !is_of_http2(*connection.tls);
  return connection.client_opening == http2::Opening::NeedMore ? connection.whole()
                                                               : connection.client_opening != http2::Opening::Http2;
}

void Judge::add(const call::ConnectionView& connection, const Attended& attended) {
  const Findings& findings = attended.findings();
  const Counted counted{findings.counts(), attended.carried_grpc() && connection.from_start};
  take(counted);
  if (on_counted_) on_counted_(counted);
  if (!on_tally_) return;
  ConnectionTally tally;
  tally.errors = findings.errors();
  for (const Id id : judged_checks()) {
    const CheckCount& count = findings.count(id);
    if (count.outcome() != Outcome::NotObserved) tally.counts.emplace(info(id).id, count);
  }
  on_tally_(connection.number, std::move(tally));
}

void Judge::take(const Counted& counted) {
  if (counted.counts[static_cast<std::size_t>(Id::MG01)].outcome() != Outcome::NotObserved) ++connections_with_calls_;
  for (std::size_t id = 0; id < totals_.size(); ++id) {
    const CheckCount& count = counted.counts[id];
    totals_[id] += count;
    if (counted.of_grpc && count.not_judgeable != 0 && doubts_[id].empty()) doubts_[id] = count.reason;
  }
}

Attended* Judge::look_up(call::ConnectionNumber connection) {
  const auto it = attended_.find(connection);
  if (it == attended_.end()) return nullptr;
  recent_.put(connection, it->second);
  return &it->second;
}

Tally Judge::tally() const {
  Tally tally;
  for (const Id id : judged_checks()) {
    CheckCount& count = tally.counts[info(id).id] = totals_[static_cast<std::size_t>(id)];
    count += run_.count(id);
    if (const std::string_view why = doubts_[static_cast<std::size_t>(id)]; !why.empty()) tally.in_doubt.emplace(info(id).id, why);
  }
  log_.add_to(tally);
  tell_undeclared(tally);
  return tally;
}

// What nobody declared is no fault of any connection: the run says so, once, where it heard messages.
void Judge::tell_undeclared(Tally& tally) const {
  const auto tell = [&](Id id, std::string_view reason) {
    CheckCount& count = tally.counts.at(info(id).id);
    if (connections_with_calls_ == 0 || count.outcome() != Outcome::NotObserved) return;
    count.not_judgeable = connections_with_calls_;
    count.reason = reason;
  };
  if (declared_ == nullptr) {
    for (const Id id : {Id::MG06, Id::MG07}) tell(id, kNoDescriptors);
  }
  if (declared_ == nullptr || !declared_->has_relations()) tell(Id::EX01, kNoRelation);
}

}  // namespace testigo::check
