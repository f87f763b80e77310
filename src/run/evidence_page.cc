#include "run/evidence_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "ledger/reader.h"
#include "report/call_detail.h"
#include "report/page.h"
#include "report/page_calls.h"
#include "report/verdict_json.h"
#include "run/told_call.h"

namespace testigo::run {
namespace {

using Json = nlohmann::ordered_json;
using report::PageCall;
using report::PageCalls;

StreamKey stream_of(const PageCall& call) { return {call.connection, call.stream}; }

// Those that are worth a look down to their octets: remarkable ones, those that a claim's exhibits are about, and some others.
std::vector<std::size_t> rows_in_detail(const PageCalls& calls, const report::RunReport& report, const PageOptions& options) {
  std::set<std::size_t> rows;
  for (const verdict::Claim& claim : report.verdict.claims) {
    for (const verdict::Exhibit& exhibit : claim.exhibits) {
      for (const call::Place& place : exhibit.wire) {
        const auto row = calls.row_of_stream(place.connection, place.stream);
        if (row && rows.size() < options.details_max) rows.insert(*row);
      }
    }
  }
  for (std::size_t i = 0; i < calls.calls().size() && rows.size() < options.details_max; ++i) {
    if (report::is_remarkable(calls.calls()[i])) rows.insert(i);
  }
  const std::size_t step = std::max<std::size_t>(1, calls.calls().size() / std::max<std::size_t>(options.details_of_others, 1));
  for (std::size_t i = 0; options.details_of_others != 0 && i < calls.calls().size(); i += step) rows.insert(i);
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
        calls(ledger, began, options.calls_max) {
    ledger.for_each_witness([this](const ledger::WitnessRow& row) { witnesses.emplace(row.id, row); });
  }

  Json document() {
    const std::vector<std::size_t> rows = rows_in_detail(calls, report, options);
    Json details = details_json(rows);
    Json document = report::page_head({.lang = options.lang,
                                       .evidence = folder.path().filename().string(),
                                       .began = began,
                                       .ended = meta.ended.value_or(report.judged),
                                       .stage = options.stage,
                                       .report = report::verdict_json(report),
                                       .wire = report.wire},
                                      calls.names());
    Json& of_calls = document["calls"] = {{"total", calls.total()}};
    of_calls.update(report::page_columns(calls.calls()));
    document["findings"] = findings_json();
    document["details"] = std::move(details);
    document["details_of"] =
        fmt::format("{} calls: those of exhibits, of findings of grade error or warning and of failures, at most {}, and {} others",
                    rows.size(), options.details_max, options.details_of_others);
    return document;
  }

  Json details_json(const std::vector<std::size_t>& rows) {
    const auto frames = read_details(folder, streams_of(calls, rows));
    Json details = Json::array();
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

  std::optional<statement::CallId> id_of(const PageCall& call) const {
    if (call.number == 0 || call.process == PageCall::kNobody) return std::nullopt;
    auto [client, process] = calls.names().caller(call.process);
    return statement::CallId{std::move(client), std::move(process), call.number};
  }

  void add_testimony(Json& detail, const PageCall& call) {
    Json statements = Json::array();
    if (const auto caller = calls.caller(call)) {
      ledger.for_each_statement(*caller, call.number, [&](const ledger::StatementRow& row) {
        const auto witness = witnesses.find(row.writer);
        if (witness == witnesses.end()) return;
        statements.push_back(statement_json({witness->second.start, row.file, row.line, row.statement}, began));
      });
    }
    detail["statements"] = std::move(statements);
    add_differences(detail, call);
  }

  Json findings_json() {
    Json findings = Json::array();
    ledger.for_each_finding([&](const ledger::FindingRow& row) {
      if (findings.size() == options.findings_max) return;
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

  void add_differences(Json& detail, const PageCall& call) {
    Json& differences = detail["differences"] = Json::array();
    const auto caller = calls.caller(call);
    if (!caller) return;
    ledger.for_each_difference(*caller, call.number, [&](const ledger::DifferenceRow& row) {
      Json said = {{"claim", 8}, {"text", row.difference.text}};
      if (!row.difference.field.empty()) said["field"] = row.difference.field;
      differences.push_back(std::move(said));
    });
  }

  EvidenceFolder folder;
  report::RunReport report;
  PageOptions options;
  ledger::Reader ledger;
  ledger::Meta meta;
  Time began;
  PageCalls calls;
  std::map<ledger::WitnessId, ledger::WitnessRow> witnesses;
};

EvidencePage::EvidencePage(EvidenceFolder folder, report::RunReport report, const std::filesystem::path& ledger,
                           const PageOptions& options)
    : open_(std::make_unique<Open>(std::move(folder), std::move(report), ledger, options)) {}

EvidencePage::~EvidencePage() = default;

// Details first, for calls without them are more to a reader than details without calls.
std::string EvidencePage::html() {
  constexpr std::size_t kDetailsLeast = 8;
  PageOptions& options = open_->options;
  std::string html = report::page_html(open_->document());
  while (html.size() > options.bytes_max && (options.details_max > kDetailsLeast || open_->calls.calls().size() > 1)) {
    if (options.details_max > kDetailsLeast) {
      options.details_max /= 4;
      options.details_of_others /= 4;
    } else {
      open_->calls.thin(open_->calls.calls().size() / 2);
    }
    html = report::page_html(open_->document());
  }
  return html;
}

std::string EvidencePage::document() { return open_->document().dump(-1, ' ', false, Json::error_handler_t::replace); }

std::optional<std::string> EvidencePage::detail(const show::CallName& name) {
  const std::optional<std::size_t> row = find(name);
  std::optional<StreamKey> stream;
  std::optional<statement::CallId> id = statement::parse_call_id(name.id);
  if (name.stream != 0) stream = StreamKey(name.connection, name.stream);
  if (row) {
    const PageCall& call = open_->calls.calls()[*row];
    if (call.connection != 0) stream = stream_of(call);
    if (auto of_call = open_->id_of(call)) id = std::move(of_call);
  }
  auto told = told_call(open_->folder, stream, id, open_->began);
  if (!told) return std::nullopt;
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

void write_page(const EvidenceFolder& folder, const report::RunReport& report, const PageOptions& options) {
  write_file(folder.path() / "report.html", EvidencePage(folder, report, folder.ledger(), options).html());
}

}  // namespace testigo::run
