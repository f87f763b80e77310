#include "report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testigo::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Json = nlohmann::ordered_json;

constexpr std::string_view kOpen = "<script type=\"application/json\" id=\"testigo-page\">";

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size()) ++times;
  return times;
}

// What stands in the element, as a browser's parser delimits it: up to the first "</script" in any case.
std::string embedded(const std::string& html) {
  const std::size_t begin = html.find(kOpen) + kOpen.size();
  std::string lower = html;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return html.substr(begin, lower.find("</script", begin) - begin);
}

TEST(Page, TheTemplateHasOnePlaceForADocument) {
  const std::string_view page = page_template();
  EXPECT_EQ(count(page, kOpen), 1u);
  EXPECT_EQ(count(page, "id=\"testigo-page\""), 1u);
  EXPECT_EQ(page.find(kOpen) + kOpen.size(), page.find("</script>", page.find(kOpen))) << "and none in it";
}

TEST(Page, CarriesItsDocument) {
  const Json document = {{"format", "testigo-page"}, {"calls", {{"total", 3}}}};
  const std::string html = page_html(document);
  EXPECT_EQ(embedded(html), document.dump());
  EXPECT_EQ(html.size(), page_template().size() + document.dump().size());
}

TEST(Page, NothingInADocumentEndsItsElement) {
  const Json document = {
      {"</script>", "</script><script>alert(1)</script>"},
      {"comment", "<!-- <script> --> ]]>"},
      {"case", "</ScRiPt\t>"},
      {"lines", "\xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xaa"},
      {"entity", "&lt;/script&gt; &"},
      {"quotes", "\\\"'`</"},
      {"end", std::string("</script\0>", 10)},
      {"cut", std::string("tail \xe2\x80")},
      {"short", "\xe2\x80\xa8"},
  };
  const std::string html = page_html(document);
  const std::string json = embedded(html);
  for (const char* markup : {"<", ">", "&", "\xe2\x80\xa8", "\xe2\x80\xa9"}) EXPECT_THAT(json, Not(HasSubstr(markup)));
  EXPECT_EQ(count(html, "</script"), count(page_template(), "</script"));
  EXPECT_EQ(count(html, "<!--"), count(page_template(), "<!--"));
  Json expected = document;
  expected["cut"] = "tail \xef\xbf\xbd";  // what is no UTF-8 is replaced
  EXPECT_EQ(Json::parse(json), expected);
}

}  // namespace
}  // namespace testigo::report
