#include "run/statements_of_call.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/limits.h"
#include "statement/statement_reader.h"

namespace testigo::run {
namespace {

// The lines of a file, each as long as a judge reads it: a longer one is no statement, and empty here.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : file_(path) {}

  std::optional<std::string_view> next() {
    file_.getline(room_.data(), static_cast<std::streamsize>(room_.size()));
    const auto size = static_cast<std::size_t>(file_.gcount());
    if (file_.fail() && size + 1 == room_.size()) {
      file_.clear();
      file_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
      return std::string_view();
    }
    if (file_.fail()) return std::nullopt;
    return std::string_view(room_.data(), file_.eof() ? size : size - 1);
  }

 private:
  std::ifstream file_;
  std::vector<char> room_ = std::vector<char>(Limits().statement_line_bytes_max + 2);
};

const statement::CallId* id_of(const statement::Statement& said) {
  if (const auto* started = std::get_if<statement::Started>(&said.body)) return &started->id;
  if (const auto* received = std::get_if<statement::Received>(&said.body)) return &received->id;
  if (const auto* ended = std::get_if<statement::Ended>(&said.body)) return &ended->id;
  return nullptr;
}

void search(const std::filesystem::path& path, const statement::CallId& id, FoundStatements& found) {
  const std::string wanted = "\"" + statement::to_text(id) + "\"";
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return;
  Lines lines(path);
  std::optional<statement::Start> by;
  std::uint64_t number = 0;
  while (const auto line = lines.next()) {
    ++number;
    const auto has = [&](std::string_view text) { return line->find(text) != std::string::npos; };
    if (!has("\"start\"") && !has(wanted) && !has("\\")) continue;  // an escape may stand in an id, too
    std::string trouble;
    auto said = statement::parse_line(*line, trouble);
    if (!said) continue;
    if (auto* record = std::get_if<statement::Start>(&said->body)) {
      by = *record;
    } else if (const statement::CallId* of = id_of(*said); by && of != nullptr && *of == id) {
      if (found.first.size() == kStatementsOfCallMax) {
        ++found.left_out;
      } else {
        found.first.push_back({*by, "statements/" + path.filename().string(), number, *std::move(said)});
      }
    }
  }
}

}  // namespace

FoundStatements statements_of_call(const EvidenceFolder& folder, const statement::CallId& id) {
  FoundStatements found;
  for (const std::filesystem::path& path : folder.statement_files()) {
    int oldest = 0;
    std::error_code error;
    while (std::filesystem::exists(fmt::format("{}.{}", path.string(), oldest + 1), error)) ++oldest;
    for (int i = oldest; i > 0; --i) search(fmt::format("{}.{}", path.string(), i), id, found);
    search(path, id, found);
  }
  return found;
}

}  // namespace testigo::run
