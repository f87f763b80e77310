#include <gtest/gtest.h>

#include "wire/rpc/percent.h"
#include "wire/rpc/status.h"
#include "wire/rpc/timeout.h"

namespace testigo::rpc {
namespace {

using namespace std::chrono_literals;

TEST(Timeout, ReadsEachUnit) {
  EXPECT_EQ(parse_timeout("1H"), 1h);
  EXPECT_EQ(parse_timeout("20M"), 20min);
  EXPECT_EQ(parse_timeout("5S"), 5s);
  EXPECT_EQ(parse_timeout("4999m"), 4999ms);
  EXPECT_EQ(parse_timeout("00000001u"), 1us);
  EXPECT_EQ(parse_timeout("0n"), 0ns);
  EXPECT_EQ(parse_timeout("99999999H"), Duration::max());
}

TEST(Timeout, RefusesWhatIsNone) {
  for (const char* text : {"", "S", "5", "5s", "-5S", "5 S", "123456789S", "5SS", "0x5S", "5.5S"}) {
    EXPECT_FALSE(parse_timeout(text)) << text;
  }
}

TEST(Status, ReadsDigitsWithoutLeadingZero) {
  EXPECT_EQ(parse_status("0"), 0);
  EXPECT_EQ(parse_status("14"), 14);
  EXPECT_EQ(parse_status("99"), 99);
  for (const char* text : {"", "00", "01", "-1", "+1", " 1", "1 ", "1a", "9999999999"}) EXPECT_FALSE(parse_status(text)) << text;
}

TEST(Status, NamesEachCode) {
  EXPECT_EQ(status_name(0), "OK");
  EXPECT_EQ(status_name(4), "DEADLINE_EXCEEDED");
  EXPECT_EQ(status_name(16), "UNAUTHENTICATED");
  EXPECT_EQ(status_name(17), "17");
  EXPECT_EQ(status_name(-1), "-1");
}

TEST(Percent, DecodesEscapesAndLeavesTheRest) {
  EXPECT_EQ(percent_decode("a%20b%c3%A9"), "a b\xc3\xa9");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
}

}  // namespace
}  // namespace testigo::rpc
