#include "verdict/truth_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/field_comparison.h"
#include "verdict/horizon.h"
#include "verdict/reply_judge.h"
#include "verdict/scope.h"
#include "verdict/wording.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

using statement::Ended;

constexpr std::string_view kServerCut = "the server's statements end too early";
constexpr std::string_view kClientCut = "a client's statements end too early";
constexpr std::string_view kWireCut = "the capture is cut: what came after its last packet is not known";
constexpr std::string_view kWireApart = "the witness that listened saw nothing of calls after its last one, or of a client";

// One call. The numbers in the comments are rows of the table.
class Bench {
 public:
  Bench(Docket& docket, const CallFacts& call)
      : docket_(docket), call_(call), wire_(docket.wire.look(docket.facts, call)), name_(call_name(docket.facts, call)) {}

  void judge() {
    if (client_ended(facts(), call_) == Said::InFlight) return list_in_flight();
    note_connection();
    handled_twice();
    stated_twice();
    switch (client_started(facts(), call_)) {
      case Said::Denied:
        return denied_by_client();
      case Said::Cut:
      case Said::InFlight:
      case Said::Died:
        return behind_the_client();
      case Said::NoWitness:
        return without_client();
      case Said::Yes:
        break;
    }
    if (client_ended(facts(), call_) == Said::Cut) return behind_the_client();
    if (wire_.behind_the_end && still_fresh(facts().client(call_), call_)) return list_in_flight();
    ++docket_.verdict.calls;
    if (wire_.behind_the_end) hidden(docket_.evidence.wire->cut ? kWireCut : kWireApart);
    if (wire_.unheard) hidden("nobody listened to the wire for a while");
    if (answered()) note_answer();
    if (!call_.ended) return never_ended();
    judge_reply(docket_, call_, wire_);
    compare();
    hidden_by_a_late_start();
    if (ended().status == rpc::kOk) {
      ok();
    } else {
      not_ok();
    }
    if (!in_doubt_) note_judged();
  }

  void without_client() {
    note_connection();
    handled_twice();
    ++docket_.calls_of_missing_clients;
    if (wire_.sees == Sees::Answered) note_answer();
    if (wire_.sees == Sees::Open) server_lost_it();
    if (!in_doubt_) count_handled();
  }

 private:
  const Facts& facts() const { return docket_.facts; }
  const Ended& ended() const { return call_.ended.as<Ended>(); }

  template <typename... Values>
  void break_claim(int number, fmt::format_string<Values...> format, Values&&... values) {
    if (number == 8) return differ({}, fmt::format(format, std::forward<Values>(values)...));
    docket_.claims[number].broken(
        [&] { return exhibit(facts(), call_, wire_, fmt::format(format, std::forward<Values>(values)...)); });
  }

  void differ(Difference difference, const std::string& text) {
    docket_.claims[8].broken([&] { return exhibit(facts(), call_, wire_, text); });
    if (!docket_.on_difference) return;
    if (difference.text.empty()) difference.text = text;
    docket_.on_difference({facts().client(call_).name, facts().client(call_).process, call_.number}, difference);
  }

  void doubt(int number, std::string_view reason, std::string_view text) {
    docket_.claims[number].doubt(std::string(reason),
                                 [&] { return exhibit(facts(), call_, wire_, fmt::format("{} {}", name_, text)); });
  }

  void doubt_server(std::string_view text) {
    in_doubt_ = true;
    doubt(4, kServerCut, text);
    doubt(8, kServerCut, text);
  }

  // The wire saw an earlier call of this client whole, so that this one is in scope; it may have gone over another connection,
  // whose beginning was not seen.
  void hidden_by_a_late_start() {
    const WireEyes& wire = docket_.wire;
    if (wire_.sees != Sees::Blind || !wire.late() || wire.tls() || !wire.impaired().empty()) return;
    doubt(8, "a connection began before the capture did", "may have gone over a connection whose beginning was not seen");
  }

