#include "wire/http2/frame_resync.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::http2 {
namespace {

constexpr std::size_t kBeginningsMax = 64;  // at one boundary, told apart

bool stands_on_connection(FrameType type) {
  return type == FrameType::Settings || type == FrameType::Ping || type == FrameType::Goaway;
}

// CN07. What WINDOW_UPDATE is about may be either, what nobody knows anything.
bool is_plausible_stream(FrameType type, StreamId stream) {
  if (type == FrameType::WindowUpdate || type > FrameType::Continuation) return true;
  return stands_on_connection(type) == (stream == 0);
}

// What of a payload is a field block; nothing: it is not known.
std::optional<Bytes> field_block(const FrameHeader& header, Bytes payload) {
  if (payload.size() < header.length) return std::nullopt;
  const FramePayload read = decode_payload(header, payload);
  if (const auto* headers = std::get_if<HeadersFrame>(&read)) return headers->fragment;
  if (const auto* promise = std::get_if<PushPromiseFrame>(&read)) return promise->fragment;
  return std::nullopt;
}

}  // namespace

bool carries_field_block(const FrameHeader& header) {
  return header.is(FrameType::Headers) || header.is(FrameType::PushPromise) || header.is(FrameType::Continuation);
}

bool is_plausible(const FrameHeader& header, std::uint32_t length_max) {
  const auto type = static_cast<FrameType>(header.type);
  return header.length <= length_max && is_plausible_stream(type, header.stream) && length_allowed(type, header.length);
}

// The header of the frame that the gap cut into may itself be cut: its last octets then stand before its payload.
FrameResync::FrameResync(const Rules& rules, const Limits& limits)
    : rules_(rules),
      chains_max_(limits.resync_chains_max),
      bytes_kept_(limits.resync_bytes_kept),
      last_begin_(std::uint64_t{rules.length_max} + kFrameHeaderBytes - 1) {}

bool FrameResync::feed(Bytes octets) {
  remember(octets);
  return advance();
}

std::uint64_t FrameResync::Beginning::opened_in_gap(const std::set<StreamId>& answered) const {
  const std::uint64_t unshown = answered.size() - std::min<std::uint64_t>(answered.size(), headers);
  if (opens == kAnyStream) return unshown;
  if (opens == 0) return answered.size();
  // Ids only grow (RFC 9113 section 5.1.1).
  const auto below = std::distance(answered.begin(), answered.lower_bound(opens));
  return std::max(unshown, static_cast<std::uint64_t>(below));
}

// A block that was cut is of one of these requests: the rest of it may stand behind the gap.
std::uint64_t FrameResync::Beginning::octets_of_gap(std::uint64_t requests, std::uint64_t request_bytes) const {
  const std::uint64_t whole = header_octets + requests * request_bytes;
  if (tail == 0 || requests == 0) return whole;
  return std::min(whole, block_header_octets + (requests - 1) * request_bytes);
}

bool FrameResync::answered(const Answered& by) {
  if (!from_gap_) return advance();
  told_ = true;
  const std::uint64_t whole =
      by.room == 0 ? 0 : (by.room - 1) / by.request_bytes;  // an octet at least is of the header that was cut
  const std::uint64_t in_gap = whole + (by.room != 0 && !shows_request_ ? 1 : 0);
  if (by.streams.size() > in_gap) {
    const std::uint64_t behind = (by.streams.size() - in_gap) * by.request_bytes;
    last_begin_ = std::min(last_begin_, by.offset - std::min(by.offset, behind));
  }
  const auto refuted = [&](const Beginning& each) {
    return each.octets_of_gap(each.opened_in_gap(by.streams), by.request_bytes) > by.room;
  };
  for (auto& [offset, boundary] : pending_) std::erase_if(boundary.beginnings, refuted);
  std::erase_if(pending_, [](const auto& each) { return each.second.beginnings.empty(); });
  if (pending_.empty() && !may_begin(at_)) start_again();
  return advance();
}

bool FrameResync::advance() {
  while (true) {
    if (!may_begin(at_)) at_ = std::max(at_, pending_.begin()->first);  // nothing between them is looked at
    all_kept_ = all_kept_ && at_ <= bytes_kept_;
    if (decided()) {
      answer_ = first_in_common();
      return answer_ <= fed();
    }
    if (at_ + kFrameHeaderBytes > first_kept_ + octets_.size()) return false;
    look_at(at_);
    ++at_;
    if (pending_.size() > chains_max_ || (pending_.empty() && !may_begin(at_))) start_again();
  }
}

