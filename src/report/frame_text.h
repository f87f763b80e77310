// Frames and header blocks, annotated: for people, and as JSON lines (docs/formats/call-line.md). All of it is inert.
#pragma once

#include <functional>
#include <string>

#include "call/event.h"
#include "report/message_body.h"
#include "report/paint.h"

namespace testigo::report {

// Whose value is not shown, only how long it is.
using IsSecret = std::function<bool(const http2::HeaderField&)>;

std::string_view known_name(http2::Known known);  // "exact", "inferred", "unknown"

// "→ HEADERS  stream 1  END_HEADERS  87 octets": what a frame is and holds, but for header blocks, and nothing of bodies.
std::string frame_text(const http2::Frame& frame);
// "message 1: 11 octets, compressed"
std::string message_text(const call::MessageSeen& seen);
// ":path: /a.B/C"; with how it is known, where that is not exact.
std::string field_text(const http2::HeaderField& field, const IsSecret& is_secret);

// Lines for people, without the last line break: one of the frame; one for each field of a block; one of a message.
std::string frame_lines(const call::FrameSeen& seen, const Paint& paint);
std::string block_lines(const call::BlockSeen& seen, const IsSecret& is_secret, const Paint& paint);
std::string message_lines(const call::MessageSeen& seen, const Paint& paint);
// Of a message that is shown without its frames.
std::string lone_message_lines(const call::MessageSeen& seen, const Paint& paint);
// Below a message: what it says, where that is asked for.
std::string body_lines(const MessageBody& body);

std::string frame_json(const call::FrameSeen& seen);
std::string block_json(const call::BlockSeen& seen, const IsSecret& is_secret);
std::string message_json(const call::MessageSeen& seen, const MessageBody* body = nullptr);

}  // namespace testigo::report
