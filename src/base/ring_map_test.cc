#include "base/ring_map.h"

#include <gtest/gtest.h>

#include <random>

namespace testigo {
namespace {

TEST(RingMap, IsSmallUntilItHasAnEntry) {
  EXPECT_LT(sizeof(RingMap<std::array<char, 1000>>), 2000u);
  RingMap<int> ring;
  EXPECT_EQ(ring.find(1), nullptr);
  ring.erase(1);
  ring.erase_if([](int) { return true; });
  EXPECT_TRUE(ring.keys(0, 100).empty());
  EXPECT_EQ(ring.size(), 0u);
}

TEST(RingMap, IsAMap) {
  std::mt19937 random(7);
  RingMap<int> ring;
  std::map<std::uint32_t, int> map;
  for (int i = 0; i < 200'000; ++i) {
    // Mostly new keys that grow, some old ones that stay, of either parity.
    const std::uint32_t key = 1 + (random() % 4 == 0 ? random() % 600 : static_cast<std::uint32_t>(i / 100 + random() % 300));
    switch (random() % 4) {
      case 0:
      case 1: {
        const auto [value, is_new] = ring.try_emplace(key);
        const auto [it, is_new_there] = map.try_emplace(key, 0);
        ASSERT_EQ(is_new, is_new_there);
        ASSERT_EQ(*value, it->second);
        *value = it->second = i;
        break;
      }
      case 2:
        if (const auto it = map.find(key); it != map.end() && random() % 2 == 0) {
          ASSERT_EQ(ring.take(key), it->second);
        } else {
          ring.erase(key);
        }
        map.erase(key);
        break;
      case 3:
        break;
    }
    ASSERT_EQ(ring.size(), map.size());
    const int* const found = ring.find(key);
    ASSERT_EQ(found != nullptr, map.contains(key));
    if (found != nullptr) {
      ASSERT_EQ(*found, map[key]);
    }
  }
  for (const auto& [key, value] : map) EXPECT_EQ(*ring.find(key), value);
  std::map<std::uint32_t, int> visited;
  ring.for_each([&](std::uint32_t key, int value) { EXPECT_TRUE(visited.emplace(key, value).second); });
  EXPECT_EQ(visited, map);
  for (const auto& [above, last] : {std::pair<std::uint32_t, std::uint32_t>{0, 0xffff'ffff}, {100, 2000}, {2000, 100}, {7, 7}}) {
    std::vector<std::uint32_t> keys;
    for (const auto& [key, value] : map) {
      if (key > above && key <= last) keys.push_back(key);
    }
    EXPECT_EQ(ring.keys(above, last), keys);
  }
  ring.erase_if([](int& value) { return ++value % 2 == 0; });
  std::erase_if(map, [](auto& entry) { return entry.second % 2 != 0; });
  EXPECT_GT(map.size(), 0u);
  EXPECT_EQ(ring.size(), map.size());
  for (const auto& [key, value] : visited) {
    const int* const found = ring.find(key);
    ASSERT_EQ(found != nullptr, map.contains(key));
    if (found != nullptr) {
      EXPECT_EQ(*found, value + 1);
    }
  }
}

}  // namespace
}  // namespace testigo
