// RT: retries (gRFC A6).
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 4> kRetriesRows = {{
    {.id = "RT01",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "retries count their attempts",
     .expected = "grpc-previous-rpc-attempts is 1 on the first retry of a call, 2 on the second; there are at most 5 attempts "
                 "unless the client was given another limit. Calls without the field are not looked at.",
     .clause = "gRFC A6, Exposed Retry Metadata, Limits on Retries and Hedges",
     .example = "a retry with 1, and another of the same call with 1 again",
     .filter = "http2.header.name == \"grpc-previous-rpc-attempts\"",
     .fix = "Retry at one place only: library, mesh or application.",
     .reading = "which attempts belong to one call the wire does not say: the number of attempts is judged"},
    {.id = "RT02",
     .severity = Severity::Warning,
     .role = Role::Client,
     .title = "no attempt is made after response headers were received",
     .expected = "Response headers commit the call: it is never sent again after them.",
     .clause = "gRFC A6, When Retries are Valid",
     .example = "response headers, RST_STREAM, and the same call with grpc-previous-rpc-attempts 1",
     .filter = "http2.header.name == \"grpc-previous-rpc-attempts\" || http2.headers.status",
     .fix = "Look for a hop or wrapper that retries by itself; answers may be delivered twice.",
     .reading =
         "attempts are those of one client with the same method, metadata, deadline and length of the request, within 10 s or "
         "10 s behind a pushback, where no other call has the same; of others nothing is said, nor of calls that have no "
         "metadata but credentials, nor of the first call that fails behind 1,000 others. Where the connection was lost it "
         "is not known what was received"},
    {.id = "RT03",
     .severity = Severity::Warning,
     .role = Role::Client,
     .title = "the client heeds the server's pushback",
     .expected =
         "After grpc-retry-pushback-ms the next attempt comes after exactly that time. A negative or unreadable value means none.",
     .clause = "gRFC A6, Pushback",
     .example = "pushback 5000, and the next attempt after 100 ms",
     .filter = "http2.header.name == \"grpc-retry-pushback-ms\" || http2.header.name == \"grpc-previous-rpc-attempts\"",
     .fix = "Update the client library, or look for a retry outside of it.",
     .reading = "which attempts belong together is told as in RT02; later than it was asked for an attempt may come; 50 ms and 10 "
                "% too early are granted"},
    {.id = "RT04",
     .severity = Severity::Info,
     .role = Role::Client,
     .title = "retries back off",
     .expected = "Attempt n follows after min(initial * multiplier^(n-1), maximum), within 20 %. Older libraries choose between 0 "
                 "and that value.",
     .clause = "gRFC A6, Exponential Backoff",
     .example = "five attempts within 10 ms",
     .filter = "http2.header.name == \"grpc-previous-rpc-attempts\"",
     .fix = "Set the backoff in the retry policy, and throttle retries.",
     .reading = "the policy is not known to the wire: told where three attempts or more followed within 10 ms"},
}};

}  // namespace testigo::check
