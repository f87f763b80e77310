#include "check/hop/side.h"

#include <algorithm>
#include <array>

#include "call/fields.h"
#include "check/gate.h"
#include "check/metadata_names.h"
#include "wire/http2/field_text.h"
#include "wire/rpc/base64.h"
#include "wire/rpc/media_type.h"

namespace testigo::check::hop {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::bit;
using http2::FieldName;
using http2::HeaderField;

constexpr std::size_t kAddressesKept = 1000;

// What is said to a hop, or by it, and ends or changes there (RFC 9110 sections 6.6.2, 7.6, 10.1.1, 11.7 and 12.5.3; RFC 6797
// section 7.2; RFC 7239; RFC 7838; gRPC's own tracing).
constexpr std::array<std::string_view, 12> kOfHops = {
    "proxy-authorization", "proxy-authenticate", "via",    "forwarded", "grpc-trace-bin", "grpc-tags-bin",
    "x-real-ip",           "accept-encoding",    "expect", "trailer",   "alt-svc",        "strict-transport-security"};

bool is_of_hops(std::string_view name) {
  return std::ranges::find(kOfHops, name) != kOfHops.end() || name.starts_with("x-forwarded-") || name.starts_with("x-envoy-");
}

Field::Kind kind_of(const HeaderField& field) {
  if (field.name.starts_with(':') || (bit(field.id) & kNoMetadata) != 0 || is_of_hops(field.name)) return Field::Kind::Protocol;
  return field.name.ends_with("-bin") ? Field::Kind::Binary : Field::Kind::Ascii;
}

std::uint64_t value_of(Field::Kind kind, std::string_view value) {
  if (kind != Field::Kind::Binary) return digest_of(value);
  const auto decoded = rpc::decode_base64(value);
  return digest_of(decoded ? *decoded : std::string(value));
}

}  // namespace

void Side::on_connection(const call::ConnectionView& connection) { true_binary_.erase(connection.number); }

call::Spot Side::of_side(call::Spot spot) const {
  spot.place.other_side = other_;
  return spot;
}

Side::Open* Side::find(const call::Place& place) {
  const auto it = open_.find({place.connection, place.stream});
  return it == open_.end() ? nullptr : &it->second;
}

// A call that is too much is let go, whole.
bool Side::room_for(Open& open, std::size_t bytes) {
  if (open.beyond_limit) return false;
  open.bytes += bytes;
  bytes_ += bytes;
  if (bytes_ <= limits_.hop_bytes_kept) return true;
  bytes_ -= std::exchange(open.bytes, 0);
  open.call = {};
  open.beyond_limit = true;
  return false;
}

void Side::on_frame(const call::FrameSeen& seen) {
  if (seen.frame.header.is(http2::FrameType::Settings)) {
    true_binary_[seen.connection.number].on_frame(seen);
    return;
  }
  const auto* data = std::get_if<http2::DataFrame>(&seen.frame.payload);
  Open* const open = data == nullptr ? nullptr : find(seen.spot.place);
  if (open == nullptr || open->beyond_limit) return;
  const bool request = seen.spot.direction == Direction::ToServer;
  Half& half = request ? open->call.request : open->call.response;
  (request ? open->requests : open->replies).feed(data->data, [&](const MessageDigest& message) {
    if (room_for(*open, sizeof(Message))) half.messages.push_back({message, message.octets, message.flag == 0});
  });
}

// Only of compressed ones the octets themselves are needed.
void Side::on_message(const call::MessageSeen& seen) {
  if (seen.message.flag != 1 || !seen.message.whole()) return;
  Open* const open = find(seen.spot.place);
  if (open == nullptr) return;
  Half& half = seen.spot.direction == Direction::ToServer ? open->call.request : open->call.response;
  if (seen.number > half.messages.size()) return;
  if (decompressor_.decompress(rpc::coding(half.coding), seen.message.octets, &plain_) != rpc::Decompressed::Whole) return;
  Message& message = half.messages[seen.number - 1];
  message.content = digest_of(plain_);
  message.content_known = true;
}

void Side::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr || !seen.connection.whole(seen.spot.direction)) return;
  if (seen.role == BlockRole::Request) {
    if (seen.call->rpc_class == RpcClass::Grpc) open_call(seen);
  } else if (Open* const open = find(seen.spot.place); open != nullptr && is_answer(seen)) {
    answer(*open, seen);
  }
}

