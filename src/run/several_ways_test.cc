// The whole way, as a property: from the octets of a capture to the verdict the same is told, however the packets are cut, in which
// order a network brings them, how often, and in what kind of file they are. (By how many threads: workers_test.cc.) So for all
// captures that are kept here: those of each stack, and those that break each check.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "call/testing/conversation.h"
#include "run/testing/captures.h"
#include "run/testing/told.h"
#include "run/testing/ways.h"
#include "run/testing/written_segments.h"

namespace testigo::run {
namespace {

using namespace testing;
using capture::LinkType;
using capture::testing::file_of;
using capture::testing::FileFormat;
using capture::testing::segments_of;
using testigo::testing::Cuts;

bool holds(const std::vector<std::string>& lines, const std::string& line) { return std::ranges::find(lines, line) != lines.end(); }

// What one has and the other has not.
std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& told) {
  std::string text;
  for (const std::string& line : expected) {
    if (!holds(told, line)) text += "\n  - " + line;
  }
  for (const std::string& line : told) {
    if (!holds(expected, line)) text += "\n  + " + line;
  }
  return text.empty() ? "the order" : text;
}

void expect_same(const Told& told, const Told& expected) {
  EXPECT_TRUE(told.calls == expected.calls) << difference(expected.calls, told.calls);
  EXPECT_TRUE(told.rest == expected.rest) << difference(expected.rest, told.rest);
  EXPECT_EQ(told.summary.trouble, "");
  EXPECT_FALSE(told.summary.cut);
}

struct Way {
  const char* name;
  std::function<Segments(const Segments&, std::uint64_t seed)> go;
};

const Way kWays[] = {
    {"joined", [](const Segments& segments, std::uint64_t) { return joined(segments); }},
    {"cut", [](const Segments& segments, std::uint64_t seed) { return cut(segments, seed); }},
    {"repeated", [](const Segments& segments, std::uint64_t seed) { return repeated(segments, seed); }},
    {"reordered", [](const Segments& segments, std::uint64_t seed) { return reordered(segments, seed); }},
    {"cut, reordered", [](const Segments& segments, std::uint64_t seed) { return reordered(cut(segments, seed), seed); }},
    {"cut, reordered, repeated",
     [](const Segments& segments, std::uint64_t seed) { return repeated(reordered(cut(segments, seed), seed), seed); }},
};

const Way kCrossings[] = {
    {"interleaved", [](const Segments& segments, std::uint64_t seed) { return interleaved(segments, seed); }},
    {"joined, cut, interleaved, repeated",
     [](const Segments& segments, std::uint64_t seed) { return repeated(interleaved(cut(joined(segments), seed), seed), seed); }},
};

// What ends a stream, or all that are new, crosses what is said on it. Whoever hears the end first drops the rest (RFC 9113 5.1):
// so does a place to listen, and its neighbour hears it the other way round.
bool end_crosses(const std::filesystem::path& file) {
  constexpr std::array kFolders = {"cpp-reset-of-idle", "CN14", "ST07", "ST11", "ST11-crossed"};
  return std::ranges::find(kFolders, file.parent_path().filename().string()) != kFolders.end();
}

void expect_the_same_told(const std::string& name, const Segments& segments, std::span<const Way> ways, std::uint64_t seeds) {
  constexpr std::size_t kManyOctets = 100'000;
  const std::vector<std::byte> whole = file_of(segments);
  const Told expected = told_of(whole);
  const std::uint64_t first = whole.size() > kManyOctets ? Cuts::kByteByByte + 1 : Cuts::kByteByByte;
  for (const Way& way : ways) {
    for (std::uint64_t seed = first; seed <= seeds; ++seed) {
      SCOPED_TRACE(name + ": " + way.name + " with seed " + std::to_string(seed));
      expect_same(told_of(file_of(way.go(segments, seed))), expected);
    }
  }
}

void expect_the_same_told(const std::filesystem::path& file, std::uint64_t seeds) {
  const Segments segments = levelled(segments_of(file));
  expect_the_same_told(file.string(), segments, kWays, seeds);
  if (!end_crosses(file)) expect_the_same_told(file.string(), segments, kCrossings, seeds);
}

std::vector<std::filesystem::path> golden() {
  std::vector<std::filesystem::path> files = captures_in(kCaptures);
  std::erase_if(files, [](const auto& file) { return file.parent_path().parent_path().filename() == "breaks"; });
  return files;
}

TEST(SeveralWays, OfEachStackTellTheSame) {
  for (const auto& file : golden()) expect_the_same_told(file, 4);
}

TEST(SeveralWays, OfWhatBreaksEachCheckTellTheSame) {
  for (const auto& file : captures_in(kCaptures / "breaks")) expect_the_same_told(file, 2);
}

// Both sides speak on some streams, and as often as not before they have heard what the other one says.
Segments crossing_conversation(std::uint64_t seed) {
  constexpr call::StreamId kLast = 7;
  using namespace call::testing;
  Random random(seed);
  Conversation talk = greeted();
  for (call::StreamId stream = 1; stream <= kLast; stream += 2) {
    talk.client(headers(stream, request_fields())).server(headers(stream, response_fields()));
  }
  for (int i = 0; i < 60; ++i) {
    if (random.one_in(2)) talk.crossing();
    const auto stream = static_cast<call::StreamId>(1 + 2 * random.below((kLast + 1) / 2));
    const std::string text(random.below(40), 'm');
    random.one_in(2) ? talk.client(message(stream, text)) : talk.server(message(stream, text));
  }
  for (call::StreamId stream = 1; stream <= kLast; stream += 2) {
    talk.client(end_of_data(stream)).server(headers(stream, trailer_fields(), EndStream::Yes));
  }
  WrittenSegments written;
  talk.client_closes().server_closes().play(written);
  return std::move(written.segments);
}

TEST(SeveralWays, OfWhatCrossesTellTheSame) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Segments segments = crossing_conversation(seed);
    for (Segment& segment : segments) segment.time = segments.front().time;  // how near they are makes no difference here
    EXPECT_GT(told_of(file_of(segments)).calls.size(), 3u);
    const std::string name = "conversation " + std::to_string(seed);
    expect_the_same_told(name, segments, kWays, 2);
    expect_the_same_told(name, segments, kCrossings, 2);
  }
}

