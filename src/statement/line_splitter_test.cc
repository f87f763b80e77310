#include "statement/line_splitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace testigo::statement {
namespace {

using Lines = std::vector<std::tuple<std::uint64_t, std::string, bool>>;

Lines split(std::string_view octets, std::size_t step) {
  Lines lines;
  LineSplitter splitter(
      8, [&](std::uint64_t number, std::string_view line, bool overlong) { lines.emplace_back(number, line, overlong); });
  for (std::size_t at = 0; at < octets.size(); at += step) splitter.feed(octets.substr(at, step));
  return lines;
}

TEST(LineSplitter, IsTheSameHoweverItsInputIsCut) {
  const std::string_view octets = "one\n\n12345678\n123456789\nlong long long long\ntwo\nnot whole";
  const Lines expected{{1, "one", false}, {2, "", false}, {3, "12345678", false}, {4, "", true}, {5, "", true}, {6, "two", false}};
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, octets.size()}) {
    EXPECT_EQ(split(octets, step), expected) << "in steps of " << step;
  }
}

}  // namespace
}  // namespace testigo::statement