  void hidden(std::string_view reason) {
    for (const int number : {6, 7, 8}) doubt(number, reason, "is not in what the capture holds");
  }

  void list_in_flight() {
    docket_.verdict.in_flight.push_back(
        statement::to_text({facts().client(call_).name, facts().client(call_).process, call_.number}));
  }

  void list_server_in_flight() {
    in_doubt_ = true;
    list_in_flight();
  }

  void note_connection() {
    if (wire_.stream != nullptr) docket_.judged_connections.push_back(wire_.stream->call.place.connection);
  }

  // Whether anybody saw that the server's side answered, with any status.
  bool answered() const {
    if (wire_.sees == Sees::Answered) return true;
    if (wire_.sees != Sees::Blind || !call_.ended) return false;
    return ended().status == rpc::kOk || !is_own_making(ended().status);
  }

  void note_answer() {
    ++docket_.answered;
    docket_.claims[1].support([&] { return exhibit(facts(), call_, wire_, fmt::format("{} was answered", name_)); });
  }

  void note_judged() {
    docket_.claims[8].support([&] { return exhibit(facts(), call_, wire_, fmt::format("the witnesses agree on {}", name_)); });
    count_handled();
  }

  void count_handled() {
    ++(call_.received ? docket_.handled : docket_.not_reached);
    if (!call_.received) return;
    docket_.claims[4].support([&] { return exhibit(facts(), call_, wire_, fmt::format("{} was handled once", name_)); });
  }

  // 13, 15
  void handled_twice() {
    if (call_.received_times > 1) break_claim(4, "{} was received {} times by the server", name_, call_.received_times);
  }

  // As 17: a statement that was added.
  void stated_twice() {
    if (call_.started_times > 1) break_claim(8, "the client states {} times that {} started", call_.started_times, name_);
    if (call_.ended_times > 1) break_claim(8, "the client states {} times that {} ended", call_.ended_times, name_);
    if (call_.server_ended_times > call_.received_times) {
      break_claim(8, "the server states {} times that {} ended, and {} times that it was received", call_.server_ended_times, name_,
                  call_.received_times);
    }
  }

  // 17
  void denied_by_client() {
    const std::string_view who = wire_.stream != nullptr ? "the wire shows"
                                 : call_.received        ? "the server received"
                                                         : "there is an end of";
    break_claim(8, "{} {}, which its client denies having started", who, name_);
    if (call_.ended && ended().status != rpc::kOk)
      break_claim(2, "{} ended with {}", name_, status_text(ended().status, ended().message));
  }

  void behind_the_client() {
    for (const int number : {2, 3, 5, 8}) doubt(number, kClientCut, "is not in what is left of its client's statements");
    if (wire_.sees == Sees::Answered) note_answer();
  }

  // 18
  void never_ended() {
    ++docket_.not_ok;
    break_claim(2, "{} was started and never ended, says its client", name_);
    compare();
  }

  // 5
  void compare() {
    for (const Difference& difference : compare_fields(facts(), call_, wire_)) {
      differ(difference, fmt::format("{}: {}", name_, difference.text));
    }
  }

  // Its reply names a server whose statements are not in the evidence: another backend.
  bool answered_by_a_stranger() const {
    const auto& reply = wire_.stream != nullptr && wire_.stream->reply ? wire_.stream->reply : ended().reply;
    return reply && std::ranges::none_of(facts().servers, [&](const ServerProcess& server) {
             return server.testimony->start.name == reply->server;
           });
  }

