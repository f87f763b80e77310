#include "run/audience.h"

#include "run/terminal.h"
#include "run/version.h"

namespace testigo::run {
namespace {

check::Foreign foreign_of(verdict::Hearing hearing) {
  return hearing == verdict::Hearing::Tap ? check::Foreign::Judged : check::Foreign::PassedOver;
}

}  // namespace

void Audience::Progress::on_connection_closed(const call::ConnectionClosed& closed) {
  if (!http2_only || closed.connection.client_opening == http2::Opening::Http2) ports_.add(closed.connection);
}

Audience::Audience(const Options& options)
    : judge_({}, foreign_of(options.hearing)),
      traffic_(options.hearing),
      lines_(stdout, options.json, paint_for(stdout)),
      fan_(sinks(options)),
      model_(fan_) {
  progress_.http2_only = options.hearing == verdict::Hearing::Interface;
  if (!options.quiet) judge_.on_finding([this](const check::Finding& finding) { lines_.on_finding(finding); });
}

std::vector<call::Sink*> Audience::sinks(const Options& options) {
  std::vector<call::Sink*> all = {&judge_, &diagnosis_, &traffic_, &progress_};
  if (!options.quiet) all.push_back(&lines_);
  return all;
}

report::RunReport Audience::report(const std::string& command, const Clock& clock, const Unheard& unheard) const {
  report::RunReport report;
  report.command = command;
  report.version = kVersion;
  report.judged = clock.now();
  report.ports = progress_.ports().list();
  report.checks = judge_.tally();
  verdict::Traffic traffic = traffic_.traffic();
  traffic.dropped_packets = unheard.dropped_packets;
  traffic.trouble = unheard.trouble;
  report.verdict = verdict::judge_traffic(traffic, report.checks, diagnosis_.causes());
  return report;
}

}  // namespace testigo::run
