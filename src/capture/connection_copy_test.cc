#include "capture/connection_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/usage_error.h"
#include "capture/capture_writer.h"
#include "capture/pcapng.h"
#include "capture/pcapng_writer.h"
#include "wire/tcp/packet.h"
#include "wire/tcp/testing/recorded_sink.h"

namespace testigo::capture {
namespace {

using tcp::Closing;
using tcp::testing::RecordedSink;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class ConnectionCopy : public ::testing::Test {
 protected:
  ConnectionCopy() {
    std::string name = (std::filesystem::temp_directory_path() / "testigo-copy-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    RecordedSink nobody(RecordedSink::Detail::TimesAndPackets);
    CaptureWriter writer(input(), nobody, {.payloads = true, .secrets = {}, .rotation = {}});
    for (tcp::ConnectionNumber number = 1; number <= 3; ++number) open(writer, number);
    for (tcp::ConnectionNumber number = 1; number <= 3; ++number) say(writer, number);
    writer.on_end();
  }
  ~ConnectionCopy() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path input() const { return folder_ / "wire.pcapng"; }
  std::filesystem::path output() const { return folder_ / "copy.pcapng"; }
  Copied copy(const std::vector<bool>& keep, bool payloads = true) const {
    const std::vector<std::filesystem::path> names = {input()};
    const CaptureFiles files(names, CaptureFiles::Names::Given);
    RecordedSink nobody(RecordedSink::Detail::TimesAndPackets);
    files.read(nobody);  // it can be read again
    return copy_connections(files, {output(), keep, payloads, {}, true});
  }
  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator());
  }
  static std::vector<std::string> told(const std::filesystem::path& file, CaptureSummary* summary = nullptr) {
    RecordedSink sink;
    const CaptureSummary read = read_capture(file, sink);
    if (summary != nullptr) *summary = read;
    return sink.lines;
  }

 private:
  static Time time() { return *parse_rfc3339("2026-01-02T03:04:05.000000001Z"); }
  static void open(tcp::ConnectionSink& sink, tcp::ConnectionNumber number) {
    sink.on_opened({number,
                    time(),
                    {"127.0.0.1", static_cast<std::uint16_t>(40000 + number)},
                    {number == 2 ? "server.example" : "127.0.0.1", 50051},
                    true,
                    0});
  }
  static void say(tcp::ConnectionSink& sink, tcp::ConnectionNumber number) {
    const std::string text = "question of " + std::to_string(number);
    sink.on_chunk(number, {time() + Duration(1), Direction::ToServer, as_octets(text), 0, 0, 0});
    sink.on_chunk(number, {time() + Duration(2), Direction::ToClient, as_octets("answer"), 0, text.size(), 0});
    sink.on_closing({number, time() + Duration(3), Direction::ToServer, Closing::Reset, 0, "because"});
  }

