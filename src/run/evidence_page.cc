#include "run/evidence_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "ledger/reader.h"
#include "report/call_detail.h"
#include "report/finding_share.h"
#include "report/page.h"
#include "report/page_calls.h"
#include "report/verdict_json.h"
#include "run/told_call.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;
using report::PageCall;
using report::PageCalls;

constexpr std::size_t kDifferencesMax = 100;  // of a call

// Of the lists of a report.json that have no bound of their own, or a high one.
void keep_first(Json& report, std::size_t items_max) {
  const auto shorten = [&](Json& list) {
    if (list.size() > items_max) list.erase(list.begin() + static_cast<std::ptrdiff_t>(items_max), list.end());
  };
  for (const char* at : {"/causes", "/clients", "/calls/in_flight", "/notes", "/findings/first", "/summary/methods", "/masked"}) {
    if (const Json::json_pointer list(at); report.contains(list)) shorten(report[list]);
  }
  for (Json& claim : report["claims"]) shorten(claim["exhibits"]);
}

StreamKey stream_of(const PageCall& call) { return {call.connection, call.stream}; }

// Those that are worth a look down to their octets: remarkable ones, those that a claim's exhibits are about, and some others.
std::vector<std::size_t> rows_in_detail(const PageCalls& calls, const report::RunReport& report, const report::PageBounds& bounds) {
  std::set<std::size_t> rows;
  for (const verdict::Claim& claim : report.verdict.claims) {
    for (const verdict::Exhibit& exhibit : claim.exhibits) {
      for (const call::Place& place : exhibit.wire) {
        const auto row = calls.row_of_stream(place.connection, place.stream);
        if (row && rows.size() < bounds.details) rows.insert(*row);
      }
    }
  }
  for (std::size_t i = 0; i < calls.calls().size() && rows.size() < bounds.details; ++i) {
    if (report::is_remarkable(calls.calls()[i])) rows.insert(i);
  }
  const std::size_t step = std::max<std::size_t>(1, calls.calls().size() / std::max<std::size_t>(bounds.details_of_others, 1));
  for (std::size_t i = 0; bounds.details_of_others != 0 && i < calls.calls().size(); i += step) rows.insert(i);
  return {rows.begin(), rows.end()};
}

std::set<StreamKey> streams_of(const PageCalls& calls, const std::vector<std::size_t>& rows) {
  std::set<StreamKey> streams;
  for (const std::size_t row : rows) {
    if (calls.calls()[row].connection != 0) streams.insert(stream_of(calls.calls()[row]));
  }
  return streams;
}

}  // namespace

struct EvidencePage::Open {
  Open(EvidenceFolder of, report::RunReport said, const std::filesystem::path& index, const PageOptions& chosen)
      : folder(std::move(of)),
        report(std::move(said)),
        options(chosen),
        ledger(index),
        meta(ledger.meta()),
        began(meta.began.value_or(report.judged)),
        calls(ledger, began, options.bounds.calls) {
    ledger.for_each_witness([this](const ledger::WitnessRow& row) { witnesses.emplace(row.id, row); });
  }

  Json document() {
    const std::vector<std::size_t> rows = rows_in_detail(calls, report, options.bounds);
    Json details = details_json(rows);
    const report::NameIndices names = calls.names().used_by(calls.calls());
    Json document = report::page_head({.lang = options.lang,
                                       .evidence = folder.name(),
                                       .began = began,
                                       .ended = meta.ended.value_or(report.judged),
                                       .stage = options.stage,
                                       .report = report_json(),
                                       .wire = report.wire},
                                      calls.names(), {&names, options.bounds.name_octets});
    if (options.bounds.report_items) document["report_items_max"] = *options.bounds.report_items;
    Json& of_calls = document["calls"] = {{"total", calls.total()}};
    of_calls.update(report::page_columns(calls.calls(), &names));
    if (calls.remarkable_left_out() != 0) of_calls["remarkable_left_out"] = calls.remarkable_left_out();
    document["findings"] = findings_json();
    if (const auto shown = std::ranges::count_if(details, [](const Json& detail) { return !detail["frames"].empty(); })) {
      document["details_of"] = fmt::format(
          "{} call{}: those of exhibits, of findings of grade error or warning and of failures, at most {}, and {} others", shown,
          shown == 1 ? "" : "s", options.bounds.details, options.bounds.details_of_others);
    }
    document["details"] = std::move(details);
    return document;
  }

