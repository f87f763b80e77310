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

void Judge::on_connection(const call::ConnectionView& connection) {
  const Checks& checks = checks_[connection.number] = all_checks(findings_);
  for (const auto& check : checks) check->on_connection(connection);
}

void Judge::on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) {
  for (const auto& check : of(connection)) check->on_opening(connection, spot, opening);
}

void Judge::on_frame(const call::FrameSeen& seen) {
  for (const auto& check : of(seen.connection)) check->on_frame(seen);
}

void Judge::on_block(const call::BlockSeen& seen) {
  for (const auto& check : of(seen.connection)) check->on_block(seen);
}

void Judge::on_message(const call::MessageSeen& seen) {
  for (const auto& check : of(seen.connection)) check->on_message(seen);
}

void Judge::on_side_ended(const call::SideEnded& ended) {
  for (const auto& check : of(ended.connection)) check->on_side_ended(ended);
}

void Judge::on_call(const call::CallClosed& closed) {
  for (const auto& check : of(closed.connection)) check->on_call(closed);
}

void Judge::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  for (const auto& check : of(view)) check->on_connection_closed(closed);
  checks_.erase(view.number);
  const std::string_view reason = why_not_judgeable(view);
  if (reason.empty()) return;
  for (std::size_t i = 0; i < kCheckCount; ++i) findings_.not_judgeable(static_cast<Id>(i), std::string(reason));
}

}  // namespace testigo::check
