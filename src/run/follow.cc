#include "run/follow.h"

#include <charconv>

#include <fmt/format.h>

#include "base/inert.h"
#include "call/outcome.h"
#include "report/frame_text.h"

namespace testigo::run {
namespace {

constexpr std::size_t kArrowsMax = 1000;
constexpr std::size_t kNotesMax = 200;  // of one arrow
constexpr std::size_t kBodyTextMax = 120;

}  // namespace

std::optional<Followed> parse_followed(std::string_view text) {
  Followed followed;
  const char* const end = text.data() + text.size();
  const auto connection = std::from_chars(text.data(), end, followed.connection);
  if (connection.ec != std::errc() || connection.ptr == end || *connection.ptr != '/') return std::nullopt;
  const auto stream = std::from_chars(connection.ptr + 1, end, followed.stream);
  if (stream.ec != std::errc() || stream.ptr != end || followed.connection == 0 || followed.stream == 0) return std::nullopt;
  return followed;
}

void Follow::on_frame(const call::FrameSeen& seen) {
  if (!is_of(seen.spot)) return;
  if (sequence_.arrows.size() == kArrowsMax) {
    ++sequence_.left_out;
    return;
  }
  sequence_.client = "client " + tcp::to_text(seen.connection.client);
  sequence_.server = "server " + tcp::to_text(seen.connection.server);
  sequence_.arrows.push_back({seen.spot.time, seen.spot.direction, seen.spot.place.packet, report::frame_text(seen.frame), {}});
}

void Follow::note(const call::Spot& spot, std::string text) {
  if (!is_of(spot) || sequence_.left_out != 0 || sequence_.arrows.empty()) return;
  std::vector<std::string>& notes = sequence_.arrows.back().notes;
  if (notes.size() < kNotesMax) notes.push_back(std::move(text));
}

void Follow::on_block(const call::BlockSeen& seen) {
  if (!is_of(seen.spot)) return;
  const auto is_secret = [this](const http2::HeaderField& field) { return secrets_.is_secret(field); };
  for (const http2::HeaderField& field : seen.fields) note(seen.spot, report::field_text(field, is_secret));
  if (!seen.outcome.complete) note(seen.spot, "(the rest cannot be decoded)");
}

void Follow::on_message(const call::MessageSeen& seen) {
  if (!is_of(seen.spot)) return;
  note(seen.spot, report::message_text(seen));
  if (bodies_ != nullptr) note(seen.spot, report::body_text(bodies_->of(seen, kBodyTextMax)));
}

void Follow::on_call(const call::CallClosed& closed) {
  const call::Call& call = closed.call;
  if (call.place.stream != followed_.stream || call.place.connection != followed_.connection) return;
  sequence_.ending.push_back(fmt::format("{} after {}", call::outcome_text(call), to_human(call.ended - call.started)));
  if (!call.status_message.empty()) sequence_.ending.push_back(inert(call.status_message));
}

}  // namespace testigo::run
