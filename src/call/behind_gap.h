// What is kept of one direction of a connection behind a gap, or when it was not seen from its start.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/clock.h"
#include "wire/http2/frame.h"
#include "wire/http2/frame_resync.h"
#include "wire/http2/hpack_candidates.h"

namespace testigo::call {

// A frame of which octets are missing, or all of whose octets are to be passed over.
struct BrokenFrame {
  std::optional<http2::FrameHeader> header;  // nothing: whose they are does not matter
  std::uint64_t begin = 0;                   // offset of the header
  std::uint64_t at = 0;                      // of the payload: the next octet
  std::uint64_t size = 0;                    // of the payload
  std::uint64_t data_begin = 0;              // of the payload, without padding
  std::uint64_t data_end = 0;
  bool data_known = true;  // where its data begin and end

  std::uint64_t rest() const { return size - at; }
  // How many of the next octets are data.
  std::uint64_t data_in(std::uint64_t octets) const;
};

// Numbers for methods that are not known: calls of one number have the same method.
class UnknownMethods {
 public:
  explicit UnknownMethods(std::size_t kept_max) : kept_max_(kept_max) {}
  // `entries`: what is unknown in the request, by HeaderField::unknown_entry. 0: nothing can be said, or too many are known.
  std::uint32_t number(const std::vector<std::uint64_t>& entries);

 private:
  std::size_t kept_max_;
  std::map<std::vector<std::uint64_t>, std::uint32_t> numbers_;
};

struct BehindGap {
  explicit BehindGap(std::size_t unknown_methods_max) : unknown(unknown_methods_max) {}

  std::optional<BrokenFrame> broken;
  std::optional<http2::FrameResync> resync;  // frames are looked for
  std::uint64_t resync_base = 0;             // offset of its first octet
  std::uint64_t unrecognised = 0;            // octets in which no HTTP/2 was found

  // The last gap behind which frames had to be looked for.
  std::optional<std::uint64_t> room;  // octets in which whole frames may have stood; nothing: any number
  std::uint64_t rest_of_block = 0;    // octets of a field block that it cut, which were lost before them
  bool cut = false;                   // it cut a block: `history` ends there
  bool block_goes_on = false;         // a block that began before may have gone on in it, with CONTINUATION
  http2::HpackCandidates::Before history;
  http2::StreamId highest_before = 0;     // stream of the client
  bool trailers_possible = false;         // a request that was open then may have ended by a block that was lost
  bool next_stream_seen = true;           // since; before it, streams that were opened in the gap may have ids of any number
  http2::FrameResync::PassedOver passed;  // behind it
  std::uint64_t passed_taints = 0;        // of the history, then
  std::set<http2::StreamId> answered;     // opened since, for the server has answered them
  std::optional<http2::HpackCandidates> candidates;
  bool inferred = false;  // something was, and told

  UnknownMethods unknown;

  // Of the last octets of the direction.
  Time time;
  std::uint64_t packet = 0;
};

}  // namespace testigo::call
