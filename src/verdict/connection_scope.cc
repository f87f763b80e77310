#include "verdict/connection_scope.h"

#include <algorithm>

namespace testigo::verdict {

bool is_no_grpc_client(const WireConnection& connection) {
  const http2::Opening opening = connection.view.client_opening;
  return opening == http2::Opening::Http1 || opening == http2::Opening::Other;
}

ConnectionScope::ConnectionScope(const Docket& docket) : judged_(docket.judged_connections) {
  if (!docket.evidence.wire) return;
  for (const WireStream& stream : docket.evidence.wire->streams) with_ids_.push_back(stream.call.place.connection);
  std::ranges::sort(with_ids_);
  const auto repeated = std::ranges::unique(with_ids_);
  with_ids_.erase(repeated.begin(), repeated.end());
}

bool ConnectionScope::judged(const WireConnection& connection) const {
  if (is_no_grpc_client(connection)) return false;
  const std::uint64_t number = connection.view.number;
  if (std::ranges::binary_search(judged_, number)) return true;
  return connection.view.from_start && !std::ranges::binary_search(with_ids_, number);
}

}  // namespace testigo::verdict
