// The calls of a ledger as the page lists them: who called whom, and a row each (docs/formats/page.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ledger/reader.h"
#include "report/page_columns.h"
#include "report/page_names.h"
#include "report/page_sample.h"

namespace testigo::report {

class PageCalls {
 public:
  // Reads the ledger once. At most about `kept_max` calls are kept: remarkable ones first, and every n-th of the others.
  PageCalls(ledger::Reader& ledger, Time began, std::size_t kept_max);

  std::uint64_t total() const { return total_; }
  std::uint64_t remarkable_left_out() const;
  const std::vector<PageCall>& calls() const { return calls_; }  // by start
  // Marks it as one whose detail is in the document.
  void detail(std::size_t row) { calls_[row].flags |= PageCall::kDetailed; }
  // None is.
  void no_details();
  // Keeps about so many, as above; rows change.
  void thin(std::size_t kept_max);

  // Of the call that this stream carried last.
  std::optional<std::size_t> row_of_stream(call::ConnectionNumber connection, call::StreamId stream) const;
  std::optional<std::size_t> row_of_call(ledger::CallerId caller, std::uint64_t number) const;
  std::optional<ledger::CallerId> caller(const PageCall& call) const;  // of its id

  const PageNames& names() const { return names_; }

 private:
  struct Ends {
    std::string client, server;  // addresses; the server's with its port
    std::uint16_t client_index = PageCall::kNobody;
  };

  void index() const;
  void read_names(ledger::Reader& ledger);
  PageCall call_of(const ledger::CallRow& row, Time began);
  void resolve_peers();
  std::uint16_t client_at(Ends& ends);

  PageNames names_;
  std::map<ledger::CallerId, std::uint16_t> process_of_;
  std::map<ledger::WitnessId, std::uint16_t> server_of_;
  std::map<ledger::MethodId, std::uint16_t> method_of_;
  std::map<call::ConnectionNumber, Ends> connections_;
  std::uint64_t total_ = 0, remarkable_ = 0;
  std::vector<PageCall> calls_;
  // Where they stand, made when somebody asks: by connection and stream, and by caller and number.
  using Id = std::pair<ledger::CallerId, std::uint64_t>;
  struct HashOfId {
    std::size_t operator()(const Id& id) const;
  };
  mutable std::unordered_map<std::uint64_t, std::size_t> by_stream_;
  mutable std::unordered_map<Id, std::size_t, HashOfId> by_id_;
};

}  // namespace testigo::report
