// One client of the page's server: its requests one after another, or events until one of the two hangs up.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/system/error_code.hpp>

#include "show/answers.h"
#include "show/event_hub.h"
#include "show/page_server.h"

namespace testigo::show {

class PageConnection;

// What the connections of a server have in common. All but documents and calls is on one thread, so nothing is locked.
struct Serving {
  Listen limits;
  EventHub& hub;
  Answers answers;
  std::size_t connections = 0;
  std::set<PageConnection*> followers = {};  // of events
  boost::asio::io_context io{1};
  // Each takes its time, and so much that one of a kind at a time is enough; neither keeps the other, nor events, waiting.
  boost::asio::thread_pool documents{1}, calls{1};
};

// What it waits for keeps it alive; `serving` must outlive it.
class PageConnection final : public std::enable_shared_from_this<PageConnection> {
 public:
  PageConnection(Serving& serving, boost::asio::ip::tcp::socket socket);
  ~PageConnection();
  PageConnection(const PageConnection&) = delete;
  PageConnection& operator=(const PageConnection&) = delete;

  void await_request();
  // A follower's: what has come, unless it is still busy with what came before.
  void tell(bool heartbeat);

 private:
  void requested(const boost::system::error_code& failure);
  RequestHead request() const;
  template <typename Make>
  void make(boost::asio::thread_pool& pool, Make make);
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
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  boost::beast::flat_buffer taken_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>>
      parser_;                                  // of the request that is being answered
  bool stays_ = false;                          // for another request
  std::string head_;                            // that is being written
  std::shared_ptr<const std::string> content_;  // behind it
  boost::beast::buffers_suffix<std::array<boost::asio::const_buffer, 2>> left_;
  bool writing_ = false;
  bool follows_ = false;
  std::uint64_t next_ = 0;  // event
  std::array<char, 1024> unwanted_{};
  std::size_t unwanted_bytes_ = 0;
};

}  // namespace testigo::show
