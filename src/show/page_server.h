// Serves the page, its document and its events, over HTTP/1.1. It listens on loopback, and elsewhere with a token only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "show/event_hub.h"
#include "show/pages.h"

namespace testigo::show {

struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;    // 0: any that is free
  std::string token = {};    // empty: none on loopback, a random one elsewhere
  std::size_t viewers = 64;  // that follow events at once; others are told to come back
};

class PageServer {
 public:
  // Listens, and serves on threads of its own. `pages` and `hub` must outlive it. Throws EnvironmentError when it cannot listen.
  PageServer(const Listen& listen, Pages& pages, EventHub& hub);
  // Ends all that is being served; closes the hub.
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  // "http://127.0.0.1:41234/", with the token where there is one.
  std::string url() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace testigo::show
