// Header blocks that are alike (call::BlockSeen::alike): most checks would say of each what they said of the first.
//
// That holds while SETTINGS and findings are what they were: a verdict on a block rests on nothing else that is not compared here.
// A few checks must hear the others, too: always, or as long as any check has notes.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "check/calls_so_far.h"
#include "check/check.h"
#include "check/findings.h"

namespace testigo::check {

class AlikeBlocks {
 public:
  // Those of one connection; they must outlive it.
  AlikeBlocks(Findings& findings, const CallsSoFar& calls) : findings_(findings), calls_(calls) {}

  // A check that hears blocks; it must outlive this.
  void add(Check& check) { checks_.push_back(&check); }
  // The short way. True: no check must hear it any more.
  bool take(const call::BlockSeen& seen);
  void on_block(const call::BlockSeen& seen);
  // SETTINGS came, or the connection is over: what was passed for the others is told, and nothing is known of those to come.
  void settle();

 private:
  static constexpr std::size_t kEntriesMax = 64;  // of a direction; more kinds of blocks share their places

  // One that passed all checks, and what was said of it.
  struct Entry {
    std::uint64_t alike = 0;  // 0: none
    call::BlockRole role{};
    bool end_stream = false;
    call::RpcClass rpc_class{};
    call::RpcClass response_class{};
    int http_status = 0;
    bool body = false;  // octets of the response came before
    std::uint64_t list_bytes = 0;
    std::uint64_t troubles = 0;
    std::vector<std::pair<Id, std::uint64_t>> passed;
    std::vector<Check*> hearers;  // that must hear the others, too
    bool heard_always = false;    // and not only when there are notes
    std::uint64_t others = 0;

    bool speaks_for(const call::BlockSeen& seen) const;
  };

  static std::size_t place_of(const call::BlockSeen& seen) { return http2::alike_place(seen.alike) % kEntriesMax; }
  Entry* find(const call::BlockSeen& seen);  // null where there has been none yet
  void learn(Entry& entry, const call::BlockSeen& seen);
  void settle(Entry& entry);

  Findings& findings_;
  const CallsSoFar& calls_;
  std::vector<Check*> checks_;
  std::array<std::vector<Entry>, 2> entries_;  // by direction, then by http2::alike_place
};

inline bool AlikeBlocks::Entry::speaks_for(const call::BlockSeen& seen) const {
  return alike == seen.alike && role == seen.role && end_stream == seen.end_stream && seen.outcome.list_bytes <= list_bytes &&
         rpc_class == seen.call->rpc_class && response_class == seen.call->response_class &&
         http_status == seen.call->http_status && body == (seen.call->response.bytes != 0);
}

inline AlikeBlocks::Entry* AlikeBlocks::find(const call::BlockSeen& seen) {
  std::vector<Entry>& of_direction = entries_[static_cast<std::size_t>(seen.spot.direction)];
  const std::size_t place = place_of(seen);
  return place < of_direction.size() ? of_direction.data() + place : nullptr;
}

inline bool AlikeBlocks::take(const call::BlockSeen& seen) {
  if (seen.alike == 0 || seen.call == nullptr || !seen.connection.whole()) return false;
  Entry* const entry = find(seen);
  if (entry == nullptr || !entry->speaks_for(seen) || entry->troubles != findings_.troubles()) return false;
  if (entry->heard_always || calls_.notes != 0 || calls_.block_notes != 0) return false;
  ++entry->others;
  return true;
}

}  // namespace testigo::check
