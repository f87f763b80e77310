#include "run/frame_lines.h"

#include "report/frame_text.h"
#include "run/terminal.h"

namespace testigo::run {

void FrameLines::put_line(const std::string& line) { put(out_, line + "\n"); }

void FrameLines::on_frame(const call::FrameSeen& seen) {
  put_line(json_ ? report::frame_json(seen) : report::frame_lines(seen, paint_));
}

void FrameLines::on_block(const call::BlockSeen& seen) {
  const auto is_secret = [this](const http2::HeaderField& field) { return secrets_.is_secret(field); };
  put_line(json_ ? report::block_json(seen, is_secret) : report::block_lines(seen, is_secret, paint_));
}

void FrameLines::on_message(const call::MessageSeen& seen) {
  if (bodies_ == nullptr) {
    put_line(json_ ? report::message_json(seen) : report::message_lines(seen, paint_));
    return;
  }
  const report::MessageBody body = bodies_->of(seen);
  put_line(json_ ? report::message_json(seen, &body) : report::message_lines(seen, paint_) + "\n" + report::body_lines(body));
}

}  // namespace testigo::run
