#include "show/page_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>

#include "base/random_id.h"
#include "show/access.h"
#include "show/answers.h"
#include "show/listening_socket.h"

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
constexpr auto kAcceptPause = 100ms;  // when the system has no more file descriptors

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

// All but documents and calls is on one thread, so nothing is locked.
class PageServer::Serving {
 public:
  Serving(const Listen& listen, const ListeningSocket& socket, const Access& access, Pages& pages, EventHub& hub);
  ~Serving();

  std::uint16_t port() const { return port_; }
  const std::string& token() const { return answers_.access().token; }

 private:
  class Connection;

  void run();
  void accept_next();
  void accept();
  void take(int descriptor);
  void beat();

  Listen limits_;
  EventHub& hub_;
  Answers answers_;
  Tcp protocol_;
  std::uint16_t port_;
  std::size_t connections_ = 0;
  std::set<Connection*> followers_;  // of events
  std::atomic<bool> woken_ = false;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_}, heartbeat_{io_};
  // Each takes its time, and so much that one of a kind at a time is enough; neither keeps the other, nor events, waiting.
  asio::thread_pool documents_{1}, calls_{1};
  std::thread thread_;
};

// One client: its requests one after another, or events until one of the two hangs up. What it waits for keeps it alive.
class PageServer::Serving::Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Serving& serving, Tcp::socket socket) : serving_(serving), socket_(std::move(socket)), deadline_(serving.io_) {
    ++serving_.connections_;
  }
  ~Connection() {
    --serving_.connections_;
    serving_.followers_.erase(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void await_request();
  // A follower's: what has come, unless it is still busy with what came before.
  void tell(bool heartbeat);

 private:
  void requested(const Failure& failure);
  RequestHead request() const;
  template <typename Make>
  void make(asio::thread_pool& pool, Make make);
  void send(Answer answer);
  void follow(const Answer& answer, std::optional<std::uint64_t> from);
  std::shared_ptr<const std::string> framed(std::string_view text) const;
  void write(std::string head, std::shared_ptr<const std::string> content);
  void write_on();
  void written();
  void part();
  void pass_over();
  void allow(std::chrono::milliseconds time);
  void allow_any_time();
  void end();

  Serving& serving_;
  Tcp::socket socket_;
  asio::steady_timer deadline_;
  boost::beast::flat_buffer taken_{kTakenBytesMax};
  std::optional<http::request_parser<http::empty_body>> parser_;  // of the request that is being answered
  bool stays_ = false;                                            // for another request
  std::string head_;                                              // that is being written
  std::shared_ptr<const std::string> content_;                    // behind it
  boost::beast::buffers_suffix<std::array<asio::const_buffer, 2>> left_;
  bool writing_ = false;
  bool follows_ = false;
  std::uint64_t next_ = 0;  // event
  std::array<char, 1024> unwanted_{};
  std::size_t unwanted_bytes_ = 0;
};

void PageServer::Serving::Connection::await_request() {
  parser_.emplace();
  parser_->header_limit(kHeadBytesMax);
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // none is read
  allow(serving_.limits_.patience.request);
  http::async_read_header(socket_, taken_, *parser_,
                          [self = shared_from_this()](const Failure& failure, std::size_t) { self->requested(failure); });
}

void PageServer::Serving::Connection::requested(const Failure& failure) {
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
  BegunAnswer begun = serving_.answers_.begin(asked);
  switch (begun.rest) {
    case Rest::Nothing:
      return send(std::move(begun.answer));
    case Rest::Document:
      return make(serving_.documents_, [&answers = serving_.answers_, answer = std::move(begun.answer)]() mutable {
        return answers.document(std::move(answer));
      });
    case Rest::Call:
      return make(serving_.calls_, [&answers = serving_.answers_, answer = std::move(begun.answer),
                                    call = std::move(begun.call)]() mutable { return answers.call(std::move(answer), call); });
    case Rest::Events:
      return follow(begun.answer, begun.from);
  }
}

RequestHead PageServer::Serving::Connection::request() const {
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
void PageServer::Serving::Connection::make(asio::thread_pool& pool, Make make) {
  asio::post(pool, [self = shared_from_this(), make = std::move(make)]() mutable {
    Answer answer = make();
    asio::io_context& io = self->serving_.io_;
    asio::post(io, [self = std::move(self), answer = std::move(answer)]() mutable { self->send(std::move(answer)); });
  });
}

void PageServer::Serving::Connection::send(Answer answer) {
  const std::size_t size = answer.content ? answer.content->size() : 0;
  std::string head = head_of(answer, fmt::format("Content-Length: {}\r\n{}", size, stays_ ? "" : "Connection: close\r\n"));
  const bool head_only = parser_->get().method() == http::verb::head;
  write(std::move(head), head_only ? nullptr : std::move(answer.content));
}

void PageServer::Serving::Connection::follow(const Answer& answer, std::optional<std::uint64_t> from) {
  if (serving_.followers_.size() >= serving_.limits_.viewers) return send(come_back_later());
  stays_ = false;
  const bool in_chunks = parser_->get().version() >= 11;
  std::string head = head_of(answer, fmt::format("{}Connection: close\r\n", in_chunks ? "Transfer-Encoding: chunked\r\n" : ""));
  if (parser_->get().method() == http::verb::head) return write(std::move(head), nullptr);
  serving_.followers_.insert(this);
  follows_ = true;
  const std::uint64_t now = serving_.hub_.now();
  next_ = std::min(from.value_or(now), now);
  pass_over();
  write(std::move(head), framed(": here it comes\n\n"));
}

// A chunk (RFC 9112 7.1), the last one where there is no text; HTTP/1.0 has none.
std::shared_ptr<const std::string> PageServer::Serving::Connection::framed(std::string_view text) const {
  if (parser_->get().version() < 11) return std::make_shared<std::string>(text);
  return std::make_shared<std::string>(fmt::format("{:x}\r\n{}\r\n", text.size(), text));
}

void PageServer::Serving::Connection::tell(bool heartbeat) {
  if (writing_ || !follows_) return;
  const auto text = serving_.hub_.take(next_);
  if (!text) {
    follows_ = false;
    return write("", framed(""));
  }
  if (!text->empty()) return write("", framed(*text));
  if (heartbeat) write("", framed(": still here\n\n"));
}

void PageServer::Serving::Connection::write(std::string head, std::shared_ptr<const std::string> content) {
  writing_ = true;
  head_ = std::move(head);
  content_ = std::move(content);
  const asio::const_buffer content_octets = content_ ? asio::buffer(*content_) : asio::const_buffer();
  left_ = boost::beast::buffers_suffix(std::array{asio::const_buffer(asio::buffer(head_)), content_octets});
  write_on();
}

void PageServer::Serving::Connection::write_on() {
  allow(serving_.limits_.patience.progress);
  socket_.async_write_some(left_, [self = shared_from_this()](const Failure& failure, std::size_t size) {
    if (failure) return self->end();
    self->left_.consume(size);
    return boost::beast::buffer_bytes(self->left_) > 0 ? self->write_on() : self->written();
  });
}

void PageServer::Serving::Connection::written() {
  allow_any_time();
  writing_ = false;
  content_ = nullptr;
  if (follows_) return tell(false);
  return stays_ ? await_request() : part();
}

void PageServer::Serving::Connection::part() {
  Failure ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  allow(kPartingPatience);
  pass_over();
}

// What is said behind the last request. That its sender hangs up is noticed at once.
void PageServer::Serving::Connection::pass_over() {
  socket_.async_read_some(asio::buffer(unwanted_), [self = shared_from_this()](const Failure& failure, std::size_t size) {
    self->unwanted_bytes_ += size;
    return failure || self->unwanted_bytes_ > kUnwantedBytesMax ? self->end() : self->pass_over();
  });
}

void PageServer::Serving::Connection::allow(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const Failure& failure) {
    // It may have been set anew while this was on its way.
    if (!failure && self->deadline_.expiry() <= asio::steady_timer::clock_type::now()) self->end();
  });
}