void FrameResync::look_at(std::uint64_t offset) {
  Boundary boundary;
  const auto led_to = pending_.find(offset);
  const bool led = led_to != pending_.end();
  if (led) {
    boundary = led_to->second;
    pending_.erase(led_to);
  }
  if (first_request_ && !shows_request_ && offset == first_request_->to()) note_first_request();
  if (may_begin(offset)) {
    boundary.anything = true;
    meet(boundary.beginnings, begin_at(offset));
  } else if (!led) {
    return;
  }
  const FrameHeader header = decode_frame_header(octets_.data() + (offset - first_kept_));
  if (allows(boundary, header)) follow(offset, boundary, header);
}

bool FrameResync::allows(const Boundary& boundary, const FrameHeader& header) const {
  if (!is_plausible(header, rules_.length_max) || !is_of_a_stream_that_may_be(header)) return false;
  if (header.is(FrameType::PushPromise) && !rules_.even_streams) return false;
  if (rules_.frames_to_recognise != 0 && header.type > static_cast<std::uint8_t>(FrameType::Continuation)) return false;
  if (boundary.anything) return true;
  return header.is(FrameType::Continuation) ? boundary.continuation == header.stream : boundary.no_continuation;
}

bool FrameResync::is_of_a_stream_that_may_be(const FrameHeader& header) const {
  if (header.type > static_cast<std::uint8_t>(FrameType::Continuation) || header.is(FrameType::Priority)) return true;
  const bool of_server = header.stream % 2 == 0 && header.stream != 0;
  if (!of_server) return header.stream <= rules_.stream_max;
  const bool by_server = header.is(FrameType::Data) || header.is(FrameType::Headers) || header.is(FrameType::Continuation);
  return rules_.even_streams || !by_server;
}

void FrameResync::follow(std::uint64_t offset, const Boundary& boundary, const FrameHeader& header) {
  const std::uint64_t next = offset + kFrameHeaderBytes + header.length;
  const bool unfinished = carries_field_block(header) && !header.has(kFlagEndHeaders);
  const bool alone = !may_begin(offset) && pending_.empty();
  agreed_ = alone ? agreed_ + 1 : 0;
  Boundary& met = pending_[next];
  for (Beginning each : boundary.beginnings) {
    const bool opens = header.is(FrameType::Headers) && header.stream > rules_.opened_before;
    if (header.is(FrameType::Headers)) ++each.headers;
    if (opens && each.opens == 0) each.opens = header.stream;
    if (opens && each.at_once && !first_request_ && header.has(kFlagEndHeaders)) first_request_ = Step{offset, header};
    meet(met.beginnings, each);
  }
  if (!unfinished) {
    met.no_continuation = true;
  } else if (met.continuation != 0 && met.continuation != header.stream) {
    met.anything = true;
  } else {
    met.continuation = header.stream;
  }
  if (!all_kept_) return;
  steps_.push_back({offset, header});
  all_kept_ = steps_.size() * sizeof(Step) <= bytes_kept_;
}

void FrameResync::meet(std::vector<Beginning>& beginnings, const Beginning& one) {
  auto with = std::ranges::find(beginnings, one.opens, &Beginning::opens);
  if (with == beginnings.end()) {
    if (beginnings.size() < kBeginningsMax) {
      beginnings.push_back(one);
      return;
    }
    with = beginnings.end() - 1;
    with->opens = kAnyStream;
  }
  with->headers = std::max(with->headers, one.headers);
  with->header_octets = std::min(with->header_octets, one.header_octets);
  if (one.tail != 0) {
    with->block_header_octets =
        with->tail == 0 ? one.block_header_octets : std::min(with->block_header_octets, one.block_header_octets);
    with->tail = std::max(with->tail, one.tail);
  }
  with->at_once |= one.at_once;
}

// Where whole frames, and a request among them, stand before that offset, they are no part of a string of a field block: see the
// decision.
FrameResync::Beginning FrameResync::begin_at(std::uint64_t offset) const {
  if (!from_gap_) return {.opens = kAnyStream};
  if (offset == 0) return {.at_once = true};
  Beginning beginning{.header_octets = least_header_octets(offset)};
  if (shows_request_) return beginning;
  beginning.tail = offset;
  beginning.block_header_octets = least_block_header_octets(offset);
  return beginning;
}

// Its last octets may stand behind the gap. Where the first four are lost, it may be of a type that nobody knows.
std::uint64_t FrameResync::least_header_octets(std::uint64_t offset) const {
  for (std::uint64_t lost = kFrameHeaderBytes - std::min<std::uint64_t>(offset, kFrameHeaderBytes - 1); lost < 4; ++lost) {
    const std::uint64_t seen = kFrameHeaderBytes - lost, length = offset - seen;
    std::byte octets[kFrameHeaderBytes] = {};
    std::copy_n(first_.begin(), seen, octets + lost);
    FrameHeader header = decode_frame_header(octets);
    const std::uint32_t known = lost == 1 ? 0xffff : lost == 2 ? 0xff : 0;
    if ((length & known) != header.length) continue;
    header.length = static_cast<std::uint32_t>(length);
    if (is_plausible(header, rules_.length_max) && is_of_a_stream_that_may_be(header)) return lost;
  }
  return std::max<std::uint64_t>(4, kFrameHeaderBytes - std::min<std::uint64_t>(offset, kFrameHeaderBytes));
}

