// A map whose keys mostly grow and whose entries mostly live shortly: the streams of a connection. An entry lies in a ring of
// slots, by its key; one that is in the way of a newer one moves aside into an ordered map.
//
// References are valid until the next `try_emplace` or `erase`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace testigo {

// Keys are never 0; of one parity, most of them.
template <class Value>
class RingMap {
 public:
  using Key = std::uint32_t;

  // Null when there is none.
  Value* find(Key key) {
    Slot& slot = slot_of(key);
    if (slot.key == key) return &slot.value;
    if (aside_.empty()) return nullptr;
    const auto it = aside_.find(key);
    return it == aside_.end() ? nullptr : &it->second;
  }

  // True: it is new.
  std::pair<Value*, bool> try_emplace(Key key) {
    if (Value* const known = find(key)) return {known, false};
    Slot& slot = slot_of(key);
    if (slot.key != 0) aside_.emplace(slot.key, std::move(slot.value));
    slot = {key, Value()};
    ++size_;
    return {&slot.value, true};
  }

  void erase(Key key) {
    Slot& slot = slot_of(key);
    if (slot.key == key) {
      slot = {};
      --size_;
    } else {
      size_ -= aside_.erase(key);
    }
  }

  void clear() {
    slots_.fill({});
    aside_.clear();
    size_ = 0;
  }

  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t kSlots = 64;

  struct Slot {
    Key key = 0;  // 0: free
    Value value{};
  };
  Slot& slot_of(Key key) { return slots_[key / 2 % kSlots]; }

  std::array<Slot, kSlots> slots_{};
  std::map<Key, Value> aside_;
  std::size_t size_ = 0;
};

}  // namespace testigo
