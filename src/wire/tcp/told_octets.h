// The last octets that were told of one direction and that their receiver has not acknowledged: what a copy is held against that
// comes too late. What comes after the acknowledgement changes nothing, for the receiver had them before.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/tcp/octet_store.h"

namespace testigo::tcp {

class ToldOctets {
 public:
  // Remembers no more than the last `bytes_max` (and for a while as many again).
  void add(std::uint64_t offset, Bytes octets, std::size_t bytes_max) {
    if (bytes_max == 0) return release();
    if (offset != end()) clear(offset);
    if (octets.size() > bytes_max) clear(offset + octets.size() - bytes_max), octets = octets.last(bytes_max);
    if (octets_.size() + octets.size() > 2 * bytes_max) drop_front(octets_.size() - (bytes_max - octets.size()));
    octets_.append(octets);
  }

  void acknowledge(std::uint64_t offset) {
    acknowledged_ = offset;
    if (offset >= end() && !octets_.empty()) clear(end());
  }

  // Whether they say something else of an octet that is remembered.
  bool differ(std::uint64_t offset, Bytes octets) const;

  void release() { octets_.release(); }  // all are forgotten
  std::size_t bytes() const { return octets_.capacity(); }

 private:
  std::uint64_t end() const { return first_ + octets_.size(); }
  void clear(std::uint64_t next);
  void drop_front(std::size_t count);

  std::uint64_t acknowledged_ = 0;
  std::uint64_t first_ = 0;  // offset of octets_[0]
  OctetStore octets_;
};

}  // namespace testigo::tcp
