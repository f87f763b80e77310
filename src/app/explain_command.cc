#include <algorithm>
#include <cctype>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "report/checks_markdown.h"
#include "report/explanation.h"
#include "run/terminal.h"

namespace testigo::app {
namespace {

struct Options {
  std::vector<std::string> words;
  bool json = false;
  bool markdown = false;
};

bool is_claim(std::string_view word) {
  return std::ranges::equal(word, std::string_view("claim"), [](unsigned char a, unsigned char b) { return std::tolower(a) == b; });
}

// "claim 3" may come as two words.
std::vector<std::string> names_of(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool two = is_claim(words[i]) && i + 1 < words.size();
    names.push_back(two ? words[i] + " " + words[i + 1] : words[i]);
    if (two) ++i;
  }
  return names;
}

report::Entry entry_of(const std::string& name) {
  if (const auto entry = report::find_entry(name)) return *entry;
  const auto near = report::nearest_names(name);
  throw UsageError(fmt::format("no check, cause or claim is called \"{}\"{}; `testigo explain` lists them all", inert(name, 32),
                               near.empty() ? "" : fmt::format("; near it are {}", fmt::join(near, ", "))));
}

std::string text_of(const Options& options) {
  if (options.markdown) return report::checks_markdown();
  std::vector<report::Entry> entries;
  for (const std::string& name : names_of(options.words)) entries.push_back(entry_of(name));
  const report::Paint paint = run::paint_for(stdout);
  if (entries.empty() && !options.json) return report::entry_list(paint);
  if (entries.empty()) entries = report::all_entries();
  std::string text;
  for (const report::Entry& entry : entries) {
    if (!options.json && !text.empty()) text += '\n';
    text += options.json ? report::explanation_json(entry) + "\n" : report::explanation_text(entry, paint);
  }
  return text;
}

int explain(const Options& options) {
  run::put(stdout, text_of(options));
  return 0;
}

}  // namespace

Runner add_explain(CLI::App& app, CLI::App*& command) {
  command = app.add_subcommand("explain", "say what a check, a cause or a claim means: clause, example, Wireshark filter, fix");
  const auto options = std::make_shared<Options>();
  auto* words =
      command->add_option("ID", options->words, "RQ04, F12, claim 3, as reports name them [list them all]")->type_name("ID");
  auto* json = command->add_flag("--json", options->json, "JSON lines, one for each");
  command->add_flag("--markdown", options->markdown, "the page docs/checks.md")->excludes(words)->excludes(json);
  command->footer(
      "Examples:\n"
      "  testigo explain                  every check, cause and claim, a line each\n"
      "  testigo explain RQ04             what is expected, the clause, an example, how to see it, the fix\n"
      "  testigo explain F12 claim 3\n\n"
      "The display filters show the frames in Wireshark (Decode As HTTP/2), and in tshark -d tcp.port==PORT,http2 -Y FILTER.\n\n"
      "Exit code: 0 done, 2 wrong usage (an ID that is not there), 4 the environment failed.");
  return [options] { return explain(*options); };
}

}  // namespace testigo::app
