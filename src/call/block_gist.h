// What a header block says of its call: of blocks that are alike it is found out once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "call/event.h"
#include "call/fields.h"
#include "wire/http2/decoded_block.h"

namespace testigo::call {

// Of a block that opens a request. Fields are pointed to by their place in the block.
struct RequestGist {
  RequestGist(Fields fields, bool complete);

  RpcClass rpc_class;
  std::optional<std::size_t> path;
  std::optional<Duration> timeout;
  std::optional<bool> keeps_to_grpc;  // nothing: not everything is known
  std::optional<bool> two_segments;   // :path has; nothing: it is not known
};

// Of a block of the server.
struct AnswerGist {
  AnswerGist(Fields fields, bool complete);

  std::optional<int> http_status;  // 0 where it is no number; nothing when it is not there, or not known
  bool informational = false;      // 1xx
  bool status_known = false;       // it is known what :status is, or that there is none
  std::optional<int> grpc_status;
  bool without_grpc_status = false;  // it is known that there is none
  std::optional<std::size_t> grpc_message;
  RpcClass response_class;
};

// Those of the blocks of one direction.
template <typename Gist>
class Gists {
 public:
  // Valid until the next call.
  const Gist& of(const http2::DecodedBlock& block) {
    const std::size_t place = http2::alike_place(block.alike);
    if (block.alike == 0 || place >= entries_.size() || entries_[place].alike != block.alike) return learn(block, place);
    return *entries_[place].gist;
  }

 private:
  struct Entry {
    std::uint64_t alike = 0;
    std::optional<Gist> gist;
  };

  [[gnu::noinline]] const Gist& learn(const http2::DecodedBlock& block, std::size_t place) {
    if (block.alike == 0) return other_.emplace(Fields(block.fields), block.outcome.complete);
    if (place >= entries_.size()) entries_.resize(place + 1);
    entries_[place].alike = block.alike;
    return entries_[place].gist.emplace(Fields(block.fields), block.outcome.complete);
  }

  std::vector<Entry> entries_;  // by http2::alike_place
  std::optional<Gist> other_;   // of a block that no other is alike
};

}  // namespace testigo::call
