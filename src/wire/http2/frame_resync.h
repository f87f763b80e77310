// Where frames begin again behind a gap, when no frame header says so.
//
// The payload that the gap cut into may hold anything, whole HTTP/2 frames too: a chain of headers that looks right proves nothing.
// So every offset at which the next header may stand is kept while its chain stays valid, and the first frame that all chains have
// in common is the answer. Those offsets end where the largest payload would, or where somebody proves that a header stood before.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "wire/http2/frame.h"

namespace testigo::http2 {

// Whether a frame may look like this, whatever its payload: CN06, CN07, CN10 and a length within `length_max`.
bool is_plausible(const FrameHeader& header, std::uint32_t length_max);

// HEADERS, PUSH_PROMISE, CONTINUATION: what changes the header table of its direction.
bool carries_field_block(const FrameHeader& header);

class FrameResync {
 public:
  struct Rules {
    std::uint32_t length_max = 16'384;  // the largest SETTINGS_MAX_FRAME_SIZE (RFC 9113 section 6.5.2) that may be in force
    // For octets that nothing else says to be HTTP/2: how many frames of known types must follow one another.
    std::uint32_t frames_to_recognise = 0;
    // Whether there may be streams of the server, of even numbers. A client never sends DATA or HEADERS on them (section 5.1.1).
    bool even_streams = true;
    // Above it the client has opened none.
    StreamId stream_max = 0x7fff'ffff;
  };

  FrameResync(const Rules& rules, const Limits& limits);

  // The octets behind the gap, in their order; offsets count from the first one. True when the answer is known, and all octets
  // before it were fed.
  bool feed(Bytes octets);
  // The client has opened more streams.
  void streams_up_to(StreamId stream_max) { rules_.stream_max = stream_max; }
  // Somebody knows that of the octets before `offset`, which were fed, so many HEADERS are made, 1 at least. True when the answer
  // is known.
  bool holds_headers(std::uint64_t offset, std::uint64_t headers);

  // Once the answer is known: where the first frame begins that all chains have in common, and what was fed from there on.
  std::uint64_t offset() const { return pending_.begin()->first; }
  Bytes octets() const;
  // How many octets were fed.
  std::uint64_t fed() const { return first_kept_ + octets_.size(); }

  // What was passed over and may have been frames.
  struct PassedOver {
    bool known = false;            // what follows is
    std::uint64_t begin = 0;       // octets before the first of them: of the payload that the gap cut
    std::uint64_t insertions = 0;  // into the header table, by their field blocks, at most
    std::uint64_t octets = 0;      // of those blocks that made any
    std::uint64_t blocks = 0;
    friend bool operator==(const PassedOver&, const PassedOver&) = default;
  };
  PassedOver passed_over() const;

 private:
  // What a frame at some offset must be. Chains that meet may ask for different things: then any of them will do.
  struct Boundary {
    std::uint64_t headers = 0;  // how many the chain with most of them has, of those that meet here
    bool anything = false;
    bool no_continuation = false;
    StreamId continuation = 0;  // of that stream; 0: of none
  };
  // A frame that may be one, for `passed_over`.
  struct Step {
    std::uint64_t from;
    FrameHeader header;
    std::uint64_t to() const { return from + kFrameHeaderBytes + header.length; }
  };

  bool may_begin(std::uint64_t offset) const { return offset <= last_begin_; }
  bool advance();
  void look_at(std::uint64_t offset);
  bool allows(const Boundary& boundary, const FrameHeader& header) const;
  void follow(std::uint64_t offset, const Boundary& boundary, const FrameHeader& header);
  bool decided() const;
  bool is_of_a_stream_that_may_be(const FrameHeader& header) const;
  void start_again();
  void remember(Bytes octets);
  Bytes kept_payload(const Step& step) const;

  Rules rules_;
  std::size_t chains_max_;
  std::size_t bytes_kept_;
  std::map<std::uint64_t, Boundary> pending_;  // headers that chains lead to, by offset; none before `at_`
  std::uint64_t at_ = 0;                       // the next offset to look at
  std::uint64_t last_begin_;                   // behind it no chain begins
  std::uint32_t agreed_ = 0;                   // frames since there is one chain only
  std::vector<std::byte> octets_;              // from `first_kept_` on
  std::uint64_t first_kept_ = 0;
  std::vector<Step> steps_;
  bool all_kept_ = true;
};

}  // namespace testigo::http2
