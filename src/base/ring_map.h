// A map whose keys mostly grow and whose entries mostly live shortly: the streams of a connection. An entry lies in a ring of
// slots, by its key; one that is in the way of a newer one moves aside into an ordered map.
//
// The slots are made for the first entry: a map that never had one is small. References are valid until the next call that adds or
// takes out an entry.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace testigo {

// Keys are never 0; of one parity, most of them.
template <class Value>
class RingMap {
 public:
  using Key = std::uint32_t;

  RingMap() = default;
  RingMap(const RingMap&) = delete;
  RingMap& operator=(const RingMap&) = delete;

  // Null when there is none.
  Value* find(Key key) { return const_cast<Value*>(std::as_const(*this).find(key)); }
  const Value* find(Key key) const {
    const Slot& slot = slots_[place(key)];
    if (slot.key == key) return &slot.value;
    return aside_.empty() ? nullptr : find_aside(key);
  }

  // True: it is new.
  [[gnu::always_inline]] inline std::pair<Value*, bool> try_emplace(Key key) {
    if (Value* const known = find(key)) return {known, false};
    if (made_ == nullptr) make_slots();
    Slot& slot = slot_of(key);
    if (slot.key != 0) move_aside(slot);
    slot.key = key;
    ++size_;
    return {&slot.value, true};
  }

  void erase(Key key) {
    Slot& slot = slot_of(key);
    if (slot.key == key) {
      slot = Slot();
      --size_;
    } else {
      erase_aside(key);
    }
  }
  // Of one that is there.
  Value take(Key key) {
    Slot& slot = slot_of(key);
    if (slot.key == key) {
      slot.key = 0;
      --size_;
      return std::exchange(slot.value, Value());
    }
    Value value = std::move(aside_.at(key));
    erase_aside(key);
    return value;
  }

  // Those that `is_of_them` says yes of; it may change the others.
  template <class Predicate>
  void erase_if(Predicate is_of_them) {
    for (Slot& slot : all()) {
      if (slot.key == 0 || !is_of_them(slot.value)) continue;
      slot = Slot();
      --size_;
    }
    for (auto it = aside_.begin(); it != aside_.end();) {
      const bool erased = is_of_them(it->second);
      size_ -= erased ? 1 : 0;
      it = erased ? aside_.erase(it) : std::next(it);
    }
  }

  std::size_t size() const { return size_; }

  // In no order: visit(key, value). The map must not change meanwhile.
  template <class Visit>
  void for_each(Visit visit) {
    for (Slot& slot : all()) {
      if (slot.key != 0) visit(slot.key, slot.value);
    }
    for (auto& [key, value] : aside_) visit(key, value);
  }

  // Those above `above` and at most `last`, ascending; the others cost little.
  std::vector<Key> keys(Key above, Key last) const {
    std::vector<Key> keys;
    for (const Slot& slot : all()) {
      if (slot.key > above && slot.key <= last) keys.push_back(slot.key);
    }
    for (auto it = aside_.upper_bound(above); it != aside_.end() && it->first <= last; ++it) keys.push_back(it->first);
    std::ranges::sort(keys);
    return keys;
  }

 private:
  static constexpr std::size_t kSlots = 64;

  struct Slot {
    Key key = 0;    // 0: free
    Value value{};  // of a free one as it is when it is new
  };
  std::span<Slot> all() const { return {slots_, last_place_ + 1}; }
  std::size_t place(Key key) const { return key / 2 & last_place_; }
  [[gnu::noinline]] void make_slots() {
    made_ = std::make_unique<std::array<Slot, kSlots>>();
    slots_ = made_->data();
    last_place_ = kSlots - 1;
  }
  Slot& slot_of(Key key) { return slots_[place(key)]; }
  // The few that are in the way.
  [[gnu::noinline]] const Value* find_aside(Key key) const {
    const auto it = aside_.find(key);
    return it == aside_.end() ? nullptr : &it->second;
  }
  [[gnu::noinline]] void move_aside(Slot& slot) {
    aside_.emplace(slot.key, std::move(slot.value));
    slot.value = Value();
  }
  [[gnu::noinline]] void erase_aside(Key key) { size_ -= aside_.erase(key); }

  Slot none_;  // the only place, and always free, until slots are made
  std::unique_ptr<std::array<Slot, kSlots>> made_;
  Slot* slots_ = &none_;
  std::size_t last_place_ = 0;
  std::map<Key, Value> aside_;
  std::size_t size_ = 0;
};

}  // namespace testigo
