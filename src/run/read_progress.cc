#include "run/read_progress.h"

#include <fmt/format.h>

#include "run/terminal.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;

constexpr Duration kMoment = 500ms;
constexpr Duration kEvery = 100ms;

std::string bytes_text(double bytes) {
  if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes / 1e3);
  return bytes < 1e9 ? fmt::format("{:.0f} MB", bytes / 1e6) : fmt::format("{:.2f} GB", bytes / 1e9);
}

}  // namespace

std::string progress_text(std::uint64_t read, std::uint64_t total, Duration elapsed) {
  const double seconds = static_cast<double>(elapsed.count()) / 1e9;
  const double speed = seconds > 0 ? static_cast<double>(read) / seconds : 0;
  const std::string done = bytes_text(static_cast<double>(read));
  const std::string fast = fmt::format("{}/s", bytes_text(speed));
  if (total == 0 || total < read) return fmt::format("reading  {}  {}", done, fast);
  std::string text =
      fmt::format("reading  {} %  {} of {}  {}", read * 100 / total, done, bytes_text(static_cast<double>(total)), fast);
  if (speed > 0) text += fmt::format("  {:.0f} s left", static_cast<double>(total - read) / speed);
  return text;
}

ReadProgress::ReadProgress(std::FILE* out, bool wanted, const Clock& clock)
    : out_(out), clock_(clock), drawing_(wanted && takes_escapes(out)), begun_(clock.monotonic()), last_(begun_) {}

ReadProgress::~ReadProgress() {
  if (drawn_) put(out_, "\r\x1b[K");
}

void ReadProgress::draw(std::uint64_t read, std::uint64_t total) {
  if (!drawing_) return;
  const Duration now = clock_.monotonic();
  if (now - begun_ < kMoment || now - last_ < kEvery) return;
  last_ = now;
  drawn_ = true;
  put(out_, "\r" + progress_text(read, total, now - begun_) + "\x1b[K");
  std::fflush(out_);
}

}  // namespace testigo::run
