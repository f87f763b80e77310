// HP: header compression (RFC 7541).
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/limit_in_force.h"

namespace testigo::check {
namespace {

using http2::bit;
using http2::FieldName;
using http2::HeaderField;
using http2::HpackFault;
using http2::Representation;

constexpr std::uint64_t kListBytesSuggested = 8192;  // gRPC over HTTP2, Requests: "a default of 8 KiB suggested"

class HpackChecks final : public Check {
 public:
  explicit HpackChecks(Findings& findings)
      : findings_(findings),
        limits_{LimitInForce(kMaxHeaderListSize, Direction::ToClient, findings.limits().pending_settings_max),
                LimitInForce(kMaxHeaderListSize, Direction::ToServer, findings.limits().pending_settings_max)} {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  FrameTypes frame_types() const override { return {http2::FrameType::Settings}; }
  void on_opening(const call::ConnectionView& connection, const call::Spot&, http2::Opening) override {
    for (LimitInForce& limit : limits_) limit.on_opening(connection);
  }
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;

 private:
  bool is_ordinary(const call::BlockSeen& seen) const;
  void faults(const call::BlockSeen& seen);
  void indices(const call::BlockSeen& seen);
  void size_updates(const call::BlockSeen& seen);
  void encoding(const call::BlockSeen& seen);
  void list_size(const call::BlockSeen& seen);
  void secrets(const call::BlockSeen& seen);

  Findings& findings_;
  std::array<LimitInForce, 2> limits_;     // of what is sent in that direction
  std::array<bool, 2> table_lost_{};       // HP04 → lost HP02: what the decoder's table holds differs from the encoder's
  std::array<bool, 2> secret_remarked_{};  // HP07: once each direction
};

std::size_t at(Direction direction) { return static_cast<std::size_t>(direction); }

void HpackChecks::on_frame(const call::FrameSeen& seen) {
  for (LimitInForce& limit : limits_) limit.on_settings(seen);
}

// Nothing about the block is out of the ordinary: no more is to be looked at.
bool HpackChecks::is_ordinary(const call::BlockSeen& seen) const {
  const http2::BlockOutcome& outcome = seen.outcome;
  const LimitInForce& limit = limits_[at(seen.spot.direction)];
  return outcome.faults == 0 && outcome.exact && outcome.table_known && outcome.size_updates.empty() &&
         outcome.list_bytes <= limit.in_force().value_or(kListBytesSuggested) && !limit.lost() && seen.connection.whole() &&
         !table_lost_[at(seen.spot.direction)];
}

void HpackChecks::on_block(const call::BlockSeen& seen) {
  if (is_ordinary(seen)) {
    for (const Id id : {Id::HP01, Id::HP02, Id::HP05, Id::HP06}) findings_.pass(id);
  } else {
    faults(seen);
    list_size(seen);
  }
  if ((seen.outcome.names & (bit(FieldName::Secret) | bit(FieldName::Binary))) != 0) secrets(seen);
}

void HpackChecks::faults(const call::BlockSeen& seen) {
  indices(seen);
  size_updates(seen);
  encoding(seen);
}

// HP01, HP02.
void HpackChecks::indices(const call::BlockSeen& seen) {
  const http2::BlockOutcome& outcome = seen.outcome;
  if (outcome.has(HpackFault::IndexZero)) {
    findings_.fail(Id::HP01, seen.spot, "a header block holds an indexed field with index 0");
  } else if (outcome.complete) {
    findings_.pass(Id::HP01);
  }
  if (!outcome.table_known || table_lost_[at(seen.spot.direction)]) {
    findings_.not_judgeable(Id::HP02, "what the dynamic table holds is not known");
  } else if (outcome.has(HpackFault::IndexBeyondTable)) {
    findings_.fail(Id::HP02, seen.spot, "an index names no entry of the static or the dynamic table");
  } else if (outcome.complete) {
    findings_.pass(Id::HP02);
  }
}

// HP03, HP04.
void HpackChecks::size_updates(const call::BlockSeen& seen) {
  const http2::BlockOutcome& outcome = seen.outcome;
  const bool any = !outcome.size_updates.empty();
  if (outcome.has(HpackFault::SizeUpdateMisplaced)) {
    findings_.fail(Id::HP03, seen.spot, "a table size update stands behind a field, or is the third one of a block");
  } else if (any) {
    findings_.pass(Id::HP03);
  }
  if (!seen.connection.whole()) return;  // the judge says so
  const bool too_large = outcome.has(HpackFault::SizeUpdateTooLarge), missing = outcome.has(HpackFault::SizeUpdateMissing);
  if (too_large) {
    findings_.fail(Id::HP04, seen.spot, "a table size update is above the HEADER_TABLE_SIZE that was acknowledged last");
  } else if (missing) {
    findings_.fail(
        Id::HP04, seen.spot,
        "the table is larger than a HEADER_TABLE_SIZE that was acknowledged since the block before, or last, and no update "
        "opens the block that makes it as small");
  } else if (any) {
    findings_.pass(Id::HP04);
  }
  if (too_large || missing) table_lost_[at(seen.spot.direction)] = true;
}

// HP05. A block that ends inside a field is its own fault: what came behind would be another frame's (RFC 9113 section 4.3).
void HpackChecks::encoding(const call::BlockSeen& seen) {
  const http2::BlockOutcome& outcome = seen.outcome;
  if (outcome.has(HpackFault::IntegerTooLarge)) {
    findings_.fail(Id::HP05, seen.spot, "an integer is larger than any decoder need take");
  } else if (outcome.has(HpackFault::HuffmanEos)) {
    findings_.fail(Id::HP05, seen.spot, "a Huffman string holds EOS");
  } else if (outcome.has(HpackFault::HuffmanPadding)) {
    findings_.fail(Id::HP05, seen.spot, "the padding of a Huffman string is longer than 7 bits, or not all ones");
  } else if (outcome.has(HpackFault::Truncated)) {
    findings_.fail(Id::HP05, seen.spot, "the header block ends inside a field");
  } else if (outcome.complete) {
    findings_.pass(Id::HP05);
  } else if (outcome.has(HpackFault::LimitReached)) {
    findings_.not_judgeable(Id::HP05, "a header block is over a limit of our own");
  }
}

// "Servers may limit the size of Request-Headers, with a default of 8 KiB suggested": of no other list.
bool is_request_of_grpc(const call::BlockSeen& seen) {
  return seen.role == call::BlockRole::Request && seen.call != nullptr && seen.call->rpc_class == call::RpcClass::Grpc;
}

// HP06. What gRPC suggests stands in where the server's SETTINGS name no limit, acknowledged or not. What was not decoded only
// makes it longer.
void HpackChecks::list_size(const call::BlockSeen& seen) {
  const LimitInForce& announced = limits_[at(seen.spot.direction)];
  const bool limit_known = seen.connection.whole() && !announced.lost();
  const auto limit = limit_known ? announced.in_force() : std::nullopt;
  const std::uint64_t bytes = seen.outcome.list_bytes;
  const bool above_suggested = bytes > kListBytesSuggested && is_request_of_grpc(seen) && !limit && !announced.newest();
  if (limit && bytes > *limit) {
    findings_.fail(Id::HP06, seen.spot, fmt::format("the header list has {} octets, its receiver takes {}", bytes, *limit));
  } else if (limit_known && above_suggested && !announced.to_come()) {
    findings_.fail(Id::HP06, seen.spot,
                   fmt::format("the header list has {} octets, gRPC suggests to take {}", bytes, kListBytesSuggested));
  } else if (!seen.outcome.complete || !seen.outcome.exact) {
    findings_.not_judgeable(Id::HP06, "not every header field is known");
  } else if (announced.lost() || above_suggested || (!limit_known && bytes > kListBytesSuggested)) {
    findings_.not_judgeable(Id::HP06, "what the receiver takes is not known");
  } else {
    findings_.pass(Id::HP06);
  }
}

bool is_secret(const HeaderField& field) {
  if (field.id == FieldName::Secret) return true;
  return field.id == FieldName::Binary &&
         (field.name.find("token") != std::string_view::npos || field.name.find("auth") != std::string_view::npos);
}

// HP07.
void HpackChecks::secrets(const call::BlockSeen& seen) {
  bool& remarked = secret_remarked_[at(seen.spot.direction)];
  for (const HeaderField& field : seen.fields) {
    if (field.name_known != http2::Known::Exact || !is_secret(field)) continue;
    if (field.representation == Representation::IncrementalIndexing && !std::exchange(remarked, true)) {
      findings_.fail(Id::HP07, seen.spot, fmt::format("{} was put into the dynamic table", field.name));
    } else if (field.representation == Representation::NeverIndexed || field.representation == Representation::WithoutIndexing) {
      findings_.pass(Id::HP07);
    }
  }
}

}  // namespace

std::unique_ptr<Check> hpack_checks(Findings& findings) { return std::make_unique<HpackChecks>(findings); }

}  // namespace testigo::check
