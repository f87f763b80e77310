#include "report/checks_markdown.h"

#include <fmt/format.h>

#include "check/catalogue.h"
#include "diagnose/catalogue.h"

namespace testigo::report {
namespace {

// A cell of a table: what would be read as markup is escaped.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '<' || c == '_') out += '\\';
    out += c;
  }
  return out;
}

// A page of docs/ that the text names becomes a link from where this page stands.
std::string linked(std::string text) {
  constexpr std::string_view kDocs = "docs/";
  const std::size_t begin = text.find(kDocs);
  if (begin == std::string::npos) return text;
  const std::size_t end = text.find(".md", begin) + 3;
  const std::string page = text.substr(begin + kDocs.size(), end - begin - kDocs.size());
  return text.replace(begin, end - begin, fmt::format("[{}]({})", page, page));
}

std::string check_row(const check::CheckInfo& check) {
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", check.id, check::severity_name(check.severity),
                     check::role_name(check.role), cell(check.expected), cell(check.clause),
                     check.judged() ? "yes" : "not yet: " + cell(check.awaits));
}

std::string check_tables() {
  std::string out;
  for (const check::Group& group : check::groups()) {
    out += fmt::format("\n## {}: {}\n\n| check | grade | of | expected | clause | judged |\n|---|---|---|---|---|---|\n",
                       group.letters, group.title);
    for (const check::CheckInfo& check : check::catalogue()) {
      if (check.id.starts_with(group.letters)) out += check_row(check);
    }
  }
  return out;
}

std::string readings() {
  std::string out = fmt::format(
      "\n## How the rows were read\n\nWhere a row can be read in more than one way, this is how it is judged.\n\n| check | reading "
      "|\n"
      "|---|---|\n| all | {} |\n",
      cell(check::kReadingOfAll));
  for (const check::CheckInfo& check : check::catalogue()) {
    if (!check.reading.empty()) out += fmt::format("| {} | {} |\n", check.id, linked(cell(check.reading)));
  }
  return out;
}

std::string causes() {
  std::string out =
      "\n## Causes\n\nWhat explains failures, in the words of who meets them.\n\n| cause | is | symptom | fix | named |\n"
      "|---|---|---|---|---|\n";
  for (const diagnose::CauseInfo& cause : diagnose::catalogue()) {
    out += fmt::format("| {} | {} | {} | {} | {} |\n", cause.id, cell(cause.title), cell(cause.symptom), cell(cause.fix),
                       cause.named() ? "yes" : "not yet: " + cell(cause.awaits));
  }
  return out;
}

}  // namespace

std::string checks_markdown() {
  return fmt::format(
             "<!-- Made by `testigo explain --markdown` from src/check/catalogue and src/diagnose/catalogue; a test holds it to "
             "them. "
             "-->\n"
             "# Checks\n\n"
             "{} checks, of which {} are judged so far; `report.json` lists each of these with its outcome. `testigo explain ID` "
             "adds "
             "an example of a\nviolation, the display filter that shows the frames in Wireshark, and the fix.\n\n"
             "An *error* breaks what its receiver may punish, a *warning* what it must or may ignore, or what is known to make "
             "trouble; "
             "an *info* is a\nremark and never part of a verdict. The grade is that of the row; single cases may be graded "
             "otherwise.\n",
             check::kCheckCount, check::judged_checks().size()) +
         check_tables() + readings() + causes();
}

}  // namespace testigo::report
