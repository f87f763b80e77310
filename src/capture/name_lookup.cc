#include "capture/name_lookup.h"

#include <fmt/format.h>
#include <netdb.h>

#include <array>
#include <asio.hpp>
#include <mutex>
#include <thread>
#include <utility>

#include "capture/shortage.h"

namespace testigo::capture {

FoundAddresses find_addresses(const tcp::Endpoint& name) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int error = ::getaddrinfo(name.address.c_str(), nullptr, &hints, &first);
  FoundAddresses found;
  if (error == EAI_MEMORY) found.lacked = {ENOMEM, std::generic_category()};
  if (error == EAI_SYSTEM && is_shortage(errno)) found.lacked = {errno, std::generic_category()};
  for (const addrinfo* at = error == 0 ? first : nullptr; at != nullptr; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text;
    if (::getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) continue;
    found.endpoints.push_back({text.data(), name.port});
  }
  if (error == 0) ::freeaddrinfo(first);
  if (found.endpoints.empty()) {
    found.trouble = fmt::format("no such name: {}{}", name.address, error == EAI_AGAIN ? " (no name server answered)" : "");
  }
  return found;
}

// From the thread that looks up to who asked.
struct NameLookup::Line {
  std::mutex mutex;
  NameLookup* to = nullptr;  // null when nobody wants the answer any more
};

NameLookup::NameLookup(asio::io_context& io, tcp::Endpoint name, Find find)
    : io_(io), name_(std::move(name)), find_(std::move(find)), line_(std::make_shared<Line>()) {
  line_->to = this;
}

NameLookup::~NameLookup() {
  const std::lock_guard lock(line_->mutex);
  line_->to = nullptr;
}

void NameLookup::ask(Told told) {
  waiting_.push_back(std::move(told));
  if (waiting_.size() > 1) return;
  const auto look = [line = line_, find = find_, name = name_] {
    FoundAddresses found = find(name);
    const std::lock_guard lock(line->mutex);
    if (line->to == nullptr) return;
    asio::post(line->to->io_, [to = line->to, found = std::move(found)] { to->tell(found); });
  };
  try {
    std::thread(look).detach();
  } catch (const std::system_error& error) {
    asio::post(io_, [this, lacked = error.code()] { tell({{}, "", lacked}); });
  }
}

void NameLookup::tell(const FoundAddresses& found) {
  for (const Told& told : std::exchange(waiting_, {})) told(found);
}

}  // namespace testigo::capture
