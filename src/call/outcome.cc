#include "call/outcome.h"

#include <fmt/format.h>

#include "wire/rpc/status.h"

namespace testigo::call {

std::string_view ending_name(Ending ending) {
  switch (ending) {
    case Ending::Trailers:
      return "trailers";
    case Ending::WithoutStatus:
      return "without-status";
    case Ending::ResetByClient:
      return "reset-by-client";
    case Ending::ResetByServer:
      return "reset-by-server";
    case Ending::Refused:
      return "refused";
    case Ending::ConnectionLost:
      return "connection-lost";
    case Ending::StillOpen:
      return "still-open";
  }
  return {};
}

std::string_view kind_seen(const Call& call) {
  const bool many_requests = call.request.messages > 1;
  const bool many_replies = call.response.messages > 1;
  if (many_requests) return many_replies ? "bidi" : "client-stream";
  return many_replies ? "server-stream" : "unary";
}

std::string outcome_text(const Call& call) {
  if (call.status) return rpc::status_name(*call.status);
  switch (call.ending) {
    case Ending::Trailers:
      if (call.response.behind_gap) return "unknown status";
      [[fallthrough]];
    case Ending::WithoutStatus:
      return call.http_status == 200 || call.http_status == 0 ? "no status" : fmt::format("HTTP {}", call.http_status);
    case Ending::ResetByClient:
      return fmt::format("reset by client ({})", http2::error_code_name(call.error_code));
    case Ending::ResetByServer:
      return fmt::format("reset by server ({})", http2::error_code_name(call.error_code));
    case Ending::Refused:
      return "refused";
    case Ending::ConnectionLost:
      return "connection lost";
    case Ending::StillOpen:
      return "still open";
  }
  return {};
}

}  // namespace testigo::call
