#include "check/catalogue.h"

#include <algorithm>
#include <array>

#include "check/catalogue/answers.h"
#include "check/catalogue/behaviour.h"
#include "check/catalogue/connection.h"
#include "check/catalogue/endings.h"
#include "check/catalogue/flow_control.h"
#include "check/catalogue/headers.h"
#include "check/catalogue/hops.h"
#include "check/catalogue/hpack.h"
#include "check/catalogue/messages.h"
#include "check/catalogue/requests.h"
#include "check/catalogue/responses.h"
#include "check/catalogue/retries.h"
#include "check/catalogue/streams.h"
#include "check/catalogue/tls.h"

namespace testigo::check {
namespace {

template <std::size_t... Sizes>
constexpr auto joined(const std::array<CheckInfo, Sizes>&... groups) {
  std::array<CheckInfo, (Sizes + ...)> all;
  auto next = all.begin();
  ((next = std::ranges::copy(groups, next).out), ...);
  return all;
}

constexpr auto kCatalogue =
    joined(kConnectionRows, kFlowControlRows, kStreamsRows, kHpackRows, kHeadersRows, kRequestsRows, kMessagesRows, kResponsesRows,
           kEndingsRows, kBehaviourRows, kRetriesRows, kTlsRows, kHopsRows, kAnswersRows);
static_assert(kCatalogue.size() == kCheckCount);
static_assert(static_cast<std::size_t>(Id::EX01) + 1 == kCheckCount);

constexpr std::array<Group, 14> kGroups = {{
    {"CN", "connection"},
    {"FC", "flow control"},
    {"ST", "streams and frames"},
    {"HP", "HPACK"},
    {"HD", "header fields of any call"},
    {"RQ", "gRPC request"},
    {"MG", "messages"},
    {"RS", "gRPC response"},
    {"SD", "cancel, deadline, close"},
    {"BH", "behaviour over time"},
    {"RT", "retries"},
    {"TL", "TLS"},
    {"PX", "both sides of a hop: upstream is that of the server, downstream that of the client"},
    {"EX", "each client is answered by name"},
}};

constexpr auto kJudged = [] {
  std::array<Id, std::ranges::count_if(kCatalogue, [](const CheckInfo& row) { return row.awaits.empty(); })> judged{};
  auto* next = judged.begin();
  for (std::size_t i = 0; i < kCheckCount; ++i) {
    if (kCatalogue[i].awaits.empty()) *next++ = static_cast<Id>(i);
  }
  return judged;
}();

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::Client:
      return "client";
    case Role::Server:
      return "server";
    case Role::Either:
      return "either";
    case Role::Hop:
      return "hop";
  }
  return "";
}

const CheckInfo& info(Id id) { return kCatalogue[static_cast<std::size_t>(id)]; }

Id id_of(std::string_view id) { return static_cast<Id>(std::ranges::find(kCatalogue, id, &CheckInfo::id) - kCatalogue.begin()); }

std::span<const CheckInfo> catalogue() { return kCatalogue; }

std::span<const Group> groups() { return kGroups; }

std::span<const Id> judged_checks() { return kJudged; }

}  // namespace testigo::check
