#include "verdict/reported_status.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "check/findings.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

using call::Ending;

// Of one id: its stream, or nothing where it has several.
using Streams = std::map<statement::CallId, const WireStream*>;

bool answered_by_http(const call::Call& call) {
  return call.ending == Ending::WithoutStatus && call.http_status != 0 && call.http_status != 200;
}

bool reset_by_server(const call::Call& call) {
  return call.ending == Ending::ResetByServer || (call.ending == Ending::Refused && call.error_code == http2::kRefusedStream);
}

Streams concerned(const WireTestimony& wire) {
  Streams streams;
  for (const WireStream& stream : wire.streams) {
    if (stream.whole && (answered_by_http(stream.call) || reset_by_server(stream.call))) streams.emplace(stream.id, &stream);
  }
  if (streams.empty()) return streams;
  for (const WireStream& stream : wire.streams) {
    const auto it = streams.find(stream.id);
    if (it != streams.end() && it->second != &stream) it->second = nullptr;
  }
  return streams;
}

std::string names_of(const std::vector<int>& statuses) {
  std::string text;
  for (const int status : statuses) text += (text.empty() ? "" : " or ") + rpc::status_name(status);
  return text;
}

// A client that has given up by itself says so, whatever came meanwhile.
void judge_one(const WireStream& stream, const statement::Ended& ended, check::Findings& findings) {
  const bool http = answered_by_http(stream.call);
  const std::vector<int> expected = http ? reported_for_http(stream.call.http_status) : reported_for_reset(stream.call.error_code);
  const bool gave_up = ended.status == rpc::kDeadlineExceeded && std::ranges::find(expected, ended.status) == expected.end();
  if (expected.empty() || gave_up) return;
  call::Spot spot;
  spot.place = {stream.call.end_packet, stream.call.place.connection, stream.call.place.stream};
  spot.time = stream.call.ended;
  spot.direction = Direction::ToClient;
  const std::string came = http ? fmt::format(":status {} without grpc-status", stream.call.http_status)
                                : fmt::format("RST_STREAM({})", http2::error_code_name(stream.call.error_code));
  findings.judge(http ? check::Id::RS13 : check::Id::SD06, std::ranges::find(expected, ended.status) != expected.end(), spot, [&] {
    return fmt::format("call {}: {} came, and the client reports {}, not {}", statement::to_text(stream.id), came,
                       rpc::status_name(ended.status), names_of(expected));
  });
}

}  // namespace

std::vector<int> reported_for_http(int http_status) {
  switch (http_status) {
    case 400:
    case 431:
      return {rpc::kInternal};
    case 401:
      return {rpc::kUnauthenticated};
    case 403:
      return {rpc::kPermissionDenied};
    case 404:
      return {rpc::kUnimplemented};
    case 429:
    case 502:
    case 503:
    case 504:
      return {rpc::kUnavailable};
    default:
      return {rpc::kUnknown};
  }
}

std::vector<int> reported_for_reset(std::uint32_t error_code) {
  switch (error_code) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 6:
    case 9:
    case 10:
      return {rpc::kInternal};
    case 7:
      return {rpc::kUnavailable};
    case 8:
      return {rpc::kCancelled, rpc::kDeadlineExceeded};
    case 11:
      return {rpc::kResourceExhausted};
    case 12:
      return {rpc::kPermissionDenied};
    default:
      return {};  // STREAM_CLOSED: there is no open stream to report it of
  }
}

void judge_reported(const Evidence& evidence, check::Tally& checks, const std::function<void(const check::Finding&)>& on_finding) {
  if (!evidence.wire) return;
  const Streams streams = concerned(*evidence.wire);
  check::FindingLog log;
  if (on_finding) log.on_finding(on_finding);
  check::Findings findings(log);
  for (const statement::Reading& reading : evidence.clients) {
    if (streams.empty()) break;
    for (const statement::Testimony& testimony : reading.testimonies) {
      for (const statement::Line& line : testimony.lines) {
        const auto* ended = std::get_if<statement::Ended>(&line.statement.body);
        const auto it = ended == nullptr ? streams.end() : streams.find(ended->id);
        if (it != streams.end() && it->second != nullptr) judge_one(*it->second, *ended, findings);
      }
    }
  }
  for (const check::Id id : {check::Id::RS13, check::Id::SD06}) checks.counts[check::info(id).id] = findings.count(id);
  log.add_to(checks);
}

}  // namespace testigo::verdict