void Side::open_call(const call::BlockSeen& seen) {
  Open& open = open_.try_emplace({seen.connection.number, seen.spot.place.stream}).first->second;
  CallOfSide& call = open.call;
  call.spot = of_side(seen.spot);
  call.client = digest_of(seen.connection.client.address);
  call.one_machine = seen.connection.client.address == seen.connection.server.address;
  call.path = seen.call->path;
  if (!room_for(open, sizeof(Open) + call.path.size())) return;
  call.te = rpc::equals_in_any_case(call::exact_value(seen.fields, FieldName::Te).value_or(""), "trailers");
  call.timeout = seen.call->timeout;
  call.request.coding = call::exact_value(seen.fields, FieldName::GrpcEncoding).value_or("");
  call.request.spot = call.spot;
  read(open, seen, call.request.headers);
}

void Side::answer(Open& open, const call::BlockSeen& seen) {
  Half& half = open.call.response;
  half.spot = of_side(seen.spot);
  if (seen.role == BlockRole::Response) half.coding = call::exact_value(seen.fields, FieldName::GrpcEncoding).value_or("");
  if (seen.end_stream) {
    open.call.status_seen = call::find(seen.fields, FieldName::GrpcStatus) != nullptr;
  }
  read(open, seen, seen.role == BlockRole::Response && !seen.end_stream ? half.headers : half.trailers);
}

void Side::read(Open& open, const call::BlockSeen& seen, Section& section) {
  section.known = seen.outcome.complete && seen.outcome.exact;
  const bool true_binary = true_binary_[seen.connection.number].taken(seen.spot.direction);
  for (const HeaderField& field : seen.fields) {
    if (field.exact()) add(open, section, field, true_binary);
  }
}

// RULE 2: a true binary value is one value, without its mark. Others are split where they may have been joined (RFC 9110
// section 5.3; RFC 9113 section 8.2.3; gRPC over HTTP2, Custom-Metadata).
void Side::add(Open& open, Section& section, const HeaderField& field, bool true_binary) {
  const Field kept{std::string(field.name), 0, kind_of(field), field.representation == http2::Representation::NeverIndexed};
  if (kept.kind == Field::Kind::Protocol) {
    add_value(open, section, kept, field.value);
    return;
  }
  if (true_binary && TrueBinary::resembles(field)) {
    Field whole = kept;
    whole.value = digest_of(field.value.substr(1));
    if (room_for(open, sizeof(Field) + whole.name.size())) section.fields.push_back(std::move(whole));
    return;
  }
  const char between = field.name == "cookie" ? ';' : ',';
  std::string_view rest = field.value;
  while (true) {
    const auto end = rest.find(between);
    add_value(open, section, kept, http2::without_edge_space(rest.substr(0, end)));
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

void Side::add_value(Open& open, Section& section, Field field, std::string_view value) {
  field.value = value_of(field.kind, value);
  if (room_for(open, sizeof(Field) + field.name.size())) section.fields.push_back(std::move(field));
}

// A call of which octets may be missing is none to compare: its connection is incomplete.
void Side::on_call(const call::CallClosed& closed) {
  const auto it = open_.find({closed.connection.number, closed.call.place.stream});
  if (it == open_.end()) return;
  Open open = std::move(it->second);
  open_.erase(it);
  if (open.beyond_limit) {
    ++beyond_;
  } else if (!closed.connection.whole()) {
    bytes_ -= open.bytes;
  } else {
    const call::Call& call = closed.call;
    open.call.request.ended = call.request.ended;
    open.call.response.ended = call.response.ended;
    open.call.status = call.status;
    open.call.http_status = call.http_status;
    open.call.ending = call.ending;
    open.call.started = call.started;
    open.call.ended = call.ended;
    calls_.push_back(std::move(open.call));
  }
}

void Side::on_connection_closed(const call::ConnectionClosed& closed) {
  const call::ConnectionView& view = closed.connection;
  true_binary_.erase(view.number);
  const bool may_be_http2 = view.client_opening == http2::Opening::Http2 || view.client_opening == http2::Opening::NeedMore;
  const bool said_something = view.octets_to_server + view.octets_to_client != 0;
  if ((may_be_http2 && said_something && !view.whole()) || view.calls_not_followed != 0) incomplete_ = true;
  if (view.client_opening != http2::Opening::Http2) return;
  if (clients_.size() < kAddressesKept) clients_.insert(view.client.address);
  if (servers_.size() < kAddressesKept) servers_.insert(view.server.address);
}

}  // namespace testigo::check::hop
