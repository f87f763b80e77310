#include "report/json_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace testigo::report {
namespace {

TEST(JsonLine, IsWhatATreeOfTheSameIsWrittenAs) {
  for (const std::string_view text : {"", "plain ~ text", "\"quoted\"", "back\\slash", "\x1f", "\x7f", "\n", "é", "\xff\xfe"}) {
    JsonLine line;
    line.add("text", text);
    line.add("least", std::numeric_limits<std::int64_t>::min());
    line.add("most", std::numeric_limits<std::uint64_t>::max());
    const nlohmann::ordered_json tree = {
        {"text", text}, {"least", std::numeric_limits<std::int64_t>::min()}, {"most", std::numeric_limits<std::uint64_t>::max()}};
    EXPECT_EQ(std::move(line).end(), tree.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

TEST(JsonLine, MayBeEmpty) { EXPECT_EQ(JsonLine().end(), "{}"); }

}  // namespace
}  // namespace testigo::report
