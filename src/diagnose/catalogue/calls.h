// F27 to F37: answers, deadlines, and what a client brings along.
#pragma once

#include <array>

#include "check/catalogue/awaits.h"
#include "diagnose/catalogue.h"

namespace testigo::diagnose {

constexpr std::array<CauseInfo, 11> kCallsCauses = {{
    {.id = "F27",
     .common = false,
     .title = "answers were mixed up: an answer meant for another client or call",
     .symptom = "a client receives what another one asked for, with status OK",
     .meaning = "The server keeps something of one call where another call reads it.",
     .seen = "The reply names another client, call or connection than the one that asked (claim 3, EX01).",
     .fix = "Look in the server for state shared between calls (a field of the service, a reused reply or buffer, an index into a "
            "table of pending calls) and give each call its own."},
    {.id = "F28",
     .common = true,
     .title = "the deadline is shorter than the path",
     .symptom = "DEADLINE_EXCEEDED, though the server answered",
     .meaning = "The clock of a deadline starts at the client; hops, queues and earlier calls have used it up.",
     .seen = "The response came after the deadline, or grpc-timeout at that hop was too small for it. F15, F26 and F29 are "
             "excluded first.",
     .fix = "Give the outermost caller a longer deadline, or pass less of it on in fan-out.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F29",
     .common = false,
     .title = "the server's handler is slower than the deadline",
     .symptom = "DEADLINE_EXCEEDED, and the server is \"up\"",
     .meaning = "The request was there in time; the handler waits for something.",
     .seen = "The request is complete and acknowledged by PING or TCP, and no response comes before the deadline.",
     .fix = "Find out what the handler waits for (a lock, a pool, a call of its own), or give its callers a longer deadline."},
    {.id = "F30",
     .common = false,
     .title = "the client gave up before its deadline",
     .symptom = "CANCELLED",
     .meaning = "The application cancelled the call, or its own caller did: a closed tab, a timeout in another place, a hedged "
                "call that lost.",
     .seen = "RST_STREAM(CANCEL) by the client, earlier than HEADERS plus grpc-timeout.",
     .fix = "Look in the client for who cancels: its context's parent is the usual one.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F31",
     .common = false,
     .title = "the server died in the middle of calls",
     .symptom = "UNAVAILABLE, \"connection reset by peer\", in the middle of calls",
     .meaning = "The server's process ended without order: a crash, a kill, an out-of-memory kill.",
     .seen = "FIN or RST under traffic without GOAWAY, and then a connection that is refused, which confirms it.",
     .fix = "Look for a crash, a kill or an out-of-memory kill of the server at that time; a server that shuts down in order sends "
            "GOAWAY and finishes its calls."},
    {.id = "F32",
     .common = false,
     .title = "the client dials a proxy of its environment",
     .symptom = "UNAVAILABLE in one environment only",
     .meaning = "http_proxy or https_proxy is set, and the library honours it: the connection goes to that proxy.",
     .seen = "The client's first octets are \"CONNECT \".",
     .fix = "Name the server in no_proxy, or unset the variable for this process.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F33",
     .common = false,
     .title = "the path of a Unix socket stands as :authority",
     .symptom = "PROTOCOL_ERROR on a Unix socket, while TCP works",
     .meaning = "Some clients write the socket's path into :authority; strict servers (h2, tonic) refuse it (grpc-java#12664, "
                "grpc#38142).",
     .seen = ":authority with \"/\" or \"%2F\" (HD03), and RST_STREAM with code 1.",
     .fix = "Set the authority of the channel to \"localhost\".",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F34",
     .common = false,
     .title = "the scheme is not that of the transport",
     .symptom = "PROTOCOL_ERROR behind TLS termination",
     .meaning =
         "A hop that ends TLS leaves :scheme \"https\" on its cleartext connection; Kestrel refuses that (aspnetcore#30532).",
     .seen = "RQ03, and RST_STREAM with code 1.",
     .fix = "Let the hop set :scheme, or let the server accept another one (Kestrel: AllowAlternateSchemes).",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F35",
     .common = false,
     .title = "a metadata value holds octets that are not allowed",
     .symptom = "calls with one certain metadata value are reset",
     .meaning = "A value holds what HTTP/2 or gRPC does not allow in a field, such as a line break or UTF-8.",
     .seen = "HD04, RQ11 or RQ12, and then RST_STREAM by the hop that is strict.",
     .fix = "Put such values into a field whose name ends with -bin, or encode them.",
     .awaits = check::awaits::kLaterVersion},
    {.id = "F36",
     .common = false,
     .title = "the channel waits before it connects again",
     .symptom = "UNAVAILABLE at once, and nothing on the wire",
     .meaning = "After failed attempts a channel waits up to 120 s, and calls fail meanwhile without being sent.",
     .seen = "No packet between the call's start and end in the client's statement; the last SYN before was refused.",
     .fix = "Repair what refused the connection; use wait_for_ready, or reset the channel's backoff when the server is known to be "
            "back.",
     .awaits = check::awaits::kStatements},
    {.id = "F37",
     .common = false,
     .title = "a hop removes authorization",
     .symptom = "UNAUTHENTICATED, only behind the proxy",
     .meaning = "The hop consumes the field for a check of its own, or drops it as unknown.",
     .seen = "grpc-status 16; the field is there on one side of the hop and not on the other (PX04).",
     .fix = "Let the hop pass authorization on, or carry the token in another field.",
     .awaits = check::awaits::kBothSides},
}};

}  // namespace testigo::diagnose
