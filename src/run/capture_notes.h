// What a reader of a verdict must know of the listening that it rests on: what was not seen, or not written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "capture/capture_file.h"
#include "capture/live_source.h"
#include "capture/packet_intake.h"
#include "capture/packet_recorder.h"
#include "capture/tap.h"

namespace testigo::run {

// `recorder` may be null.
std::vector<std::string> capture_notes(const capture::LiveSource& source, const capture::PacketIntake& intake,
                                       const capture::PacketRecorder* recorder);

// The same for a tap: what it did not carry as it came, and how many packets went out before all in them was decoded.
std::vector<std::string> tap_notes(const capture::Tap::Counts& counts, std::uint64_t undecoded_packets);

// What keeps the verdict from being on everything that a capture holds, or that came by; empty: nothing.
std::string trouble_of(const capture::CaptureSummary& summary);
std::string trouble_of(const capture::PacketIntake& intake);

// All that else is to be told of a capture that was read, or (`stopped`) of the part of it that was read before a signal came.
std::vector<std::string> notes_on(const capture::CaptureSummary& summary, bool stopped = false);

// What a capture holds of forms that are not read and may hold calls.
std::vector<std::string> carrier_notes(const capture::CaptureSummary& summary);

// Connections of which octets came later than our limits let what follows them wait.
std::vector<std::string> held_notes(std::uint64_t over_held);

// When nobody listened, between the files of a capture: the first times, and how many more there are.
std::vector<std::string> unseen_notes(const capture::CaptureSummary& summary);

}  // namespace testigo::run
