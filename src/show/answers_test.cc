#include "show/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "report/page.h"

namespace testigo::show {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

class Sample : public Pages {
 public:
  std::shared_ptr<const std::string> document() override { return document_; }
  std::optional<std::string> detail(const CallName& name) override {
    if (name.id == "a client/p/1") return R"({"id":true})";
    return std::nullopt;
  }

 private:
  const std::shared_ptr<const std::string> document_ = std::make_shared<std::string>(R"({"format":"testigo-page"})");
};

class Broken final : public Sample {
 public:
  std::shared_ptr<const std::string> document() override { throw std::runtime_error("the disk \x1b[31mfailed"); }
};

BegunAnswer begun(RequestHead request, const Access& access = {}) {
  Sample sample;
  if (request.host.empty()) request.host = "127.0.0.1:80";
  return Answers(access, sample).begin(request);
}

TEST(Answers, NobodyWritesHere) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    const BegunAnswer answer = begun({.method = method, .target = "/data"});
    EXPECT_EQ(answer.answer.status, 405u) << method;
    EXPECT_THAT(answer.answer.fields, Contains(Pair("Allow", "GET, HEAD"))) << method;
  }
  EXPECT_EQ(begun({.method = "POST", .target = "/data", .has_body = true}).answer.status, 413u);
  EXPECT_EQ(begun({.method = "GET", .target = "/data", .has_body = true}).answer.status, 413u);
  EXPECT_EQ(begun({.method = "HEAD", .target = "/"}).answer.status, 200u);
}

TEST(Answers, KnowsWhatThereIs) {
  EXPECT_EQ(*begun({.method = "GET", .target = "/"}).answer.content, report::page_template());
  EXPECT_EQ(begun({.method = "GET", .target = "/data?x"}).rest, Rest::Document);
  EXPECT_EQ(begun({.method = "GET", .target = "/data/"}).answer.status, 404u);
  EXPECT_EQ(begun({.method = "GET", .target = "*"}).answer.status, 404u);
  EXPECT_EQ(begun({.method = "GET", .target = "/" + std::string(1023, 'x')}).answer.status, 404u);
  EXPECT_EQ(begun({.method = "GET", .target = "/" + std::string(1024, 'x')}).answer.status, 414u);
  const BegunAnswer events = begun({.method = "GET", .target = "/events?from=17"});
  EXPECT_EQ(events.rest, Rest::Events);
  EXPECT_EQ(events.from, 17u);
  EXPECT_EQ(begun({.method = "GET", .target = "/events?from=x"}).from, std::nullopt);
}

TEST(Answers, ReadsTheNameOfACall) {
  const auto name = [](std::string_view query) {
    BegunAnswer answer = begun({.method = "GET", .target = "/call?" + std::string(query)});
    EXPECT_EQ(answer.rest, Rest::Call) << query;
    return answer.call;
  };
  EXPECT_EQ(name("row=7").row, 7u);
  EXPECT_EQ(name("row=7x").row, std::nullopt);
  EXPECT_EQ(name("arrow=7").row, std::nullopt);
  EXPECT_EQ(name("connection=18446744073709551615&stream=5").connection, 18446744073709551615u);
  EXPECT_EQ(name("connection=2&stream=5").stream, 5u);
  EXPECT_EQ(name("stream=4294967296").stream, 0u);
  EXPECT_EQ(name("&&id=a+client%2Fp/1&").id, "a client/p/1");
  EXPECT_EQ(name("id=100%").id, "100%");
}

TEST(Answers, FillsWhatWasBegun) {
  Sample sample;
  const Answers answers({}, sample);
  const Answer document = answers.document(begun({.method = "GET", .target = "/data"}).answer);
  EXPECT_EQ(document.content, sample.document()) << "itself, not a copy";
  EXPECT_THAT(document.fields, Contains(Pair("Content-Type", "application/json")));
  EXPECT_THAT(document.fields, Contains(Pair("Cache-Control", "no-store")));
  EXPECT_EQ(*answers.call({}, {.id = "a client/p/1"}).content, R"({"id":true})");
  EXPECT_EQ(answers.call({}, {.id = "another"}).status, 404u);
}

TEST(Answers, SaysWhatWentWrong) {
  Broken broken;
  const Answer answer = Answers({}, broken).document(begun({.method = "GET", .target = "/data"}).answer);
  EXPECT_EQ(answer.status, 500u);
  EXPECT_THAT(*answer.content, StartsWith("the disk \\x1b[31mfailed"));
  EXPECT_THAT(answer.fields, Contains(Pair("Content-Security-Policy", HasSubstr("default-src 'none'"))));
}

TEST(Answers, ATokenOpensThePageAndACookieTheRest) {
  const Access access{"secret", "testigo-token-80", false};
  const auto asked = [&](std::string_view target, std::string_view cookie) {
    return begun({.method = "GET", .target = target, .host = "box", .cookie = cookie}, access).answer;
  };
  EXPECT_EQ(asked("/data", "").status, 401u);
  EXPECT_EQ(asked("/nothing", "").status, 401u) << "nobody is told what there is";
  EXPECT_EQ(asked("/?token=secre", "").status, 401u);
  EXPECT_THAT(asked("/?token=secret", "").fields, Contains(Pair("Set-Cookie", cookie_of(access))));
  EXPECT_EQ(asked("/data", "testigo-token-80=secret").status, 200u);
}

}  // namespace
}  // namespace testigo::show
