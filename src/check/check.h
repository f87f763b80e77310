// A check: a sink of the events of one connection that tells what it found.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "call/event.h"
#include "check/attempt.h"

namespace testigo::check {

// Types of frames; those that RFC 9113 does not know count as one. Of the frames of a capture nearly all are DATA, HEADERS and
// WINDOW_UPDATE: who has no use for them is not called for them.
class FrameTypes {
 public:
  static constexpr std::size_t kCount = 11;
  static constexpr std::size_t index(std::uint8_t type) { return std::min<std::size_t>(type, kCount - 1); }

  constexpr FrameTypes(std::initializer_list<http2::FrameType> types) {
    for (const http2::FrameType type : types) bits_ |= 1u << index(static_cast<std::uint8_t>(type));
  }
  static constexpr FrameTypes all() {
    FrameTypes types({});
    types.bits_ = (1u << kCount) - 1;
    return types;
  }
  constexpr bool has(std::size_t index) const { return (bits_ >> index & 1u) != 0; }

 private:
  unsigned bits_ = 0;
};

// Not many, and all that some checks need.
inline constexpr FrameTypes kSignals{http2::FrameType::Settings, http2::FrameType::Ping, http2::FrameType::Goaway,
                                     http2::FrameType::RstStream};

// How a side of a call ends, by whose it is and what carried the flag.
enum class SideEnd : std::uint8_t { RequestByData, RequestByHeaders, AnswerByData, AnswerByHeaders };

class SideEnds {
 public:
  static constexpr std::size_t kCount = 4;
  static constexpr std::size_t index(const call::SideEnded& ended) {
    return 2 * static_cast<std::size_t>(ended.spot.direction) + (ended.by_headers ? 1 : 0);
  }

  constexpr SideEnds(std::initializer_list<SideEnd> ends) {
    for (const SideEnd end : ends) bits_ |= 1u << static_cast<unsigned>(end);
  }
  static constexpr SideEnds all() {
    return {SideEnd::RequestByData, SideEnd::RequestByHeaders, SideEnd::AnswerByData, SideEnd::AnswerByHeaders};
  }
  constexpr bool has(std::size_t index) const { return (bits_ >> index & 1u) != 0; }

 private:
  unsigned bits_ = 0;
};

class Check : public call::Sink {
 public:
  // Where it hears frames: of these types.
  virtual FrameTypes frame_types() const { return FrameTypes::all(); }
  // Of a frame on the stream of an upgrade, which is not judged (upgraded.h): whether it is to be heard all the same.
  virtual bool hears_upgraded(const call::FrameSeen&) const { return false; }
  // Where it hears ends of sides: these.
  virtual SideEnds side_ends() const { return SideEnds::all(); }
  // Where it hears blocks, before one is heard that is alike others to come (AlikeBlocks): whether, should it pass, the verdict is
  // that of all of them, and hearing the others would change nothing.
  virtual bool speaks_for_alike(const call::BlockSeen&) const { return false; }
  // The same, as long as no check of the connection has notes (CallsSoFar).
  virtual bool speaks_without_notes(const call::BlockSeen&) const { return false; }
  // Of rows that need all connections of the run (Rows::Across).
  virtual void on_attempt(const Attempt&) {}
};

// What a check of frames alone hears.
constexpr call::Interest kFramesAlone{.frames = true, .blocks = false, .messages = false, .side_ends = false, .calls = false};

}  // namespace testigo::check
