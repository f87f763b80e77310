// Octets in a row, added at the end and dropped at the front. A vector would do, but to add a few to it costs more than to copy
// them.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/bytes.h"

namespace testigo::tcp {

class OctetStore {
 public:
  void append(Bytes octets) {
    if (octets.size() > capacity_ - size_) grow(size_ + octets.size());
    std::memcpy(octets_.get() + size_, octets.data(), octets.size());
    size_ += octets.size();
  }

  void drop_front(std::size_t count) {
    size_ -= count;
    std::memmove(octets_.get(), octets_.get() + count, size_);
  }

  void clear() { size_ = 0; }
  void release() {
    octets_.reset();
    size_ = capacity_ = 0;
  }

  Bytes all() const { return {octets_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }

 private:
  void grow(std::size_t least) {
    const std::size_t capacity = std::max(least, 2 * capacity_);
    auto grown = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (size_ > 0) std::memcpy(grown.get(), octets_.get(), size_);
    octets_ = std::move(grown);
    capacity_ = capacity;
  }

  std::unique_ptr<std::byte[]> octets_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace testigo::tcp
