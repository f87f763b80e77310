// Header fields behind a gap: which of them can be told in spite of it.
#include <utility>

#include "call/connection.h"
#include "call/fields.h"

namespace testigo::call {
namespace {

constexpr unsigned kRequestsOfHabit = 8;

}  // namespace

// From here on it is not known how many insertions were lost; `lost` is what it may be at most.
void Connection::doubt(Half& from, const http2::HpackCandidates::Lost& lost) {
  from.gap->candidates.emplace(from.hpack.history(), from.gap->history, lost, limits_);
}

// What gRPC adds to HTTP/2 is taken for granted only of a client that has kept to it, and as long as it does.
void Connection::note_habit(bool keeps_to_grpc) {
  if (keeps_to_grpc) {
    ++requests_of_grpc_;
    return;
  }
  const Half& client = half(Direction::ToServer);
  if (!std::exchange(requests_other_, true) && client.gap && requests_of_grpc_ >= kRequestsOfHabit) withdraw(*client.gap);
}

void Connection::withdraw(BehindGap& gap) {
  gap.candidates.reset();
  if (std::exchange(gap.inferred, false)) sink_.on_withdrawn(view_);
}

// The blocks of a request that may have been lost with the octets of a gap are those of streams opened then, whose ids would be
// missing, and trailers of those that were open.
void Connection::note_new_stream(Half& client, StreamId id) {
  BehindGap& gap = *client.gap;
  if (std::exchange(gap.next_stream_seen, true) || !gap.candidates) return;
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
  gap.candidates->read(block, http2::BlockKind::Request, {.request = !requests_other_ && requests_of_grpc_ >= kRequestsOfHabit});
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
  stream.call.path = path->substr(0, limits_.text_bytes_kept);
  stream.call.path_known = http2::Known::Inferred;
  gap.inferred = true;
}

}  // namespace testigo::call
