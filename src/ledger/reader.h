// Reads a ledger. Its file is untrusted input: tables that are not as we make them, and values that are absurd, are damage.
//
// One thread at a time. What a row borrows is borrowed for the call. Every member throws EnvironmentError when the file cannot be
// read or is damaged, and says what to do. Numbers of statements and places are as those who wrote them gave them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "diagnose/cause.h"
#include "ledger/rows.h"
#include "verdict/claim.h"

namespace testigo::ledger {

enum class Standing : std::uint8_t {
  Absent,
  Sound,    // of our version; its pages are whole
  Older,    // of an older version of the format: to be made anew
  Damaged,  // the same
};

// Reads all of the file. Throws EnvironmentError for one of a newer version, and when it cannot be read; then `--reindex` helps.
Standing standing(const std::filesystem::path& file);

// Throws EnvironmentError where there is a ledger of a newer version, which is not ours to replace.
void refuse_newer(const std::filesystem::path& file);

class Reader {
 public:
  // Throws EnvironmentError for what is no Sound ledger, as far as its tables tell.
  explicit Reader(const std::filesystem::path& file, const Limits& limits = {});
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  template <typename Row>
  using Take = std::function<void(const Row&)>;

  Meta meta();
  std::vector<verdict::Claim> claims();  // files of statements are told below the evidence folder
  std::vector<diagnose::Cause> causes();

  void for_each_witness(const Take<WitnessRow>& take);  // in the order of their ids, as all that follow
  void for_each_caller(const Take<CallerRow>& take);
  void for_each_method(const Take<MethodRow>& take);
  void for_each_connection(const Take<ConnectionRow>& take);
  void for_each_finding(const Take<FindingRow>& take);
  void for_each_difference(const Take<DifferenceRow>& take);
  void for_each_statement(const Take<StatementRow>& take);  // by writer, as it wrote them
  void for_each_wire_call(const Take<WireCallRow>& take);

  // In no order that matters; memory does not grow with them.
  void for_each_call(const Take<CallRow>& take);
  std::uint64_t count_calls();

  // Of one call.
  std::optional<CallerId> caller(std::string_view client, std::string_view process);
  std::optional<CallRow> call(CallerId caller, std::uint64_t number);  // of an id that nobody states the stream that counts
  // The last one that this stream carried.
  std::optional<CallRow> call_on_wire(call::ConnectionNumber connection, call::StreamId stream);
  void for_each_statement(CallerId caller, std::uint64_t number, const Take<StatementRow>& take);  // out of place or not
  void for_each_wire_call(CallerId caller, std::uint64_t number, const Take<WireCallRow>& take);   // its streams
  void for_each_difference(CallerId caller, std::uint64_t number, const Take<DifferenceRow>& take);
  void for_each_finding(call::ConnectionNumber connection, call::StreamId stream, const Take<FindingRow>& take);

 private:
  struct Open;
  std::unique_ptr<Open> open_;
};

}  // namespace testigo::ledger
