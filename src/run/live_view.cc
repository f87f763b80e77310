#include "run/live_view.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/inert.h"
#include "run/terminal.h"
#include "wire/rpc/status.h"

namespace testigo::run {
namespace {

constexpr std::size_t kClientsShown = 8;
constexpr int kBarColumns = 32;

std::string client_line(const std::string& name, const StatementTail::Counts& counts) {
  std::string line = fmt::format("  {:<12} ──▶ server  {:>6} calls  {:>6} OK", name, counts.started, counts.ok);
  if (counts.failed != 0) line += fmt::format("  {} failed", counts.failed);
  if (!counts.last) return line;
  if (counts.last->status == rpc::kOk && counts.last->reply) {
    line += fmt::format("   {:>8}  ◀── \"{} {}\" by {}", to_human(counts.last->latency), inert(counts.last->reply->client),
                        counts.last->reply->call, inert(counts.last->reply->server));
  } else {
    line += fmt::format("   {}", rpc::status_name(counts.last->status));
  }
  return line;
}

std::string bar(Duration elapsed, Duration total) {
  const double part =
      std::clamp(static_cast<double>(elapsed.count()) / static_cast<double>(std::max<std::int64_t>(total.count(), 1)), 0.0, 1.0);
  const int full = static_cast<int>(part * kBarColumns);
  std::string line = "  ";
  for (int i = 0; i < kBarColumns; ++i) line += i < full ? "█" : "░";
  const double seconds = static_cast<double>(std::min(elapsed, total).count()) / 1e9;
  return line + fmt::format("  {:.0f} of {} s", seconds, static_cast<double>(total.count()) / 1e9);
}

// The first `width` characters of a line, which are all one column wide.
std::string cut(const std::string& line, int width) {
  int column = 0;
  std::size_t at = 0;
  for (; at < line.size() && column < width; ++column) {
    do ++at;
    while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80);
  }
  return line.substr(0, at);
}

}  // namespace

std::vector<std::string> live_lines(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed,
                                    Duration total, int width) {
  std::vector<std::string> lines;
  const std::size_t shown = std::min(clients.size(), kClientsShown);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(cut(client_line(clients[i].first, clients[i].second.counts()), width));
  if (shown < clients.size()) {
    StatementTail::Counts rest;
    for (std::size_t i = shown; i < clients.size(); ++i) {
      rest.started += clients[i].second.counts().started;
      rest.ok += clients[i].second.counts().ok;
      rest.failed += clients[i].second.counts().failed;
    }
    lines.push_back(cut(client_line(fmt::format("{} more", clients.size() - shown), rest), width));
  }
  lines.push_back(cut(bar(elapsed, total), width));
  return lines;
}

LiveView::LiveView(std::FILE* out) : out_(out), terminal_(takes_escapes(out)) {}

void LiveView::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  put(out_, line + "\n");
  lines_ = 0;
}

void LiveView::end() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(lines_, 0) != 0) put(out_, "\n");
}

void LiveView::draw(const std::vector<std::pair<std::string, StatementTail>>& clients, Duration elapsed, Duration total) {
  if (!terminal_) return;
  const std::lock_guard lock(mutex_);
  std::string drawing;
  if (lines_ != 0) drawing += fmt::format("\x1b[{}A", lines_);
  const auto lines = live_lines(clients, elapsed, total, columns(out_) - 1);
  for (const std::string& line : lines) drawing += line + "\x1b[K\n";
  lines_ = static_cast<int>(lines.size());
  put(out_, drawing);
  std::fflush(out_);
}

}  // namespace testigo::run
