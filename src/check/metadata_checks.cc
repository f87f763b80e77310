// RQ10 to RQ12: metadata, of requests and answers alike (gRPC over HTTP2, Custom-Metadata). Calls of class grpc only (RULE 3).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/gate.h"
#include "check/masked.h"
#include "check/true_binary.h"
#include "wire/http2/field_text.h"
#include "wire/rpc/base64.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::bit;
using http2::FieldName;
using http2::FieldNames;
using http2::HeaderField;
using http2::Known;

constexpr std::array<std::string_view, 4> kOfGrpc = {"grpc-message-type", "grpc-trace-bin", "grpc-tags-bin",
                                                     "grpc-server-stats-bin"};

// Judged by rows of their own, or not by gRPC at all.
constexpr FieldNames kNoMetadata =
    bit(FieldName::Authority) | bit(FieldName::Method) | bit(FieldName::Path) | bit(FieldName::Protocol) | bit(FieldName::Scheme) |
    bit(FieldName::Status) | bit(FieldName::ContentLength) | bit(FieldName::ContentType) | bit(FieldName::GrpcAcceptEncoding) |
    bit(FieldName::GrpcEncoding) | bit(FieldName::GrpcMessage) | bit(FieldName::GrpcPreviousRpcAttempts) |
    bit(FieldName::GrpcRetryPushbackMs) | bit(FieldName::GrpcStatus) | bit(FieldName::GrpcTimeout) | bit(FieldName::Te) |
    bit(FieldName::UserAgent);
constexpr FieldNames kBinary = bit(FieldName::Binary) | bit(FieldName::GrpcStatusDetailsBin) | bit(FieldName::OfGrpc);

class MetadataChecks final : public Check {
 public:
  explicit MetadataChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  FrameTypes frame_types() const override { return {http2::FrameType::Settings}; }
  void on_frame(const call::FrameSeen& seen) override { true_binary_.on_frame(seen); }
  void on_block(const call::BlockSeen& seen) override;

 private:
  void reserved_names(const call::BlockSeen& seen);
  void characters(const call::BlockSeen& seen);
  void binary(const call::BlockSeen& seen);
  bool exempt(const call::BlockSeen& seen, const HeaderField& field, bool& known);

  Findings& findings_;
  TrueBinary true_binary_;
};

void MetadataChecks::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr || seen.role == BlockRole::Unknown || seen.role == BlockRole::Informational) return;
  const RpcClass of_side = class_of(*seen.call, seen.spot.direction);
  if (of_side == RpcClass::Other) return;
  if (of_side == RpcClass::Unknown) {
    for (const Id id : {Id::RQ10, Id::RQ11, Id::RQ12}) findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  if (!names_known(seen)) {
    for (const Id id : {Id::RQ10, Id::RQ11, Id::RQ12}) findings_.not_judgeable(id, "names of header fields are not known");
    return;
  }
  if ((seen.outcome.names & ~kNoMetadata) == 0) {
    for (const Id id : {Id::RQ10, Id::RQ11}) findings_.pass(id);
    return;
  }
  reserved_names(seen);
  characters(seen);
  if ((seen.outcome.names & kBinary) != 0) binary(seen);
}

// RQ10.
void MetadataChecks::reserved_names(const call::BlockSeen& seen) {
  if (seen.outcome.has(FieldName::OfGrpc)) {
    for (const HeaderField& field : seen.fields) {
      if (field.id != FieldName::OfGrpc || std::ranges::find(kOfGrpc, field.name) != kOfGrpc.end()) continue;
      findings_.fail(Id::RQ10, seen.spot, fmt::format("{} uses a name that is reserved for gRPC", field.name));
      return;
    }
  }
  findings_.pass(Id::RQ10);
}

// RQ11. The first that is wrong in the block is told.
void MetadataChecks::characters(const call::BlockSeen& seen) {
  bool all_known = true;
  for (const HeaderField& field : seen.fields) {
    if ((bit(field.id) & kNoMetadata) != 0 || field.name.starts_with(':')) continue;
    if (field.metadata_name && field.ascii_value && field.value_known == Known::Exact) continue;
    if (!field.metadata_name) {
      findings_.fail(Id::RQ11, seen.spot,
                     fmt::format("the name \"{}\" holds a character that names of metadata must not hold", field.name));
      return;
    }
    if (field.name.ends_with("-bin")) continue;
    all_known = all_known && field.value_known == Known::Exact;
    if (!field.ascii_value) {
      findings_.fail(Id::RQ11, seen.spot, fmt::format("the value of {} is not printable ASCII", field.name));
      return;
    }
  }
  all_known ? findings_.pass(Id::RQ11) : findings_.not_judgeable(Id::RQ11, "not every value is known");
}

// RULE 2. `known`: whether it can be said.
bool MetadataChecks::exempt(const call::BlockSeen& seen, const HeaderField& field, bool& known) {
  if (!TrueBinary::resembles(field)) return false;
  known = known && seen.connection.whole(opposite(seen.spot.direction));
  return true_binary_.taken(seen.spot.direction) || !known;
}

// What is wrong with one of the values: the worst. Who joins lines puts a comma between them, and white space behind it if it likes
// (RFC 9110 5.3).
rpc::Base64 worst_of(std::string_view values) {
  rpc::Base64 worst = rpc::Base64::Unpadded;
  while (true) {
    const auto comma = values.find(',');
    worst = std::max(worst, rpc::base64(http2::without_edge_space(values.substr(0, comma))));
    if (comma == std::string_view::npos) return worst;
    values.remove_prefix(comma + 1);
  }
}

// RQ12. Padding is a remark, for "implementations should emit un-padded values".
void MetadataChecks::binary(const call::BlockSeen& seen) {
  bool any = false;
  bool known = true;
  const HeaderField* padded = nullptr;
  for (const HeaderField& field : seen.fields) {
    if ((bit(field.id) & kBinary) == 0 || !field.name.ends_with("-bin")) continue;
    any = true;
    if (field.value_known != Known::Exact || is_masked(field.value)) {
      known = false;
      continue;
    }
    if (exempt(seen, field, known)) continue;
    const rpc::Base64 worst = worst_of(field.value);
    if (worst == rpc::Base64::None) {
      findings_.fail(Id::RQ12, seen.spot, fmt::format("the value of {} is not base64", field.name));
      return;
    }
    if (worst == rpc::Base64::Padded) padded = &field;
  }
  if (padded != nullptr) {
    findings_.fail(Id::RQ12, Severity::Info, seen.spot, fmt::format("the value of {} is padded", padded->name));
  } else if (!known) {
    findings_.not_judgeable(Id::RQ12, "not every value is known, or whether its receiver takes true binary metadata");
  } else if (any) {
    findings_.pass(Id::RQ12);
  }
}

}  // namespace

std::unique_ptr<Check> metadata_checks(Findings& findings) { return std::make_unique<MetadataChecks>(findings); }

}  // namespace testigo::check
