#include "check/plain_frames.h"

#include <initializer_list>
#include <utility>

namespace testigo::check {

// Both sides have ended the stream, and nobody follows it any more.
bool PlainFrames::late_window_update(const call::FrameSeen& seen, std::uint32_t increment) {
  const http2::StreamId id = seen.frame.header.stream;
  if (increment == 0 || streams_.followed().find(id) != nullptr || !streams_.was_open(id)) return false;
  return windows_.knows_credit(seen.spot.direction) && passed(Kind::LateWindowUpdate);
}

std::size_t PlainFrames::streams_followed() const { return streams_.followed().size(); }

void PlainFrames::settle(Findings& findings) {
  const auto pass = [&](Kind kind, std::initializer_list<Id> ids) {
    const std::uint64_t times = std::exchange(passed_[static_cast<std::size_t>(kind)], 0);
    for (const Id id : ids) findings.pass(id, times);
  };
  pass(Kind::Request, {Id::CN07, Id::CN09, Id::CN12, Id::ST01, Id::ST02, Id::ST03, Id::ST04});
  pass(Kind::Answer, {Id::CN07, Id::CN09, Id::CN12, Id::ST05});
  pass(Kind::RequestData, {Id::CN07, Id::CN09, Id::CN12, Id::ST05, Id::FC01, Id::FC02});
  pass(Kind::AnswerData, {Id::CN07, Id::CN09, Id::CN12, Id::ST05, Id::ST12, Id::FC01, Id::FC02});
  pass(Kind::WindowUpdate, {Id::CN09, Id::CN10, Id::CN12, Id::FC03, Id::FC04});
  pass(Kind::LateWindowUpdate, {Id::CN09, Id::CN10, Id::CN12, Id::FC03});
}

}  // namespace testigo::check
