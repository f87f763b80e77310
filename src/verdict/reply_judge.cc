#include "verdict/reply_judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/inert.h"
#include "verdict/field_comparison.h"
#include "verdict/wording.h"
#include "wire/rpc/status.h"

namespace testigo::verdict {
namespace {

constexpr std::size_t kPlacesKept = 20;

bool somebody_made(const Facts& facts, const statement::Reply& reply) {
  for (std::uint32_t i = 0; i < facts.clients.size(); ++i) {
    if (facts.clients[i].name != reply.client) continue;
    const auto wanted = std::pair(i, reply.call);
    const auto found =
        std::ranges::lower_bound(facts.calls, wanted, {}, [](const CallFacts& c) { return std::pair(c.process, c.number); });
    if (found != facts.calls.end() && found->process == i && found->number == reply.call) return true;
  }
  return false;
}

std::string whose(const Facts& facts, const statement::Reply& reply) {
  const std::string named = fmt::format("{} call {}", inert(reply.client), reply.call);
  if (somebody_made(facts, reply)) return fmt::format("the reply meant for {}", named);
  return fmt::format("a reply that names {}, a call that nobody made", named);
}

Exhibit wrong_reply(const Facts& facts, const CallFacts& call, const WireView& wire, const statement::Reply& reply, bool by_wire) {
  const std::string text = fmt::format("{} received {}", call_name(facts, call), whose(facts, reply));
  if (!by_wire) return exhibit(facts, call, wire, text + ", as it states itself");
  const call::Place place{wire.stream->reply_packet, wire.stream->call.place.connection, wire.stream->call.place.stream};
  Exhibit made = exhibit(facts, call, wire, fmt::format("{} ({})", text, place_name(place)));
  made.octets = wire.stream->reply_octets;
  made.wire.insert(made.wire.begin(), place);
  return made;
}

}  // namespace

void judge_reply(Docket& docket, const CallFacts& call, const WireView& wire) {
  const Facts& facts = docket.facts;
  const auto& ended = call.ended.as<statement::Ended>();
  const bool by_wire = wire.stream != nullptr && wire.stream->reply.has_value();
  const std::optional<statement::Reply>& reply = by_wire ? wire.stream->reply : ended.reply;
  if (!reply) {
    if (ended.status != rpc::kOk || ended.replies == 0) return;
    docket.claims[3].doubt("whom a reply names is not known", [&] {
      return exhibit(facts, call, wire,
                     fmt::format("whom the reply to {} names, neither client nor wire says", call_name(facts, call)));
    });
    return;
  }
  ++docket.replies_seen;
  if (names_caller(facts, call, *reply)) {
    docket.claims[3].support([&] {
      return exhibit(facts, call, wire,
                     fmt::format("{} received its own reply, from {}", call_name(facts, call), inert(reply->server)));
    });
    return;
  }
  ++docket.wrong_replies;
  if (by_wire && docket.wrong_reply_places.size() < kPlacesKept) {
    docket.wrong_reply_places.push_back(
        {wire.stream->reply_packet, wire.stream->call.place.connection, wire.stream->call.place.stream});
  }
  docket.claims[3].broken([&] { return wrong_reply(facts, call, wire, *reply, by_wire); });
}

void add_mix_up(Docket& docket) {
  if (docket.wrong_replies == 0) return;
  std::string explanation = docket.claims[3].first_against().text;
  if (docket.wrong_replies > 1) explanation += fmt::format("; {} replies in all name another client or call", docket.wrong_replies);
  diagnose::Cause cause = diagnose::mixed_up_answers(std::move(explanation), docket.wrong_reply_places);
  cause.times = docket.wrong_replies;
  docket.verdict.causes.push_back(std::move(cause));
}

}  // namespace testigo::verdict