void PageServer::Serving::Connection::allow_any_time() { deadline_.expires_at(asio::steady_timer::time_point::max()); }

// What was waited for fails, and lets go of it.
void PageServer::Serving::Connection::end() {
  Failure ignored;
  socket_.close(ignored);
  follows_ = false;
  allow_any_time();
}

PageServer::Serving::Serving(const Listen& listen, const ListeningSocket& socket, const Access& access, Pages& pages, EventHub& hub)
    : limits_(listen),
      hub_(hub),
      answers_(access, pages),
      protocol_(socket.family == AF_INET6 ? Tcp::v6() : Tcp::v4()),
      port_(socket.port) {
  acceptor_.assign(protocol_, socket.descriptor);
  accept_next();
  beat();
  thread_ = std::thread([this] { run(); });
  hub_.on_news([this] {
    if (woken_.exchange(true)) return;
    asio::post(io_, [this] {
      woken_ = false;
      for (Connection* follower : followers_) follower->tell(false);
    });
  });
}

PageServer::Serving::~Serving() {
  hub_.on_news({});
  hub_.close();
  io_.stop();
  thread_.join();
  documents_.stop();
  calls_.stop();
  documents_.join();
  calls_.join();
}

// What throws is one connection's, for want of memory: it lets go of it.
void PageServer::Serving::run() {
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception&) {
      continue;
    }
  }
}