  Json details_json(const std::vector<std::size_t>& rows) {
    const auto frames = read_details(folder, streams_of(calls, rows));
    Json details = Json::array();
    learn_callers(rows);
    calls.no_details();  // of a larger document before
    for (const std::size_t row : rows) {
      Json detail = named(row);
      add_testimony(detail, calls.calls()[row]);
      const auto of_stream = frames.find(stream_of(calls.calls()[row]));
      detail.update(of_stream == frames.end() ? Json{{"frames", Json::array()}, {"frames_left_out", 0}}
                                              : report::frames_json(of_stream->second, began));
      details.push_back(std::move(detail));
      calls.detail(row);
    }
    return details;
  }

  // Whose detail it is.
  Json named(std::size_t row) const {
    const PageCall& call = calls.calls()[row];
    Json detail = {{"row", row}};
    if (call.connection != 0) {
      detail["connection"] = call.connection;
      detail["stream"] = call.stream;
    }
    if (const auto id = id_of(call)) detail["id"] = statement::to_text(*id);
    return detail;
  }

  // Who made these calls; of others it is not known afterwards.
  void learn_callers(std::span<const std::size_t> rows) {
    std::set<ledger::CallerId> wanted;
    for (const std::size_t row : rows) wanted.insert(calls.calls()[row].caller);
    callers.clear();
    ledger.for_each_caller([&](const ledger::CallerRow& row) {
      if (wanted.contains(row.id)) callers.emplace(row.id, row);
    });
  }

  std::optional<statement::CallId> id_of(const PageCall& call) const {
    const auto by = callers.find(call.caller);
    if (by == callers.end()) return std::nullopt;
    return statement::CallId{by->second.client, by->second.process, call.full_number};
  }

  // Whether there is such a call, also one that the page does not keep.
  bool has(const std::optional<StreamKey>& stream, const std::optional<statement::CallId>& id) {
    if (stream && ledger.call_on_wire(stream->first, stream->second)) return true;
    const auto caller = id ? ledger.caller(id->client, id->process) : std::nullopt;
    return caller && ledger.call(*caller, id->number);
  }

  void add_testimony(Json& detail, const PageCall& call) {
    Json& statements = detail["statements"] = Json::array();
    std::uint64_t left_out = 0;
    const auto add = [&](const ledger::StatementRow& row) {
      const auto witness = witnesses.find(row.writer);
      if (witness == witnesses.end()) return;
      if (statements.size() == kStatementsOfCallMax) {
        ++left_out;
      } else {
        statements.push_back(statement_json({witness->second.start, row.file, row.line, row.statement}, began));
      }
    };
    if (const auto caller = calls.caller(call)) ledger.for_each_statement(*caller, call.full_number, add);
    detail["statements_left_out"] = left_out;
    add_differences(detail, call);
  }

  void add_differences(Json& detail, const PageCall& call) {
    Json& differences = detail["differences"] = Json::array();
    std::uint64_t left_out = 0;
    const auto add = [&](const ledger::DifferenceRow& row) {
      if (differences.size() == kDifferencesMax) {
        ++left_out;
        return;
      }
      Json said = {{"claim", 8}, {"text", row.difference.text}};
      if (!row.difference.field.empty()) said["field"] = row.difference.field;
      differences.push_back(std::move(said));
    };
    if (const auto caller = calls.caller(call)) ledger.for_each_difference(*caller, call.full_number, add);
    detail["differences_left_out"] = left_out;
  }

