#include "verdict/claim_catalogue.h"

#include <array>

namespace testigo::verdict {
namespace {

constexpr std::array<ClaimInfo, 9> kCatalogue = {{
    {.id = "1",
     .commands = "verify",
     .sentence = "the server was up and answered",
     .meaning = "At least one call was answered, whatever its status: without an answer nothing else can be said of the server. "
                "(What `watch` and `tap` number 1 is claim traffic.)",
     .witnesses = "the clients; the wire and the server say which calls arrived",
     .broken = "calls were made, and none was answered",
     .inconclusive = "no call was made"},
    {.id = "2",
     .commands = "verify",
     .sentence = "every call of every client got a reply with status OK",
     .meaning = "Each call that a client started has ended, with status 0. The causes say why one did not.",
     .witnesses = "the clients; where the wire saw the status too, it must be the same (claim 8)",
     .broken = "a call ended with another status, or was started and never ended while its client lived on",
     .inconclusive = "a client's statements are missing, or end too early"},
    {.id = "3",
     .commands = "verify",
     .sentence = "each reply names the client and the call that asked; no answer went to another client or connection",
     .meaning =
         "The reply repeats name and number of its request. A server that mixes up its callers answers with status OK, and only "
         "this claim finds it (F27).",
     .witnesses = "the clients, and the wire, which reads the replies itself; under TLS the clients alone",
     .broken = "a reply names another client or call than the one that it was sent to",
     .inconclusive = "there was no reply at all, or a client's statements are missing or end too early"},
    {.id = "4",
     .commands = "verify",
     .sentence = "the server handled exactly the calls that reached it: none lost, none twice",
     .meaning = "What the wire delivered to the server, the server received and ended, once.",
     .witnesses = "the wire and the server; the clients where the wire saw nothing",
     .broken =
         "a call was delivered and the server denies it, or the server received it more than once, or it never ended it while "
         "its process lived on",
     .inconclusive =
         "the server's statements are missing or end too early; or, under TLS, a call failed of which the server says nothing"},
    {.id = "5",
     .commands = "verify",
     .sentence =
         "clients called periodically: 99 % of starts within max(20 % of the period, 20 ms) of their place, mean rate within 5 % "
         "(--tolerance)",
     .meaning = "Each client's calls start at a steady beat, measured by that client's own monotonic clock.",
     .witnesses = "the clients alone: clocks of two machines are never compared",
     .broken = "more than 1 % of starts lie outside, or the mean rate is off",
     .inconclusive = "a client names no period, none started two calls, or a client's statements are missing or end too early"},
    {.id = "6",
     .commands = "verify",
     .sentence =
         "the calls travelled over HTTP/2: preface, SETTINGS both ways and acknowledged, HEADERS, DATA, trailers (and ALPN under "
         "TLS)",
     .meaning = "The frames themselves are shown, on every connection that carried a call. Nobody's word is taken for it.",
     .witnesses = "the wire alone",
     .broken = "a connection's server began with something else (HTTP/1.1 is quoted), or one of these parts is missing",
     .inconclusive = "there was no wire witness, it missed octets, or it saw TLS, whose octets it cannot read"},
    {.id = "7",
     .commands = "verify",
     .sentence = "they are gRPC by the specification: no check failed at error severity (the report lists the checks it rests on)",
     .meaning = "Every check that is judged passed, or found nothing to judge, on the connections that carried the calls. "
                "Warnings and remarks are listed and break nothing.",
     .witnesses = "the wire alone",
     .broken = "a check failed at grade error",
     .inconclusive = "there was no wire witness, it missed octets or saw TLS, or no check found anything to judge"},
    {.id = "8",
     .commands = "verify",
     .sentence = "the witnesses agree on every call",
     .meaning =
         "Status, messages, lengths and names of each call are the same with everyone who saw it; nobody denies what another saw. "
         "A statement that was changed, added or removed afterwards is found here.",
     .witnesses = "all of them: clients, wire and server; under TLS the two ends, and the verdict says so",
     .broken = "two witnesses say different things of one call, or one denies a call that another saw",
     .inconclusive = "a witness is missing, or ends too early to be held to its silence"},
    {.id = "traffic",
     .commands = "watch, tap",
     .sentence = "this traffic is gRPC by the specification",
     .meaning = "Every connection that was heard spoke HTTP/2, carried gRPC calls, and failed no check at grade error.",
     .witnesses = "the wire alone: there are no statements",
     .broken = "a check failed at grade error, or a client or server behind the tap does not speak HTTP/2",
     .inconclusive = "packets were lost, a connection was not seen whole or is TLS, or no gRPC call was seen"},
}};

constexpr std::size_t kOfTraffic = 8;
static_assert(kCatalogue[kOfTraffic].id == "traffic");

}  // namespace

std::span<const ClaimInfo> claim_catalogue() { return kCatalogue; }

std::string_view claim_sentence(int number) { return kCatalogue.at(static_cast<std::size_t>(number) - 1).sentence; }

std::string_view traffic_sentence() { return kCatalogue[kOfTraffic].sentence; }

}  // namespace testigo::verdict
