// What a header block says of codings: grpc-encoding and grpc-accept-encoding (gRPC over HTTP2; compression.md).
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "call/event.h"

namespace testigo::check {

// grpc-encoding.
struct Coding {
  enum class Is : std::uint8_t { Absent, Known, Unknown };
  Is known = Is::Absent;
  std::string name;  // bounded

  bool is_identity() const { return known == Is::Absent || (known == Is::Known && name == "identity"); }
};
Coding coding_of(const call::BlockSeen& seen);

// grpc-accept-encoding.
struct CodingList {
  enum class Is : std::uint8_t { Absent, Known, Unknown };
  Is known = Is::Absent;
  std::string text;  // of all its fields

  void read(const call::BlockSeen& seen);
  // Whether it would be the same.
  bool agrees(const call::BlockSeen& seen) const;
  bool has(std::string_view name) const;
};

// That of each request of a connection; it mostly is the same, so only changes are kept.
class ListsByStream {
 public:
  explicit ListsByStream(const Limits& limits) : changes_max_(limits.streams_remembered) {}

  // True: it is not that of the request before.
  bool add(call::StreamId stream, const call::BlockSeen& seen);
  // Null when it is no longer known.
  const CodingList* of(call::StreamId stream) const;

 private:
  struct Change {
    call::StreamId since = 0;
    CodingList list;
  };
  std::size_t changes_max_;
  std::deque<Change> changes_;  // ids of streams only grow
};

}  // namespace testigo::check
