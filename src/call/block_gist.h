// What a header block says of its call: of blocks that are alike it is found out once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

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
    Entry& entry = entries_[block.alike % kEntries];
    if (block.alike == 0 || entry.alike != block.alike || !entry.gist) {
      entry.gist.emplace(Fields(block.fields), block.outcome.complete);
      entry.alike = block.alike;
    }
    return *entry.gist;
  }

 private:
  static constexpr std::size_t kEntries = 8;
  struct Entry {
    std::uint64_t alike = 0;
    std::optional<Gist> gist;
  };
  std::array<Entry, kEntries> entries_{};
};

}  // namespace testigo::call
