#include "verdict/field_comparison.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/inert.h"
#include "base/limits.h"
#include "verdict/wording.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

using statement::Ended;
using statement::Received;
using statement::Reply;
using statement::Started;

std::string show(int status) { return status_text(status); }
std::string show(std::uint64_t count) { return std::to_string(count); }
std::string show(const std::string& text) { return fmt::format("\"{}\"", inert(text)); }
std::string show(const std::optional<Reply>& reply) {
  if (!reply) return "none";
  return fmt::format("to {} call {} from {}", inert(reply->client), reply->call, inert(reply->server));
}

class Comparison {
 public:
  Comparison(const Facts& facts, const CallFacts& call, const WireView& wire) : facts_(facts), call_(call), wire_(wire) {
    if (call.ended) client_ = &call.ended.as<Ended>();
    // Of a call that was handled twice it is not known which handling was answered.
    if (call.server_ended && call.received_times <= 1) server_ = &call.server_ended.as<Ended>();
    if (wire.sees != Sees::Answered) return;
    answer_ = &wire.stream->call;
    wire_message_ = statement::as_stated(answer_->status_message);
  }

  std::vector<Difference> run() {
    method();
    kind();
    if (answer_ != nullptr || wire_.sees == Sees::Blind) status();
    if (client_ != nullptr && client_->status == rpc::kOk) counts();
    if (client_ != nullptr && client_->status == rpc::kOk) reply();
    return std::move(differences_);
  }

 private:
  template <typename Value>
  void compare(std::string_view field, const Value* a, std::string_view a_name, const Value* b, std::string_view b_name) {
    if (a == nullptr || b == nullptr || *a == *b) return;
    differences_.push_back(
        {std::string(field), fmt::format("{} is {} for the {}, {} for the {}", field, show(*a), a_name, show(*b), b_name)});
  }

  // Every pair of them that was seen.
  template <typename Value>
  void compare(std::string_view field, const Value* client, const Value* wire, const Value* server) {
    compare(field, client, "client", wire, "wire");
    compare(field, wire, "wire", server, "server");
    if (wire == nullptr) compare(field, client, "client", server, "server");
  }

  void method() {
    const std::string* wire = nullptr;
    if (wire_.stream != nullptr && wire_.stream->call.path_known == http2::Known::Exact &&
        wire_.stream->call.path.size() < Limits{}.text_bytes_kept - 3) {  // else it may be a shortened one
      wire_path_ = statement::as_stated(wire_.stream->call.path);
      wire = &wire_path_;
    }
    compare("method", call_.started ? &call_.started.as<Started>().method : nullptr, wire,
            call_.received ? &call_.received.as<Received>().method : nullptr);
    if (call_.received_again && call_.received) {
      compare("method", &call_.received.as<Received>().method, "server", &call_.received_again.as<Received>().method,
              "server again");
    }
  }

  void kind() {
    if (!call_.started || !call_.received) return;
    const auto client = call_.started.as<Started>().kind;
    const auto server = call_.received.as<Received>().kind;
    if (client == server) return;
    differences_.push_back({"kind", fmt::format("kind is {} for the client, {} for the server", statement::kind_name(client),
                                                statement::kind_name(server))});
  }

  void status() {
    const int* wire = answer_ != nullptr && answer_->status ? &*answer_->status : nullptr;
    const int* client = client_ != nullptr ? &client_->status : nullptr;
    const int* server = server_ != nullptr ? &server_->status : nullptr;
    const int* answered = wire != nullptr ? wire : server;
    if (client != nullptr && answered != nullptr && client_gave_up(call_, *answered)) return;
    compare("status", client, wire, server);
    message(client, client_ ? &client_->message : nullptr, "client", wire, wire_message(client_), "wire");
    message(wire, wire_message(server_), "wire", server, server_ ? &server_->message : nullptr, "server");
    if (wire == nullptr) {
      message(client, client_ ? &client_->message : nullptr, "client", server, server_ ? &server_->message : nullptr, "server");
    }
  }

