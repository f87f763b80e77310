#include "check/attended.h"

#include "check/upgraded.h"

namespace testigo::check {
namespace {

bool is_http2(const call::ConnectionView& connection, const call::Spot& spot) {
  const http2::Opening server = connection.server_opening;
  const bool http2 = server == http2::Opening::Http2 || server == http2::Opening::NeedMore;
  return connection.whole(spot.direction) && http2;
}

bool is_judged(const call::ConnectionView& connection, const call::Spot& spot) {
  return is_http2(connection, spot) && !is_upgraded_stream(connection, spot.place);
}

// What was asked by HTTP/1.1 is of a class only where its request says so.
bool may_be_grpc(const call::CallClosed& closed) {
  const call::RpcClass rpc_class = closed.call.rpc_class;
  return rpc_class == call::RpcClass::Grpc ||
         (rpc_class == call::RpcClass::Unknown && !is_upgraded_stream(closed.connection, closed.call.place));
}

}  // namespace

Attended::Attended(Rows rows, FindingLog& log, Across& across, Declared* declared, AttemptSink& attempts)
    : findings_(log),
      checks_(all_checks(rows, findings_, calls_, across, declared)),
      blocks_(findings_, calls_),
      attempts_(attempts) {
  for (const auto& check : checks_.list) {
    const call::Interest interest = check->hears();
    roster_.add(*check);
    if (interest.blocks) blocks_.add(*check);
    for (std::size_t type = 0; interest.frames && type < frames_.size(); ++type) {
      if (check->frame_types().has(type)) frames_[type].push_back(check.get());
    }
    for (std::size_t end = 0; interest.side_ends && end < side_ends_.size(); ++end) {
      if (check->side_ends().has(end)) side_ends_[end].push_back(check.get());
    }
  }
}

void Attended::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) {
  for (const auto& check : checks_.list) check->on_opening(connection, spot, opening);
  if (connection.server_opening != http2::Opening::Http2 || !began_with_preface(connection)) return;
  ways_.frames = checks_.plain_frames ? &*checks_.plain_frames : nullptr;
  ways_.blocks = &blocks_;
  ways_.calls = checks_.plain_calls ? &*checks_.plain_calls : nullptr;
}

void Attended::on_frame(const call::FrameSeen& seen) {
  calls_.delivery.on_frame(seen.spot);
  if (ways_.frames == nullptr || !ways_.frames->take(seen)) hear(seen);
}

void Attended::hear(const call::FrameSeen& seen) {
  if (!is_http2(seen.connection, seen.spot)) return;
  const bool upgraded = is_upgraded_stream(seen.connection, seen.spot.place);
  for (Check* check : frames_[FrameTypes::index(seen.frame.header.type)]) {
    if (!upgraded || check->hears_upgraded(seen)) check->on_frame(seen);
  }
  if (seen.frame.header.is(http2::FrameType::Settings)) blocks_.settle();
  if (seen.frame.header.is(http2::FrameType::Goaway)) tell_goaway(seen);
}

void Attended::on_block(const call::BlockSeen& seen) {
  if (ways_.blocks == nullptr || !ways_.blocks->take(seen)) return hear(seen);
  if (may_tell_attempt(seen)) tell_attempt(seen);
}

void Attended::hear(const call::BlockSeen& seen) {
  if (!is_judged(seen.connection, seen.spot)) return;
  blocks_.on_block(seen);
  if (may_tell_attempt(seen)) tell_attempt(seen);
}

void Attended::tell_attempt(const call::BlockSeen& seen) {
  if (!attempts_.wants_attempts()) return;
  if (const auto attempt = attempt_of(seen)) attempts_.on_attempt(seen.connection.number, *attempt);
}

void Attended::tell_goaway(const call::FrameSeen& seen) {
  const auto* const goaway = std::get_if<http2::GoawayFrame>(&seen.frame.payload);
  if (goaway == nullptr || seen.spot.direction == Direction::ToServer || !attempts_.wants_attempts()) return;
  if (seen.connection.whole()) attempts_.on_attempt(seen.connection.number, {.spot = seen.spot, .goaway = goaway->last_stream});
}

void Attended::on_message(const call::MessageSeen& seen) {
  if (!takes(seen)) hear(seen);
}

void Attended::hear(const call::MessageSeen& seen) {
  if (!is_judged(seen.connection, seen.spot)) return;
  for (call::Sink* check : roster_.messages()) check->on_message(seen);
}

void Attended::on_side_ended(const call::SideEnded& ended) {
  if (!takes(ended)) hear(ended);
}

void Attended::hear(const call::SideEnded& ended) {
  if (!is_judged(ended.connection, ended.spot)) return;
  for (Check* check : side_ends_[SideEnds::index(ended)]) check->on_side_ended(ended);
}

void Attended::on_call(const call::CallClosed& closed) {
  if (!carried_grpc_) carried_grpc_ = may_be_grpc(closed);
  if (!takes(closed)) hear(closed);
}

void Attended::hear(const call::CallClosed& closed) {
  if (is_upgraded_stream(closed.connection, closed.call.place)) return;
  for (call::Sink* check : roster_.calls()) check->on_call(closed);
}

void Attended::on_connection_closed(const call::ConnectionClosed& closed) {
  blocks_.settle();
  if (checks_.plain_frames) checks_.plain_frames->settle(findings_);
  for (const auto& check : checks_.list) check->on_connection_closed(closed);
}

}  // namespace testigo::check