// The last octet of the id of a client's stream is odd.
std::uint64_t FrameResync::least_block_header_octets(std::uint64_t offset) const {
  for (std::uint64_t lost = kFrameHeaderBytes - std::min<std::uint64_t>(offset, kFrameHeaderBytes - 1); lost < kFrameHeaderBytes;
       ++lost) {
    if (rules_.even_streams || std::to_integer<unsigned>(first_[kFrameHeaderBytes - 1 - lost]) % 2 == 1) return lost;
  }
  return kFrameHeaderBytes;
}

void FrameResync::note_first_request() {
  if (first_request_->from < first_kept_) return;
  const auto block = field_block(first_request_->header, kept_payload(*first_request_));
  shows_request_ = block && names_request(*block);
}

bool FrameResync::decided() const { return !may_begin(at_) && pending_.size() == 1 && agreed_ >= rules_.frames_to_recognise; }

// That may be long before the offset at which they turned out to be one: where those that begin later were ruled out since.
std::uint64_t FrameResync::first_in_common() const {
  const std::uint64_t known = pending_.begin()->first;
  if (!told_ || !all_kept_) return known;
  const auto is_left = [&](StreamId opens) {
    return std::ranges::any_of(pending_.begin()->second.beginnings,
                               [&](const Beginning& each) { return each.opens == opens || each.opens == kAnyStream; });
  };
  std::unordered_map<std::uint64_t, StreamId> opens{{known, 0}};  // by the offsets of chains that lead there
  std::uint64_t last_begin = 0;
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    const auto next = opens.find(step.to());
    if (next == opens.end()) continue;
    const bool new_stream = step.header.is(FrameType::Headers) && step.header.stream > rules_.opened_before;
    const StreamId first = new_stream ? step.header.stream : next->second;
    opens.emplace(step.from, first);
    if (may_begin(step.from) && is_left(first)) last_begin = std::max(last_begin, step.from);
  }
  std::unordered_set<std::uint64_t> led_to;
  std::uint64_t end = 0;  // of the frames before
  for (const Step& step : steps_) {
    const auto found = opens.find(step.from);
    const bool begins = found != opens.end() && may_begin(step.from) && is_left(found->second);
    if (!begins && !led_to.contains(step.from)) continue;
    if (step.from >= last_begin && step.from >= end) return step.from;
    led_to.insert(step.to());
    end = std::max(end, step.to());
  }
  return known;
}

// No chain is left, or too many to follow: the gap goes on.
void FrameResync::start_again() {
  pending_.clear();
  steps_.clear();
  all_kept_ = false;
  from_gap_ = false;
  agreed_ = 0;
  last_begin_ = at_ + rules_.length_max + kFrameHeaderBytes - 1;
}

void FrameResync::remember(Bytes octets) {
  append(octets_, octets);
  if (first_.size() < kFrameHeaderBytes) append(first_, octets.first(std::min(octets.size(), kFrameHeaderBytes - first_.size())));
  if (all_kept_) return;
  const std::uint64_t done = std::min<std::uint64_t>(at_ - first_kept_, octets_.size());
  if (2 * done < octets_.size()) return;
  octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(done));
  first_kept_ += done;
}

Bytes FrameResync::octets() const { return Bytes(octets_).subspan(offset() - first_kept_); }

Bytes FrameResync::kept_payload(const Step& step) const {
  const Bytes all = octets_;
  const std::size_t begin = std::min<std::size_t>(step.from + kFrameHeaderBytes - first_kept_, all.size());
  return all.subspan(begin, std::min<std::size_t>(step.header.length, all.size() - begin));
}

// Of all chains that lead to the answer.
FrameResync::PassedOver FrameResync::passed_over() const {
  if (!all_kept_) return {};
  PassedOver passed{true, offset(), 0, 0, 0, pending_.begin()->second.beginnings};
  std::unordered_set<std::uint64_t> leads{offset()};
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    if (!leads.contains(step.to())) continue;
    leads.insert(step.from);
    passed.begin = step.from;
    if (!carries_field_block(step.header)) continue;
    const auto block = field_block(step.header, kept_payload(step));
    const std::uint64_t insertions = block ? insertions_at_most(*block) : step.header.length / kInsertionBytes;
    passed.insertions += insertions;
    if (insertions == 0) continue;
    passed.octets += step.header.length;
    ++passed.blocks;
  }
  return passed;
}

}  // namespace testigo::http2