constexpr std::array kLinks = {LinkType::Raw, LinkType::Ethernet, LinkType::LinuxSll, LinkType::LinuxSll2, LinkType::Null};

TEST(SeveralWays, InFilesOfAnyKindTellTheSame) {
  for (const auto& file : golden()) {
    const std::string octets = read_file(file, 1 << 20);
    Told expected = told_of(as_octets(octets));
    const Segments segments = segments_of(file);
    for (const FileFormat format : {FileFormat::Pcapng, FileFormat::Pcap, FileFormat::PcapInGzip}) {
      for (const LinkType link : kLinks) {
        SCOPED_TRACE(file.string() + ": format " + std::to_string(static_cast<int>(format)) + ", link type " +
                     std::to_string(static_cast<int>(link)));
        expect_same(told_of(file_of(segments, format, link)), expected);
      }
    }
  }
}

// Without when it was and how long it took.
std::string untimed(const std::string& text) {
  auto json = nlohmann::ordered_json::parse(text);
  for (const char* name : {"time", "latency_ns"}) json.erase(name);
  return json.dump();
}

std::vector<std::string> untimed(std::vector<std::string> calls) {
  for (std::string& call : calls) call = untimed(call);
  std::ranges::sort(calls);
  return calls;
}

void expect_no_new_alarm(const Told& told, const Told& expected) {
  for (const std::string& alarm : told.alarms) EXPECT_TRUE(holds(expected.alarms, alarm)) << alarm;
}

// Where an acknowledgement came before what it acknowledges, less can be judged; but no call is told otherwise, and nobody blamed.
TEST(SeveralWays, OfWhatIsDelayedTellTheSameCallsAndBlameNobody) {
  for (const auto& file : captures_in(kCaptures)) {
    if (end_crosses(file)) continue;
    const Segments segments = levelled(segments_of(file));
    const Told expected = told_of(file_of(segments));
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      SCOPED_TRACE(file.string() + ": seed " + std::to_string(seed));
      const Told told = told_of(file_of(delayed(segments, seed)));
      EXPECT_TRUE(untimed(told.calls) == untimed(expected.calls)) << difference(untimed(expected.calls), untimed(told.calls));
      expect_no_new_alarm(told, expected);
    }
  }
}

// Calls that had not ended where the capture ends are told too, as open.
std::vector<std::string> ended(const std::vector<std::string>& calls) {
  std::vector<std::string> ended;
  std::ranges::copy_if(calls, std::back_inserter(ended),
                       [](const std::string& call) { return call.find(R"("ending":"still-open")") == std::string::npos; });
  return ended;
}

// In their order, though others may stand between.
bool are_some_of(const std::vector<std::string>& some, const std::vector<std::string>& lines) {
  auto at = lines.begin();
  return std::ranges::all_of(some, [&](const std::string& line) {
    at = std::find(at, lines.end(), line);
    return at != lines.end() && at++ != lines.end();
  });
}

void expect_beginning(const Told& told, const Told& expected) {
  const std::vector<std::string> some = ended(told.calls);
  EXPECT_TRUE(are_some_of(some, expected.calls)) << difference(expected.calls, some);
  expect_no_new_alarm(told, expected);
  EXPECT_TRUE(told.summary.cut);
  EXPECT_EQ(told.summary.trouble, "");
}

// As it stands when who wrote it was killed, or the disk was full.
TEST(SeveralWays, CutAnywhereACaptureTellsItsBeginningAndThatItIsCut) {
  constexpr std::size_t kHeadersOfFile = 512;
  for (const auto& file : golden()) {
    const std::vector<std::byte> octets = file_of(segments_of(file));
    const Told expected = told_of(octets);
    Random random(octets.size());
    for (int i = 0; i < 25; ++i) {
      const std::size_t size = kHeadersOfFile + random.below(octets.size() - kHeadersOfFile);
      SCOPED_TRACE(file.string() + " cut behind octet " + std::to_string(size));
      expect_beginning(told_of(Bytes(octets).first(size)), expected);
    }
  }
}

}  // namespace
}  // namespace testigo::run