  void ok() {
    ++docket_.ok;
    const bool refuted = wire_.sees == Sees::Answered && wire_.stream->call.status && *wire_.stream->call.status != rpc::kOk;
    if (refuted) {
      break_claim(2, "{} is OK for its client, and its answer on the wire is {}", name_,
                  status_text(wire_.stream->call.status.value_or(2)));
    } else {
      docket_.claims[2].support([&] { return exhibit(facts(), call_, wire_, fmt::format("{} was answered with OK", name_)); });
    }
    unanswered_on_the_wire();
    switch (server_received(facts(), call_)) {
      case Said::Denied:
        if (answered_by_a_stranger()) return doubt_server("was answered by a server that does not testify");
        return break_claim(8, "{} was answered with OK, and the server denies having received it", name_);  // 12
      case Said::InFlight:
        return received_in_flight();
      case Said::Cut:
      case Said::Died:
        return doubt_server("was answered, and is not in what is left of the server's statements");
      case Said::NoWitness:
        return;
      case Said::Yes:
        return server_must_have_ended();
    }
  }

  // 16
  void unanswered_on_the_wire() {
    switch (wire_.sees) {
      case Sees::Blind:
      case Sees::Answered:
        return;
      case Sees::None:
        return break_claim(8, "{} is OK for its client, and the wire carried no such call", name_);
      case Sees::Undelivered:
        return break_claim(8, "{} is OK for its client, and the wire shows that its request was not delivered", name_);
      case Sees::Open:
      case Sees::Cut:
        return break_claim(8, "{} is OK for its client, and the wire shows no trailers for it", name_);
    }
  }

  // 12, second half
  void server_must_have_ended() {
    switch (server_ended(facts(), call_)) {
      case Said::Denied:
        return break_claim(8, "{} was answered, and the server that received it denies having ended it", name_);
      case Said::InFlight:
        return list_server_in_flight();
      case Said::Cut:
        return doubt_server("was answered, and its end is not in what is left of the server's statements");
      case Said::Yes:
      case Said::Died:
      case Said::NoWitness:
        return;
    }
  }

  void not_ok() {
    ++docket_.not_ok;
    const std::string status = status_text(ended().status, ended().message);
    switch (wire_.sees) {
      case Sees::None:  // 6, 7
        break_claim(2, "{} ended with {}; the wire shows that nothing of it was sent", name_, status);
        return must_not_be_received();
      case Sees::Undelivered:  // 6, 7
        break_claim(2, "{} ended with {}; the wire shows that it never reached the server", name_, status);
        return must_not_be_received();
      case Sees::Answered:  // 4, 8
        break_claim(2, "{} ended with {}; the answer was {}", name_, status, status_text(wire_.stream->call.status.value_or(2)));
        return answered_with_failure();
      case Sees::Open:  // 8, 9, 10
        break_claim(2, "{} ended with {}; it reached the server, and no answer came", name_, status);
        return server_lost_it();
      case Sees::Cut:  // 11
        break_claim(2, "{} ended with {}; its connection or stream was broken off", name_, status);
        return;
      case Sees::Blind:  // 19
        break_claim(2, "{} ended with {}", name_, status);
        return unseen_failure();
    }
  }

  // Octets that nobody had acknowledged when the client gave up may have arrived all the same; what was refused, or never sent,
  // not.
  bool may_have_arrived() const {
    if (wire_.sees != Sees::Undelivered || wire_.stream->call.ending == call::Ending::Refused) return false;
    return request_is_stream(call_) ? wire_.stream->call.request.headers : wire_.stream->call.request.ended;
  }

  void must_not_be_received() {
    if (call_.received && !may_have_arrived())
      break_claim(8, "the server states that it received {}, and the wire shows that it cannot have", name_);
  }

  // How gRPC's server ends by itself a call that its client turned away from: cancelled, out of time, or the socket closed.
  static bool is_of_a_server_library(int status) {
    return status == rpc::kCancelled || status == rpc::kDeadlineExceeded || status == rpc::kUnavailable;
  }

  void answered_with_failure() {
    const std::optional<int> status = wire_.stream->call.status;
    const bool by_library = client_gave_up(call_, status) && is_of_a_server_library(*status);
    if (by_library) return server_lost_it();
    if (call_.received) return server_must_have_ended();
    if (status != rpc::kOk) return;  // refused by the server's library
    switch (server_received(facts(), call_)) {
      case Said::Denied:
        return break_claim(8, "the wire shows that {} was answered with OK, and the server denies having received it", name_);
      case Said::InFlight:
        return received_in_flight();
      case Said::Cut:
      case Said::Died:
        return doubt_server("was answered, and is not in what is left of the server's statements");
      case Said::Yes:
      case Said::NoWitness:
        return;
    }
  }

