#include "run/wire_place.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/testing/temporary_folder.h"
#include "capture/capture_writer.h"
#include "run/run_record.h"

namespace testigo::run {
namespace {

class Nobody final : public tcp::ConnectionSink {
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

class WirePlaceTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(path_ / "statements"); }
  std::string place() const { return wire_place(EvidenceFolder::open(path_)); }
  void record(const std::string& wire) const {
    RunRecord record;
    record.command = "verify";
    record.wire = wire;
    write_run_record(path_ / "run.json", record);
  }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path path_ = temporary_.path();
};

TEST_F(WirePlaceTest, IsWhatTheRunSaysElseWhatTheCaptureSays) {
  record("listened on lo");
  EXPECT_EQ(place(), "") << "there is no capture";
  Nobody nobody;
  capture::CaptureWriter(path_ / "wire.pcapng", nobody).on_end();
  EXPECT_EQ(place(), "listened on lo");
  record("");
  EXPECT_EQ(place(), "tap");
  std::filesystem::remove(path_ / "run.json");
  EXPECT_EQ(place(), "tap");
}

TEST_F(WirePlaceTest, OfWhatCannotBeReadNothingIsSaid) {
  std::ofstream(path_ / "wire.pcapng") << "no capture at all, but long enough to be seen as none";
  EXPECT_EQ(place(), "");
  record("tap");
  EXPECT_EQ(place(), "tap");
  std::ofstream(path_ / "run.json") << R"({"format": "testigo-run", "version": "2.0"})";
  EXPECT_EQ(place(), "");
}

TEST_F(WirePlaceTest, APipeKeepsNobodyWaiting) {
  ASSERT_EQ(::mkfifo((path_ / "wire.pcapng").c_str(), 0600), 0);
  EXPECT_EQ(place(), "");
}

}  // namespace
}  // namespace testigo::run
