// Replies of the greeter: made by the server, and noted by whoever states them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "statement/statement.h"
#include "testigo/greeter/v1/greeter.pb.h"

namespace testigo::greeter {

// The call that a reply says it answers.
struct Identity {
  std::string client;
  std::uint64_t call = 0;
  Time received;
};

void fill_reply(v1::GreetReply& message, const Identity& identity, const std::string& server, std::uint32_t sequence);

bool names_another(const statement::Reply& reply, const statement::CallId& id);

// Keeps the first reply that names another client or call than `id`, else the last. Names of untrusted length are cut.
void keep_reply(std::optional<statement::Reply>& kept, const statement::CallId& id, const v1::GreetReply& message);

}  // namespace testigo::greeter
