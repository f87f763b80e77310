#include "show/page_connection.h"

#include <limits>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>

namespace testigo::show {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using namespace std::chrono_literals;

constexpr std::uint32_t kHeadBytesMax = 16 * 1024;
constexpr std::size_t kTakenBytesMax = 2 * kHeadBytesMax;  // of requests that were not looked at yet
// What of a request is not wanted is taken all the same, so that its sender sees the answer: a socket that is closed over octets
// that nobody read takes the answer back.
constexpr auto kPartingPatience = 1s;
constexpr std::size_t kUnwantedBytesMax = std::size_t{1} << 20;

std::string_view view(boost::string_view text) { return {text.data(), text.size()}; }

bool is_of_http(const Failure& failure) {
  return failure.category() == http::make_error_code(http::error::end_of_stream).category();
}

// What a head that cannot be read is answered; nothing to whom has gone.
std::optional<Answer> refusal_of(const Failure& failure) {
  if (!is_of_http(failure) || failure == http::error::end_of_stream || failure == http::error::partial_message) return std::nullopt;
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    return refusal(431, "No request to this page is so long.\n");
  }
  return refusal(400, "This is no request.\n");
}

std::string status_line(unsigned status) {
  const auto reason = http::obsolete_reason(http::int_to_status(status));
  return fmt::format("HTTP/1.1 {} {}\r\n", status, view(reason));
}

std::string head_of(const Answer& answer, const std::string& of_the_connection) {
  std::string head = status_line(answer.status);
  for (const auto& [name, value] : answer.fields) head += fmt::format("{}: {}\r\n", name, value);
  return head + of_the_connection + "\r\n";
}

}  // namespace

PageConnection::PageConnection(Serving& serving, Tcp::socket socket)
    : serving_(serving), socket_(std::move(socket)), deadline_(serving.io), taken_(kTakenBytesMax) {
  ++serving_.connections;
}

PageConnection::~PageConnection() {
  --serving_.connections;
  serving_.followers.erase(this);
}

void PageConnection::await_request() {
  parser_.emplace();
  parser_->header_limit(kHeadBytesMax);
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // none is read
  allow(serving_.limits.patience.request);
  http::async_read_header(socket_, taken_, *parser_,
                          [self = shared_from_this()](const Failure& failure, std::size_t) { self->requested(failure); });
}

void PageConnection::requested(const Failure& failure) {
  allow_any_time();
  stays_ = false;
  if (failure) {
    auto answer = refusal_of(failure);
    return answer ? send(*std::move(answer)) : end();
  }
  const auto& head = parser_->get();
  if (head.count(http::field::host) > 1) return send(refusal(400, "A request names one host.\n"));  // RFC 9112 3.2
  const RequestHead asked = request();
  stays_ = !asked.has_body && head.version() >= 11 && head.keep_alive();
  BegunAnswer begun = serving_.answers.begin(asked);
  switch (begun.rest) {
    case Rest::Nothing:
      return send(std::move(begun.answer));
    case Rest::Document:
      return make(serving_.documents, [&answers = serving_.answers, answer = std::move(begun.answer)]() mutable {
        return answers.document(std::move(answer));
      });
    case Rest::Call:
      return make(serving_.calls, [&answers = serving_.answers, answer = std::move(begun.answer),
                                   call = std::move(begun.call)]() mutable { return answers.call(std::move(answer), call); });
    case Rest::Events:
      return follow(begun.answer, begun.from);
  }
}

RequestHead PageConnection::request() const {
  const auto& head = parser_->get();
  RequestHead request;
  request.method = view(head.method_string());
  request.target = view(head.target());
  request.host = view(head[http::field::host]);
  request.origin = view(head[http::field::origin]);
  request.fetch_site = view(head["Sec-Fetch-Site"]);
  request.fetch_mode = view(head["Sec-Fetch-Mode"]);
  request.cookie = view(head[http::field::cookie]);
  request.has_body = head.count(http::field::transfer_encoding) > 0 || parser_->content_length().value_or(0) > 0;
  return request;
}

