#include "greeter/reply.h"

namespace testigo::greeter {
namespace {

constexpr std::size_t kNameBytesKept = 256;

}  // namespace

void fill_reply(v1::GreetReply& message, const Identity& identity, const std::string& server, std::uint32_t sequence) {
  using namespace std::chrono;
  const auto whole = floor<seconds>(identity.received);
  message.set_message("Success: " + server + " greets " + identity.client + " and answers its call " +
                      std::to_string(identity.call));
  message.set_client(identity.client);
  message.set_call(identity.call);
  message.set_server(server);
  message.mutable_received()->set_seconds(whole.time_since_epoch().count());
  message.mutable_received()->set_nanos(static_cast<std::int32_t>((identity.received - whole).count()));
  message.set_sequence(sequence);
}

bool names_another(const statement::Reply& reply, const statement::CallId& id) {
  return reply.client != id.client || reply.call != id.number;
}

void keep_reply(std::optional<statement::Reply>& kept, const statement::CallId& id, const v1::GreetReply& message) {
  if (kept && names_another(*kept, id)) return;
  kept = {message.client().substr(0, kNameBytesKept), message.call(), message.server().substr(0, kNameBytesKept)};
}

}  // namespace testigo::greeter
