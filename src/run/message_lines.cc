#include "run/message_lines.h"

#include "report/frame_text.h"
#include "run/terminal.h"

namespace testigo::run {

void MessageLines::on_message(const call::MessageSeen& seen) {
  const report::MessageBody body = bodies_.of(seen);
  put(out_,
      (json_ ? report::message_json(seen, &body) : report::lone_message_lines(seen, paint_) + "\n" + report::body_lines(body)) +
          "\n");
}

}  // namespace testigo::run
