// What was found lately by its number: it is found again without a look-up. Numbers that are near each other do not get in each
// other's way.
#pragma once

#include <array>
#include <cstdint>

namespace testigo {

// Points to what others own: drop what goes.
template <class Value>
class Recent {
 public:
  // Null when it is not known here.
  Value* find(std::uint64_t number) const {
    const Place& at = places_[number % kPlaces];
    return at.number == number ? at.value : nullptr;
  }
  void put(std::uint64_t number, Value& value) { places_[number % kPlaces] = {number, &value}; }
  void drop(std::uint64_t number) {
    if (find(number) != nullptr) places_[number % kPlaces] = {};
  }
  void clear() { places_ = {}; }

 private:
  static constexpr std::size_t kPlaces = 64;
  struct Place {
    std::uint64_t number = 0;
    Value* value = nullptr;
  };
  std::array<Place, kPlaces> places_{};
};

}  // namespace testigo
