// Header blocks that are alike (call::BlockSeen::alike): most checks would say of each what they said of the first.
//
// That holds while SETTINGS and findings are what they were: a verdict on a block rests on nothing else that is not compared here.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "check/check.h"
#include "check/findings.h"

namespace testigo::check {

class AlikeBlocks {
 public:
  // `findings` must outlive it.
  explicit AlikeBlocks(Findings& findings) : findings_(findings) {}

  // A check that hears blocks; it must outlive this.
  void add(Check& check) { checks_.push_back(&check); }
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
    std::uint64_t others = 0;

    bool speaks_for(const call::BlockSeen& seen) const;
  };

  Entry& entry_of(const call::BlockSeen& seen);
  void learn(Entry& entry, const call::BlockSeen& seen);
  void settle(Entry& entry);

  Findings& findings_;
  std::vector<Check*> checks_;
  std::array<std::vector<Entry>, 2> entries_;  // by direction, then by http2::alike_place
};

}  // namespace testigo::check
