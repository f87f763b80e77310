// The name of a server → its addresses, looked up on a thread of its own, for the system's resolver makes whoever asks it wait.
//
// Those who ask while it is looked up share the answer. A lookup that is under way at the end is left to itself.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "wire/tcp/connection_sink.h"

namespace testigo::capture {

struct FoundAddresses {
  std::vector<tcp::Endpoint> endpoints = {};  // in the order in which they are to be tried
  std::string trouble = {};                   // why there are none
  std::error_code lacked = {};                // what was ours and not there for looking them up: nothing is said of the name
};

// Asks the system; waits for its answer.
FoundAddresses find_addresses(const tcp::Endpoint& name);

// Lives on the thread of `io`, which must outlive it.
class NameLookup {
 public:
  using Find = std::function<FoundAddresses(const tcp::Endpoint&)>;
  using Told = std::function<void(const FoundAddresses&)>;

  NameLookup(asio::io_context& io, tcp::Endpoint name, Find find = find_addresses);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // `told` is called on the thread of `io`, later; not at all when this ends before.
  void ask(Told told);

 private:
  struct Line;

  void tell(const FoundAddresses& found);

  asio::io_context& io_;
  const tcp::Endpoint name_;
  const Find find_;
  std::vector<Told> waiting_;
  std::shared_ptr<Line> line_;
};

}  // namespace testigo::capture
