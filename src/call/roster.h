// Sinks by what they hear: a capture has millions of events, and most of them concern few.
#pragma once

#include <vector>

#include "call/event.h"

namespace testigo::call {

class Roster {
 public:
  // It must outlive the roster; those that hear the same hear it in the order in which they were added.
  void add(Sink& sink);

  const std::vector<Sink*>& all() const { return all_; }
  const std::vector<Sink*>& frames() const { return frames_; }
  const std::vector<Sink*>& blocks() const { return blocks_; }
  const std::vector<Sink*>& messages() const { return messages_; }
  const std::vector<Sink*>& side_ends() const { return side_ends_; }
  const std::vector<Sink*>& calls() const { return calls_; }

  const std::vector<Sink*>& of(Heard heard) const;

  // What any of them hears.
  Interest hears() const;

 private:
  std::vector<Sink*> all_, frames_, blocks_, messages_, side_ends_, calls_;
};

}  // namespace testigo::call
