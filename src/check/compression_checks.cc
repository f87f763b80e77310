// RQ08, MG03 to MG05, RS10: compressed messages (compression.md). Calls of class grpc only (RULE 3).
//
// Few calls compress: only of these something is remembered, and of what clients take only where it changes.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "check/all_checks.h"
#include "check/coding_list.h"
#include "check/gate.h"
#include "check/plain_messages.h"
#include "wire/rpc/compression.h"
#include "wire/rpc/status.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using call::StreamId;
using http2::FieldName;
using rpc::Decompressed;

class CompressionChecks final : public Check {
 public:
  CompressionChecks(Findings& findings, CallsSoFar& calls)
      : findings_(findings),
        calls_max_(findings.limits().streams_max),
        decompressor_(findings.limits()),
        calls_(calls.notes),
        accepted_(findings.limits()),
        lists_vary_(calls.block_notes) {}

  call::Interest hears() const override {
    return {.frames = false, .blocks = true, .messages = true, .side_ends = false, .calls = true};
  }
  bool speaks_without_notes(const call::BlockSeen& seen) const override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override {
    if (seen.message.flag == 1) compressed(seen);
  }
  void on_call(const call::CallClosed& closed) override { calls_.erase(closed.call.place.stream); }

 private:
  // grpc-encoding of both sides of a call, where it is not "identity".
  struct Codings {
    Coding request;
    Coding response;
    CodingList server_takes;          // as the answer to this call says
    bool compressed_request = false;  // a message with the flag was seen
  };
  Codings* of(StreamId stream);
  void request(const call::BlockSeen& seen);
  void response(const call::BlockSeen& seen);
  void learn_from(const call::BlockSeen& seen);
  void request_coding(const call::BlockSeen& seen, const Coding& coding);
  void response_coding(const call::BlockSeen& seen);
  void compressed(const call::MessageSeen& seen);
  void decompresses(const call::MessageSeen& seen, const std::string& name);
  void accepted_by_client(const call::MessageSeen& seen, const Codings& codings);
  void unsupported(const call::BlockSeen& seen, const Codings& codings);

  Findings& findings_;
  std::size_t calls_max_;
  rpc::Decompressor decompressor_;
  Notes<StreamId, Codings> calls_;
  ListsByStream accepted_;             // of the client
  CodingList server_takes_;            // as the last answer that says so says
  Notes<Direction, bool> lists_vary_;  // what that side takes is not the same each time
};

// The entry is made when there is none; null when there are too many.
CompressionChecks::Codings* CompressionChecks::of(StreamId stream) {
  if (Codings* const known = calls_.find(stream)) return known;
  return calls_.size() < calls_max_ ? &calls_.try_emplace(stream) : nullptr;
}

// The usual block: for sure it names no coding.
bool names_no_coding(const call::BlockSeen& seen) {
  return seen.outcome.exact && seen.outcome.complete && !seen.outcome.has(FieldName::GrpcEncoding);
}

// As long as no call names a coding, and both sides take the same each time.
bool CompressionChecks::speaks_without_notes(const call::BlockSeen& seen) const { return names_no_coding(seen); }

void CompressionChecks::on_block(const call::BlockSeen& seen) {
  if (seen.call == nullptr || seen.call->rpc_class != RpcClass::Grpc) return;
  if (seen.role == BlockRole::Request) {
    request(seen);
  } else if (is_answer(seen)) {
    response(seen);
  }
}

void CompressionChecks::request(const call::BlockSeen& seen) {
  if (accepted_.add(seen.spot.place.stream, seen)) lists_vary_.try_emplace(Direction::ToServer);
  if (names_no_coding(seen)) return;
  const Coding coding = coding_of(seen);
  if (coding.is_identity()) return;
  if (Codings* codings = of(seen.spot.place.stream)) codings->request = coding;
  if (coding.known == Coding::Is::Known) request_coding(seen, coding);
}

// gRPC over HTTP2, Content-Coding: the others are custom ones.
bool is_of_specification(std::string_view coding) {
  return coding == "identity" || coding == "gzip" || coding == "deflate" || coding == "snappy";
}

// RQ08. What the server takes is learned from its answers on this connection, and need not be all.
void CompressionChecks::request_coding(const call::BlockSeen& seen, const Coding& coding) {
  if (server_takes_.known == CodingList::Is::Known) {
    findings_.judge(Id::RQ08, server_takes_.has(coding.name), seen.spot, [&] {
      return fmt::format("grpc-encoding is \"{}\", and the server said that it takes \"{}\"", coding.name, server_takes_.text);
    });
  } else if (is_of_specification(coding.name)) {
    findings_.pass(Id::RQ08);
  } else {
    findings_.not_judgeable(Id::RQ08, "which codings the server takes was not seen");
  }
}

void CompressionChecks::response(const call::BlockSeen& seen) {
  if (seen.role == BlockRole::Response) {
    if (!names_no_coding(seen)) response_coding(seen);
    learn_from(seen);
  }
  Codings* const codings = calls_.find(seen.spot.place.stream);
  if (codings == nullptr) return;
  if (seen.role == BlockRole::Response) codings->server_takes.read(seen);
  if (seen.end_stream) unsupported(seen, *codings);
}