  // *received* is written before the answer. Where there is an answer it is on its way to us only if the server's file was read
  // before its client's, who lives on.
  void received_in_flight() {
    if (still_fresh(facts().client(call_), call_)) return list_server_in_flight();
    doubt_server("was answered, and is not in what is left of the server's statements");
  }

  // As row 11: a process of the server died, and took the connection along before it had read what had reached it. That its client
  // gave up meanwhile makes no difference.
  bool server_died_with_it() const {
    const auto& connections = docket_.evidence.wire->connections;
    const auto at = std::ranges::find(connections, wire_.stream->call.place.connection,
                                      [](const WireConnection& connection) { return connection.view.number; });
    const bool left = at != connections.end() && at->server_left;
    return left &&
           std::ranges::any_of(facts().servers, [](const ServerProcess& server) { return !server.ended() && server.followed; });
  }

  // 8, 9, 10
  void server_lost_it() {
    switch (server_received(facts(), call_)) {
      case Said::Denied:
        if (server_died_with_it()) return;
        break_claim(4, "{} reached the server, which denies having received it", name_);
        if (facts().client(call_).known()) break_claim(8, "the wire shows that {} reached the server, which denies it", name_);
        return;
      case Said::InFlight:
        return list_server_in_flight();
      case Said::Cut:
      case Said::Died:
        return doubt_server("reached the server, and is not in what is left of the server's statements");
      case Said::NoWitness:
        return;
      case Said::Yes:
        return server_kept_it();
    }
  }

  void server_kept_it() {
    switch (server_ended(facts(), call_)) {
      case Said::Denied:
        return break_claim(4, "the server received {} and never ended it: no answer was sent", name_);
      case Said::InFlight:
        return list_server_in_flight();
      case Said::Cut:
        return doubt_server("was received, and its end is not in what is left of the server's statements");
      case Said::Yes:
      case Said::Died:
      case Said::NoWitness:
        return;
    }
  }

  void unseen_failure() {
    if (call_.received) return server_kept_it();
    if (facts().server_files.empty()) return;
    in_doubt_ = true;
    doubt(4, "whether calls that failed reached the server was not seen", "failed, and the server has no line of it");
  }

  Docket& docket_;
  const CallFacts& call_;
  WireView wire_;
  std::string name_;
  bool in_doubt_ = false;  // what the server did with it is not known
};

void out_of_scope(Docket& docket, const CallFacts& call) {
  ++docket.verdict.out_of_scope;
  const ClientProcess& client = docket.facts.client(call);
  if (docket.on_out_of_scope) docket.on_out_of_scope({client.name, client.process, call.number});
}

void judge_call(Docket& docket, const CallFacts& call) {
  switch (scope_of(docket.facts, call, docket.options, docket.wire.begins_late_for(docket.facts.client(call)))) {
    case Scope::Earlier:
      ++docket.earlier;
      return out_of_scope(docket, call);
    case Scope::OfOthers:
      ++docket.of_others;
      return out_of_scope(docket, call);
    case Scope::Rotated:
      return out_of_scope(docket, call);
    case Scope::ClientMissing:
      return Bench(docket, call).without_client();
    case Scope::Judged:
      return Bench(docket, call).judge();
  }
}

}  // namespace

void judge_calls(Docket& docket) {
  for (const CallFacts& call : docket.facts.calls) judge_call(docket, call);
  std::ranges::sort(docket.judged_connections);
  const auto repeated = std::ranges::unique(docket.judged_connections);
  docket.judged_connections.erase(repeated.begin(), repeated.end());
}

}  // namespace testigo::verdict
