#include "wire/http2/upgrade.h"

#include <gtest/gtest.h>

#include "base/testing/several_ways.h"

namespace testigo::http2 {
namespace {

// HEADER_TABLE_SIZE 65536, INITIAL_WINDOW_SIZE 65535.
const std::string kAsk =
    "GET /a?b HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
    "AAEAAQAAAAQAAP__\r\n\r\n";
const std::string kSwitched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nupgrade: H2C\r\n\r\n";

struct Taken {
  Switch last = Switch::NeedMore;
  std::string behind;  // what is not HTTP/1.1
  friend bool operator==(const Taken&, const Taken&) = default;
};

template <typename Take>
Taken take(testing::Cuts& cuts, Take take) {
  Taken taken;
  while (auto piece = cuts.next()) {
    if (taken.last == Switch::NeedMore) taken.last = take(*piece);
    if (taken.last == Switch::Done) taken.behind += as_text(*piece);
  }
  return taken;
}

Taken request(const std::string& text) {
  return testing::several_ways(as_octets(text), [](testing::Cuts& cuts) {
    Upgrade upgrade;
    return take(cuts, [&](Bytes& octets) { return upgrade.take_request(octets); });
  });
}

Taken answer(const std::string& text, const std::string& asked = kAsk) {
  return testing::several_ways(as_octets(text), [&](testing::Cuts& cuts) {
    Upgrade upgrade;
    Bytes octets = as_octets(asked);
    upgrade.take_request(octets);
    return take(cuts, [&](Bytes& rest) { return upgrade.take_answer(rest); });
  });
}

std::string with(const std::string& line) { return kAsk.substr(0, kAsk.size() - 2) + line + "\r\n\r\n"; }

TEST(Upgrade, OfARequestSaysWhatHttp2BeginsWith) {
  EXPECT_EQ(request(kAsk + "PRI"), (Taken{Switch::Done, "PRI"}));
  Upgrade upgrade;
  Bytes octets = as_octets(kAsk);
  upgrade.take_request(octets);
  EXPECT_EQ(upgrade.target(), "/a?b");
  EXPECT_EQ(upgrade.settings(), (std::vector<Setting>{{kSettingHeaderTableSize, 65'536}, {kSettingInitialWindowSize, 65'535}}));
}

TEST(Upgrade, PassesOverTheBody) {
  EXPECT_EQ(request(with("Content-Length: 4") + "bodyPRI"), (Taken{Switch::Done, "PRI"}));
  EXPECT_EQ(request(with("Content-Length: 4") + "bod"), (Taken{Switch::NeedMore, ""}));
}

TEST(Upgrade, IsNoneWithoutAWholeRequestForIt) {
  EXPECT_EQ(request("GET / HTTP/1.1\r\nHost: x\r\n\r\n").last, Switch::None);
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: websocket\r\nHTTP2-Settings: AAEAAQAA\r\n\r\n").last, Switch::None);
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n").last, Switch::None);
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA\r\n\r\n").last, Switch::None);  // half a setting
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: A+EAAQAA\r\n\r\n").last, Switch::None);
  EXPECT_EQ(request(with("Transfer-Encoding: chunked")).last, Switch::None);
  EXPECT_EQ(request(with("Content-Length: 4x")).last, Switch::None);
  EXPECT_EQ(request(with("Content-Length: 65537")).last, Switch::None);
  EXPECT_EQ(request("GET /" + std::string(20'000, 'a')).last, Switch::None);
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: h2c\r\n").last, Switch::NeedMore);
  EXPECT_EQ(request("GET / HTTP/1.1\r\nUpgrade: websocket, h2c\r\nHTTP2-Settings:\r\n\r\n").last, Switch::Done);
}

TEST(Upgrade, IsDoneBehindThe101) {
  EXPECT_EQ(answer(kSwitched + "frames"), (Taken{Switch::Done, "frames"}));
  EXPECT_EQ(answer("HTTP/1.1 100 Continue\r\n\r\n" + kSwitched + "frames"), (Taken{Switch::Done, "frames"}));
  EXPECT_EQ(answer("HTTP/1.1 200 OK\r\nUpgrade: h2c\r\n\r\nbody").last, Switch::None);
  EXPECT_EQ(answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").last, Switch::None);
  EXPECT_EQ(answer("HTTP/1.1 101 Switching").last, Switch::NeedMore);
  EXPECT_EQ(answer(kSwitched, "GET / HTTP/1.1\r\n\r\n").last, Switch::None);
  EXPECT_EQ(answer(kSwitched, "GET / HTTP/1.1\r\n").last, Switch::None);  // before it was asked
}

TEST(Upgrade, IsNoneWhereTheAnswerIsPutOffForEver) {
  const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: <" + std::string(986, 'a') + ">\r\n\r\n";  // 1024 octets
  const auto hints = [&](int times) {
    std::string all;
    while (times-- > 0) all += hint;
    return all;
  };
  EXPECT_EQ(answer(hints(60) + kSwitched + "frames"), (Taken{Switch::Done, "frames"}));
  EXPECT_EQ(answer(hints(70)).last, Switch::None);
  EXPECT_EQ(answer(hints(70) + kSwitched + "frames").last, Switch::None);
}

}  // namespace
}  // namespace testigo::http2
