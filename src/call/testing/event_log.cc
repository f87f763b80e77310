#include "call/testing/event_log.h"

#include <sstream>

#include "wire/http2/frame_encoder.h"

namespace testigo::call::testing {
namespace {

std::string text(Bytes octets) {
  return to_hex(octets.first(std::min<std::size_t>(octets.size(), 32))) + "/" + std::to_string(octets.size());
}

template <typename... Values>
std::string line(const char* what, const ConnectionView& connection, Values... values) {
  std::ostringstream out;
  out << what << " #" << connection.number;
  ((out << ' ' << values), ...);
  return out.str();
}

template <typename... Values>
std::string line(const char* what, const ConnectionView& connection, const Spot& spot, Values... values) {
  return line(what, connection, spot.direction == Direction::ToServer ? "client" : "server", "stream", spot.place.stream,
              spot.offset, spot.end, values...);
}

std::string side(const SideOfCall& side) {
  std::ostringstream out;
  out << side.headers << side.ended << side.messages_known << " messages " << side.messages << " bytes " << side.bytes << " end "
      << side.headers_end << "," << side.end;
  return out.str();
}

}  // namespace

void EventLog::on_connection(const ConnectionView& connection) { lines_.push_back(line("connection", connection)); }

void EventLog::on_opening(const ConnectionView& connection, const Spot& spot, http2::Opening opening) {
  lines_.push_back(line("opening", connection, spot, static_cast<int>(opening)));
}

void EventLog::on_tls(const TlsSeen& seen) {
  lines_.push_back(line("tls", seen.connection, seen.spot, static_cast<int>(seen.step)));
}

void EventLog::on_frame(const FrameSeen& seen) {
  std::vector<std::byte> octets;
  http2::encode_frame(seen.frame, octets);
  lines_.push_back(line("frame", seen.connection, seen.spot, text(octets)));
}

void EventLog::on_block(const BlockSeen& seen) {
  std::ostringstream fields;
  for (const http2::HeaderField& field : seen.fields) {
    fields << static_cast<int>(field.name_known) << text(as_octets(field.name)) << '=' << static_cast<int>(field.value_known)
           << text(as_octets(field.value)) << ' ' << field.unknown_entry << ';';
  }
  lines_.push_back(line("block", seen.connection, seen.spot, static_cast<int>(seen.role), seen.end_stream, fields.str(),
                        static_cast<int>(seen.outcome.fault), seen.outcome.complete, seen.call != nullptr));
}

void EventLog::on_message(const MessageSeen& seen) {
  lines_.push_back(line("message", seen.connection, seen.spot, seen.number, static_cast<int>(seen.message.flag),
                        seen.message.length, text(seen.message.octets)));
}

void EventLog::on_side_ended(const SideEnded& ended) {
  lines_.push_back(line("end", ended.connection, ended.spot, ended.left_over, ended.by_headers));
}

void EventLog::on_call(const CallClosed& closed) {
  const Call& call = closed.call;
  lines_.push_back(line("call", closed.connection, "stream", call.place.stream, static_cast<int>(call.rpc_class),
                        static_cast<int>(call.response_class), text(as_octets(call.path)), call.http_status,
                        call.status.value_or(-1), text(as_octets(call.status_message)), "ending", static_cast<int>(call.ending),
                        call.error_code, call.request_delivered, call.headers_delivered, side(call.request), side(call.response)));
}

void EventLog::on_connection_closed(const ConnectionClosed& closed) {
  const ConnectionView& view = closed.connection;
  lines_.push_back(line("closed", view, closed.closing.has_value(), closed.goaway, closed.calls_open, view.calls,
                        view.calls_not_followed, text(as_octets(view.client_first)), text(as_octets(view.server_first)),
                        view.whole(Direction::ToServer), view.whole(Direction::ToClient), view.octets_to_server,
                        view.octets_to_client));
}

}  // namespace testigo::call::testing
