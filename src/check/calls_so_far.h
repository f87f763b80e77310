// What all checks of one connection may know of its calls. Most checks keep something in mind of few calls only: while none of them
// does, one look tells that what is usual concerns nobody (plain_calls.h, alike_blocks.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "call/event.h"
#include "check/delivery.h"

namespace testigo::check {

struct CallsSoFar {
  std::uint64_t closed = 0;
  std::size_t notes = 0;        // of calls, by all checks (Notes)
  std::size_t block_notes = 0;  // the same, that only blocks concern
  Delivery delivery;            // of SETTINGS and PINGs

  // Of a stream that both sides have ended, the server by trailers. The newest are kept, each in a slot.
  void complete(call::StreamId stream) { complete_[slot(stream)] = stream; }
  bool is_complete(call::StreamId stream) const { return stream != 0 && complete_[slot(stream)] == stream; }

 private:
  static constexpr std::size_t kCompleteKept = 128;  // a reset behind trailers comes at once
  static std::size_t slot(call::StreamId stream) { return stream / 2 % kCompleteKept; }

  std::array<call::StreamId, kCompleteKept> complete_{};
};

// What one check keeps in mind until it is concerned; where nothing is usual as long as there is any.
template <class Key, class Note>
class Notes {
 public:
  // `all` counts those of all checks, and must outlive them.
  explicit Notes(std::size_t& all) : all_(all) {}

  bool empty() const { return notes_.empty(); }
  std::size_t size() const { return notes_.size(); }
  auto begin() const { return notes_.begin(); }
  auto end() const { return notes_.end(); }

  // Null when there is none.
  Note* find(const Key& key) {
    if (notes_.empty()) return nullptr;
    const auto it = notes_.find(key);
    return it == notes_.end() ? nullptr : &it->second;
  }
  // The one that was there before, if any.
  Note& try_emplace(const Key& key, Note note = {}) {
    const auto [it, added] = notes_.try_emplace(key, std::move(note));
    all_ += added ? 1 : 0;
    return it->second;
  }
  void erase(const Key& key) {
    if (!notes_.empty()) all_ -= notes_.erase(key);
  }

 private:
  std::size_t& all_;
  std::map<Key, Note> notes_;
};

}  // namespace testigo::check
