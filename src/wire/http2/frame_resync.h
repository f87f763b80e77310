// Where frames begin again behind a gap, when no frame header says so.
//
// The payload that the gap cut into may hold anything, whole HTTP/2 frames too: a chain of headers that looks right proves nothing.
// So every offset at which the next header may stand is kept while its chain stays valid, and the first frame that all chains have
// in common is the answer. Those offsets end where the largest payload would, or where somebody proves that a header stood before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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
    // The highest that was opened before the gap; 0: none.
    StreamId opened_before = 0x7fff'ffff;
  };

  FrameResync(const Rules& rules, const Limits& limits);

  // The octets behind the gap, in their order; offsets count from the first one. True when the answer is known, and all octets
  // before it were fed.
  bool feed(Bytes octets);
  // The client has opened more streams.
  void streams_up_to(StreamId stream_max) { rules_.stream_max = stream_max; }

  // Streams above `opened_before` of which somebody knows that they were opened in the gap, or by HEADERS that end before `offset`.
  struct Answered {
    std::uint64_t offset = 0;  // the octets before it were fed
    const std::set<StreamId>& streams;
    std::uint64_t room = 0;           // octets of the gap in which whole frames may have stood
    std::uint64_t request_bytes = 0;  // that one of them takes of it, at least
  };
  // True when the answer is known.
  bool answered(const Answered& by);

  // Chains that begin at different offsets, but show the same streams: what they ask of the gap. One that begins right behind it
  // asks for nothing. Behind another one lies the frame that was cut.
  struct Beginning {
    StreamId opens = 0;                     // the first stream above `opened_before` that they show HEADERS of; 0: none; kAnyStream
    std::uint64_t headers = 0;              // that they show, at most
    std::uint64_t header_octets = 0;        // of the frame that was cut, that stood in the gap, at least
    std::uint64_t tail = 0;                 // octets before them that may be the end of a field block, at most
    std::uint64_t block_header_octets = 0;  // as `header_octets`, where they are
    bool at_once = false;                   // one of them begins right behind the gap
    // How many of those streams cannot but have been opened in the gap, and the octets of it that this takes, at least.
    std::uint64_t opened_in_gap(const std::set<StreamId>& answered) const;
    std::uint64_t octets_of_gap(std::uint64_t requests, std::uint64_t request_bytes) const;
    friend bool operator==(const Beginning&, const Beginning&) = default;
  };
  static constexpr StreamId kAnyStream = 0xffff'ffff;

  // Once the answer is known: where the first frame begins that all chains have in common, and what was fed from there on.
  std::uint64_t offset() const { return answer_; }
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
    std::vector<Beginning> beginnings;  // of the chains that are left
    friend bool operator==(const PassedOver&, const PassedOver&) = default;
  };
  PassedOver passed_over() const;

 private:
  // What a frame at some offset must be. Chains that meet may ask for different things: then any of them will do.
  struct Boundary {
    std::vector<Beginning> beginnings;
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

  static void meet(std::vector<Beginning>& beginnings, const Beginning& one);
  Beginning begin_at(std::uint64_t offset) const;
  std::uint64_t least_header_octets(std::uint64_t offset) const;
  std::uint64_t least_block_header_octets(std::uint64_t offset) const;
  void note_first_request();
  bool may_begin(std::uint64_t offset) const { return offset <= last_begin_; }
  bool advance();
  void look_at(std::uint64_t offset);
  bool allows(const Boundary& boundary, const FrameHeader& header) const;
  void follow(std::uint64_t offset, const Boundary& boundary, const FrameHeader& header);
  bool decided() const;
  std::uint64_t first_in_common() const;
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
  bool from_gap_ = true;               // chains begin where the gap ends
  std::vector<std::byte> first_;       // as many octets as a frame header may have
  std::optional<Step> first_request_;  // of the chain that begins right behind the gap
  bool shows_request_ = false;         // it is one, whole
  bool told_ = false;                  // somebody has ruled beginnings out
  std::uint64_t answer_ = 0;
};

}  // namespace testigo::http2
