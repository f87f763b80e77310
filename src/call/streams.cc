#include "call/streams.h"

#include <utility>

namespace testigo::call {

namespace {

constexpr SideOfCall kNewSide;

// As if it were new, but for the room that its texts have.
void clear(Call& call) {
  // All members, so that none can be forgotten that is added.
  auto& [place, started, ended, rpc_class, response_class, path, path_known, unknown_method, opened_behind_gap, timeout, request,
         response, first_response, http_status, status, status_message, ending, error_code, end_packet, request_delivered,
         headers_delivered] = call;
  place = {};
  started = ended = {};
  rpc_class = response_class = RpcClass::Unknown;
  path.clear();
  path_known = http2::Known::Unknown;
  unknown_method = 0;
  opened_behind_gap = false;
  timeout.reset();
  request = response = kNewSide;
  first_response.reset();
  http_status = 0;
  status.reset();
  status_message.clear();
  ending = Ending::StillOpen;
  error_code = 0;
  end_packet = 0;
  request_delivered = headers_delivered = false;
}

}  // namespace

void Stream::reset() {
  clear(call);
  request.reset();
  response.reset();
  role_lost = {};
  may_have_ended = {};
  refused = false;
  in_doubt.taints = 0;
  in_doubt.fields.clear();
}

Stream& Streams::open(StreamId id) {
  if (idle_.empty()) add_idle();
  std::unique_ptr<Stream>& stream = *open_.try_emplace(id).first;
  stream.swap(idle_.back());
  idle_.pop_back();
  return *stream;
}

void Streams::add_idle() { idle_.push_back(std::make_unique<Stream>(limits_, message_bytes_)); }

void Streams::close(StreamId id) {
  std::unique_ptr<Stream> stream = open_.take(id);
  if (idle_.size() >= kIdleMax) return;
  stream->reset();
  idle_.push_back(std::move(stream));
}

}  // namespace testigo::call
