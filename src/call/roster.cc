#include "call/roster.h"

namespace testigo::call {

void Roster::add(Sink& sink) {
  const Interest interest = sink.hears();
  all_.push_back(&sink);
  if (interest.frames) frames_.push_back(&sink);
  if (interest.blocks) blocks_.push_back(&sink);
  if (interest.messages) messages_.push_back(&sink);
  if (interest.side_ends) side_ends_.push_back(&sink);
  if (interest.calls) calls_.push_back(&sink);
}

const std::vector<Sink*>& Roster::of(Heard heard) const {
  switch (heard) {
    case Heard::Frames:
      return frames_;
    case Heard::Blocks:
      return blocks_;
    case Heard::Messages:
      return messages_;
    case Heard::SideEnds:
      return side_ends_;
  }
  return all_;
}

Interest Roster::hears() const {
  return {!frames_.empty(), !blocks_.empty(), !messages_.empty(), !side_ends_.empty(), !calls_.empty()};
}

}  // namespace testigo::call
