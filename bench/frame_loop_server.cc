// The server behind the middle boxes of the yardsticks, so cheap that it is not what is measured: one thread, one loop, answers
// that are prepared. It says the same to every request stream: headers, a small message, trailers. It looks at no header field and
// counts no window of the client's: h2load's are large enough for all it asks.
//
//   frame_loop_server      prints its port of the loopback; serves until it is ended
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "wire/http2/frame_decoder.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/preface.h"

namespace testigo::http2 {
namespace {

using Octets = std::vector<std::byte>;

constexpr std::uint32_t kCreditAt = 1 << 14;  // octets of DATA taken before the connection's window is filled again
constexpr std::uint32_t kStreamsMax = 1000;
constexpr std::size_t kAtOnce = 1 << 16;

int demand(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(4);
}

void write_frame(FrameType type, std::uint8_t flags, StreamId stream, const FramePayload& payload, Octets& out) {
  encode_frame({{.type = static_cast<std::uint8_t>(type), .flags = flags, .stream = stream}, payload}, out);
}

// An answer to any stream: octets, and where the number of the stream goes.
class Answer {
 public:
  explicit Answer(HpackEncoder& encoder) {
    constexpr auto kMessage = std::to_array<unsigned char>({0, 0, 0, 0, 7, 10, 5, 'h', 'e', 'l', 'l', 'o'});
    add(FrameType::Headers, kFlagEndHeaders,
        HeadersFrame{{}, block(encoder, {{":status", "200"}, {"content-type", "application/grpc"}}), {}});
    add(FrameType::Data, 0, DataFrame{std::as_bytes(std::span(kMessage)), {}});
    add(FrameType::Headers, kFlagEndHeaders | kFlagEndStream, HeadersFrame{{}, block(encoder, {{"grpc-status", "0"}}), {}});
  }

  void append_to(Octets& out, StreamId stream) const {
    const std::size_t begin = out.size();
    append(out, octets_);
    for (const std::size_t at : stream_at_) {
      for (std::size_t i = 0; i < 4; ++i) out[begin + at + i] = static_cast<std::byte>(stream >> (24 - 8 * i));
    }
  }

 private:
  Bytes block(HpackEncoder& encoder, const std::vector<FieldToEncode>& fields) {
    block_.clear();
    for (const FieldToEncode& field : fields) encoder.encode(field, block_);
    return block_;
  }

  void add(FrameType type, std::uint8_t flags, const FramePayload& payload) {
    stream_at_.push_back(octets_.size() + kFrameHeaderBytes - 4);
    write_frame(type, flags, 0, payload, octets_);
  }

  Octets block_;
  Octets octets_;
  std::vector<std::size_t> stream_at_;
};

// The first answer of a connection fills the client's table, the others refer to it.
struct Answers {
  HpackEncoder encoder;
  Answer first{encoder};
  Answer later{encoder};
};

class Connection {
 public:
  Connection(int socket, const Answers& answers) : socket_(socket), answers_(answers) {
    Octets settings;
    append_number(settings, kSettingMaxConcurrentStreams, 2);
    append_number(settings, kStreamsMax, 4);
    write_frame(FrameType::Settings, 0, 0, SettingsFrame{settings}, out_);
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Reads all there is and answers it; false when the connection is over.
  bool serve() {
    std::array<std::byte, kAtOnce> buffer;
    ssize_t size = 0;
    do {
      size = read(socket_, buffer.data(), buffer.size());
      if (size == 0 || (size < 0 && errno != EAGAIN)) return false;
      if (size > 0) answer_all(std::span(buffer).first(static_cast<std::size_t>(size)));
    } while (size == static_cast<ssize_t>(buffer.size()));
    return flush();
  }

 private:
  void answer_all(Bytes octets) {
    const std::size_t preface = std::min(preface_left_, octets.size());
    preface_left_ -= preface;
    decoder_.feed(octets.subspan(preface));
    while (decoder_.next(frame_) == Decoded::Done) answer();
  }

  void answer() {
    const FrameHeader& header = frame_.header;
    if (header.is(FrameType::Data)) take(header.length);
    if (header.is(FrameType::Settings) && !header.has(kFlagAck))
      write_frame(FrameType::Settings, kFlagAck, 0, SettingsFrame{}, out_);
    if (header.is(FrameType::Ping) && !header.has(kFlagAck)) write_frame(FrameType::Ping, kFlagAck, 0, frame_.payload, out_);
    const bool ends = (header.is(FrameType::Data) || header.is(FrameType::Headers)) && header.has(kFlagEndStream);
    if (ends) (std::exchange(answered_, true) ? answers_.later : answers_.first).append_to(out_, header.stream);
  }

  void take(std::uint32_t octets) {
    taken_ += octets;
    if (taken_ < kCreditAt) return;
    write_frame(FrameType::WindowUpdate, 0, 0, WindowUpdateFrame{false, std::exchange(taken_, 0)}, out_);
  }

  // What the socket does not take now waits for the next time it is ready.
  bool flush() {
    if (out_.empty()) return true;
    const ssize_t size = send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN;
    out_.erase(out_.begin(), out_.begin() + size);
    return true;
  }

  int socket_;
  const Answers& answers_;
  std::size_t preface_left_ = kPreface.size();
  FrameDecoder decoder_;
  Frame frame_;
  Octets out_;
  std::uint32_t taken_ = 0;
  bool answered_ = false;
};

class Server {
 public:
  Server() {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    demand(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), "bind");
    demand(listen(listener_, SOMAXCONN), "listen");
    demand(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    watch(listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 64> ready;
    while (true) {
      const int count = epoll_wait(epoll_, ready.data(), ready.size(), -1);
      for (int i = 0; i < count; ++i) on_ready(ready[static_cast<std::size_t>(i)].data.fd);
    }
  }

 private:
  // By edges, so that room in a socket is told only where it was missing.
  void watch(int socket, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.fd = socket}};
    demand(epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
  }

  void on_ready(int socket) {
    if (socket == listener_) return accept_one();
    if (!connections_.at(socket)->serve()) connections_.erase(socket);
  }

  void accept_one() {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int yes = 1;
    demand(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), "TCP_NODELAY");
    connections_[socket] = std::make_unique<Connection>(socket, answers_);
    watch(socket, EPOLLIN | EPOLLOUT | EPOLLET);
  }

  const int listener_ = demand(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int epoll_ = demand(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  const Answers answers_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
};

}  // namespace
}  // namespace testigo::http2

int main() { testigo::http2::Server().run(); }
