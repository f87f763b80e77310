#include "report/explanation.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/checks_markdown.h"

namespace testigo::report {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string text(std::string_view name) { return explanation_text(find_entry(name).value(), {}); }

TEST(Entry, IsFoundByItsNameInAnyCase) {
  for (const std::string_view name : {"RQ04", "rq04", "f12", "3", "claim 3", "CLAIM 3", "traffic", "Claim Traffic"}) {
    EXPECT_TRUE(find_entry(name)) << name;
  }
  for (const std::string_view name : {"", "RQ", "RQ4", "RQ99", "claim", "claim ", "0", "9", "F00", "RQ04 "}) {
    EXPECT_FALSE(find_entry(name)) << name;
  }
  EXPECT_EQ(name_of(find_entry("claim 3").value()), "claim 3");
}

TEST(Entry, EachIsFoundByItsOwnName) {
  EXPECT_EQ(all_entries().size(), 117u + 37u + 9u);
  for (const Entry& entry : all_entries()) EXPECT_EQ(find_entry(name_of(entry)), entry);
}

TEST(Entry, NearestNamesAreThoseThatDifferLeast) {
  EXPECT_THAT(nearest_names("RQ4"), ElementsAre("RQ04", "RQ14", "RQ01"));
  EXPECT_THAT(nearest_names("hd8"), ElementsAre("HD01", "HD02", "HD03"));
  EXPECT_THAT(nearest_names("F38"), ElementsAre("F08", "F18", "F28"));
  EXPECT_THAT(nearest_names("trafic"), ElementsAre("claim traffic"));
  EXPECT_THAT(nearest_names(""), IsEmpty());
  for (const std::string_view far : {"%%%%", "ZZZZ", "claim"}) EXPECT_THAT(nearest_names(far), IsEmpty()) << far;
  EXPECT_THAT(nearest_names(std::string(1 << 20, 'R')), IsEmpty());
}

TEST(Explanation, OfACheckThatIsJudged) {
  const std::string said = text("rq04");
  EXPECT_THAT(said, ::testing::StartsWith("RQ04  a gRPC request has te: trailers\n\n  grade         error, of the client\n"));
  for (const std::string_view part :
       {"  clause        gRPC over HTTP2, TE; RFC 9113 8.2.2\n", "  expected      te is present", "  example       request HEADERS",
        "  wireshark     http2.headers.path && ", "  fix           "}) {
    EXPECT_THAT(said, HasSubstr(std::string(part)));
  }
  EXPECT_THAT(said, Not(HasSubstr("not yet")));
  EXPECT_THAT(text("CN06"), Not(HasSubstr("read as")));
  EXPECT_THAT(text("HD03"), HasSubstr("  read as       no :authority is a remark"));
}

TEST(Explanation, SaysWhatACheckWaitsFor) {
  EXPECT_THAT(
      text("RS11"),
      EndsWith("  judged        not yet; it comes with the commands `conform` and `doctor`, which call what does not exist\n"));
}

TEST(Explanation, OfACauseAndOfAClaim) {
  EXPECT_THAT(text("F31"), HasSubstr("F31  the server died in the middle of calls\n\n  symptom       "));
  EXPECT_THAT(text("F06"), HasSubstr("  named         not yet; it comes with the command `doctor`"));
  EXPECT_THAT(text("claim 8"), HasSubstr("claim 8  the witnesses agree on every call\n\n  decided by    verify\n"));
}

TEST(Explanation, LinesAreShortButForFilters) {
  for (const Entry& entry : all_entries()) {
    std::istringstream lines(explanation_text(entry, {}));
    std::string line;
    std::getline(lines, line);  // the title
    while (std::getline(lines, line)) {
      if (line.find("wireshark") != std::string::npos) continue;
      EXPECT_LE(line.size(), 120u) << name_of(entry);
      EXPECT_TRUE(line.empty() || line.back() != ' ') << name_of(entry) << ": " << line;
    }
  }
}

TEST(Explanation, JsonHasEveryMember) {
  const auto json = [](std::string_view name) { return nlohmann::json::parse(explanation_json(find_entry(name).value())); };
  EXPECT_EQ(json("RQ04")["severity"], "error");
  EXPECT_EQ(json("RQ04")["role"], "client");
  EXPECT_EQ(json("RQ04")["judged"], true);
  EXPECT_FALSE(json("RQ04").contains("awaits"));
  EXPECT_EQ(json("RS11")["judged"], false);
  EXPECT_EQ(json("RS11")["awaits"], "the commands `conform` and `doctor`, which call what does not exist");
  EXPECT_EQ(json("F12")["common"], true);
  EXPECT_EQ(json("3")["type"], "claim");
  for (const Entry& entry : all_entries()) {
    EXPECT_EQ(nlohmann::json::parse(explanation_json(entry))["version"], "1.0") << name_of(entry);
    EXPECT_THAT(explanation_json(entry), Not(HasSubstr("\n")));
  }
}

TEST(Explanation, TheListHasALineForEach) {
  const std::string list = entry_list({});
  for (const Entry& entry : all_entries()) EXPECT_THAT(list, HasSubstr(" " + name_of(entry) + "  "));
  EXPECT_THAT(list, HasSubstr("    RQ04  a gRPC request has te: trailers\n"));
  EXPECT_THAT(list, HasSubstr("  ○ RS11  "));
}

TEST(ChecksMarkdown, IsOfTables) {
  const std::string page = checks_markdown();
  EXPECT_THAT(page, HasSubstr("| RQ04 | error | client | te is present"));
  EXPECT_THAT(page, HasSubstr("| RS01 | every answer to a gRPC call is judged, also an error page "
                              "([decisions/0005-not-200.md](decisions/0005-not-200.md)); exempt is 415 to a request"));
  EXPECT_THAT(page, HasSubstr("ignore-header-if-\\*"));
}

}  // namespace
}  // namespace testigo::report
