// What the server of the page serves. Called on several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace testigo::show {

// How the page names a call: by its row, by its stream, or by its Testigo id.
struct CallName {
  std::optional<std::uint64_t> row = {};
  std::uint64_t connection = 0;
  std::uint32_t stream = 0;
  std::string id = {};
};

class Pages {
 public:
  virtual ~Pages() = default;
  // The page's document (docs/formats/page.md), JSON; one for all who ask while it is the same, for it may be large.
  virtual std::shared_ptr<const std::string> document() = 0;
  // A call down to its octets, JSON; nothing when there is no such call.
  virtual std::optional<std::string> detail(const CallName& name) = 0;
};

}  // namespace testigo::show
