#include "statement/line_splitter.h"

namespace testigo::statement {

void LineSplitter::feed(std::string_view octets) {
  for (std::size_t end = octets.find('\n'); end != std::string_view::npos; end = octets.find('\n')) {
    keep(octets.substr(0, end));
    sink_(++number_, line_, overlong_);
    line_.clear();
    overlong_ = false;
    octets.remove_prefix(end + 1);
  }
  keep(octets);
}

void LineSplitter::keep(std::string_view part) {
  overlong_ = overlong_ || line_.size() + part.size() > line_bytes_max_;
  if (overlong_) {
    line_.clear();
  } else {
    line_ += part;
  }
}

}  // namespace testigo::statement
