// Which calls are kept where not all can be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "report/page_columns.h"

namespace testigo::report {

// What is to be seen first: a finding of grade error or warning is about it, something of it breaks a claim, a witness says that it
// failed, or on the wire it ended without trailers.
bool is_remarkable(const PageCall& call);

// Keeps at most so many, in their order: remarkable ones first, and what is spread evenly of the others.
void thin(std::vector<PageCall>& calls, std::size_t kept_max);

// Of calls that come one by one, enough for `thin` to choose from, and never more than twice what that keeps.
class PageSample {
 public:
  // Not more than `total` calls come.
  PageSample(std::size_t kept_max, std::uint64_t total);

  void add(const PageCall& call);
  std::size_t size() const { return calls_.size(); }
  std::uint64_t remarkable() const { return remarkable_; }  // that came
  // In the order in which they came.
  std::vector<PageCall> take() { return std::move(calls_); }

 private:
  void coarsen();

  std::size_t kept_max_;
  std::uint64_t every_other_;                  // of those that are not remarkable, each so many-th
  std::uint64_t every_remarkable_ = 1;         // the same of those that are
  std::uint64_t others_ = 0, remarkable_ = 0;  // so far
  std::size_t remarkable_kept_ = 0;
  std::vector<PageCall> calls_;
};

}  // namespace testigo::report
