// Gives those that show messages what each says.
#pragma once

#include "check/plain_messages.h"
#include "report/message_body.h"
#include "schema/schema.h"

namespace testigo::run {

class MessageBodies final : public call::Sink {
 public:
  // `schema`, which may be null, must outlive it.
  explicit MessageBodies(const schema::Schema* schema) : schema_(schema), plain_(Limits{}) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = false, .calls = true};
  }
  void on_block(const call::BlockSeen& seen) override { plain_.on_block(seen); }
  void on_call(const call::CallClosed& closed) override { plain_.on_call(closed); }

  // Of a message behind blocks that were heard.
  report::MessageBody of(const call::MessageSeen& seen, std::size_t text_max = Limits{}.message_text_bytes_max);

 private:
  const schema::Schema* schema_;
  check::PlainMessages plain_;
};

}  // namespace testigo::run
