// Header fields behind a gap: which of them can be told in spite of it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "call/connection.h"
#include "call/fields.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::call {
namespace {

constexpr unsigned kRequestsOfHabit = 8;

}  // namespace

// From here on it is not known how many insertions were lost; `ways`: what it may be at most.
void Connection::doubt(Half& from, std::vector<http2::HpackCandidates::Lost> ways) {
  from.gap->candidates.emplace(from.hpack.history(), from.gap->history, std::move(ways), limits_);
}

// What each beginning of frames that is possible behind the gap leaves of it to insertions, beside what it asks for: the header of
// the frame that was cut, and the requests that the server has answered although no frame behind the gap opened them.
std::vector<http2::HpackCandidates::Lost> Connection::ways_lost(const BehindGap& gap) const {
  using Lost = http2::HpackCandidates::Lost;
  const bool cut = gap.rest_of_block != 0;
  const Lost elsewhere{gap.rest_of_block / http2::kInsertionBytes + gap.passed.insertions, gap.rest_of_block + gap.passed.octets,
                       (cut ? 1 : 0) + gap.passed.blocks, 0, cut};
  const std::uint64_t request_bytes = least_request_bytes();
  std::vector<Lost> ways;
  const auto leave = [&](std::uint64_t octets, std::uint64_t requests) {
    const std::uint64_t headers = std::max<std::uint64_t>(requests, 1) * http2::kFrameHeaderBytes;
    Lost way = elsewhere;
    way.insertions += (octets - std::min(octets, headers)) / http2::kInsertionBytes;
    way.octets += octets;
    way.requests = requests;
    ways.push_back(way);
  };
  for (const http2::FrameResync::Beginning& each : gap.passed.beginnings) {
    const bool known = each.opens != 0 && each.opens != http2::FrameResync::kAnyStream;
    // All that were opened in the gap have ids between those (RFC 9113 section 5.1.1).
    if (known && each.opens <= gap.highest_before + 2 && requests_are_one_block() && !gap.block_goes_on) {
      ways.push_back(elsewhere);
      continue;
    }
    const auto opened = known ? std::distance(gap.answered.begin(), gap.answered.lower_bound(each.opens)) : 0;
    const auto requests = static_cast<std::uint64_t>(opened);
    const std::uint64_t room = *gap.room;
    if (each.header_octets + requests * request_bytes <= room) leave(room - each.header_octets, requests);
    if (each.tail != 0 && each.octets_of_gap(requests, request_bytes) <= room) leave(room + each.tail, requests);
  }
  return ways;
}

bool Connection::requests_keep_to_grpc() const { return !requests_other_ && requests_of_grpc_ >= kRequestsOfHabit; }

// RQ02.
bool Connection::paths_keep_to_grpc() const {
  return requests_keep_to_grpc() && !paths_other_ && paths_of_grpc_ >= kRequestsOfHabit;
}

// RQ13.
bool Connection::requests_are_one_block() const {
  return requests_keep_to_grpc() && !request_trailers_ && requests_ended_by_data_ >= kRequestsOfHabit;
}

// A frame header, and an octet for each field that it cannot be without: :method and another one, or all that gRPC asks for.
std::uint64_t Connection::least_request_bytes() const { return http2::kFrameHeaderBytes + (requests_keep_to_grpc() ? 5 : 2); }

// What gRPC adds to HTTP/2 is taken for granted only of a client that has kept to it, and as long as it does.
void Connection::note_request(const RequestGist& gist) {
  if (gist.keeps_to_grpc == true) ++requests_of_grpc_;
  if (gist.keeps_to_grpc == false) note_habit(requests_other_, requests_of_grpc_);
  if (gist.two_segments == true) ++paths_of_grpc_;
  if (gist.two_segments == false) note_habit(paths_other_, paths_of_grpc_);
}

// It is broken now.
void Connection::note_habit(bool& broken, unsigned kept) {
  const Half& client = half(Direction::ToServer);
  if (!std::exchange(broken, true) && client.gap && kept >= kRequestsOfHabit) withdraw(*client.gap);
}

void Connection::withdraw(BehindGap& gap) {
  gap.candidates.reset();
  if (std::exchange(gap.inferred, false)) sink_.on_withdrawn(view_);
}

// The blocks of a request that may have been lost with the octets of a gap are those of streams opened then, whose ids would be
// missing, and trailers of those that were open.
void Connection::note_new_stream(StreamId id) {
  Half& client = half(Direction::ToServer);
  BehindGap& gap = *client.gap;
  if (std::exchange(gap.next_stream_seen, true) || !gap.candidates || client.hpack.history().taints() != gap.passed_taints) return;
  for (http2::FrameResync::Beginning& each : gap.passed.beginnings) {
    if (each.opens == 0) each.opens = id;
  }
  doubt(client, ways_lost(gap));
  if (gap.block_goes_on || gap.rest_of_block != 0) return;
  const StreamId next = gap.highest_before == 0 ? 1 : gap.highest_before + 2;
  if (id != next || gap.trailers_possible) return;
  bool any_may_have_ended = false;
  streams_.for_each([&](const Stream& stream) {
    any_may_have_ended |= stream.call.place.stream < id && may_have_ended(stream, Direction::ToServer);
  });
  if (!any_may_have_ended) gap.candidates->nothing_was_lost();
}

// A request of which not every field is exact.
void Connection::read_in_doubt(Half& from, Stream* stream, BlockRole role) {
  BehindGap& gap = *from.gap;
  if (stream == nullptr || role != BlockRole::Request) return;
  Call& call = stream->call;
  call.opened_behind_gap = true;
  if (!any_name_unknown(fields())) return;
  if (call.path_known == http2::Known::Unknown) call.unknown_method = number_unknown(gap);
  if (!gap.candidates) return;
  http2::BlockInDoubt block = gap.candidates->look_at(fields());
  gap.candidates->read(block, http2::BlockKind::Request, {.request = requests_keep_to_grpc(), .path = paths_keep_to_grpc()});
  if (gap.candidates->refuted()) {
    withdraw(gap);
    return;
  }
  if (call.path_known == http2::Known::Unknown) stream->in_doubt = std::move(block);
}

// Two calls with one number have the same method: whatever may be their :path refers to the same entries.
std::uint32_t Connection::number_unknown(BehindGap& gap) const {
  std::vector<std::uint64_t> entries;
  for (const http2::HeaderField& each : fields()) {
    if (each.name_known == http2::Known::Exact) continue;
    if (each.value_known == http2::Known::Exact && paths_keep_to_grpc() && !is_two_segment_path(each.value)) continue;
    const bool literal =
        each.representation != http2::Representation::Indexed && each.representation != http2::Representation::IncrementalIndexing;
    if (each.unknown_entry == 0 || literal) return 0;
    entries.push_back(each.unknown_entry);
  }
  return gap.unknown.number(entries);
}

// The call closes: blocks that came later may have told what its method was.
void Connection::leave_behind_gap(Stream& stream) {
  BehindGap& gap = *half(Direction::ToServer).gap;
  gap.trailers_possible = gap.trailers_possible || may_have_ended(stream, Direction::ToServer);
  if (!gap.candidates || stream.in_doubt.fields.empty()) return;
  const auto path = gap.candidates->path(stream.in_doubt);
  if (!path) return;
  take_path(stream.call, *path, http2::Known::Inferred);
  gap.inferred = true;
}

}  // namespace testigo::call
