#include "call/fan.h"

namespace testigo::call {

Sink& Fan::hearer(Heard heard, const ConnectionView& connection) {
  const std::vector<Sink*>& hearers = roster_.of(heard);
  return hearers.size() == 1 ? hearers.front()->hearer(heard, connection) : *this;
}

void Fan::on_connection(const ConnectionView& connection) {
  for (Sink* sink : roster_.all()) sink->on_connection(connection);
}

void Fan::on_opening(const ConnectionView& connection, const Spot& spot, http2::Opening opening) {
  for (Sink* sink : roster_.all()) sink->on_opening(connection, spot, opening);
}

void Fan::on_tls(const TlsSeen& seen) {
  for (Sink* sink : roster_.all()) sink->on_tls(seen);
}

void Fan::on_frame(const FrameSeen& seen) {
  for (Sink* sink : roster_.frames()) sink->on_frame(seen);
}

void Fan::on_block(const BlockSeen& seen) {
  for (Sink* sink : roster_.blocks()) sink->on_block(seen);
}

void Fan::on_message(const MessageSeen& seen) {
  for (Sink* sink : roster_.messages()) sink->on_message(seen);
}

void Fan::on_side_ended(const SideEnded& ended) {
  for (Sink* sink : roster_.side_ends()) sink->on_side_ended(ended);
}

void Fan::on_call(const CallClosed& closed) {
  for (Sink* sink : roster_.calls()) sink->on_call(closed);
}

void Fan::on_withdrawn(const ConnectionView& connection) {
  for (Sink* sink : roster_.all()) sink->on_withdrawn(connection);
}

void Fan::on_connection_closed(const ConnectionClosed& closed) {
  for (Sink* sink : roster_.all()) sink->on_connection_closed(closed);
}

}  // namespace testigo::call
