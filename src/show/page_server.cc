#include "show/page_server.h"

#include <atomic>
#include <charconv>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/random_id.h"
#include "report/page.h"
#include "show/access.h"

namespace testigo::show {
namespace {

using namespace std::chrono_literals;

constexpr auto kHeartbeat = 15s;  // a comment, so that whoever has gone is noticed
constexpr std::size_t kAskersAtOnce = 8;
constexpr std::size_t kQueryBytesMax = 1024;

const std::string kPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'";
constexpr const char* kNoFrames = "; frame-ancestors 'none'";

// The page names its script and style by their digests; what is served has the same policy as its file.
std::string policy_of_page() {
  constexpr std::string_view kBefore = "http-equiv=\"Content-Security-Policy\" content=\"";
  const std::string_view page = report::page_template();
  const std::size_t at = page.find(kBefore);
  if (at == std::string_view::npos) return kPolicy;
  const std::size_t begin = at + kBefore.size();
  return std::string(page.substr(begin, page.find('"', begin) - begin));
}

template <typename Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

CallName call_name(const httplib::Request& request) {
  CallName name;
  name.row = number<std::uint64_t>(request.get_param_value("row"));
  name.connection = number<std::uint64_t>(request.get_param_value("connection")).value_or(0);
  name.stream = number<std::uint32_t>(request.get_param_value("stream")).value_or(0);
  name.id = request.get_param_value("id");
  return name;
}

}  // namespace

struct PageServer::Running {
  Running(const Listen& listen, Pages& pages_served, EventHub& hub_served) : asked(listen), pages(pages_served), hub(hub_served) {
    access.loopback_names_only = is_loopback(listen.host);
    access.token = listen.token.empty() && !access.loopback_names_only ? random_id() + random_id() : listen.token;
  }

  void serve();
  bool admitted(const httplib::Request& request, httplib::Response& response);
  void events(const httplib::Request& request, httplib::Response& response);

  Listen asked;
  Pages& pages;
  EventHub& hub;
  Access access;
  httplib::Server server;
  int port = 0;
  std::atomic<std::size_t> viewers = 0;
  std::thread thread;
};

// False: the response says why.
bool PageServer::Running::admitted(const httplib::Request& request, httplib::Response& response) {
  const std::string host = request.get_header_value("Host"), origin = request.get_header_value("Origin");
  const std::string site = request.get_header_value("Sec-Fetch-Site"), cookie = request.get_header_value("Cookie");
  const std::string token = request.get_param_value("token");
  // Whoever opens the page follows a link, be it from elsewhere; what the page itself asks comes from its own origin.
  const bool opens = request.path == "/" && request.get_header_value("Sec-Fetch-Mode") == "navigate";
  switch (admit(access, {host, origin, opens ? std::string_view() : std::string_view(site), cookie, token})) {
    case Admission::Granted:
      return true;
    case Admission::GrantedByQuery:
      response.set_header("Set-Cookie", cookie_of(access));
      return true;
    case Admission::NoToken:
      response.status = 401;
      response.set_content("A token is needed: open the address that testigo printed when it began.\n",
                           "text/plain; charset=utf-8");
      return false;
    case Admission::Foreign:
      break;
  }
  response.status = 403;
  response.set_content("This page is served to its own address only.\n", "text/plain; charset=utf-8");
  return false;
}

void PageServer::Running::events(const httplib::Request& request, httplib::Response& response) {
  if (viewers.fetch_add(1) >= asked.viewers) {
    --viewers;
    response.status = 503;
    response.set_header("Retry-After", "10");
    response.set_content("There are too many who look already.\n", "text/plain; charset=utf-8");
    return;
  }
  const std::uint64_t from = std::min(number<std::uint64_t>(request.get_param_value("from")).value_or(hub.now()), hub.now());
  response.set_chunked_content_provider(
      "text/event-stream",
      [this, next = from, told = false](std::size_t, httplib::DataSink& sink) mutable {
        auto text = told ? hub.take(next, kHeartbeat) : std::optional<std::string>(": here it comes\n\n");
        told = true;
        if (!text) {
          sink.done();
          return true;
        }
        if (text->empty()) text = ": still here\n\n";
        return sink.write(text->data(), text->size());
      },
      [this](bool) { --viewers; });
}

void PageServer::Running::serve() {
  // Each who follows events holds a thread.
  server.new_task_queue = [this] { return new httplib::ThreadPool(asked.viewers + kAskersAtOnce); };
  server.set_keep_alive_max_count(1000);
  server.set_keep_alive_timeout(1);  // seconds; an idle connection holds a thread, and the end of the server
  server.set_payload_max_length(0);
  server.set_read_timeout(10s);
  server.set_write_timeout(10s);
  server.set_socket_options([](int socket) {  // not SO_REUSEPORT: a port that somebody has is taken
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.set_pre_routing_handler(
      [this, page_policy = policy_of_page()](const httplib::Request& request, httplib::Response& response) {
        const std::string& policy = request.path == "/" ? page_policy : kPolicy;
        response.set_header("Content-Security-Policy", policy + kNoFrames);
        response.set_header("X-Content-Type-Options", "nosniff");
        response.set_header("Referrer-Policy", "no-referrer");
        response.set_header("Cross-Origin-Resource-Policy", "same-origin");
        response.set_header("Cross-Origin-Opener-Policy", "same-origin");
        response.set_header("Cache-Control", "no-store");
        const bool served = request.target.size() <= kQueryBytesMax && admitted(request, response);
        if (!served && response.status == -1) response.status = 414;
        return served ? httplib::Server::HandlerResponse::Unhandled : httplib::Server::HandlerResponse::Handled;
      });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const std::string_view page = report::page_template();
    response.set_content(page.data(), page.size(), "text/html; charset=utf-8");
  });
  server.Get("/data", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(pages.document(), "application/json");
  });
  server.Get("/call", [this](const httplib::Request& request, httplib::Response& response) {
    if (auto detail = pages.detail(call_name(request))) return response.set_content(*std::move(detail), "application/json");
    response.status = 404;
    response.set_content("There is no such call.\n", "text/plain; charset=utf-8");
  });
  server.Get("/events", [this](const httplib::Request& request, httplib::Response& response) { events(request, response); });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr& thrown) {
    response.status = 500;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      response.set_content(inert(error.what(), 1024) + "\n", "text/plain; charset=utf-8");
    }
  });
  port = asked.port == 0 ? server.bind_to_any_port(asked.host) : server.bind_to_port(asked.host, asked.port) ? asked.port : -1;
  if (port <= 0) {
    throw EnvironmentError(fmt::format(
        "cannot listen on {}:{} for the page; choose another address, or port 0 for any that is free", asked.host, asked.port));
  }
  access.cookie = fmt::format("testigo-token-{}", port);
  thread = std::thread([this] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::sleep_for(1ms);
}

PageServer::PageServer(const Listen& listen, Pages& pages, EventHub& hub)
    : running_(std::make_unique<Running>(listen, pages, hub)) {
  running_->serve();
}

PageServer::~PageServer() {
  running_->hub.close();
  running_->server.stop();
  running_->thread.join();
}

std::string PageServer::url() const {
  std::string host = running_->asked.host;
  if (host == "0.0.0.0") host = "127.0.0.1";  // where everybody is listened to, this machine is, too
  if (host == "::") host = "::1";
  const std::string token = running_->access.token.empty() ? "" : "?token=" + running_->access.token;
  return fmt::format("http://{}:{}/{}", host.find(':') == std::string::npos ? host : "[" + host + "]", running_->port, token);
}

}  // namespace testigo::show
