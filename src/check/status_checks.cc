// RS05, RS07, RS08, RS12: where and how an answer says its status (gRPC over HTTP2, Responses). Answers to calls of class grpc only
// (RULE 3).
#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"
#include "check/all_checks.h"
#include "check/gate.h"
#include "check/true_binary.h"
#include "wire/rpc/base64.h"
#include "wire/rpc/percent.h"
#include "wire/rpc/rich_status.h"

namespace testigo::check {
namespace {

using call::BlockRole;
using call::RpcClass;
using http2::FieldName;
using http2::HeaderField;

class StatusChecks final : public Check {
 public:
  explicit StatusChecks(Findings& findings) : findings_(findings) {}

  call::Interest hears() const override {
    return {.frames = true, .blocks = true, .messages = false, .side_ends = false, .calls = false};
  }
  bool speaks_for_alike(const call::BlockSeen&) const override { return true; }
  FrameTypes frame_types() const override { return {http2::FrameType::Settings}; }
  void on_frame(const call::FrameSeen& seen) override { true_binary_.on_frame(seen); }
  void on_block(const call::BlockSeen& seen) override;

 private:
  void place(const call::BlockSeen& seen);
  void message(const call::BlockSeen& seen);
  void details(const call::BlockSeen& seen);
  void agreement(const call::BlockSeen& seen, std::string_view octets);
  void trailers_only(const call::BlockSeen& seen);

  Findings& findings_;
  TrueBinary true_binary_;
};

void StatusChecks::on_block(const call::BlockSeen& seen) {
  if (!is_answer(seen) || seen.call == nullptr || seen.call->rpc_class == RpcClass::Other) return;
  if (seen.call->rpc_class == RpcClass::Unknown) {
    for (const Id id : {Id::RS05, Id::RS07, Id::RS08, Id::RS12})
      findings_.not_judgeable(id, "whether the call is gRPC is not known");
    return;
  }
  if (seen.call->http_status != 200) return;  // an error page
  if (!seen.end_stream) place(seen);
  if (seen.outcome.has(FieldName::GrpcMessage)) message(seen);
  if (!seen.end_stream) return;
  if (seen.outcome.has(FieldName::GrpcStatusDetailsBin)) details(seen);
  trailers_only(seen);
}

// RS05.
void StatusChecks::place(const call::BlockSeen& seen) {
  if (seen.outcome.has(FieldName::GrpcStatus)) {
    findings_.fail(Id::RS05, seen.spot, "grpc-status stands in HEADERS that do not end the stream");
  } else if (names_known(seen)) {
    findings_.pass(Id::RS05);
  } else {
    findings_.not_judgeable(Id::RS05, "names of header fields are not known");
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

struct PercentEncoded {
  std::string_view wrong;  // empty: nothing
  bool lower_case = false;
};

PercentEncoded read_percent_encoded(std::string_view text) {
  PercentEncoded read;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] < 0x20 || text[i] > 0x7e) return {"holds an octet outside of 20 to 7e"};
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
      return {"holds a \"%\" without two hexadecimal digits"};
    read.lower_case = read.lower_case || text[i + 1] >= 'a' || text[i + 2] >= 'a';
    i += 2;
  }
  if (!is_utf8(rpc::percent_decode(text))) read.wrong = "is not UTF-8 when it is decoded";
  return read;
}

// RS07.
void StatusChecks::message(const call::BlockSeen& seen) {
  const HeaderField* field = call::find(seen.fields, FieldName::GrpcMessage);
  bool all_exact = field->exact();
  if (seen.outcome.repeats(FieldName::GrpcMessage)) {
    const call::Repeated told = call::repeated(seen.fields, FieldName::GrpcMessage);
    if (told.other != nullptr) {
      findings_.fail(Id::RS07, seen.spot, differing(seen.fields, *told.other));
      return;
    }
    all_exact = told.all_exact;
  }
  if (!all_exact) {
    findings_.not_judgeable(Id::RS07, "the value of grpc-message is not known");
    return;
  }
  const PercentEncoded read = read_percent_encoded(field->value);
  if (!read.wrong.empty()) {
    findings_.fail(Id::RS07, seen.spot, fmt::format("grpc-message \"{}\" {}", field->value, read.wrong));
  } else if (read.lower_case) {
    findings_.fail(Id::RS07, Severity::Warning, seen.spot, fmt::format("grpc-message \"{}\" has lower case digits", field->value));
  } else if (seen.end_stream && seen.call->status == 0 && !field->value.empty()) {
    findings_.fail(Id::RS07, Severity::Info, seen.spot, fmt::format("grpc-message \"{}\" stands beside status 0", field->value));
  } else {
    findings_.pass(Id::RS07);
  }
}

// RS08.
void StatusChecks::details(const call::BlockSeen& seen) {
  const HeaderField* field = call::find(seen.fields, FieldName::GrpcStatusDetailsBin);
  const bool receiver_seen = seen.connection.whole(opposite(seen.spot.direction));
  if (!field->exact() || (TrueBinary::resembles(*field) && !receiver_seen)) {
    findings_.not_judgeable(
        Id::RS08, "the value of grpc-status-details-bin is not known, or whether its receiver takes true binary metadata");
    return;
  }
  if (TrueBinary::resembles(*field) && true_binary_.taken(seen.spot.direction)) {
    agreement(seen, field->value.substr(1));
    return;
  }
  if (field->value.find(',') != std::string_view::npos ||
      std::ranges::count(seen.fields, FieldName::GrpcStatusDetailsBin, &HeaderField::id) > 1) {
    findings_.not_judgeable(Id::RS08, "there are several values of grpc-status-details-bin");
    return;
  }
  const auto octets = rpc::decode_base64(field->value);
  if (octets) {
    agreement(seen, *octets);
  } else {
    findings_.fail(Id::RS08, seen.spot, "grpc-status-details-bin is not base64");
  }
}

void StatusChecks::agreement(const call::BlockSeen& seen, std::string_view octets) {
  const auto rich = rpc::read_rich_status(octets);
  if (!rich) {
    findings_.fail(Id::RS08, seen.spot, "grpc-status-details-bin is no google.rpc.Status");
    return;
  }
  const HeaderField* message = call::find(seen.fields, FieldName::GrpcMessage);
  if (!seen.call->status || !names_known(seen) || (message != nullptr && !message->exact())) {
    findings_.not_judgeable(Id::RS08, "grpc-status or grpc-message is not known");
    return;
  }
  const std::string text = message == nullptr ? std::string() : rpc::percent_decode(message->value);
  if (rich->code != *seen.call->status) {
    findings_.fail(Id::RS08, seen.spot, fmt::format("grpc-status is {}, its details have code {}", *seen.call->status, rich->code));
  } else {
    findings_.judge(Id::RS08, rich->message == text, seen.spot,
                    [&] { return fmt::format("grpc-message is \"{}\", its details say \"{}\"", text, rich->message); });
  }
}

// RS12: of an error before any octet of the body.
void StatusChecks::trailers_only(const call::BlockSeen& seen) {
  if (!seen.call->status || seen.call->status == 0 || seen.call->response.bytes != 0) return;
  findings_.judge(Id::RS12, seen.role == BlockRole::Response, seen.spot, [&] {
    return fmt::format("grpc-status {} came in trailers behind response headers, without a message between them",
                       *seen.call->status);
  });
}

}  // namespace

std::unique_ptr<Check> status_checks(Findings& findings) { return std::make_unique<StatusChecks>(findings); }

}  // namespace testigo::check
