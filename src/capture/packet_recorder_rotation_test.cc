#include "capture/packet_recorder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "base/environment_error.h"
#include "capture/testing/recorder_fixture.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using namespace testing;
using tcp::testing::RecordedSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kExact = RecordedSink::Detail::TimesAndPackets;

TEST_F(PacketRecorderTest, WritesIntoItsFolderAlone) {
  const auto elsewhere = folder / "elsewhere";
  const auto refused = [&] {
    try {
      PacketRecorder recorder(options);
    } catch (const EnvironmentError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  std::filesystem::create_symlink(elsewhere, options.file);
  EXPECT_THAT(refused(), HasSubstr("it is a link, which is not followed"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
  write_file(elsewhere, "old");
  EXPECT_THAT(refused(), HasSubstr("it is a link, which is not followed"));
  EXPECT_EQ(read_file(elsewhere, 100), "old");
  std::filesystem::remove(options.file);
  ASSERT_EQ(::mkfifo(options.file.c_str(), 0640), 0);
  EXPECT_THAT(refused(), HasSubstr("it is no file")) << "and nobody waits for a reader";
  const int reader = ::open(options.file.c_str(), O_RDONLY | O_NONBLOCK);
  EXPECT_THAT(refused(), HasSubstr("it is no file"));
  ::close(reader);
  EXPECT_EQ(std::filesystem::status(options.file).permissions(), std::filesystem::perms(0640));
}

TEST_F(PacketRecorderTest, WritesOverAFileThatIsThere) {
  write_file(options.file, std::string(100'000, 'x'));
  std::filesystem::permissions(options.file, std::filesystem::perms(0644));
  recorder();
  end();
  RecordedSink nobody;
  EXPECT_EQ(read_capture(options.file, nobody).trouble, "");
  EXPECT_LT(std::filesystem::file_size(options.file), 1000u);
  EXPECT_EQ(std::filesystem::status(options.file).permissions(), std::filesystem::perms(0600));
}

TEST_F(PacketRecorderTest, RotatesAndNumbersOn) {
  options.payloads = true;
  options.rotation = {.bytes_max = 2000, .files_max = 3};
  const Client client;
  Speaker said;
  said.preface();
  RecordedSink live(kExact);
  std::filesystem::create_symlink("elsewhere", next_capture(options.file));  // which is not followed
  recorder();
  see(client.syn());
  std::size_t at = 0;
  for (int i = 0; i < 100; ++i) {
    said.frame(http2::FrameType::Ping, 0, 0, "12345678");
    see(client.packet(static_cast<std::uint32_t>(at), Bytes(said.said).subspan(at)));
    at = said.said.size();
  }
  end();
  const auto files = capture_files(options.file);
  ASSERT_THAT(files,
              ElementsAre(folder / "wire.pcapng.3", folder / "wire.pcapng.2", folder / "wire.pcapng.1", folder / "wire.pcapng"));
  EXPECT_FALSE(std::filesystem::exists(next_capture(options.file)));
  EXPECT_FALSE(std::filesystem::exists(folder / "elsewhere"));
  std::uint64_t packets = 0;
  for (const auto& file : files) {
    EXPECT_LE(std::filesystem::file_size(file), 2000u);
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
    RecordedSink read;
    const CaptureSummary summary = read_capture(file, read);
    EXPECT_FALSE(summary.cut);
    EXPECT_EQ(summary.trouble, "");
    packets += summary.packets;
  }
  RecordedSink read(kExact);
  const CaptureSummary summary = read_captures(files, read);
  EXPECT_EQ(summary.packets, packets);
  EXPECT_EQ(summary.first_number + packets, recorder().next_number());
  EXPECT_FALSE(summary.cut);
  EXPECT_EQ(summary.trouble, "");
  EXPECT_TRUE(summary.unseen.empty());
  EXPECT_THAT(read.lines[1], HasSubstr("in packet 1"));
  EXPECT_THAT(read.lines[packets - 1], HasSubstr("in packet " + std::to_string(packets - 1)));
}

TEST_F(PacketRecorderTest, SaysWhenNobodyLookedBetweenTwoFiles) {
  options.rotation = {.bytes_max = 1 << 20, .files_max = 3};
  see(Client().syn());
  end();
  recorder_.reset();
  const Time before = time;
  time += std::chrono::seconds(60);
  see(Client(40'001).syn());
  end();
  const auto files = capture_files(options.file);
  ASSERT_EQ(files.size(), 2u) << "the file of the run before is kept";
  RecordedSink read;
  const CaptureSummary summary = read_captures(files, read);
  EXPECT_THAT(summary.unseen, ElementsAre(UnseenTime{before, time}));
  EXPECT_EQ(summary.packets, 2u);
  EXPECT_FALSE(summary.cut);
}

TEST_F(PacketRecorderTest, NobodyLookedAlsoWhereTheClockWasSetBack) {
  options.rotation = {.bytes_max = 1 << 20, .files_max = 4};
  std::vector<Time> times;
  for (const int step : {0, -3600, 60}) {
    time += std::chrono::seconds(step);
    see(Client(static_cast<std::uint16_t>(40'000 - step)).syn());
    times.push_back(time);
    end();
    recorder_.reset();
  }
  RecordedSink read;
  EXPECT_THAT(read_captures(capture_files(options.file), read).unseen,
              ElementsAre(UnseenTime{times[1], times[0], true}, UnseenTime{times[1], times[2]}));
}

TEST_F(PacketRecorderTest, ReadsFilesThatAreRotatedMeanwhile) {
  see(Client().syn());
  end();
  std::filesystem::create_hard_link(options.file, folder / "wire.pcapng.1");  // met under two names
  const std::vector<std::filesystem::path> files = {folder / "wire.pcapng.2", folder / "wire.pcapng.1", options.file};
  RecordedSink read;
  EXPECT_EQ(read_captures(files, read).packets, 1u);
}

}  // namespace
}  // namespace testigo::capture