void CompressionChecks::learn_from(const call::BlockSeen& seen) {
  if (!seen.outcome.has(FieldName::GrpcAcceptEncoding) || server_takes_.agrees(seen)) return;
  if (server_takes_.known != CodingList::Is::Absent) lists_vary_.try_emplace(Direction::ToClient);
  server_takes_.read(seen);
}

void CompressionChecks::response_coding(const call::BlockSeen& seen) {
  const Coding coding = coding_of(seen);
  if (coding.is_identity()) return;
  if (Codings* codings = of(seen.spot.place.stream)) codings->response = coding;
}

// RS10. An answer that names what the server takes names every coding that it has just taken: so one that it does not name was not
// supported. Other statuses may come before the server has looked at a message.
void CompressionChecks::unsupported(const call::BlockSeen& seen, const Codings& codings) {
  if (codings.request.known != Coding::Is::Known) return;
  const auto status = seen.call->status;
  if (!status || codings.server_takes.known != CodingList::Is::Known) {
    if (status == rpc::kUnimplemented) findings_.not_judgeable(Id::RS10, "whether the coding was the cause is not known");
    return;
  }
  if (codings.server_takes.has(codings.request.name)) return;
  if (status == rpc::kUnimplemented) {
    findings_.pass(Id::RS10);
  } else if (codings.compressed_request && (status == rpc::kUnknown || status == rpc::kInternal)) {
    findings_.fail(Id::RS10, seen.spot,
                   fmt::format("grpc-encoding \"{}\", which the server does not take, was answered by grpc-status {}",
                               codings.request.name, *status));
  }
}

// MG03, and with a coding MG04 and MG05.
void CompressionChecks::compressed(const call::MessageSeen& seen) {
  const bool request = seen.spot.direction == Direction::ToServer;
  const RpcClass of_side = class_of(seen.call, seen.spot.direction);
  if (of_side == RpcClass::Other) return;
  Codings* const known = calls_.find(seen.call.place.stream);
  const Codings none;
  const Codings& codings = known == nullptr ? none : *known;
  if (request && known != nullptr) known->compressed_request = true;
  const Coding& coding = request ? codings.request : codings.response;
  const bool forgotten = known == nullptr && calls_.size() >= calls_max_;
  if (of_side == RpcClass::Unknown || coding.known == Coding::Is::Unknown || forgotten) {
    for (const Id id : {Id::MG03, Id::MG04}) findings_.not_judgeable(id, "the grpc-encoding of the call is not known");
    if (!request) findings_.not_judgeable(Id::MG05, "the grpc-encoding of the call is not known");
    return;
  }
  if (coding.is_identity()) {
    findings_.fail(
        Id::MG03, seen.spot,
        fmt::format("message {} has the compressed-flag, and the headers no grpc-encoding other than identity", seen.number));
    return;
  }
  findings_.pass(Id::MG03);
  decompresses(seen, coding.name);
  if (!request) accepted_by_client(seen, codings);
}

// MG04.
void CompressionChecks::decompresses(const call::MessageSeen& seen, const std::string& name) {
  if (!seen.message.whole()) {
    findings_.not_judgeable(Id::MG04, why_not_whole(seen.message));
    return;
  }
  // So are bodies in a capture that was written without them; no coding has such messages.
  if (!seen.message.octets.empty() &&
      std::ranges::all_of(seen.message.octets, [](std::byte octet) { return octet == std::byte{0}; })) {
    findings_.not_judgeable(Id::MG04, "the capture holds zeros in place of message bodies");
    return;
  }
  std::string_view wrong;
  switch (decompressor_.decompress(rpc::coding(name), seen.message.octets)) {
    case Decompressed::Whole:
      findings_.pass(Id::MG04);
      return;
    case Decompressed::TooLong:
      findings_.not_judgeable(Id::MG04, "a message decompresses to more than our limit");
      return;
    case Decompressed::NotBuiltIn:
      findings_.not_judgeable(Id::MG04, "a coding that is not built in");
      return;
    case Decompressed::Broken:
      wrong = "does not decompress";
      break;
    case Decompressed::CutOff:
      wrong = "ends in the middle of its compressed octets";
      break;
    case Decompressed::LeftOver:
      wrong = "has octets behind its compressed ones";
      break;
  }
  findings_.fail(Id::MG04, seen.spot, fmt::format("message {}, \"{}\", {}", seen.number, name, wrong));
}

// MG05.
void CompressionChecks::accepted_by_client(const call::MessageSeen& seen, const Codings& codings) {
  const std::string& name = codings.response.name;
  const CodingList* accepted = accepted_.of(seen.call.place.stream);
  if (codings.request.known == Coding::Is::Known && codings.request.name == name) {
    findings_.pass(Id::MG05);
  } else if (accepted == nullptr || accepted->known == CodingList::Is::Unknown || codings.request.known == Coding::Is::Unknown) {
    findings_.not_judgeable(Id::MG05, "what the client takes is not known");
  } else if (accepted->known == CodingList::Is::Absent) {
    findings_.not_judgeable(Id::MG05, "the client does not say what it takes");
  } else {
    findings_.judge(Id::MG05, accepted->has(name), seen.spot, [&] {
      return fmt::format("a reply is compressed with \"{}\", and the client takes \"{}\"", name, accepted->text);
    });
  }
}

}  // namespace

std::unique_ptr<Check> compression_checks(Findings& findings, CallsSoFar& calls) {
  return std::make_unique<CompressionChecks>(findings, calls);
}

}  // namespace testigo::check
