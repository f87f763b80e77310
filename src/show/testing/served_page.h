// A page that is served, and clients of HTTP/1.1 that may send whatever they like.
#pragma once

#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/environment_error.h"
#include "show/page_server.h"

namespace testigo::show::testing {

inline constexpr auto kPatience = std::chrono::seconds(30);  // until what should happen at once is called missing
inline constexpr std::size_t kMegabyte = std::size_t{1} << 20;

class Sample : public Pages {
 public:
  std::shared_ptr<const std::string> document() override { return std::make_shared<std::string>(R"({"format":"testigo-page"})"); }
  std::optional<std::string> detail(const CallName& name) override {
    if (name.row == 7) return R"({"row":7})";
    if (name.connection == 2 && name.stream == 5) return R"({"stream":5})";
    if (name.id == "client1/p/1") return R"({"id":true})";
    return std::nullopt;
  }
};

struct Reply {
  int status = 0;
  std::map<std::string, std::string> fields = {};
  std::string body = {};
};

// A client of HTTP/1.1 that may send whatever it likes.
class Caller {
 public:
  // `reads_ahead`: octets that the kernel takes for it before it reads, 0 for as many as it likes.
  Caller(const std::string& host, const std::string& port, int reads_ahead = 0) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) throw EnvironmentError("no such host: " + host);
    for (const addrinfo* at = found; at != nullptr && socket_ < 0; at = at->ai_next) {
      socket_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (reads_ahead > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &reads_ahead, sizeof reads_ahead);
      if (::connect(socket_, at->ai_addr, at->ai_addrlen) != 0) ::close(std::exchange(socket_, -1));
    }
    ::freeaddrinfo(found);
    const timeval patience{.tv_sec = std::chrono::seconds(kPatience).count(), .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // What the other side no longer takes is lost.
  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent < 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // More of what comes; false when there is no more, or nothing came for a long time.
  bool hear() {
    const ssize_t size = ::recv(socket_, more_.data(), more_.size(), 0);
    if (size > 0) heard_.append(more_.data(), static_cast<std::size_t>(size));
    hung_up_ = size == 0 || (size < 0 && errno != EAGAIN);
    return size > 0;
  }
  // All that came until and with this text, and takes it away; empty when it never came.
  std::string until(std::string_view text) {
    while (heard_.find(text) == std::string::npos) {
      if (!hear()) return {};
    }
    std::string all = heard_.substr(0, heard_.find(text) + text.size());
    heard_.erase(0, all.size());
    return all;
  }
  // All that came until the other side hung up; whether it did, `hung_up` tells.
  std::string rest() {
    while (hear()) {
    }
    return std::exchange(heard_, {});
  }
  bool hung_up() const { return hung_up_; }

  // The next answer, with its body where it says how long that is.
  Reply reply(bool has_body = true) {
    Reply reply;
    const std::string head = until("\r\n\r\n");
    if (head.size() < 12) return reply;
    reply.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
      const std::size_t end = head.find("\r\n", at), colon = head.find(": ", at);
      reply.fields[head.substr(at, colon - at)] = head.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    const std::size_t size = has_body && reply.fields.contains("Content-Length") ? std::stoul(reply.fields["Content-Length"]) : 0;
    while (heard_.size() < size && hear()) {
    }
    reply.body = heard_.substr(0, size);
    heard_.erase(0, reply.body.size());
    return reply;
  }

 private:
  int socket_ = -1;
  std::array<char, 65536> more_;
  std::string heard_;
  bool hung_up_ = false;
};

using Fields = std::map<std::string, std::string>;

inline std::string request(const std::string& path, const std::string& host, const Fields& fields = {}) {
  std::string text = "GET " + path + " HTTP/1.1\r\n" + (fields.contains("Host") ? "" : "Host: " + host + "\r\n");
  for (const auto& [name, value] : fields) text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n";
}

struct Served {
  explicit Served(const Listen& listen = {}) : server(listen, sample, hub) {}
  Served(const Listen& listen, Pages& pages, std::size_t hub_bytes_max) : hub(hub_bytes_max), server(listen, pages, hub) {}
  std::string address() const { return server.url().substr(0, server.url().find_last_of('/')); }
  std::string port() const { return address().substr(address().rfind(':') + 1); }
  std::string host() const { return address().substr(7); }

  Caller caller(int reads_ahead = 0) const { return Caller("127.0.0.1", port(), reads_ahead); }
  Reply get(const std::string& path, const Fields& fields = {}) const {
    Caller one = caller();
    one.send(request(path, host(), fields));
    return one.reply();
  }
  // Follows events, and has heard that they come.
  std::unique_ptr<Caller> follower(const std::string& query = "", int reads_ahead = 0) const {
    auto one = std::make_unique<Caller>("127.0.0.1", port(), reads_ahead);
    one->send(request("/events" + query, host()));
    EXPECT_EQ(one->reply().status, 200);
    EXPECT_NE(one->until(": here it comes\n\n"), "");
    return one;
  }
  // Until there is room for one more who follows.
  bool has_room() const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (get("/events").status != 200) {
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  }

  Sample sample;
  EventHub hub;
  PageServer server;
};

}  // namespace testigo::show::testing