  std::filesystem::path folder_;
};

TEST_F(ConnectionCopy, OfAllIsWhatThereWas) {
  const Copied copied = copy({false, true, true, true});
  EXPECT_FALSE(copied.error);
  CaptureSummary summary;
  EXPECT_EQ(told(output(), &summary), told(input()));
  EXPECT_EQ(summary.packets, copied.packets);
  EXPECT_TRUE(summary.reconstructed);
  EXPECT_FALSE(summary.cut);
}

TEST_F(ConnectionCopy, OfOneIsWhole) {
  const Copied copied = copy({false, false, true});
  const std::string octets = read_file(output(), 1 << 20);
  EXPECT_THAT(octets, HasSubstr("question of 2"));
  EXPECT_THAT(octets, HasSubstr("because"));
  for (const char* other : {"question of 1", "question of 3"}) EXPECT_THAT(octets, Not(HasSubstr(other)));
  CaptureSummary all;
  told(input(), &all);
  EXPECT_EQ(all.packets, 3 * copied.packets);
}

TEST_F(ConnectionCopy, TakesTheOldOnesPlaceWhenItIsWhole) {
  write_file(output(), "old");
  std::filesystem::create_hard_link(output(), output().string() + ".kept");
  EXPECT_FALSE(copy({false, true}).error);
  CaptureSummary summary;
  told(output(), &summary);
  EXPECT_GT(summary.packets, 0u);
  EXPECT_EQ(read_file(output().string() + ".kept", 100), "old") << "which nobody wrote into";
  EXPECT_EQ(std::filesystem::status(output()).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(files(), 3) << "no neighbour is left";
}

TEST_F(ConnectionCopy, ThatFailsLeavesWhatIsThere) {
  std::filesystem::create_directory(output());  // nothing can be renamed over it
  write_file(output() / "inside", "old");
  const Copied copied = copy({false, true});
  ASSERT_TRUE(copied.error);
  EXPECT_THAT(*copied.error, HasSubstr("cannot write the capture " + output().string() + ": "));
  EXPECT_EQ(read_file(output() / "inside", 100), "old");
  EXPECT_EQ(files(), 2);
}

TEST_F(ConnectionCopy, OfNoneIsAWholeCapture) {
  EXPECT_EQ(copy({}).packets, 0u);
  CaptureSummary summary;
  told(output(), &summary);
  EXPECT_EQ(summary.packets, 0u);
  EXPECT_FALSE(summary.cut);
}

TEST_F(ConnectionCopy, IsMaskedAsEverythingThatIsWritten) {
  copy({false, true, true, true}, false);
  EXPECT_THAT(read_file(output(), 1 << 20), Not(HasSubstr("question of")));
}

// Others may write anything there.
TEST_F(ConnectionCopy, OfACaptureThatIsNotOursHasNoComments) {
  EXPECT_THAT(told(input()), Contains(HasSubstr("because")));
  EXPECT_THAT(told(input()), Contains(HasSubstr("server.example")));
  std::string octets = read_file(input(), 1 << 20);
  octets.replace(octets.rfind(pcapng::kApplication), pcapng::kApplication.size(), "foreign");
  write_file(input(), octets);
  EXPECT_THAT(told(input()), Not(Contains(HasSubstr("because"))));
  EXPECT_THAT(told(input()), Not(Contains(HasSubstr("server.example"))));
  EXPECT_GT(copy({false, true, true, true}).packets, 0u);
  EXPECT_THAT(read_file(output(), 1 << 20),
              AllOf(HasSubstr("question of 1"), Not(HasSubstr("because")), Not(HasSubstr("server.example"))));
}

TEST_F(ConnectionCopy, HoldsNoCommentThatIsNoneOfThose) {
  std::vector<std::byte> octets;
  PcapngWriter writer(octets, pcapng::kReconstructed, pcapng::kLinkRaw);
  for (const bool syn : {true, false}) {
    tcp::Packet packet;
    packet.source = packet.destination = *tcp::parse_address("127.0.0.1");
    packet.source_port = 40000;
    packet.destination_port = 50051;
    packet.syn = syn;
    packet.ack = !syn;
    std::vector<std::byte> ip;
    tcp::append_packet(packet, ip);
    writer.packet(Time(), ip, ip.size(), "token is S");
  }
  writer.end();
  write_file(input(), std::string(as_text(octets)));
  EXPECT_EQ(copy({false, true}).packets, 2u);
  EXPECT_THAT(read_file(output(), 1 << 20), Not(HasSubstr("token is S")));
}

TEST_F(ConnectionCopy, HoldsOneLinkTypeAlone) {
  std::vector<std::byte> octets;
  PcapngWriter(octets, "", 1).packet(Time(), as_octets("of another link type"), 20, "");
  write_file(input(), read_file(input(), 1 << 20) + std::string(as_text(octets)));
  EXPECT_THROW(copy({}), UsageError);
}

}  // namespace
}  // namespace testigo::capture