template <typename Make>
void PageConnection::make(asio::thread_pool& pool, Make make) {
  asio::post(pool, [self = shared_from_this(), make = std::move(make)]() mutable {
    Answer answer = make();
    asio::io_context& io = self->serving_.io;
    asio::post(io, [self = std::move(self), answer = std::move(answer)]() mutable { self->send(std::move(answer)); });
  });
}

void PageConnection::send(Answer answer) {
  const std::size_t size = answer.content ? answer.content->size() : 0;
  std::string head = head_of(answer, fmt::format("Content-Length: {}\r\n{}", size, stays_ ? "" : "Connection: close\r\n"));
  const bool head_only = parser_->get().method() == http::verb::head;
  write(std::move(head), head_only ? nullptr : std::move(answer.content));
}

void PageConnection::follow(const Answer& answer, std::optional<std::uint64_t> from) {
  if (serving_.followers.size() >= serving_.limits.viewers) return send(come_back_later());
  stays_ = false;
  const bool in_chunks = parser_->get().version() >= 11;
  std::string head = head_of(answer, fmt::format("{}Connection: close\r\n", in_chunks ? "Transfer-Encoding: chunked\r\n" : ""));
  if (parser_->get().method() == http::verb::head) return write(std::move(head), nullptr);
  serving_.followers.insert(this);
  follows_ = true;
  const std::uint64_t now = serving_.hub.now();
  next_ = std::min(from.value_or(now), now);
  pass_over();
  write(std::move(head), framed(": here it comes\n\n"));
}

// A chunk (RFC 9112 7.1), the last one where there is no text; HTTP/1.0 has none.
std::shared_ptr<const std::string> PageConnection::framed(std::string_view text) const {
  if (parser_->get().version() < 11) return std::make_shared<std::string>(text);
  return std::make_shared<std::string>(fmt::format("{:x}\r\n{}\r\n", text.size(), text));
}

void PageConnection::tell(bool heartbeat) {
  if (writing_ || !follows_) return;
  const auto text = serving_.hub.take(next_);
  if (!text) {
    follows_ = false;
    return write("", framed(""));
  }
  if (!text->empty()) return write("", framed(*text));
  if (heartbeat) write("", framed(": still here\n\n"));
}

void PageConnection::write(std::string head, std::shared_ptr<const std::string> content) {
  writing_ = true;
  head_ = std::move(head);
  content_ = std::move(content);
  const asio::const_buffer content_octets = content_ ? asio::buffer(*content_) : asio::const_buffer();
  left_ = boost::beast::buffers_suffix(std::array{asio::const_buffer(asio::buffer(head_)), content_octets});
  write_on();
}

void PageConnection::write_on() {
  allow(serving_.limits.patience.progress);
  socket_.async_write_some(left_, [self = shared_from_this()](const Failure& failure, std::size_t size) {
    if (failure) return self->end();
    self->left_.consume(size);
    return boost::beast::buffer_bytes(self->left_) > 0 ? self->write_on() : self->written();
  });
}

void PageConnection::written() {
  allow_any_time();
  writing_ = false;
  content_ = nullptr;
  if (follows_) return tell(false);
  return stays_ ? await_request() : part();
}

void PageConnection::part() {
  Failure ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  allow(kPartingPatience);
  pass_over();
}

// What is said behind the last request. That its sender hangs up is noticed at once.
void PageConnection::pass_over() {
  socket_.async_read_some(asio::buffer(unwanted_), [self = shared_from_this()](const Failure& failure, std::size_t size) {
    self->unwanted_bytes_ += size;
    return failure || self->unwanted_bytes_ > kUnwantedBytesMax ? self->end() : self->pass_over();
  });
}

void PageConnection::allow(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const Failure& failure) {
    // It may have been set anew while this was on its way.
    if (!failure && self->deadline_.expiry() <= asio::steady_timer::clock_type::now()) self->end();
  });
}

void PageConnection::allow_any_time() { deadline_.expires_at(asio::steady_timer::time_point::max()); }

// What was waited for fails, and lets go of it.
void PageConnection::end() {
  Failure ignored;
  socket_.close(ignored);
  follows_ = false;
  allow_any_time();
}

}  // namespace testigo::show
