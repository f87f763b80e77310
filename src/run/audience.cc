#include "run/audience.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/inert.h"
#include "run/terminal.h"
#include "run/version.h"

namespace testigo::run {
namespace {

constexpr std::size_t kUndeclaredNamed = 10;

check::Foreign foreign_of(verdict::Hearing hearing) {
  return hearing == verdict::Hearing::Tap ? check::Foreign::Judged : check::Foreign::PassedOver;
}

// Where messages are read they are kept for it.
Limits limits_of(const Shown& shown) {
  Limits limits;
  if (shown.schema) limits.message_bytes_kept = limits.whole_message_bytes_kept;
  return limits;
}

}  // namespace

void Audience::Progress::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!http2_only || closed.connection.client_opening == http2::Opening::Http2) ports_.add(closed.connection);
}

Audience::Audience(verdict::Hearing hearing, const Shown& shown, call::Sink* chosen, const std::vector<call::Sink*>& more)
    : json_(shown.json),
      secrets_(shown.secrets),
      schema_(shown.schema),
      declared_(schema_ ? std::optional<check::Declared>(std::in_place, *schema_, shown.relations) : std::nullopt),
      judge_({}, foreign_of(hearing), declared_ ? &*declared_ : nullptr, check::Rows::OfConnections),
      across_({}, foreign_of(hearing), declared_ ? &*declared_ : nullptr, check::Rows::Across),
      traffic_(hearing),
      lines_(stdout, shown.json, paint_for(stdout)),
      tls_lines_(stdout, shown.json, paint_for(stdout), shown.calls),
      bodies_(shown.messages ? std::optional<MessageBodies>(std::in_place, schema_.get()) : std::nullopt),
      frames_(stdout, shown.json, paint_for(stdout), secrets_, bodies_ ? &*bodies_ : nullptr),
      filter_(shown.calls, shown_calls(shown, chosen)),
      meeting_(meeting_sinks(shown, more)),
      fan_(sinks(shown, more)),
      limits_(limits_of(shown)),
      model_(fan_, limits_) {
  progress_.http2_only = hearing == verdict::Hearing::Interface;
  const bool tell = !shown.quiet;
  judge_.on_finding([this](const check::Finding& finding) { across_.take(finding); });
  judge_.tell_attempts(across_);
  judge_.on_counted([this](const check::Judge::Counted& counted) { across_.take(counted); });
  across_.on_finding([this, tell](const check::Finding& finding) {
    filter_.on_finding(finding);
    if (tell) lines_.on_finding(finding);
    if (on_finding_) on_finding_(finding);
  });
}

std::vector<call::Sink*> Audience::shown_calls(const Shown& shown, call::Sink* chosen) {
  std::vector<call::Sink*> sinks = {&summary_};
  if (!shown.quiet) sinks.push_back(&lines_);
  if (chosen != nullptr) sinks.push_back(chosen);
  return sinks;
}

// Those that print frames hear them before what follows from them.
std::vector<call::Sink*> Audience::sinks(const Shown& shown, const std::vector<call::Sink*>& more) {
  std::vector<call::Sink*> all;
  MessageBodies* bodies = bodies_ ? &*bodies_ : nullptr;
  if (bodies != nullptr) all.push_back(bodies);
  if (shown.frames) all.push_back(&frames_);
  // Where one stream is followed, its messages are told there.
  if (bodies != nullptr && !shown.frames && !shown.follow) {
    all.push_back(&messages_.emplace(stdout, shown.json, paint_for(stdout), *bodies));
  }
  if (shown.follow) all.push_back(&follow_.emplace(*shown.follow, secrets_, bodies));
  all.push_back(&judge_);
  std::ranges::copy(meeting_sinks(shown, more), std::back_inserter(all));
  return all;
}

std::vector<call::Sink*> Audience::meeting_sinks(const Shown& shown, const std::vector<call::Sink*>& more) {
  std::vector<call::Sink*> all;
  if (!shown.quiet) all.push_back(&tls_lines_);
  all.insert(all.end(), {&across_, &diagnosis_, &traffic_, &progress_, &filter_});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

tcp::ConnectionSink& Audience::other_side(call::Sink& more) {
  for (check::Judge* judge : {&judge_, &across_}) judge->hear_other_side(true);
  other_fan_.emplace(std::vector<call::Sink*>{&judge_, &across_, &traffic_, &more});
  return other_model_.emplace(*other_fan_, limits_);
}

void Audience::tell_rest() const {
  if (json_) return;
  put(stdout, "\n");  // behind the lines of the calls
  if (!follow_) return;
  const report::Sequence& sequence = follow_->sequence();
  const auto [connection, stream] = follow_->followed();
  put(stdout, sequence.arrows.empty() ? fmt::format("  connection {} showed nothing on stream {}\n", connection, stream)
                                      : report::sequence_text(sequence, paint_for(stdout)));
  put(stdout, "\n");
}

report::RunReport Audience::report(const std::string& command, const Clock& clock, const Unheard& unheard) const {
  report::RunReport report;
  report.command = command;
  report.version = kVersion;
  report.judged = clock.now();
  report.ports = progress_.ports().list();
  report.checks = across_.tally();
  std::string failed = take_over_failures(unheard.judged_once, report.checks);
  std::string passed = take_over_passes(unheard.judged_once, report.checks);
  verdict::Traffic traffic = traffic_.traffic();
  traffic.dropped_packets = unheard.dropped_packets;
  traffic.trouble = unheard.trouble;
  report.verdict = verdict::judge_traffic(traffic, report.checks, causes());
  for (std::string* note : {&failed, &passed}) {
    if (!note->empty()) report.verdict.notes.push_back(std::move(*note));
  }
  report.summary = summary_.summary();
  if (!filter_.selection().empty()) {
    report.verdict.notes.push_back(
        fmt::format("{} of {} calls are shown and summed up; the verdict is about all of them", filter_.shown(), filter_.seen()));
  }
  if (const std::uint64_t given_up = filter_.given_up(); given_up != 0) {
    report.verdict.notes.push_back(fmt::format(
        "{} could not wait for the end of {}, and a finding that came behind {} does not show {}: {} octets of calls wait at most",
        given_up == 1 ? "1 call" : fmt::format("{} calls", given_up), given_up == 1 ? "its connection" : "their connections",
        given_up == 1 ? "it" : "them", given_up == 1 ? "it" : "them", CallFilter::kWaitingBytesMax));
  }
  if (declared_ && !declared_->undeclared().empty()) report.verdict.notes.push_back(undeclared());
  return report;
}

std::vector<diagnose::Cause> Audience::causes() const {
  std::vector<diagnose::Cause> causes = diagnosis_.causes();
  if (declared_) std::ranges::transform(declared_->misfits().all(), std::back_inserter(causes), diagnose::other_descriptors);
  return causes;
}

std::string Audience::undeclared() const {
  std::string names;
  std::size_t named = 0;
  for (const std::string& path : declared_->undeclared()) {
    if (named++ == kUndeclaredNamed) break;
    names += (names.empty() ? "" : ", ") + inert(path);
  }
  const std::size_t all = declared_->undeclared().size();
  if (all > kUndeclaredNamed) names += fmt::format(" and {} more", all - kUndeclaredNamed);
  return fmt::format("the descriptors do not have {}: MG06 and MG07 could not be judged there", names);
}

}  // namespace testigo::run
