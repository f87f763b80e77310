// HD06: content-length against the octets of DATA (RFC 9113 section 8.1.1). Few calls of gRPC have the field.
#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "check/masked.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::StreamId;
using http2::FieldName;

bool is_head(call::Fields request) {
  const auto* method = call::find(request, FieldName::Method);
  return method != nullptr && method->value == "HEAD";
}

class ContentLengthChecks final : public Check {
 public:
  ContentLengthChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings), streams_max_(findings.limits().streams_remembered), streams_(calls.notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = false, .side_ends = true, .calls = true};
  }
  bool speaks_for_alike(const call::BlockSeen& seen) const override {
    return !seen.outcome.has(FieldName::ContentLength) && !is_head(seen.fields);
  }
  void on_block(const call::BlockSeen& seen) override;
  void on_side_ended(const call::SideEnded& ended) override;
  void on_call(const call::CallClosed& closed) override { streams_.erase(closed.call.place.stream); }

 private:
  struct Stream {
    bool head = false;  // the answer has the length of a body that does not come
    std::optional<std::string> lengths[2];
  };
  Stream* of(StreamId stream);

  Findings& findings_;
  std::size_t streams_max_;
  Notes<StreamId, Stream> streams_;
  bool heads_forgotten_ = false;  // of some request it is no longer known whether it was HEAD
};

constexpr std::size_t kLengthBytesMax = 32;

// 1*DIGIT (RFC 9110 section 8.6): zeros may stand before it, as many as one likes.
std::string kept(std::string_view length) {
  if (length.size() > kLengthBytesMax) length.remove_prefix(std::min(length.find_first_not_of('0'), length.size() - 1));
  return std::string(length.substr(0, kLengthBytesMax));
}

ContentLengthChecks::Stream* ContentLengthChecks::of(StreamId stream) {
  if (Stream* const known = streams_.find(stream)) return known;
  return streams_.size() < streams_max_ ? &streams_.try_emplace(stream) : nullptr;
}

void ContentLengthChecks::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr || (seen.role != BlockRole::Request && seen.role != BlockRole::Response)) return;
  const bool head = seen.role == BlockRole::Request && is_head(seen.fields);
  if (!head && !seen.outcome.has(FieldName::ContentLength)) {
    if (!names_known(seen)) findings_.not_judgeable(Id::HD06, "names of header fields are not known");
    return;
  }
  Stream* stream = of(seen.spot.place.stream);
  heads_forgotten_ = heads_forgotten_ || (head && stream == nullptr);
  const auto* field = call::find(seen.fields, FieldName::ContentLength);
  const bool repeats = seen.outcome.repeats(FieldName::ContentLength);
  const auto [other, all_exact] = repeats ? call::repeated(seen.fields, FieldName::ContentLength) : call::Repeated{};
  if (other != nullptr) findings_.fail(Id::HD06, seen.spot, differing(seen.fields, *other));  // whatever DATA has
  if (stream == nullptr || !all_exact || (field != nullptr && !field->exact())) {
    findings_.not_judgeable(Id::HD06, "the value of content-length, or the method of the request, is not known");
    return;
  }
  if (head) stream->head = true;
  if (field != nullptr && other == nullptr) stream->lengths[static_cast<std::size_t>(seen.spot.direction)] = kept(field->value);
}

void ContentLengthChecks::on_side_ended(const call::SideEnded& ended) {
  const Stream* const stream = streams_.find(ended.call.place.stream);
  if (stream == nullptr) return;
  const bool response = ended.spot.direction == Direction::ToClient;
  const auto& length = stream->lengths[static_cast<std::size_t>(ended.spot.direction)];
  const call::SideOfCall& side = response ? ended.call.response : ended.call.request;
  const bool without_body = response && (stream->head || heads_forgotten_ || ended.call.http_status == 304);
  if (!length || (without_body && side.bytes == 0)) return;
  if (!side.messages_known || !ended.connection.whole(ended.spot.direction)) {
    findings_.not_judgeable(Id::HD06, "not every DATA frame could be read");
    return;
  }
  if (is_masked(*length)) {
    findings_.not_judgeable(Id::HD06, "the capture was written without the value");
    return;
  }
  std::uint64_t octets = 0;
  const char* const end = length->data() + length->size();
  const auto [at, error] = std::from_chars(length->data(), end, octets);
  findings_.judge(Id::HD06, error == std::errc() && at == end && octets == side.bytes, ended.spot,
                  [&] { return fmt::format("content-length is \"{}\", and DATA had {} octets", *length, side.bytes); });
}

}  // namespace

std::unique_ptr<Check> content_length_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<ContentLengthChecks>(findings, calls);
}

}  // namespace testigo::check