  // A text that travels beside OK concerns nobody: libraries drop it.
  const std::string* wire_message(const Ended* witness) const {
    const bool dropped = witness != nullptr && witness->status == rpc::kOk && witness->message.empty();
    return answer_ == nullptr || dropped ? nullptr : &wire_message_;
  }

  // Clients put texts of their own where the answer has none; with OK there is nothing to put.
  void message(const int* a_status, const std::string* a, std::string_view a_name, const int* b_status, const std::string* b,
               std::string_view b_name) {
    if (a == nullptr || b == nullptr || a_status == nullptr || b_status == nullptr || *a_status != *b_status) return;
    if (*a_status != rpc::kOk && (a->empty() || b->empty())) return;
    // The wire's text is bounded, and the bound may cut a character.
    const std::size_t most = Limits{}.text_bytes_kept - 4;
    if (a->size() >= most && b->size() >= most && a->compare(0, most, *b, 0, most) == 0) return;
    compare("status message", a, a_name, b, b_name);
  }

  void counts() {
    const bool counted = answer_ != nullptr && wire_.stream->whole;
    compare("number of requests", client_ ? &client_->requests : nullptr, counted ? &answer_->request.messages : nullptr,
            server_ ? &server_->requests : nullptr);
    compare("number of replies", client_ ? &client_->replies : nullptr, counted ? &answer_->response.messages : nullptr,
            server_ ? &server_->replies : nullptr);
  }

  // A reply that the wire could not read (compressed, say) was not seen by it. One that names another was sent by a server whose
  // statement of it need not be true (row 2).
  void reply() {
    const std::optional<Reply>* wire = answer_ != nullptr && wire_.stream->reply ? &wire_.stream->reply : nullptr;
    const std::optional<Reply>* client = &client_->reply;
    compare("reply", client, "client", wire, "wire");
    const std::optional<Reply>& delivered = wire != nullptr ? *wire : *client;
    if (delivered && !names_caller(facts_, call_, *delivered)) return;
    if (server_ != nullptr) compare("reply", &delivered, wire != nullptr ? "wire" : "client", &server_->reply, "server");
    server_name(delivered);
  }

  void server_name(const std::optional<Reply>& delivered) {
    if (!delivered || call_.received_times != 1) return;
    const std::string& name = facts_.servers[call_.server].testimony->start.name;
    if (delivered->server == name) return;
    differences_.push_back({"server", fmt::format("the reply comes from {}, and the server that received the call calls itself {}",
                                                  show(delivered->server), show(name))});
  }

  const Facts& facts_;
  const CallFacts& call_;
  const WireView& wire_;
  const Ended* client_ = nullptr;
  const Ended* server_ = nullptr;
  const call::Call* answer_ = nullptr;
  std::string wire_path_, wire_message_;  // as statements give them back
  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> compare_fields(const Facts& facts, const CallFacts& call, const WireView& wire) {
  return Comparison(facts, call, wire).run();
}

bool is_own_making(int status) {
  constexpr int kOwn[] = {rpc::kCancelled, rpc::kDeadlineExceeded, rpc::kResourceExhausted, rpc::kInternal, rpc::kUnavailable};
  return std::ranges::find(kOwn, status) != std::end(kOwn);
}

bool client_gave_up(const CallFacts& call, std::optional<int> answered) {
  if (!call.ended || !answered) return false;
  const int status = call.ended.as<Ended>().status;
  const bool own = is_own_making(status);
  const bool given_up_by_both = *answered == rpc::kCancelled || *answered == rpc::kDeadlineExceeded;
  return own && (status != *answered || given_up_by_both);
}

bool names_caller(const Facts& facts, const CallFacts& call, const statement::Reply& reply) {
  return reply.client == facts.client(call).name && reply.call == call.number;
}

}  // namespace testigo::verdict
