#include "report/explanation.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace testigo::report {
namespace {

constexpr std::size_t kLabelColumns = 14;
constexpr std::size_t kTextColumns = 100;
constexpr std::string_view kNotYet = "○";

// Octets that begin a character; all that stand here have one column.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The text in lines of at most kTextColumns, cut at spaces, the further ones below the first.
std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    const std::size_t width = columns(word);
    if (column != 0 && column + 1 + width > kTextColumns) {
      out += fmt::format("\n{:{}}", "", kLabelColumns + 2);
      column = 0;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return out;
}

class Lines {
 public:
  Lines(const Paint& paint, const Entry& entry, std::string_view title) : paint_(paint) {
    out_ = fmt::format("{}  {}\n\n", paint_.bold(name_of(entry)), title);
  }

  // Nothing where there is nothing to say.
  void add(std::string_view label, std::string_view text) {
    if (!text.empty()) put(label, wrapped(text));
  }
  void add_uncut(std::string_view label, std::string_view text) { put(label, paint_.cyan(text)); }
  void add_awaits(std::string_view label, std::string_view awaits) {
    if (!awaits.empty()) put(paint_.yellow(label), label, wrapped(fmt::format("not yet; it comes with {}", awaits)));
  }

  std::string take() && { return std::move(out_); }

 private:
  void put(std::string_view label, std::string_view text) { put(paint_.dim(label), label, text); }
  void put(std::string_view painted, std::string_view label, std::string_view text) {
    out_ += fmt::format("  {}{:{}}{}\n", painted, "", kLabelColumns - label.size(), text);
  }

  const Paint& paint_;
  std::string out_;
};

std::string text_of(const Entry& entry, const check::CheckInfo& check, const Paint& paint) {
  Lines lines(paint, entry, check.title);
  const std::string_view whom = check.role == check::Role::Either ? "client or server" : check::role_name(check.role);
  lines.add("grade", fmt::format("{}, of the {}", check::severity_name(check.severity), whom));
  lines.add("clause", check.clause);
  lines.add("expected", check.expected);
  lines.add("read as", check.reading);
  lines.add("example", check.example);
  lines.add_uncut("wireshark", check.filter);
  lines.add("fix", check.fix);
  lines.add_awaits("judged", check.awaits);
  return std::move(lines).take();
}

std::string text_of(const Entry& entry, const diagnose::CauseInfo& cause, const Paint& paint) {
  Lines lines(paint, entry, cause.title);
  lines.add("symptom", cause.symptom);
  lines.add("means", cause.meaning);
  lines.add("seen by", cause.seen);
  lines.add("fix", cause.fix);
  lines.add_awaits("named", cause.awaits);
  return std::move(lines).take();
}

std::string text_of(const Entry& entry, const verdict::ClaimInfo& claim, const Paint& paint) {
  Lines lines(paint, entry, claim.sentence);
  lines.add("decided by", claim.commands);
  lines.add("means", claim.meaning);
  lines.add("witnesses", claim.witnesses);
  lines.add("broken", claim.broken);
  lines.add("inconclusive", claim.inconclusive);
  return std::move(lines).take();
}

using Json = nlohmann::ordered_json;

void add_awaits(Json& json, std::string_view member, std::string_view awaits) {
  json[member] = awaits.empty();
  if (!awaits.empty()) json["awaits"] = awaits;
}

Json json_of(const check::CheckInfo& check) {
  Json json = {{"type", "check"},
               {"version", "1.0"},
               {"id", check.id},
               {"title", check.title},
               {"severity", check::severity_name(check.severity)},
               {"role", check::role_name(check.role)},
               {"clause", check.clause},
               {"expected", check.expected}};
  if (!check.reading.empty()) json["reading"] = check.reading;
  json["example"] = check.example;
  json["filter"] = check.filter;
  json["fix"] = check.fix;
  add_awaits(json, "judged", check.awaits);
  return json;
}

Json json_of(const diagnose::CauseInfo& cause) {
  Json json = {{"type", "cause"},          {"version", "1.0"},       {"id", cause.id},
               {"title", cause.title},     {"common", cause.common}, {"symptom", cause.symptom},
               {"meaning", cause.meaning}, {"seen", cause.seen},     {"fix", cause.fix}};
  add_awaits(json, "named", cause.awaits);
  return json;
}

Json json_of(const verdict::ClaimInfo& claim) {
  return {{"type", "claim"},
          {"version", "1.0"},
          {"id", claim.id},
          {"decided_by", claim.commands},
          {"sentence", claim.sentence},
          {"meaning", claim.meaning},
          {"witnesses", claim.witnesses},
          {"broken", claim.broken},
          {"inconclusive", claim.inconclusive}};
}

std::string list_line(const Paint& paint, std::string_view name, std::string_view title, bool there) {
  return fmt::format("  {} {}  {}\n", there ? " " : paint.yellow(kNotYet), paint.bold(name), title);
}

std::string check_list(const Paint& paint) {
  std::string out = fmt::format("Checks: {} rules of the specifications, {} of them judged so far; {} is not judged yet.\n",
                                check::kCheckCount, check::judged_checks().size(), kNotYet);
  for (const check::Group& group : check::groups()) {
    out += fmt::format("\n    {}  {}\n", group.letters, group.title);
    for (const check::CheckInfo& check : check::catalogue()) {
      if (check.id.starts_with(group.letters)) out += list_line(paint, check.id, check.title, check.judged());
    }
  }
  return out + fmt::format("\n  {:{}}{}\n", "read as", kLabelColumns, wrapped(check::kReadingOfAll));
}

}  // namespace

std::string explanation_text(const Entry& entry, const Paint& paint) {
  return std::visit([&](const auto* info) { return text_of(entry, *info, paint); }, entry);
}

std::string explanation_json(const Entry& entry) {
  return std::visit([](const auto* info) { return json_of(*info).dump(); }, entry);
}

std::string entry_list(const Paint& paint) {
  std::string out = check_list(paint);
  out += fmt::format("\nCauses: what explains failures; {} is not named yet.\n\n", kNotYet);
  for (const diagnose::CauseInfo& cause : diagnose::catalogue()) out += list_line(paint, cause.id, cause.title, cause.named());
  out += "\nClaims: the sentences that a verdict is about.\n\n";
  for (const verdict::ClaimInfo& claim : verdict::claim_catalogue()) out += list_line(paint, name_of(&claim), claim.sentence, true);
  return out + "\n`testigo explain ID` says more: RQ04, F12, claim 3.\n";
}

}  // namespace testigo::report
