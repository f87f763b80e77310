// F08 to F14: what hops do to calls, and how connections end.
#pragma once

#include <array>

#include "check/catalogue/awaits.h"
#include "diagnose/catalogue.h"

namespace testigo::diagnose {

constexpr std::array<CauseInfo, 7> kHopsCauses = {{
    {.id = "F08",
     .common = true,
     .title = "a hop drops trailers",
     .symptom = "UNKNOWN or INTERNAL, \"stream ended without trailers\", \"missing grpc-status\"",
     .meaning = "Something between client and server speaks HTTP/1.1, or does not know trailers: grpc-status is lost.",
     .seen = "END_STREAM stands on DATA and there is no grpc-status (RS03); upstream the trailers are there (PX01).",
     .fix = "Let the hop speak HTTP/2 to the server and pass trailers on (nginx: grpc_pass; Envoy: http2_protocol_options of the "
            "cluster).",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F09",
     .common = false,
     .title = "a hop strips te: trailers",
     .symptom = "the server refuses or cancels calls, only behind the proxy",
     .meaning = "te is the sign that the whole path passes trailers on. A hop treats it as hop-by-hop and removes it.",
     .seen = "RQ04 at the server; te on the client's side of the hop (PX02).",
     .fix = "Let the hop send te: trailers on, or use its mode for gRPC.",
     .awaits = check::awaits::kBothSides},
    {.id = "F10",
     .common = false,
     .title = "a hop kills idle connections",
     .symptom = "UNAVAILABLE after a pause; the first call in the morning fails",
     .meaning =
         "A firewall, NAT or load balancer forgets connections that are silent for minutes, with RST, with FIN or without a word.",
     .seen = "Silence before the last octets sent, then RST or FIN without GOAWAY, or no answer at all. Two calls that are cut "
             "after the same idle time tell it apart from F18.",
     .fix = "Set keepalive below the idle limit of the hop (and permit it at the server), or raise that limit.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F11",
     .common = false,
     .title = "the peer is gone, and nobody said so",
     .symptom = "calls hang for minutes, then fail",
     .meaning = "The other machine or the path to it broke down while the connection was in use (half-open TCP).",
     .seen = "A break amid activity: data that stays unacknowledged, retransmissions, a PING without ACK, no octet back.",
     .fix = "Set keepalive with a timeout, and a deadline on every call.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F12",
     .common = true,
     .title = "the client pings more often than the server permits",
     .symptom = "\"too_many_pings\", ENHANCE_YOUR_CALM; connections close every few minutes",
     .meaning = "Keepalive of the client is shorter than what the server accepts (by default one PING in five minutes), or .NET "
                "measures the round trip time with PINGs.",
     .seen = "The cadence of PINGs, the strikes that the server counts (BH01, BH02), GOAWAY with code 11 and that text.",
     .fix = "Lengthen the keepalive time of the client, or lower the server's minimum (permit keepalive time, also without calls). "
            ".NET: set System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F13",
     .common = true,
     .title = "the server retires connections, and calls get lost in between",
     .symptom = "UNAVAILABLE at each deployment, or every N minutes",
     .meaning = "The server sends GOAWAY (max connection age, drain), and closes before the calls that crossed it are done.",
     .seen = "GOAWAY whose last stream lies below streams that are open; the second GOAWAY is missing, or the connection is closed "
             "at once.",
     .fix = "Drain before closing (GOAWAY with 2147483647 first, a grace time longer than the longest call), and let clients retry "
            "UNAVAILABLE.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F14",
     .common = false,
     .title = "all calls go to one backend",
     .symptom = "one backend is hot, new ones are idle",
     .meaning = "A long HTTP/2 connection goes through a balancer of layer 4, which balances connections, not calls; or the client "
                "asked DNS once.",
     .seen = "Calls per connection and peer; what DNS says now against the peers that are in use.",
     .fix = "Balance in the client (round_robin over DNS or xDS) or at layer 7, or bound the age of connections at the server.",
     .awaits = check::awaits::kDoctor},
}};

}  // namespace testigo::diagnose
