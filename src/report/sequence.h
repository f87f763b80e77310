// One call as a sequence diagram in text: the client on the left, the server on the right, an arrow for each frame.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/chunk.h"
#include "base/clock.h"
#include "report/paint.h"

namespace testigo::report {

struct Arrow {
  Time time;
  Direction direction = Direction::ToServer;
  std::uint64_t packet = 0;        // 0: there is no capture
  std::string text;                // what the frame is; inert
  std::vector<std::string> notes;  // below it, a line each; inert
};

struct Sequence {
  std::string client, server;  // what stands above the two life lines; inert
  std::vector<Arrow> arrows;   // in their order
  std::uint64_t left_out = 0;  // further ones
  std::vector<std::string> ending;
};

// Ends with a line break.
std::string sequence_text(const Sequence& sequence, const Paint& paint);

}  // namespace testigo::report
