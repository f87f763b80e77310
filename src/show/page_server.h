// Serves the page, its document and its events, over HTTP/1.1. It listens on loopback, and elsewhere with a token only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "show/event_hub.h"
#include "show/pages.h"

namespace testigo::show {

// What is waited for, and how long: whoever takes longer is hung up on.
struct ServerPatience {
  std::chrono::milliseconds request{10'000};    // until the head of a request is whole, from the accept or the answer before it on
  std::chrono::milliseconds progress{10'000};   // until an answer that is not taken has been taken some of
  std::chrono::milliseconds heartbeat{15'000};  // between comments to those who follow events, so that whoever has gone is noticed
};

struct Listen {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;    // 0: any that is free
  std::string token = {};    // empty: none on loopback, a random one elsewhere
  std::size_t viewers = 64;  // that follow events at once; others are told to come back
  std::size_t askers = 64;   // connections beside those; more are hung up on
  ServerPatience patience = {};
};

class PageServer {
 public:
  // Listens, and serves on threads of its own. `pages` and `hub` must outlive it. Throws EnvironmentError when it cannot listen.
  PageServer(const Listen& listen, Pages& pages, EventHub& hub);
  // Ends all that is being served, at once but for a document or a call that `pages` is about to give; closes the hub.
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  // "http://127.0.0.1:41234/", with the token where there is one.
  std::string url() const;

 private:
  class Listener;
  std::string host_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace testigo::show
