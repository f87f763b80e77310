// RS13 and SD06: what a client makes of an answer without grpc-status, as it states it, held against what the wire showed of the
// call (http-grpc-status-mapping.md; gRPC over HTTP2, Errors). Remarks: libraries differ, and no claim rests on them.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "check/tally.h"
#include "verdict/judge.h"

namespace testigo::verdict {

// The statuses that a client may report; empty: the documents name none.
std::vector<int> reported_for_http(int http_status);
std::vector<int> reported_for_reset(std::uint32_t error_code);

// Adds to `checks` what the two rows say of the calls that were one stream on the wire, seen whole, and whose client states their
// end. `on_finding` hears of all of them.
void judge_reported(const Evidence& evidence, check::Tally& checks,
                    const std::function<void(const check::Finding&)>& on_finding = {});

}  // namespace testigo::verdict
