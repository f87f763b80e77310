// EX: each client is answered by name.
#pragma once

#include <array>

#include "check/catalogue.h"

namespace testigo::check {

constexpr std::array<CheckInfo, 1> kAnswersRows = {{
    {.id = "EX01",
     .severity = Severity::Error,
     .role = Role::Server,
     .title = "each answer is the one to its request",
     .expected =
         "The relation of fields that the user names holds between request and reply (the reply contains request.name), and an "
         "answer to one connection or stream never appears on another. A cadence that is off is a warning about the client.",
     .clause = "claims 3 and 5 of `testigo verify`",
     .example = "the request names \"client1\", the reply of the same stream greets \"client2\"",
     .filter = "grpc.message_data",
     .fix = "Look in the server for state that calls share (F27).",
     .reading = "`watch` and `tap` judge the relation that --relation names: a reply holds when one of the requests of its call "
                "before it has that value; they keep no cadence. `verify` says it by claims 3 and 5"},
}};

}  // namespace testigo::check
