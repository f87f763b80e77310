// From HTTP/1.1 to HTTP/2 by "Upgrade: h2c" (RFC 7540 section 3.2): both directions are recognised anew behind the 101.
#include "call/connection.h"
#include "call/fields.h"

namespace testigo::call {

// `octets` follow those by which it was recognised.
void Connection::begin_upgrade(const Chunk& chunk, Bytes octets) {
  const bool asks = chunk.direction == Direction::ToServer && half(chunk.direction).begin == 0;
  if (asks) upgrade_ = std::make_unique<Upgrading>();
  if (!upgrade_) return;
  read_upgrade(chunk, half(chunk.direction).opening);
  if (upgrade_ && !octets.empty()) read_upgrade(chunk, octets);
}

// A client says nothing of HTTP/2 before it has got the 101. A server whose first octets are not HTTP/1.1 answers nothing.
void Connection::read_upgrade(const Chunk& chunk, Bytes octets) {
  if (opening(chunk.direction) != http2::Opening::Http1) return;
  const bool client = chunk.direction == Direction::ToServer;
  const http2::Switch step = client ? upgrade_->http1.take_request(octets) : upgrade_->http1.take_answer(octets);
  if (step == http2::Switch::None || (client && !octets.empty() && step == http2::Switch::Done)) {
    upgrade_.reset();
  } else if (client) {
    const std::uint64_t end = half(chunk.direction).position + chunk.bytes.size();
    upgrade_->asked = {{chunk.packet, view_.number, 1}, chunk.direction, chunk.time, 0, end, half(chunk.direction).acked};
  } else if (step == http2::Switch::Done) {
    switch_to_http2(chunk, octets);
  }
}

void Connection::switch_to_http2(const Chunk& chunk, Bytes octets) {
  const std::unique_ptr<Upgrading> upgrade = std::move(upgrade_);
  Half& server = half(Direction::ToClient);
  begin_http2(half(Direction::ToServer), half(Direction::ToServer).position);
  begin_http2(server, server.position + chunk.bytes.size() - octets.size());
  view_.client_opening = view_.server_opening = http2::Opening::NeedMore;
  open_upgraded(upgrade->http1, upgrade->asked);
  if (!octets.empty() && recognise(chunk, octets) && !octets.empty()) read_frames(chunk, octets);
}

void Connection::begin_http2(Half& from, std::uint64_t begin) {
  from.begin = begin;
  from.opening.clear();
  from.blind = false;
}

// The request is that of stream 1, and half-closed; the settings that came with it are acknowledged by the 101 (section 3.2.1).
void Connection::open_upgraded(const http2::Upgrade& http1, const Spot& asked) {
  view_.upgrade_settings = http1.settings();
  for (const http2::Setting& setting : http1.settings()) {
    if (setting.id == http2::kSettingHeaderTableSize) half(Direction::ToClient).hpack.set_table_size_limit(setting.value);
    if (setting.id == http2::kSettingMaxFrameSize) half(Direction::ToServer).frame_size_max = setting.value;
  }
  highest_stream_ = 1;
  if (all_.counted.streams >= limits_.streams_max_all) {
    ++view_.calls_not_followed;
    return;
  }
  ++view_.calls;
  ++all_.streams;
  Call& call = streams_.open(1).call;
  call.place = asked.place;
  call.started = call.ended = asked.time;
  call.rpc_class = RpcClass::Other;  // gRPC knows no upgrade
  take_path(call, http1.target(), http2::Known::Exact);
  call.request.headers = call.request.ended = true;
  call.request.headers_end = call.request.end = asked.end;
  call.request.packet = asked.place.packet;
}

}  // namespace testigo::call
