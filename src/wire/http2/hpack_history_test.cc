#include "wire/http2/hpack_history.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <set>

namespace testigo::http2 {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 20;

void insert(HpackHistory& history, std::string_view name, std::string_view value) {
  history.insert({.name = name, .value = value});
}

TEST(HpackHistory, IsEmptyAtFirst) {
  const HpackHistory history(kPlenty);
  EXPECT_EQ(history.at(0), nullptr);
  EXPECT_TRUE(history.complete());
  EXPECT_EQ(history.table_entries(), 0u);
  EXPECT_EQ(history.table_bytes_max(), 4096u);
}

TEST(HpackHistory, NamesTheNewestFirst) {
  HpackHistory history(kPlenty);
  insert(history, "a", "1");
  insert(history, "b", "2");
  ASSERT_NE(history.at(1), nullptr);
  EXPECT_EQ(history.at(0)->field.name, "b");
  EXPECT_EQ(history.at(1)->field.value, "1");
  EXPECT_EQ(history.at(2), nullptr);
  EXPECT_EQ(history.table_bytes(), 68u);
}

TEST(HpackHistory, EvictsFromTheTableAndRemembers) {
  HpackHistory history(kPlenty);
  history.resize(68);
  for (const char* const value : {"1", "2", "3"}) insert(history, "a", value);
  EXPECT_EQ(history.table_entries(), 2u);
  EXPECT_EQ(history.table_bytes(), 68u);
  ASSERT_NE(history.at(2), nullptr);
  EXPECT_EQ(history.at(2)->field.value, "1");
}

// Whatever the sizes are, and however much is forgotten meanwhile.
TEST(HpackHistory, KeepsTheTextsOfWhatItRemembers) {
  for (const std::size_t bytes_max : {std::size_t{0}, std::size_t{3000}, std::size_t{40'000}}) {
    std::mt19937 random(static_cast<std::uint32_t>(bytes_max));
    HpackHistory history(bytes_max);
    std::deque<std::string> values;  // newest first
    for (int i = 0; i < 3000; ++i) {
      const std::size_t size = i % 50 == 0 ? random() % 9000 : random() % 60;
      values.push_front(std::string(size, static_cast<char>('a' + i % 26)) + std::to_string(i));
      insert(history, "name", values.front());
      history.forget_beyond_limit();
      std::size_t remembered = 0;
      while (history.at(remembered) != nullptr) ++remembered;
      values.resize(remembered);
      if (remembered > 0) {
        ASSERT_EQ(history.at(remembered - 1)->field.value, values.back());
      }
      for (std::size_t j = 0; j < remembered; j += i % 100 == 0 ? 1 : 17) {
        ASSERT_EQ(history.at(j)->field.value, values[j]);
        ASSERT_EQ(history.at(j)->field.name, "name");
      }
    }
  }
}

TEST(HpackHistory, IsEmptiedByAnEntryLargerThanTheTable) {
  HpackHistory history(kPlenty);
  history.resize(40);
  insert(history, "a", "1");
  insert(history, "a", std::string(100, 'x'));
  EXPECT_EQ(history.table_entries(), 0u);
  EXPECT_EQ(history.table_bytes(), 0u);
  EXPECT_EQ(history.at(0)->field.value.size(), 100u);
  insert(history, "b", "2");
  EXPECT_EQ(history.table_entries(), 1u);
}

TEST(HpackHistory, ShrinksAndGrowsItsTable) {
  HpackHistory history(kPlenty);
  for (const char* const value : {"1", "2", "3"}) insert(history, "a", value);
  history.resize(0);
  EXPECT_EQ(history.table_entries(), 0u);
  history.resize(4096);
  EXPECT_EQ(history.table_entries(), 0u);
  EXPECT_EQ(history.at(2)->field.value, "1");
}

TEST(HpackHistory, CopiesANameOutOfItself) {
  HpackHistory history(kPlenty);
  history.resize(64);
  insert(history, "the-name-of-an-entry", "1");
  for (int i = 0; i < 100; ++i) insert(history, history.at(0)->field.name, history.at(0)->field.value);
  EXPECT_EQ(history.at(0)->field.name, "the-name-of-an-entry");
  EXPECT_EQ(history.at(100)->field.name, "the-name-of-an-entry");
}

TEST(HpackHistory, ForgetsOnlyWhenTold) {
  HpackHistory history(100);
  for (const char* const value : {"1", "2", "3", "4"}) insert(history, "a", value);
  const std::string_view oldest = history.at(3)->field.value;
  EXPECT_EQ(oldest, "1");
  history.forget_beyond_limit();
  EXPECT_NE(history.at(1), nullptr);
  EXPECT_EQ(history.at(2), nullptr);
  EXPECT_FALSE(history.table_known());
  EXPECT_EQ(history.table_entries(), 2u);
  EXPECT_TRUE(history.complete());
}

TEST(HpackHistory, KnowsItsTableWhileItForgetsWhatWasEvicted) {
  HpackHistory history(100);
  history.resize(40);
  for (int i = 0; i < 100; ++i) {
    insert(history, "a", "1");
    history.forget_beyond_limit();
  }
  EXPECT_TRUE(history.table_known());
  EXPECT_EQ(history.table_entries(), 1u);
}

TEST(HpackHistory, ForgetsWhatWasEvicted) {
  HpackHistory history(kPlenty);
  history.resize(70);
  for (int i = 0; i < 50; ++i) insert(history, "a", "1");
  history.forget_evicted();
  EXPECT_NE(history.at(1), nullptr);
  EXPECT_EQ(history.at(2), nullptr);
}

TEST(HpackHistory, CountsInsertionsSinceTheTaint) {
  HpackHistory history(kPlenty);
  insert(history, "a", "1");
  EXPECT_EQ(history.since_taint(), 1u);
  history.taint();
  EXPECT_EQ(history.since_taint(), 0u);
  EXPECT_FALSE(history.complete());
  EXPECT_FALSE(history.table_known());
  insert(history, "b", "2");
  EXPECT_EQ(history.since_taint(), 1u);
  EXPECT_EQ(history.inserted(), 2u);
  ASSERT_NE(history.at(1), nullptr);
  EXPECT_EQ(history.at(1)->field.name, "a");
}

TEST(HpackHistory, NumbersAnInsertionTheSameWhateverFollows) {
  HpackHistory history(kPlenty);
  history.taint();
  const std::uint64_t unseen = history.unknown_number(3);
  insert(history, "a", "1");
  const std::uint64_t seen = history.unknown_number(0);
  insert(history, "b", "2");
  EXPECT_EQ(history.unknown_number(5), unseen);
  EXPECT_EQ(history.unknown_number(1), seen);
  EXPECT_NE(history.unknown_number(4), unseen);
}

TEST(HpackHistory, NeverGivesANumberTwice) {
  HpackHistory history(kPlenty);
  std::set<std::uint64_t> given;
  std::size_t asked = 0;
  for (int epoch = 0; epoch < 5; ++epoch) {
    history.taint();
    insert(history, "a", "1");
    insert(history, "a", "1");
    for (std::uint64_t j = 0; j < 7; ++j, ++asked) given.insert(history.unknown_number(j));
  }
  EXPECT_EQ(given.size(), asked);
  EXPECT_FALSE(given.contains(0));
}

// The table of section 2.3.2 as the specification tells it, beside the history: the table must be its prefix.
TEST(HpackHistory, HoldsTheTableAsItsPrefix) {
  std::mt19937 random(3);
  HpackHistory history(3000);
  std::deque<std::pair<std::string, std::uint64_t>> table;
  std::uint64_t bytes = 0, bytes_max = 4096;
  const auto evict = [&] {
    for (; bytes > bytes_max; table.pop_back()) bytes -= table.back().second;
  };
  history.resize(static_cast<std::uint32_t>(bytes_max = 1500));
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 20 == 0) {
      bytes_max = random() % 5 == 0 ? 0 : random() % 1500;
      history.resize(static_cast<std::uint32_t>(bytes_max));
      evict();
    } else {
      const std::string value(random() % 200, static_cast<char>('a' + step % 26));
      insert(history, "n", value);
      table.emplace_front(value, value.size() + 33);
      bytes += value.size() + 33;
      evict();
    }
    history.forget_beyond_limit();
    ASSERT_EQ(history.table_entries(), table.size());
    ASSERT_EQ(history.table_bytes(), bytes);
    for (std::size_t j = 0; j < table.size(); ++j) ASSERT_EQ(history.at(j)->field.value, table[j].first);
  }
}

}  // namespace
}  // namespace testigo::http2