void PageServer::Serving::accept_next() {
  acceptor_.async_wait(Tcp::acceptor::wait_read, [this](const Failure& failure) {
    if (!failure) accept();
  });
}

// Not Asio's: what it accepts would be inherited by whatever is started in the same moment.
void PageServer::Serving::accept() {
  const int descriptor = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  const bool none_left = descriptor < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM);
  if (none_left) {
    pause_.expires_after(kAcceptPause);
    return pause_.async_wait([this](const Failure& failure) {
      if (!failure) accept_next();
    });
  }
  accept_next();
  if (descriptor >= 0) take(descriptor);
}

void PageServer::Serving::take(int descriptor) {
  Tcp::socket socket(io_);
  Failure failure;
  if (connections_ < limits_.viewers + limits_.askers) socket.assign(protocol_, descriptor, failure);
  if (failure || !socket.is_open()) {
    ::close(descriptor);
    return;
  }
  socket.set_option(Tcp::no_delay(true), failure);
  std::make_shared<Connection>(*this, std::move(socket))->await_request();
}

void PageServer::Serving::beat() {
  heartbeat_.expires_after(limits_.patience.heartbeat);
  heartbeat_.async_wait([this](const Failure& failure) {
    if (failure) return;
    for (Connection* follower : followers_) follower->tell(true);
    beat();
  });
}

PageServer::PageServer(const Listen& listen, Pages& pages, EventHub& hub) : host_(listen.host) {
  const ListeningSocket socket = listen_on(listen.host, listen.port);
  Access access;
  access.loopback_names_only = is_loopback(listen.host);
  access.token = listen.token.empty() && !access.loopback_names_only ? random_id() + random_id() : listen.token;
  access.cookie = fmt::format("testigo-token-{}", socket.port);
  serving_ = std::make_unique<Serving>(listen, socket, access, pages, hub);
}

PageServer::~PageServer() = default;

std::string PageServer::url() const {
  std::string host = host_;
  if (host == "0.0.0.0") host = "127.0.0.1";  // where everybody is listened to, this machine is, too
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  const std::string& token = serving_->token();
  return fmt::format("http://{}:{}/{}", host, serving_->port(), token.empty() ? "" : "?token=" + token);
}

}  // namespace testigo::show
