#include "run/capture_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/limits.h"

namespace testigo::run {
namespace {

constexpr std::size_t kUnseenTold = 10;

// "1 packet", "2 packets"
std::string packets(std::uint64_t count) { return fmt::format("{} packet{}", count, count == 1 ? "" : "s"); }

std::vector<std::string> troubles_of(const capture::PacketIntake& intake) {
  std::vector<std::string> troubles;
  if (intake.unread() != 0) {
    troubles.push_back(fmt::format("{} could not be read (parts of IP packets that never became whole, or cut inside a header)",
                                   packets(intake.unread())));
  }
  if (intake.not_followed() != 0) {
    troubles.push_back(fmt::format("too many connections were open at once: {} not followed", intake.not_followed()));
  }
  if (const auto unseen = intake.began_unseen(); unseen != 0) {
    troubles.push_back(fmt::format("{} connection{} began unseen on the ports of another, or went on behind a RST", unseen,
                                   unseen == 1 ? "" : "s"));
  }
  return troubles;
}

}  // namespace

std::vector<std::string> capture_notes(const capture::LiveSource& source, const capture::PacketIntake& intake,
                                       const capture::PacketRecorder* recorder) {
  std::vector<std::string> notes;
  if (source.trouble()) notes.push_back(*source.trouble() + "; the listening ended there");
  if (const auto dropped = source.counts().dropped; dropped != 0) {
    notes.push_back(
        fmt::format("the kernel dropped {} that had not been read in time: what they held was not seen", packets(dropped)));
  }
  std::ranges::move(troubles_of(intake), std::back_inserter(notes));
  std::ranges::move(held_notes(intake.over_held()), std::back_inserter(notes));
  if (recorder == nullptr) return notes;
  std::ranges::move(tap_notes({}, recorder->undecoded_packets()), std::back_inserter(notes));
  if (recorder->error()) notes.push_back(*recorder->error());
  return notes;
}

std::vector<std::string> tap_notes(const capture::Tap::Counts& counts, std::uint64_t undecoded_packets) {
  std::vector<std::string> notes;
  if (counts.slowed != 0) {
    notes.push_back(fmt::format("the tap waited {} time{} for the judge: traffic was slowed down, nothing was lost", counts.slowed,
                                counts.slowed == 1 ? "" : "s"));
  }
  if (counts.pauses != 0) {
    notes.emplace_back("for a while the tap had no file descriptors for more connections (ulimit -n): those that came waited");
  }
  if (counts.refused_here != 0) {
    notes.push_back(fmt::format("the tap itself refused {} connection{}, and the server has no part in it: {}", counts.refused_here,
                                counts.refused_here == 1 ? "" : "s", counts.refused_because.message()));
  }
  if (counts.unconnected != 0) {
    notes.push_back(
        fmt::format("{} connection{} had not reached the server when the tap ended: nothing was carried of what came on {}",
                    counts.unconnected, counts.unconnected == 1 ? "" : "s", counts.unconnected == 1 ? "it" : "them"));
  }
  if (undecoded_packets != 0) {
    notes.push_back(fmt::format("{} went into the capture before all that they hold was known: the rest is left out there",
                                packets(undecoded_packets)));
  }
  return notes;
}

std::string trouble_of(const capture::CaptureSummary& summary) {
  if (!summary.trouble.empty()) return summary.trouble;
  if (summary.unread == 0) return {};
  return fmt::format("{} could not be read, packet {} first: {}", packets(summary.unread), summary.first_unread,
                     summary.first_unread_why);
}

std::string trouble_of(const capture::PacketIntake& intake) {
  std::vector<std::string> troubles = troubles_of(intake);
  return troubles.empty() ? std::string() : std::move(troubles.front());
}

std::vector<std::string> notes_on(const capture::CaptureSummary& summary, bool stopped) {
  std::vector<std::string> notes;
  if (stopped) {
    notes.emplace_back("a signal ended the reading early: what the files hold behind it was not seen");
  } else if (summary.cut && summary.trouble.empty()) {
    notes.emplace_back("the capture ends inside a packet, or without its mark of a whole file: it was cut, or is still written");
  }
  if (summary.cut_before != 0) {
    notes.push_back(fmt::format("of the files before the last one {} end inside a packet, or without a mark of a whole file",
                                summary.cut_before));
  }
  std::ranges::move(carrier_notes(summary), std::back_inserter(notes));
  std::ranges::move(held_notes(summary.over_held), std::back_inserter(notes));
  std::ranges::move(unseen_notes(summary), std::back_inserter(notes));
  return notes;
}

std::vector<std::string> carrier_notes(const capture::CaptureSummary& summary) {
  std::vector<std::string> notes;
  notes.reserve(summary.unread_carriers.size());
  for (const capture::UnreadCarrier& carrier : summary.unread_carriers) {
    notes.push_back(fmt::format("{} of {} {} not read, packet {} first: calls in {} were not seen", packets(carrier.packets),
                                carrier.name, carrier.packets == 1 ? "was" : "were", carrier.first,
                                carrier.packets == 1 ? "it" : "them"));
  }
  return notes;
}

std::vector<std::string> held_notes(std::uint64_t over_held) {
  if (over_held == 0) return {};
  const Limits limits;
  return {
      fmt::format("on {} connection{} octets came later than others are held back for (up to {} octets of a direction, {} of "
                  "all): they count as not seen, and no packet need have been lost",
                  over_held, over_held == 1 ? "" : "s", limits.tcp_held_bytes_max, limits.tcp_held_bytes_max_all)};
}

std::vector<std::string> unseen_notes(const capture::CaptureSummary& summary) {
  std::vector<std::string> notes;
  if (const auto back = std::ranges::find(summary.unseen, true, &capture::UnseenTime::back); back != summary.unseen.end()) {
    notes.push_back(fmt::format(
        "a capture that begins at {} stands behind one that ends at {}: they overlap or are in another order, or a clock was set "
        "back; so it is not told when nobody listened to the wire",
        to_rfc3339(back->from), to_rfc3339(back->to)));
    return notes;
  }
  const std::size_t told = std::min(summary.unseen.size(), kUnseenTold);
  for (const capture::UnseenTime& unseen : std::span(summary.unseen).first(told)) {
    notes.push_back(fmt::format("nobody listened to the wire from {} to {}", to_rfc3339(unseen.from), to_rfc3339(unseen.to)));
  }
  if (const std::uint64_t more = summary.unseen_total - told; more != 0) {
    notes.push_back(fmt::format("nobody listened to the wire {} more time{}, the last until {}", more, more == 1 ? "" : "s",
                                to_rfc3339(summary.unseen.back().to)));
  }
  return notes;
}

}  // namespace testigo::run
