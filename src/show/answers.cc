#include "show/answers.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/inert.h"
#include "report/page.h"
#include "wire/rpc/percent.h"

namespace testigo::show {
namespace {

constexpr std::size_t kTargetBytesMax = 1024;

constexpr std::string_view kPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'";
constexpr std::string_view kNoFrames = "; frame-ancestors 'none'";

// The page names its script and style by their digests; what is served has the same policy as its file.
std::string_view policy_of_page() {
  constexpr std::string_view kBefore = "http-equiv=\"Content-Security-Policy\" content=\"";
  const std::string_view page = report::page_template();
  const std::size_t at = page.find(kBefore);
  if (at == std::string_view::npos) return kPolicy;
  const std::size_t begin = at + kBefore.size();
  return page.substr(begin, page.find('"', begin) - begin);
}

void add_common_fields(Answer& answer, std::string_view policy) {
  answer.fields = {{"Content-Security-Policy", std::string(policy) + std::string(kNoFrames)},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cross-Origin-Resource-Policy", "same-origin"},
                   {"Cross-Origin-Opener-Policy", "same-origin"},
                   {"Cache-Control", "no-store"}};
}

Answer filled(Answer answer, std::string_view type, std::shared_ptr<const std::string> content) {
  answer.fields.emplace_back("Content-Type", type);
  answer.content = std::move(content);
  return answer;
}

Answer failed(Answer answer, unsigned status, std::string text) {
  answer.status = status;
  return filled(std::move(answer), "text/plain; charset=utf-8", std::make_shared<std::string>(std::move(text)));
}

// "/call?row=7" → "/call", and "row=7"
std::pair<std::string_view, std::string_view> split(std::string_view target) {
  const std::size_t end = std::min(target.find('?'), target.size());
  return {target.substr(0, end), target.substr(std::min(end + 1, target.size()))};
}

// As forms write it: "+" is a space. Empty where it is absent.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      std::string value(pair.substr(name.size() + 1));
      std::ranges::replace(value, '+', ' ');
      return rpc::percent_decode(value);
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

template <typename Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

CallName call_name(std::string_view query) {
  CallName name;
  name.row = number<std::uint64_t>(parameter(query, "row"));
  name.connection = number<std::uint64_t>(parameter(query, "connection")).value_or(0);
  name.stream = number<std::uint32_t>(parameter(query, "stream")).value_or(0);
  name.id = parameter(query, "id");
  return name;
}

Admission admission(const Access& access, const RequestHead& request, std::string_view path, std::string_view query) {
  const std::string token = parameter(query, "token");
  // Whoever opens the page follows a link, be it from elsewhere; what the page itself asks comes from its own origin.
  const bool opens = path == "/" && request.fetch_mode == "navigate";
  const std::string_view site = opens ? std::string_view() : request.fetch_site;
  return admit(access, {request.host, request.origin, site, request.cookie, token});
}

template <typename Fill>
Answer said_if_it_throws(Answer begun, Fill fill) {
  try {
    return fill(begun);
  } catch (const std::exception& error) {
    return failed(std::move(begun), 500, inert(error.what(), 1024) + "\n");
  }
}

}  // namespace

Answers::Answers(Access access, Pages& pages)
    : access_(std::move(access)), pages_(pages), page_(std::make_shared<std::string>(report::page_template())) {}

BegunAnswer Answers::begin(const RequestHead& request) const {
  if (request.has_body) return {refusal(413, "Nobody writes here.\n")};
  if (request.method != "GET" && request.method != "HEAD") {
    Answer answer = refusal(405, "What is here can be read only.\n");
    answer.fields.emplace_back("Allow", "GET, HEAD");
    return {std::move(answer)};
  }
  if (request.target.size() > kTargetBytesMax) return {refusal(414, "No address here is so long.\n")};

  const auto [path, query] = split(request.target);
  Answer answer;
  add_common_fields(answer, path == "/" ? policy_of_page() : kPolicy);
  switch (admission(access_, request, path, query)) {
    case Admission::Granted:
      break;
    case Admission::GrantedByQuery:
      answer.fields.emplace_back("Set-Cookie", cookie_of(access_));
      break;
    case Admission::NoToken:
      return {failed(std::move(answer), 401, "A token is needed: open the address that testigo printed when it began.\n")};
    case Admission::Foreign:
      return {failed(std::move(answer), 403, "This page is served to its own address only.\n")};
  }
  if (path == "/") return {filled(std::move(answer), "text/html; charset=utf-8", page_)};
  if (path == "/data") return {std::move(answer), Rest::Document};
  if (path == "/call") return {std::move(answer), Rest::Call, call_name(query)};
  if (path == "/events") {
    return {
        filled(std::move(answer), "text/event-stream", nullptr), Rest::Events, {}, number<std::uint64_t>(parameter(query, "from"))};
  }
  return {failed(std::move(answer), 404, "There is nothing here.\n")};
}

Answer Answers::document(Answer begun) const {
  return said_if_it_throws(std::move(begun),
                           [&](const Answer& answer) { return filled(answer, "application/json", pages_.document()); });
}

Answer Answers::call(Answer begun, const CallName& name) const {
  return said_if_it_throws(std::move(begun), [&](const Answer& answer) {
    auto detail = pages_.detail(name);
    return detail ? filled(answer, "application/json", std::make_shared<std::string>(*std::move(detail)))
                  : failed(answer, 404, "There is no such call.\n");
  });
}

Answer refusal(unsigned status, std::string text) {
  Answer answer;
  add_common_fields(answer, kPolicy);
  return failed(std::move(answer), status, std::move(text));
}

Answer come_back_later() {
  Answer answer = refusal(503, "There are too many who look already.\n");
  answer.fields.emplace_back("Retry-After", "10");
  return answer;
}

}  // namespace testigo::show
