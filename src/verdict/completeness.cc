#include "verdict/completeness.h"

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/wording.h"

namespace testigo::verdict {
namespace {

Exhibit about_line(const statement::Reading& reading, const statement::Line& line, std::string text) {
  Exhibit exhibit;
  exhibit.text = std::move(text);
  exhibit.statements.push_back(reading.place(line));
  return exhibit;
}

class Gaps {
 public:
  explicit Gaps(Docket& docket) : docket_(docket) {}

  void run() {
    std::uint32_t process = kNone;
    std::uint64_t next = 0;
    for (const CallFacts& call : docket_.facts.calls) {
      const ClientProcess& client = docket_.facts.client(call);
      if (call.process != process) next = client.scope_from;
      process = call.process;
      if (!client.known() || call.number < client.scope_from || call.number > client.last_number) continue;
      if (call.number > next) gap(client, next, call.number - 1);
      next = call.number + 1;
    }
  }

 private:
  void gap(const ClientProcess& client, std::uint64_t from, std::uint64_t to) {
    const std::string calls = from == to ? fmt::format("call {}", from) : fmt::format("calls {} to {}", from, to);
    const std::string text = fmt::format("the statements of {} pass over {}", inert(client.name), calls);
    if (client.damaged()) return docket_.claims[8].doubt(text);
    docket_.claims[8].broken([&] { return about_line(*client.reading, client.testimony->first, text); });
  }

  Docket& docket_;
};

void judge_client_end(Docket& docket, const ClientProcess& client) {
  if (!client.ended() || client.damaged()) return;
  const statement::Line& line = *client.testimony->end;
  const std::uint64_t counted = std::get<statement::End>(line.statement.body).calls;
  if (counted == client.last_number) return;
  docket.claims[8].broken([&] {
    return about_line(*client.reading, line,
                      fmt::format("the end record of {} counts {}, and its last call is number {}", inert(client.name),
                                  count_text(counted, "call"), client.last_number));
  });
}

// A server's count is its own affair in what it counts, so that a difference proves no more than that something is wrong.
void judge_server_end(Docket& docket, const ServerProcess& server) {
  const statement::Testimony& testimony = *server.testimony;
  if (!server.ended() || testimony.beginning_lost) return;
  const statement::Reading& reading = *docket.facts.server_files[server.file].reading;
  const std::uint64_t counted = std::get<statement::End>(testimony.end->statement.body).calls;
  if (counted == server.received || reading.damaged_lines > 0) return;
  const std::string text = fmt::format("the end record of {} counts {}, and its statements {}", inert(testimony.start.name),
                                       count_text(counted, "call"), server.received);
  docket.claims[8].doubt(text, [&] { return about_line(reading, *testimony.end, text); });
}

}  // namespace

void judge_completeness(Docket& docket) {
  Gaps(docket).run();
  for (const ClientProcess& client : docket.facts.clients) judge_client_end(docket, client);
  for (const ServerProcess& server : docket.facts.servers) judge_server_end(docket, server);
  for (const Stray& stray : docket.facts.strays) {
    docket.claims[8].broken([&] { return about_line(*stray.line.reading, *stray.line.line, stray.text); });
  }
}

}  // namespace testigo::verdict
