#include "run/wire_post.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/environment_error.h"
#include "base/inert.h"
#include "base/usage_error.h"
#include "capture/capture_permission.h"
#include "capture/capture_writer.h"
#include "capture/tap.h"
#include "run/capture_notes.h"
#include "run/listener.h"
#include "run/privileges.h"
#include "wire/tcp/endpoint.h"

namespace testigo::run {
namespace {

constexpr const char* kLoopback = "lo";

class NobodyListens final : public tcp::ConnectionSink {
  void on_opened(const tcp::ConnectionOpened&) override {}
  void on_chunk(tcp::ConnectionNumber, const Chunk&) override {}
  void on_closing(const tcp::ConnectionClosing&) override {}
  void on_end() override {}
};

class TapPost final : public WirePost {
 public:
  TapPost(std::string host, const std::filesystem::path& capture, const Clock& clock)
      : host_(std::move(host)), clock_(clock), writer_(capture, nobody_, {.payloads = true, .secrets = {}, .rotation = {}}) {}

  std::string begin(const std::string& server) override {
    tap_.emplace(capture::TapOptions{host_, server}, writer_, clock_);
    tap_->start();
    return tcp::to_text(tap_->endpoint());
  }

  std::vector<std::string> end() override {
    tap_->stop();
    std::vector<std::string> notes = tap_notes(tap_->counts(), writer_.undecoded_packets());
    if (writer_.error()) notes.push_back(*writer_.error());
    return notes;
  }

  std::vector<capture::MaskedField> masked() const override { return writer_.masked(); }
  std::uint64_t dropped() const override { return 0; }
  std::string name() const override { return "tap"; }

 private:
  std::string host_;
  const Clock& clock_;
  NobodyListens nobody_;
  capture::CaptureWriter writer_;
  std::optional<capture::Tap> tap_;
};

class ListeningPost final : public WirePost {
 public:
  explicit ListeningPost(const std::filesystem::path& capture) : capture_(capture), listener_(kLoopback, capture) {}

  std::string begin(const std::string& server) override {
    server_ = server;
    listener_.listen_to(tcp::parse_endpoint(server).value_or(tcp::Endpoint()).port);
    return server;
  }

  // A capture without a connection would testify that nobody called.
  std::vector<std::string> end() override {
    listener_.stop();
    std::vector<std::string> notes = listener_.notes();
    if (listener_.connections() == 0) {
      std::error_code error;
      std::filesystem::remove(capture_, error);
      notes.push_back(
          fmt::format("no connection to {} passed the interface {}: it takes another way; try --wire tap", server_, kLoopback));
    }
    return notes;
  }

  std::vector<capture::MaskedField> masked() const override { return listener_.masked(); }
  std::uint64_t dropped() const override { return listener_.dropped(); }
  std::string name() const override { return fmt::format("listened on {}", kLoopback); }

 private:
  std::filesystem::path capture_;
  std::string server_;
  Listener listener_;
};

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  return address.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

// Every address of it. Other addresses of this machine may be those of containers, which packets reach on other ways.
bool is_on_loopback(const std::string& host) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  bool loopback = found != nullptr;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) loopback = loopback && is_loopback(*at->ai_addr);
  ::freeaddrinfo(found);
  return loopback;
}

std::string host_of(const std::string& target) { return tcp::parse_endpoint(target).value_or(tcp::Endpoint()).address; }

// The address without the brackets that may stand around it.
std::string bare(const std::string& host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

std::string with_any_port(const std::string& host) {
  return bare(host).find(':') != std::string::npos ? fmt::format("[{}]:0", bare(host)) : host + ":0";
}

}  // namespace

std::unique_ptr<WirePost> make_wire_post(WireChoice choice, const std::string& host, const std::string& target,
                                         const std::filesystem::path& capture, const Clock& clock) {
  const std::string heard = target.empty() ? bare(host) : host_of(target);
  const bool ours =
      target.empty() || choice == WireChoice::Listen;  // whoever else calls a server that runs already is none of ours
  const bool audible = choice != WireChoice::Tap && ours && is_on_loopback(heard);
  if (choice == WireChoice::Listen && !audible) {
    throw UsageError(
        fmt::format("--wire listen hears the loopback interface only, and {} is not on it; use --wire tap", inert(heard, 100)));
  }
  if (audible && (capture::raise_capture_capability() || choice == WireChoice::Listen)) {
    try {
      auto post = std::make_unique<ListeningPost>(capture);
      drop_capture_privileges();
      return post;
    } catch (const EnvironmentError&) {
      if (choice == WireChoice::Listen) throw;
    }
  }
  return std::make_unique<TapPost>(with_any_port(host), capture, clock);
}

}  // namespace testigo::run
