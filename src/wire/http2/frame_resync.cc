#include "wire/http2/frame_resync.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_insertions.h"

namespace testigo::http2 {
namespace {

constexpr std::uint64_t kLeastHeadersBytes = kFrameHeaderBytes + 1;

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

bool FrameResync::holds_headers(std::uint64_t offset, std::uint64_t headers) {
  const std::uint64_t octets = headers * kLeastHeadersBytes;
  last_begin_ = std::min(last_begin_, offset - std::min(offset, octets));
  std::erase_if(pending_, [&](const auto& each) { return each.second.headers < headers; });
  if (pending_.empty() && !may_begin(at_)) start_again();
  return advance();
}

bool FrameResync::advance() {
  while (true) {
    if (!may_begin(at_)) at_ = std::max(at_, pending_.begin()->first);  // nothing between them is looked at
    all_kept_ = all_kept_ && at_ <= bytes_kept_;
    if (decided()) return offset() <= fed();
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
  if (may_begin(offset)) {
    boundary.anything = true;
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
  met.headers = std::max(met.headers, boundary.headers + (header.is(FrameType::Headers) ? 1 : 0));
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

bool FrameResync::decided() const { return !may_begin(at_) && pending_.size() == 1 && agreed_ >= rules_.frames_to_recognise; }

// No chain is left, or too many to follow: the gap goes on.
void FrameResync::start_again() {
  pending_.clear();
  steps_.clear();
  all_kept_ = false;
  agreed_ = 0;
  last_begin_ = at_ + rules_.length_max + kFrameHeaderBytes - 1;
}

void FrameResync::remember(Bytes octets) {
  append(octets_, octets);
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
  PassedOver passed{true, offset(), 0, 0, 0};
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
