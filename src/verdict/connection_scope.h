// Which connections claims 6 and 7 are about. Private to this room.
#pragma once

#include <vector>

#include "verdict/docket.h"

namespace testigo::verdict {

class ConnectionScope {
 public:
  // After `judge_calls`.
  explicit ConnectionScope(const Docket& docket);

  // False where every call with an id is out of scope, be it that the connection began before the capture did, and where the client
  // itself speaks no HTTP/2: a health check or a browser on the same port is no client of gRPC.
  bool judged(const WireConnection& connection) const;

 private:
  const std::vector<std::uint64_t>& judged_;  // that carried a call in scope
  std::vector<std::uint64_t> with_ids_;       // that carried a call with an id; sorted
};

bool is_no_grpc_client(const WireConnection& connection);

}  // namespace testigo::verdict
