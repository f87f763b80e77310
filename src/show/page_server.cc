#include "show/page_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "base/random_id.h"
#include "show/access.h"
#include "show/listening_socket.h"
#include "show/page_connection.h"

namespace testigo::show {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kAcceptPause = 100ms;  // when the system has no more file descriptors

}  // namespace

// Accepts connections, and wakes those that follow events.
class PageServer::Listener {
 public:
  Listener(const Listen& listen, const ListeningSocket& socket, const Access& access, Pages& pages, EventHub& hub);
  ~Listener();

  std::uint16_t port() const { return port_; }
  const std::string& token() const { return serving_.answers.access().token; }

 private:
  void run();
  void accept_next();
  void accept();
  void take(int descriptor);
  void beat();

  Serving serving_;
  Tcp protocol_;
  std::uint16_t port_;
  std::atomic<bool> woken_ = false;
  Tcp::acceptor acceptor_{serving_.io};
  asio::steady_timer pause_{serving_.io}, heartbeat_{serving_.io};
  std::thread thread_;
};

PageServer::Listener::Listener(const Listen& listen, const ListeningSocket& socket, const Access& access, Pages& pages,
                               EventHub& hub)
    : serving_{.limits = listen, .hub = hub, .answers = {access, pages}},
      protocol_(socket.family == AF_INET6 ? Tcp::v6() : Tcp::v4()),
      port_(socket.port) {
  acceptor_.assign(protocol_, socket.descriptor);
  accept_next();
  beat();
  thread_ = std::thread([this] { run(); });
  serving_.hub.on_news([this] {
    if (woken_.exchange(true)) return;
    asio::post(serving_.io, [this] {
      woken_ = false;
      for (PageConnection* follower : serving_.followers) follower->tell(false);
    });
  });
}

PageServer::Listener::~Listener() {
  serving_.hub.on_news({});
  serving_.hub.close();
  serving_.io.stop();
  thread_.join();
  serving_.documents.stop();
  serving_.calls.stop();
  serving_.documents.join();
  serving_.calls.join();
}

// What throws is one connection's, for want of memory: it lets go of it.
void PageServer::Listener::run() {
  while (!serving_.io.stopped()) {
    try {
      serving_.io.run();
    } catch (const std::exception&) {
      continue;
    }
  }
}

void PageServer::Listener::accept_next() {
  acceptor_.async_wait(Tcp::acceptor::wait_read, [this](const Failure& failure) {
    if (!failure) accept();
  });
}

// Not Asio's: what it accepts would be inherited by whatever is started in the same moment.
void PageServer::Listener::accept() {
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

void PageServer::Listener::take(int descriptor) {
  Tcp::socket socket(serving_.io);
  Failure failure;
  if (serving_.connections - serving_.followers.size() < serving_.limits.askers) socket.assign(protocol_, descriptor, failure);
  if (failure || !socket.is_open()) {
    ::close(descriptor);
    return;
  }
  socket.set_option(Tcp::no_delay(true), failure);
  std::make_shared<PageConnection>(serving_, std::move(socket))->await_request();
}

void PageServer::Listener::beat() {
  heartbeat_.expires_after(serving_.limits.patience.heartbeat);
  heartbeat_.async_wait([this](const Failure& failure) {
    if (failure) return;
    for (PageConnection* follower : serving_.followers) follower->tell(true);
    beat();
  });
}

PageServer::PageServer(const Listen& listen, Pages& pages, EventHub& hub) : host_(listen.host) {
  const ListeningSocket socket = listen_on(listen.host, listen.port);
  Access access;
  access.loopback_names_only = is_loopback(listen.host);
  access.token = listen.token.empty() && !access.loopback_names_only ? random_id() + random_id() : listen.token;
  access.cookie = fmt::format("testigo-token-{}", socket.port);
  listener_ = std::make_unique<Listener>(listen, socket, access, pages, hub);
}

PageServer::~PageServer() = default;

std::string PageServer::url() const {
  std::string host = host_;
  if (host == "0.0.0.0") host = "127.0.0.1";  // where everybody is listened to, this machine is, too
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  const std::string& token = listener_->token();
  return fmt::format("http://{}:{}/{}", host, listener_->port(), token.empty() ? "" : "?token=" + token);
}

}  // namespace testigo::show
