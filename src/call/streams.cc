#include "call/streams.h"

#include <utility>

namespace testigo::call {

void Stream::reset() {
  std::string path = std::move(call.path), status_message = std::move(call.status_message);
  path.clear();
  status_message.clear();
  call = {};
  call.path = std::move(path);
  call.status_message = std::move(status_message);
  request.reset();
  response.reset();
  role_lost = {};
  may_have_ended = {};
  in_doubt.taints = 0;
  in_doubt.fields.clear();
}

Stream& Streams::open(StreamId id) {
  opened_.push_back(id);
  std::unique_ptr<Stream>& stream = *open_.try_emplace(id).first;
  if (idle_.empty()) {
    stream = std::make_unique<Stream>(limits_, message_bytes_);
  } else {
    stream = std::move(idle_.back());
    idle_.pop_back();
  }
  return *stream;
}

void Streams::close(StreamId id) {
  std::unique_ptr<Stream> stream = std::move(*open_.find(id));
  open_.erase(id);
  if (opened_.size() > 2 * open_.size() + kClosedMax) {
    std::erase_if(opened_, [this](StreamId each) { return open_.find(each) == nullptr; });
  }
  if (idle_.size() >= kIdleMax) return;
  stream->reset();
  idle_.push_back(std::move(stream));
}

std::vector<StreamId> Streams::ids(StreamId above, StreamId last) const {
  std::vector<StreamId> ids;
  for (auto it = std::ranges::upper_bound(opened_, above); it != opened_.end() && *it <= last; ++it) {
    if (open_.find(*it) != nullptr) ids.push_back(*it);
  }
  return ids;
}

}  // namespace testigo::call
