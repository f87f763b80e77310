// Calls of a run that goes on, as rows of the page: what client, wire and server say of each is put together as it comes.
//
// A call is told when every kind of witness that is there has said how it ended, or when it has been waited for the rest. What is
// said later of a call that was told is not told again. One thread; time is that of whoever asks.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "call/event.h"
#include "check/tally.h"
#include "report/page_columns.h"
#include "report/page_names.h"
#include "run/statement_follower.h"
#include "verdict/wire_testimony.h"

namespace testigo::run {

class LiveCalls {
 public:
  using OnCall = std::function<void(const report::PageCall&)>;
  // `names`, which must outlive it, learns who there is.
  LiveCalls(report::PageNames& names, OnCall on_call) : names_(names), on_call_(std::move(on_call)) {}

  // The first that was seen of the run: times are told since then.
  void begin(Time began) { began_ = began; }
  const std::optional<Time>& began() const { return began_; }

  // A wire witness is there, though no call has come by it yet.
  void expect_wire() { wire_ = true; }

  void hear(const HeardStatement& heard);
  // `stream` is what is testified of it, null where it has no id.
  void hear(const call::CallClosed& closed, const verdict::WireStream* stream);
  void hear(const check::Finding& finding);

  // Tells those that have waited long enough.
  void settle(Duration now);
  // Nobody says more: tells what is left, as far as it was heard.
  void end();

  template <typename Take>
  void for_each_open(const Take& take) const {
    for (const auto& [key, open] : open_) take(open.call);
  }

 private:
  using Key = std::pair<std::uint16_t, std::uint32_t>;  // process and number
  using Stream = std::pair<call::ConnectionNumber, call::StreamId>;
  struct Open {
    report::PageCall call;
    bool client_ended = false, server_ended = false, wire_ended = false;
    std::optional<Duration> since;  // the first of these was heard
    bool any_ended() const { return client_ended || server_ended || wire_ended; }
  };

  std::optional<Key> key(const statement::CallId& id);
  Open* find(const statement::CallId& id, bool make);
  double since_began(Time time);
  void note_flags(report::PageCall& call);
  void note_reply(report::PageCall& call, const statement::CallId& id, const std::optional<statement::Reply>& reply);
  void settle_if_whole(const Key& key, Open& open);
  void tell(const Key& key, const Open& open);

  report::PageNames& names_;
  OnCall on_call_;
  std::optional<Time> began_;
  bool clients_ = false, servers_ = false, wire_ = false;  // that there is such a witness
  std::map<Key, Open> open_;
  std::set<Key> told_;  // the latest
  std::deque<Key> told_in_order_;
  std::map<Stream, std::uint16_t> flags_;  // of streams that have not closed
  std::map<Stream, Key> waiting_;          // of those that have, and whose call is not told yet
};

}  // namespace testigo::run
