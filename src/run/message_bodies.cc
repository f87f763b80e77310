#include "run/message_bodies.h"

namespace testigo::run {

report::MessageBody MessageBodies::of(const call::MessageSeen& seen, std::size_t text_max) {
  const bool named = schema_ != nullptr && seen.call.path_known == http2::Known::Exact;
  const schema::Method* method = named ? schema_->method(seen.call.path) : nullptr;
  schema::Type type = nullptr;
  if (method != nullptr) type = seen.spot.direction == Direction::ToServer ? method->request : method->reply;
  return report::message_body(plain_.plain(seen), seen.message.length, schema_, type, text_max);
}

}  // namespace testigo::run
