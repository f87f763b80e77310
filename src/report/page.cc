#include "report/page.h"

#include <cassert>

// The file goes into the program as it is.
asm(".pushsection .rodata\n"
    ".global testigo_page_begin\n"
    ".global testigo_page_end\n"
    "testigo_page_begin:\n"
    ".incbin \"" TESTIGO_PAGE
    "\"\n"
    "testigo_page_end:\n"
    ".popsection\n");
extern "C" {
extern const char testigo_page_begin[];  // NOLINT(readability-identifier-naming)
extern const char testigo_page_end[];    // NOLINT(readability-identifier-naming)
}

namespace testigo::report {
namespace {

constexpr std::string_view kPlace = "<script type=\"application/json\" id=\"testigo-page\">";

// JSON in which no markup can be read: what could begin any stands as an escape, which means the same.
void append_escaped(std::string& out, std::string_view json) {
  constexpr std::string_view kLineSeparators = "\xe2\x80";
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<' || c == '>' || c == '&') {
      out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
    } else if (json.substr(i).starts_with(kLineSeparators) && i + 2 < json.size() &&
               (json[i + 2] == '\xa8' || json[i + 2] == '\xa9')) {
      out += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string_view page_template() { return {testigo_page_begin, static_cast<std::size_t>(testigo_page_end - testigo_page_begin)}; }

std::string page_text(const nlohmann::ordered_json& json) {
  std::string text;
  append_escaped(text, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return text;
}

std::string page_html(const nlohmann::ordered_json& document) {
  const std::string_view page = page_template();
  const std::size_t place = page.find(kPlace);
  assert(place != std::string_view::npos);
  const std::size_t begin = place + kPlace.size();
  return std::string(page.substr(0, begin)).append(page_text(document)).append(page.substr(begin));
}

}  // namespace testigo::report
