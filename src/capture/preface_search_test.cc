#include "capture/preface_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/several_ways.h"
#include "wire/http2/preface.h"

namespace testigo::capture {
namespace {

// Where prefaces end, in every cut the same.
std::vector<std::size_t> ends(const std::string& text) {
  return testing::several_ways(as_octets(text), [](testing::Cuts& cuts) {
    PrefaceSearch search;
    std::vector<std::size_t> found;
    std::size_t at = 0;
    while (auto piece = cuts.next()) {
      while (const auto end = search.find(*piece)) {
        found.push_back(at += *end);
        piece = piece->subspan(*end);
      }
      at += piece->size();
    }
    return found;
  });
}

TEST(PrefaceSearch, FindsThemWhereverTheyStand) {
  const std::string preface(http2::kPreface);
  EXPECT_THAT(ends(preface), ::testing::ElementsAre(24));
  EXPECT_THAT(ends("body" + preface + "frames" + preface), ::testing::ElementsAre(28, 58));
  EXPECT_THAT(ends("PRI * HTT" + preface + "PRPRI" + preface), ::testing::ElementsAre(33, 62));
  EXPECT_THAT(ends(preface.substr(0, 23) + "\r" + preface.substr(1)), ::testing::IsEmpty());
}

TEST(PrefaceSearch, FindsNoneAcrossAGap) {
  PrefaceSearch search;
  EXPECT_EQ(search.find(as_octets(http2::kPreface.substr(0, 10))), std::nullopt);
  search.lose();
  EXPECT_EQ(search.find(as_octets(http2::kPreface.substr(10))), std::nullopt);
}

}  // namespace
}  // namespace testigo::capture
