#include "run/live_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <semaphore>
#include <thread>
#include <vector>

#include "base/testing/temporary_folder.h"
#include "run/testing/capture_of_calls.h"

namespace testigo::run {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::ordered_json;

constexpr auto kPatience = 30s;  // until what should happen at once is called missing

// Goes on when it is told to.
class HeldClock final : public Clock {
 public:
  Time now() const override { return Time(1'700'000'000s) + monotonic(); }
  Duration monotonic() const override { return Duration(ns_.load()); }
  void advance(Duration by) { ns_ += by.count(); }

 private:
  std::atomic<Duration::rep> ns_ = 0;
};

struct Event {
  std::string name;
  Json data;
};

// Evidence that a test writes while a run of its own follows it.
class LiveRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "statements");
    write("statements/client1.jsonl", line(start()));
    hub_.on_news([this] { news_.release(); });
  }
  void TearDown() override {
    over_ = true;
    end();
  }

  static statement::Start start() {
    statement::Start start;
    start.name = "client1";
    start.process = "c";
    start.host = "box";
    return start;
  }
  static std::string line(statement::Body body) { return statement::to_line({Time(1'700'000'000s), {}, std::move(body)}) + "\n"; }
  static statement::CallId id(std::uint64_t number) { return {"client1", "c", number}; }
  static std::string started(std::uint64_t number) {
    return line(statement::Started{id(number), "/a.B/C", statement::Kind::Unary});
  }
  static std::string ended(std::uint64_t number, int status = 0) {
    return line(statement::Ended{id(number), status, "", 3us, 1, 1, {}});
  }
  void write(const std::string& file, std::string_view text) const {
    std::ofstream(folder_ / file, std::ios::app | std::ios::binary) << text;
  }
  // A capture of so many calls, the n-th with the n-th id; `worse` is what the first of them does besides.
  static std::string capture(std::uint64_t calls, int status = 0, const call::testing::FieldList& worse = {}) {
    return testing::capture_of_calls(calls, id, status, worse);
  }

  void follow(std::size_t findings_max = 100) {
    evidence_.reset();
    run_.emplace(EvidenceFolder::open(folder_), clock_, hub_, findings_max);
    evidence_.emplace(EvidenceFolder::open(folder_), clock_, std::vector<EvidenceHearer*>{&*run_});
    follower_ = std::thread([this] {
      evidence_->follow([this] { return over_.load(); });
      ended_ = true;
    });
  }
  void end() {
    if (!follower_.joinable()) return;
    until([this] { return ended_.load(); }, "it ends");
    follower_.join();
    hear();
  }
  // Takes what was published; the clock goes on meanwhile.
  void until(const std::function<bool()>& happened, const std::string& what) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!happened()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << what;
      clock_.advance(50ms);
      (void)news_.try_acquire_for(5ms);
      hear();
    }
  }
  void hear() {
    const std::string text = hub_.take(next_).value_or("");
    std::istringstream lines(text);
    for (std::string event, data, empty; std::getline(lines, event) && std::getline(lines, data) && std::getline(lines, empty);) {
      events_.push_back({event.substr(7), Json::parse(data.substr(6))});
    }
  }
  std::vector<Json> events(const std::string& name) const {
    std::vector<Json> found;
    for (const Event& event : events_) {
      if (event.name == name) found.push_back(event.data);
    }
    return found;
  }
  std::uint64_t seen() const {
    std::uint64_t seen = 0;
    for (const Json& event : events("calls")) seen += event["seen"].get<std::uint64_t>();
    return seen;
  }
  // The sum that the last event tells.
  int of_pairs(const std::string& what) const {
    int sum = 0;
    const Json flow = events("flow").back();
    for (const Json& pair : flow["pairs"]) sum += pair[what].get<int>();
    return sum;
  }
  Json document() { return Json::parse(run_->document(nullptr)); }

  const testigo::testing::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
  HeldClock clock_;
  std::counting_semaphore<> news_{0};
  show::EventHub hub_;
  std::uint64_t next_ = hub_.now();
  std::vector<Event> events_;
  std::optional<LiveRun> run_;
  std::optional<EvidenceFollower> evidence_;
  std::atomic<bool> over_ = false, ended_ = false;
  std::thread follower_;
};

TEST_F(LiveRunTest, TellsWhatIsWrittenAsItIsWritten) {
  follow();
  until([this] { return !events("names").empty(); }, "who there is");
  EXPECT_EQ(events("names").back()["clients"][0]["name"], "client1");
  EXPECT_EQ(seen(), 0u);

  const std::string packets = capture(2);
  write("wire.pcapng", packets.substr(0, 100));
  write("statements/client1.jsonl", started(1));
  until([this] { return !events("flow").empty() && events("flow").back()["pairs"].size() == 1; }, "a call that is open");
  EXPECT_EQ(events("flow").back()["pairs"][0]["open"], 1);
  write("statements/client1.jsonl", ended(1) + started(2).substr(0, 20));
  until([this] { return seen() == 1; }, "the first call");  // the capture has been opened: nothing of the wire yet
  write("wire.pcapng", packets.substr(100, packets.size() / 2 - 100));
  write("statements/client1.jsonl", started(2).substr(20));
  write("wire.pcapng", packets.substr(packets.size() / 2));
  write("statements/client1.jsonl", ended(2, 5));
  until([this] { return seen() == 2; }, "the second call");

  const Json document = this->document();
  EXPECT_EQ(document["format"], "testigo-page");
  EXPECT_EQ(document["live"], true);
  EXPECT_EQ(document["report"], nullptr);
  EXPECT_EQ(document["evidence"], folder_.filename().string());
  EXPECT_EQ(document["began"], to_rfc3339(*run_->began()));
  EXPECT_EQ(document["calls"]["total"], 2);
  EXPECT_EQ(document["calls"]["kept"], 2);
  EXPECT_EQ(document["methods"], Json({"/a.B/C"}));
  EXPECT_TRUE(run_->has({}, id(2)));
  EXPECT_FALSE(run_->has({}, id(3)));
  EXPECT_FALSE(run_->has({}, statement::CallId{"client1", "another", 2}));
  EXPECT_FALSE(run_->has(StreamKey(7, 1), {}));
  EXPECT_FALSE(ended_) << "the run goes on";
  over_ = true;
  end();
  EXPECT_EQ(of_pairs("calls"), 2);
  EXPECT_EQ(of_pairs("ok"), 1);
  EXPECT_EQ(of_pairs("failed"), 1);
  EXPECT_EQ(of_pairs("open"), 0);
}

TEST_F(LiveRunTest, FindingsAreToldWhileTheRunGoesOn) {
  write("wire.pcapng", capture(2, 0, {{"connection", "close"}}));
  write("statements/client1.jsonl", started(1) + ended(1) + started(2) + ended(2));
  follow();
  until([this] { return !events("findings").empty() && seen() == 2; }, "a finding, and the calls");
  EXPECT_FALSE(ended_) << "the run goes on";
  const Json event = events("findings").back();
  ASSERT_THAT(event["findings"], SizeIs(::testing::Ge(1)));
  const Json& told = event["findings"][0];
  EXPECT_EQ(told["severity"], "error");
  EXPECT_EQ(told["wire"]["connection"], 1);
  EXPECT_EQ(told["wire"]["stream"], 1);
  EXPECT_EQ(told["direction"], "to-server");
  EXPECT_NE(told["tshark"].get<std::string>().find("-d tcp.port=="), std::string::npos) << told["tshark"];
  const Json document = this->document();
  EXPECT_EQ(document["findings"].size(), event["findings"].size());
  EXPECT_EQ(document["found"], event["found"]);
  EXPECT_EQ(document["found"]["errors"], 1);
  Json row = document["findings"][0];
  EXPECT_EQ(row["row"], 0) << "the first call of the document";
  row.erase("row");
  EXPECT_EQ(row, told);
}

TEST_F(LiveRunTest, FindingsBeyondTheLimitAreCounted) {
  write("wire.pcapng", capture(1, 0, {{"connection", "close"}}));
  over_ = true;
  follow(0);
  end();
  EXPECT_THAT(document()["findings"], IsEmpty());
  EXPECT_EQ(document()["found"]["errors"], 1);
}

TEST_F(LiveRunTest, WhereTheWireWitnessStandsIsSaidOnceItIsThere) {
  follow();
  EXPECT_EQ(document()["wire"], "");
  write("run.json", R"({"format": "testigo-run", "version": "1.1", "testigo": "0", "command": "verify", "finished": false,
                        "clients_started": 1, "shared_server": false, "notes": [], "wire": "listened on lo"})");
  write("wire.pcapng", capture(1));
  until([this] { return !events("names").empty() && events("names").back()["wire"] == "listened on lo"; }, "where it stands");
  EXPECT_EQ(document()["wire"], "listened on lo");
}

TEST_F(LiveRunTest, ManyAtOnceAreASampleAndSaySo) {
  std::string statements;
  for (std::uint64_t number = 1; number <= 3000; ++number)
    statements += started(number) + ended(number, number % 1000 == 0 ? 14 : 0);
  write("statements/client1.jsonl", statements);
  follow();
  until([this] { return seen() == 3000; }, "all calls");
  const auto calls = events("calls");
  ASSERT_THAT(calls, SizeIs(1)) << "the clock stood still while they came";
  EXPECT_EQ(calls[0]["kept"], 500);
  EXPECT_EQ(document()["calls"]["total"], 3000);
  EXPECT_EQ(document()["calls"]["kept"], 3000) << "of the latest all are kept";
}

TEST_F(LiveRunTest, WhatTheDocumentHoldsIsNotToldAgain) {
  write("statements/client1.jsonl", started(1) + ended(1));
  follow();
  until([this] { return run_->began() && document()["calls"]["total"] == 1; }, "the first call");
  const Json document = this->document();
  std::uint64_t next = document["next_event"].get<std::uint64_t>();
  EXPECT_EQ(next, hub_.now());
  write("statements/client1.jsonl", started(2) + ended(2));
  until([this] { return seen() == 2; }, "the second call");
  const std::string text = hub_.take(next).value_or("");
  EXPECT_NE(text.find("\"seen\":1"), std::string::npos) << text;
  EXPECT_EQ(text.find("event: calls"), text.rfind("event: calls")) << text;
  EXPECT_EQ(Json::parse(run_->document({{"format", "testigo-report"}}))["report"]["format"], "testigo-report");
  EXPECT_EQ(Json::parse(run_->document(nullptr, report::Stage::Over))["live"], false);
  run_->on_passed_over(7);
  hear();
  EXPECT_EQ(events("passed_over").back(), (Json{{"statement_files", 7}}));
  EXPECT_EQ(Json::parse(run_->document(nullptr))["statement_files_passed_over"], 7);
  EXPECT_EQ(Json::parse(run_->document(nullptr, report::Stage::CutShort))["cut_short"], true);
}

TEST_F(LiveRunTest, AtItsEndWhatIsOpenIsTold) {
  for (const bool with_capture : {false, true}) {
    SCOPED_TRACE(with_capture ? "with a capture" : "without a capture");
    if (with_capture) write("wire.pcapng", capture(0));
    write("statements/client1.jsonl", started(with_capture ? 2 : 1));
    over_ = ended_ = false;
    events_.clear();
    follow();
    until([this] { return !events("flow").empty() && !events("flow").back()["pairs"].empty(); }, "a call that is open");
    over_ = true;
    end();
    EXPECT_EQ(seen(), with_capture ? 2u : 1u);
    EXPECT_EQ(events("flow").back()["pairs"][0]["failed"], with_capture ? 2 : 1);
  }
}

TEST_F(LiveRunTest, WhenItIsOverTheRestIsReadFirst) {
  std::string statements;
  for (std::uint64_t number = 1; number <= 50; ++number) statements += started(number) + ended(number);
  write("statements/client1.jsonl", statements);
  write("wire.pcapng", capture(50));
  over_ = true;
  follow();
  end();
  EXPECT_EQ(seen(), 50u);
  EXPECT_EQ(document()["calls"]["total"], 50);
  EXPECT_EQ(events("flow").back()["pairs"][0]["ok"], 50);
}

TEST_F(LiveRunTest, WhatIsDamagedIsReadOnceAndStatementsGoOn) {
  write("statements/client1.jsonl", started(1) + ended(1));
  write("wire.pcapng", capture(2, 0, {{"connection", "close"}}) + std::string(200, '\xc5'));
  follow();
  until([this] { return seen() == 1 && !events("findings").empty(); }, "a call before the damage");
  write("statements/client1.jsonl", started(3) + ended(3));
  until([this] { return seen() == 2; }, "a call that is stated behind it");
  over_ = true;
  end();
  EXPECT_EQ(seen(), 3u);
  EXPECT_EQ(document()["found"]["errors"], 1);
}

TEST_F(LiveRunTest, ItEndsWhenItIsStoppedThoughTheRunGoesOn) {
  for (const bool with_capture : {false, true}) {
    SCOPED_TRACE(with_capture ? "with a capture" : "without a capture");
    if (with_capture) write("wire.pcapng", capture(1));
    ended_ = false;
    follow();
    std::atomic<bool> enough = false;
    std::thread witness([&] {
      for (std::uint64_t number = 1; !enough; ++number) {
        write("statements/client1.jsonl", started(number) + ended(number));
        std::this_thread::sleep_for(1ms);
      }
    });
    until([this] { return seen() > 0; }, "calls");
    evidence_->stop();
    end();
    enough = true;
    witness.join();
    EXPECT_FALSE(over_);
    std::filesystem::remove(folder_ / "statements/client1.jsonl");
    write("statements/client1.jsonl", line(start()));
    events_.clear();
  }
}

TEST_F(LiveRunTest, ACallOfTheWireWaitsForItsClientFromTheFirstOneOn) {
  write("statements/client1.jsonl", started(1));
  write("wire.pcapng", capture(1));
  follow();
  until([this] { return !events("flow").empty() && of_pairs("open") == 1; }, "a call that is open");
  EXPECT_EQ(seen(), 0u) << "the wire saw its end, and its client has not said it yet";
  write("statements/client1.jsonl", ended(1));
  until([this] { return seen() == 1; }, "the call");
  over_ = true;
  end();
  EXPECT_EQ(seen(), 1u);
}

TEST_F(LiveRunTest, OfACallThatTheWireSawAlsoTheWireTells) {
  write("statements/client1.jsonl", started(1) + ended(1, 0));
  write("wire.pcapng", capture(3, 5));  // two of which nobody states anything
  over_ = true;
  follow();
  end();
  EXPECT_EQ(seen(), 3u);
  const Json servers = document()["servers"];
  ASSERT_THAT(servers, SizeIs(1));
  EXPECT_EQ(servers[0]["witness"], false);
  EXPECT_EQ(document()["clients"].size(), 1u) << "ids name it";
  EXPECT_TRUE(run_->has(StreamKey(1, 3), {}));
  EXPECT_FALSE(run_->has(StreamKey(1, 7), {}));
}

}  // namespace
}  // namespace testigo::run
