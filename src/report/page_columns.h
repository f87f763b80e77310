// The calls of a run as the page reads them: a column a value, packed (docs/formats/page.md).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "check/tally.h"

namespace testigo::report {

// What all witnesses say of one call. Indices are into the lists of the page.
struct PageCall {
  static constexpr std::uint16_t kNobody = 0xffff;    // not known, or none
  static constexpr std::uint8_t kSaysNothing = 0xff;  // of the call
  static constexpr std::uint8_t kSawNoEnd = 0xfe;     // or no status
  static constexpr std::uint8_t kNotOnWire = 0xff;
  static constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

  // Of `flags`.
  static constexpr std::uint16_t kError = 1;  // a finding of that grade is about it
  static constexpr std::uint16_t kWarning = 2;
  static constexpr std::uint16_t kInfo = 4;
  static constexpr std::uint16_t kDiffers = 8;        // what the witnesses say of it
  static constexpr std::uint16_t kWrongReply = 16;    // it names somebody else
  static constexpr std::uint16_t kInferred = 32;      // its method
  static constexpr std::uint16_t kDetailed = 64;      // its detail is in the document
  static constexpr std::uint16_t kBreaksClaim = 128;  // it is an exhibit of one that is broken
  static constexpr std::uint16_t kOutOfScope = 256;   // not judged

  double start_ns = 0;  // since the run began
  std::uint16_t client = kNobody, server = kNobody, method = kNobody;
  std::uint8_t kind = 0xff;                                              // a statement::Kind
  std::uint16_t process = kNobody;                                       // of its id
  std::uint32_t number = 0;                                              // the same; 0: it has none
  std::uint32_t connection = 0, stream = 0, packet = 0, end_packet = 0;  // 0: the wire did not see it
  std::uint8_t ending = kNotOnWire;                                      // a call::Ending
  std::uint8_t client_status = kSaysNothing, wire_status = kSaysNothing, server_status = kSaysNothing;
  double client_latency_ns = kNotKnown, wire_latency_ns = kNotKnown, server_latency_ns = kNotKnown;
  std::uint32_t requests = 0, replies = 0;
  double request_bytes = kNotKnown, reply_bytes = kNotKnown;
  std::uint16_t flags = 0;
  // Of its id, as the ledger has it, also where the columns cannot tell it: they are no columns.
  std::int64_t caller = 0;  // a ledger::CallerId; 0: it has none
  std::uint64_t full_number = 0;
};

// By the index of a client, server, process or method in the lists of the page, its index in those of a document that has not all
// of them; PageCall::kNobody where it is not there.
struct NameIndices {
  std::vector<std::uint16_t> clients, servers, processes, methods;
};

// Of `flags`: a finding of that grade is about the call.
std::uint16_t flag_of(check::Severity severity);

// gRPC's code of a call; another number is told as one that is none.
std::uint8_t status_code(int status);

// `kept`, `columns` and `data`. `names`, which may be null, says where in the document's lists those of the calls stand.
nlohmann::ordered_json page_columns(const std::vector<PageCall>& calls, const NameIndices* names = nullptr);

}  // namespace testigo::report