  Json findings_json() {
    Json findings = Json::array();
    report::FindingShare share(options.bounds.findings);
    ledger.for_each_finding([&](const ledger::FindingRow& row) {
      if (!share.takes(row.check, row.severity)) return;
      const check::Finding finding{row.check,
                                   row.clause,
                                   row.severity,
                                   {.place = row.place, .direction = row.direction, .time = row.time, .offset = row.offset},
                                   row.text};
      const auto of = calls.row_of_stream(row.place.connection, row.place.stream);
      findings.push_back(report::page_finding(finding, of, report.capture, report.ports));
    });
    return findings;
  }

  Json report_json() const {
    Json json = report::verdict_json(report);
    if (options.bounds.report_items) keep_first(json, *options.bounds.report_items);
    return json;
  }

  // Lets something go where the document has so many octets too many; false when there is nothing more that could go.
  bool let_go(const Json& document, std::size_t too_many) {
    const std::size_t room = options.bytes_max - std::min(options.bytes_max, report::page_template().size());
    report::PageBounds& bounds = options.bounds;
    const std::size_t calls_before = bounds.calls;
    if (!report::lower(bounds, report::sizes_of(document), calls.calls().size(), room, too_many)) return false;
    if (bounds.calls != calls_before) calls.thin(bounds.calls);
    return true;
  }

  EvidenceFolder folder;
  report::RunReport report;
  PageOptions options;  // its bounds as far as they were lowered
  ledger::Reader ledger;
  ledger::Meta meta;
  Time began;
  PageCalls calls;
  std::map<ledger::WitnessId, ledger::WitnessRow> witnesses;
  std::map<ledger::CallerId, ledger::CallerRow> callers;  // that were asked for last
};

EvidencePage::EvidencePage(EvidenceFolder folder, report::RunReport report, const std::filesystem::path& ledger,
                           const PageOptions& options)
    : open_(std::make_unique<Open>(std::move(folder), std::move(report), ledger, options)) {}

EvidencePage::~EvidencePage() = default;

std::string EvidencePage::html() {
  for (;;) {
    const Json document = open_->document();
    std::string html = report::page_html(document);
    const std::size_t bytes_max = open_->options.bytes_max;
    if (html.size() <= bytes_max || !open_->let_go(document, html.size() - bytes_max)) return html;
  }
}

std::string EvidencePage::document() { return open_->document().dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<std::string> EvidencePage::detail(const show::CallName& name) {
  const std::optional<std::size_t> row = find(name);
  std::optional<StreamKey> stream;
  std::optional<statement::CallId> id = statement::parse_call_id(name.id);
  if (name.stream != 0) stream = StreamKey(name.connection, name.stream);
  if (row) {
    open_->learn_callers(std::span(&*row, 1));
    const PageCall& call = open_->calls.calls()[*row];
    if (call.connection != 0) stream = stream_of(call);
    if (auto of_call = open_->id_of(call)) id = std::move(of_call);
  }
  auto told = told_call(open_->folder, stream, id, open_->began);
  if (!told) {
    if (!row && !open_->has(stream, id)) return std::nullopt;
    told = untold_call(why_untold(open_->folder));
    if (row) open_->add_testimony(*told, open_->calls.calls()[*row]);
  }
  if (row) {
    told->update(open_->named(*row));
    open_->add_differences(*told, open_->calls.calls()[*row]);
  }
  return told->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::size_t> EvidencePage::find(const show::CallName& name) const {
  if (name.row && *name.row < open_->calls.calls().size()) return static_cast<std::size_t>(*name.row);
  if (name.stream != 0) return open_->calls.row_of_stream(name.connection, name.stream);
  const auto id = statement::parse_call_id(name.id);
  if (!id) return std::nullopt;
  const auto caller = open_->ledger.caller(id->client, id->process);
  return caller ? open_->calls.row_of_call(*caller, id->number) : std::nullopt;
}

void write_page(const EvidenceFolder& folder, const report::RunReport& report, const std::filesystem::path& ledger,
                const PageOptions& options) {
  write_file(folder.path() / "report.html", EvidencePage(folder, report, ledger, options).html());
}

}  // namespace testigo::run
