#include "capture/live_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/environment_error.h"
#include "base/usage_error.h"
#include "capture/capture_permission.h"

namespace testigo::capture {
namespace {

using ::testing::HasSubstr;

std::string complaint(const std::string& filter) {
  try {
    check_filter(filter);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

// No permission is needed to tell; a filter may suit one kind of interface only.
TEST(LiveSource, KnowsAFilterFromWhatIsNone) {
  for (const char* good : {"port 50051", "host 127.0.0.1 and not port 22", "ether host 01:02:03:04:05:06", "ifindex 2", "vlan 7"}) {
    EXPECT_EQ(complaint(good), "") << good;
  }
  EXPECT_THAT(complaint("port what"), HasSubstr("\"port what\" is no filter: unknown port 'what'"));
  EXPECT_THAT(complaint("(tcp"), HasSubstr("is no filter"));
  EXPECT_THAT(complaint("\x1b[31m"), HasSubstr("\\x1b[31m"));
}

TEST(LiveSource, NamesTheInterfacesThatThereAre) {
  if (!raise_capture_capability()) GTEST_SKIP() << "needs CAP_NET_RAW";
  try {
    LiveSource source({"nowhere0", ""});
    FAIL() << "there is such an interface";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("there is no interface nowhere0; there are "));
    EXPECT_THAT(error.what(), HasSubstr("any"));
  }
}

TEST(LiveSource, SaysWhatIsMissing) {
  EXPECT_THAT(missing_capture_permission(), HasSubstr("CAP_NET_RAW is missing"));
  EXPECT_THAT(missing_capture_permission(), HasSubstr("--cap-add NET_RAW"));
}

}  // namespace
}  // namespace testigo::capture
