#include "run/heard.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace testigo::run {

void Heard::View::take(const call::ConnectionView& connection) {
  view = connection;
  if (connection.tls != nullptr) {
    seen = *connection.tls;
  } else {
    seen.reset();
  }
}

call::ConnectionView Heard::View::get() const {
  call::ConnectionView connection = view;
  connection.tls = seen ? &*seen : nullptr;
  return connection;
}

void Heard::on_connection(const call::ConnectionView& connection) {
  note(Kind::Connection, connections_.size());
  connections_.next().take(connection);
}

void Heard::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) {
  note(Kind::Opening, openings_.size());
  Opening& kept = openings_.next();
  kept.connection.take(connection);
  kept.spot = spot;
  kept.opening = opening;
}

void Heard::on_tls(const call::TlsSeen& seen) {
  note(Kind::Tls, tls_.size());
  Tls& kept = tls_.next();
  kept.connection.take(seen.connection);
  kept.spot = seen.spot;
  kept.step = seen.step;
}

void Heard::on_attempt(call::ConnectionNumber, const check::Attempt& attempt) {
  note(Kind::Attempt, attempts_.size());
  attempts_.next() = attempt;
}

void Heard::on_call(const call::CallClosed& closed) {
  note(Kind::Call, calls_.size());
  Call& kept = calls_.next();
  kept.connection = closed.connection;
  kept.connection.tls = nullptr;
  kept.call = closed.call;
  if (text_ != nullptr) kept.line = text_->of(closed);
  octets_of_calls_ += kept.call.path.size() + kept.call.status_message.size() + kept.line.size();
}

void Heard::on_withdrawn(const call::ConnectionView& connection) {
  note(Kind::Withdrawn, withdrawn_.size());
  withdrawn_.next().take(connection);
}

void Heard::on_connection_closed(const call::ConnectionClosed& closed) {
  note(Kind::Closed, closed_.size());
  Closed& kept = closed_.next();
  kept.connection.take(closed.connection);
  kept.ended = closed.ended;
  kept.closing = closed.closing;
  kept.goaway = closed.goaway;
  kept.calls_open = closed.calls_open;
  kept.turned = closed.turned;
}

void Heard::on_finding(const check::Finding& finding) {
  note(Kind::Finding, findings_.size());
  findings_.next() = finding;
}

void Heard::on_counted(const check::Judge::Counted& counted) {
  note(Kind::Counted, counted_.size());
  counted_.next() = counted;
}

void Heard::tell(std::span<Heard* const> all, const Meeting& meeting) {
  const auto left = [](const Heard* heard) { return heard->told_ < heard->events_.size(); };
  const auto turn = [](const Heard* heard) { return heard->events_[heard->told_].turn; };
  for (;;) {
    Heard* first = nullptr;
    std::uint64_t until = std::numeric_limits<std::uint64_t>::max();  // the others have nothing to tell before
    for (Heard* heard : all) {
      if (!left(heard)) continue;
      if (first == nullptr || turn(heard) < turn(first)) {
        if (first != nullptr) until = turn(first);
        first = heard;
      } else {
        until = std::min(until, turn(heard));
      }
    }
    if (first == nullptr) return;
    do {
      first->tell(first->events_[first->told_++], meeting);
    } while (left(first) && turn(first) < until);
  }
}

void Heard::tell(const Event& event, const Meeting& meeting) const {
  switch (event.kind) {
    case Kind::Connection:
      return meeting.events.on_connection(connections_[event.at].get());
    case Kind::Opening: {
      const Opening& kept = openings_[event.at];
      return meeting.events.on_opening(kept.connection.get(), kept.spot, kept.opening);
    }
    case Kind::Tls: {
      const Tls& kept = tls_[event.at];
      return meeting.events.on_tls({kept.connection.get(), kept.spot, kept.step});
    }
    case Kind::Attempt:
      return meeting.across.on_attempt(attempts_[event.at].spot.place.connection, attempts_[event.at]);
    case Kind::Call: {
      const Call& kept = calls_[event.at];
      meeting.lines.prepared(kept.line);
      meeting.events.on_call({kept.connection, kept.call});
      return meeting.lines.prepared({});  // it may not be shown
    }
    case Kind::Withdrawn:
      return meeting.events.on_withdrawn(withdrawn_[event.at].get());
    case Kind::Closed: {
      const Closed& kept = closed_[event.at];
      return meeting.events.on_connection_closed(
          {kept.connection.get(), kept.ended, kept.closing, kept.goaway, kept.calls_open, kept.turned});
    }
    case Kind::Finding:
      return meeting.across.take(findings_[event.at]);
    case Kind::Counted:
      return meeting.across.take(counted_[event.at]);
  }
}

void Heard::clear() {
  events_.clear();
  told_ = 0;
  connections_.clear();
  openings_.clear();
  tls_.clear();
  attempts_.clear();
  calls_.clear();
  if (std::exchange(octets_of_calls_, 0) > kOctetsOfCallsMax) calls_ = {};
  withdrawn_.clear();
  closed_.clear();
  findings_.clear();
  counted_.clear();
}

}  // namespace testigo::run
