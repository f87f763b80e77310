// SD01, SD02, SD05, SD07: streams that end otherwise than by both sides' END_STREAM (gRPC over HTTP2, Early Server Closure, Errors,
// Client Cancellation, Connection failure). Calls of class grpc only (RULE 3).
#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "wire/rpc/status.h"

namespace testigo::check {
namespace {

using call::Ending;
using call::RpcClass;
using call::StreamId;
using namespace std::chrono_literals;

constexpr Duration kPatience = 1s;  // "immediately": later than this is none

class CancelChecks final : public Check {
 public:
  CancelChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings), streams_max_(findings.limits().streams_remembered), calls_(calls), early_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = false, .messages = false, .side_ends = true, .calls = true};
  }
  FrameTypes frame_types() const override { return kSignals; }
  SideEnds side_ends() const override { return {SideEnd::RequestByData, SideEnd::RequestByHeaders, SideEnd::AnswerByHeaders}; }
  void on_frame(const call::FrameSeen& seen) override {
    if (seen.frame.header.is(http2::FrameType::RstStream)) reset(seen);
  }
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override;
  void on_connection_closed(const call::ConnectionClosed& closed) override;

 private:
  // Trailers that came before the client's END_STREAM.
  struct Early {
    call::Spot trailers;
    bool gave_up = false;
  };
  static bool gave_up(const call::SideEnded& ended);
  void reset(const call::FrameSeen& seen);
  void reset_of_early(const call::FrameSeen& seen, const Early& early);
  void servers_reset(const call::FrameSeen& seen);
  bool late(const call::ConnectionView& connection, const call::Spot& trailers, Time now);

  Findings& findings_;
  std::size_t streams_max_;
  CallsSoFar& calls_;
  Notes<StreamId, Early> early_;
};

// The trailers tell the end of the deadline. Servers "cancel" such a call (gRPC over HTTP2, Client Cancellation).
bool CancelChecks::gave_up(const call::SideEnded& ended) {
  return ended.call.status == rpc::kDeadlineExceeded && ended.call.timeout &&
         ended.spot.time - ended.call.started + kPatience >= *ended.call.timeout;
}

// SD01. An END_STREAM that follows soon was sent before the trailers were read: the stream needs no reset then.
void CancelChecks::on_side_ended(const call::SideEnded& ended) {
  const StreamId stream = ended.call.place.stream;
  if (ended.spot.direction == Direction::ToServer) {
    const Early* const early = early_.find(stream);
    if (early == nullptr) return;
    late(ended.connection, early->trailers, ended.spot.time);
    if (!early->gave_up) calls_.complete(stream);
    early_.erase(stream);
  } else if (ended.call.http_status == 200 && ended.call.rpc_class != RpcClass::Other) {
    if (ended.call.request.ended) {
      if (ended.call.rpc_class == RpcClass::Grpc && !gave_up(ended)) calls_.complete(stream);
    } else if (ended.call.rpc_class == RpcClass::Unknown) {
      for (const Id id : {Id::SD01, Id::SD05}) findings_.not_judgeable(id, "whether the call is gRPC is not known");
    } else if (early_.size() >= streams_max_) {
      for (const Id id : {Id::SD01, Id::SD05}) findings_.not_judgeable(id, "more streams were ended early than are followed");
    } else {
      early_.try_emplace(stream, Early{ended.spot, gave_up(ended)});
    }
  }
}

// What is late, or never came, may have come unseen where octets are missing.
bool CancelChecks::late(const call::ConnectionView& connection, const call::Spot& trailers, Time now) {
  if (now - trailers.time <= kPatience || !connection.whole()) return false;
  findings_.fail(Id::SD01, trailers, "trailers came before the client's END_STREAM, and nobody reset the stream with NO_ERROR");
  return true;
}

void CancelChecks::reset(const call::FrameSeen& seen) {
  const bool by_server = seen.spot.direction == Direction::ToClient;
  const StreamId stream = seen.frame.header.stream;
  if (const Early* const early = early_.find(stream)) {
    reset_of_early(seen, *early);
    const auto* frame = std::get_if<http2::RstStreamFrame>(&seen.frame.payload);
    const bool cancelled = early->gave_up && frame != nullptr && frame->error_code == http2::kCancel;
    if (by_server) cancelled ? findings_.pass(Id::SD05) : servers_reset(seen);
    early_.erase(stream);
  } else if (by_server && calls_.is_complete(stream)) {
    servers_reset(seen);
  }
}

// SD01.
void CancelChecks::reset_of_early(const call::FrameSeen& seen, const Early& early) {
  const auto* frame = std::get_if<http2::RstStreamFrame>(&seen.frame.payload);
  const bool no_error = frame != nullptr && frame->error_code == http2::kNoError;
  if (!late(seen.connection, early.trailers, seen.spot.time) && no_error) findings_.pass(Id::SD01);
}

// SD05, behind trailers. STREAM_CLOSED answers a frame that the client must not have sent (RFC 9113 section 5.1).
void CancelChecks::servers_reset(const call::FrameSeen& seen) {
  const auto* frame = std::get_if<http2::RstStreamFrame>(&seen.frame.payload);
  if (frame == nullptr || frame->error_code == http2::kStreamClosed) return;
  findings_.judge(Id::SD05, frame->error_code == http2::kNoError, seen.spot, [&] {
    return fmt::format("RST_STREAM({}) by the server after its trailers", http2::error_code_name(frame->error_code));
  });
}

// SD02, SD07.
void CancelChecks::on_call(const call::CallClosed& closed) {
  const call::Call& call = closed.call;
  if (call.ending != Ending::ResetByClient && call.ending != Ending::ConnectionLost) return;
  if (call.rpc_class == RpcClass::Other) return;
  const Id id = call.ending == Ending::ResetByClient ? Id::SD02 : Id::SD07;
  if (call.rpc_class == RpcClass::Unknown) {
    findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  call::Spot spot;
  spot.place = call.place;
  spot.place.packet = call.end_packet;
  spot.time = call.ended;
  if (id == Id::SD07) {
    spot.place.packet = call.place.packet;
    spot.time = call.started;
    findings_.fail(id, spot, fmt::format("the call of {} was open when the connection was lost", call.path));
  } else {
    findings_.judge(id, call.error_code == http2::kCancel, spot,
                    [&] { return fmt::format("the client reset the call with {}", http2::error_code_name(call.error_code)); });
  }
}

void CancelChecks::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!closed.connection.whole()) return;
  for (const auto& [stream, early] : early_) late(closed.connection, early.trailers, closed.ended);
  if (closed.closing && closed.calls_open == 0 && closed.connection.calls != 0) findings_.pass(Id::SD07);
}

}  // namespace

std::unique_ptr<Check> cancel_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<CancelChecks>(findings, calls);
}

}  // namespace testigo::check
