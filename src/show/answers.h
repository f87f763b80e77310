// What the server of the page answers: who may ask, what there is, and the header fields that everything has. It knows no socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "show/access.h"
#include "show/pages.h"

namespace testigo::show {

// The head of a request: views, empty where a field is absent.
struct RequestHead {
  std::string_view method = {};
  std::string_view target = {};
  std::string_view host = {};
  std::string_view origin = {};
  std::string_view fetch_site = {};  // Sec-Fetch-Site
  std::string_view fetch_mode = {};  // Sec-Fetch-Mode
  std::string_view cookie = {};
  bool has_body = false;
};

struct Answer {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> fields = {};  // but those of the connection and of the length
  std::shared_ptr<const std::string> content = {};               // null: none
};

// What an answer has still to get.
enum class Rest { Nothing, Document, Call, Events };

struct BegunAnswer {
  Answer answer = {};
  Rest rest = Rest::Nothing;
  CallName call = {};                      // of Rest::Call
  std::optional<std::uint64_t> from = {};  // of Rest::Events: the first that is asked for
};

class Answers {
 public:
  // `pages` must outlive it.
  Answers(Access access, Pages& pages);

  // At once.
  BegunAnswer begin(const RequestHead& request) const;
  // The rest of an answer that was begun; these take their time, and say in the answer what went wrong. Several threads.
  Answer document(Answer begun) const;
  Answer call(Answer begun, const CallName& name) const;

  const Access& access() const { return access_; }

 private:
  Access access_;
  Pages& pages_;
  std::shared_ptr<const std::string> page_;
};

// What is answered to whom nothing else is. `text` is a line.
Answer refusal(unsigned status, std::string text);
// So many follow events that there is no room for another.
Answer come_back_later();

}  // namespace testigo::show
