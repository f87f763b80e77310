// The catalogue of checks: what each expects, how grave a failure is, the clause it rests on, and what `testigo explain` says of
// it. The rows of each group stand in a file of catalogue/. A row that `awaits` something is not judged yet: no check may name it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "check/tally.h"

namespace testigo::check {

// In the order of the catalogue. The ids are stable and shown to users.
// clang-format off
enum class Id : std::uint8_t {
  CN01, CN02, CN03, CN04, CN05, CN06, CN07, CN08, CN09, CN10, CN11, CN12, CN13, CN14, CN15, CN16, CN17,
  FC01, FC02, FC03, FC04, FC05, FC06,
  ST01, ST02, ST03, ST04, ST05, ST06, ST07, ST08, ST09, ST10, ST11, ST12,
  HP01, HP02, HP03, HP04, HP05, HP06, HP07,
  HD01, HD02, HD03, HD04, HD05, HD06, HD07,
  RQ01, RQ02, RQ03, RQ04, RQ05, RQ06, RQ07, RQ08, RQ09, RQ10, RQ11, RQ12, RQ13, RQ14,
  MG01, MG02, MG03, MG04, MG05, MG06, MG07, MG08,
  RS01, RS02, RS03, RS04, RS05, RS06, RS07, RS08, RS09, RS10, RS11, RS12, RS13, RS14,
  SD01, SD02, SD03, SD04, SD05, SD06, SD07,
  BH01, BH02, BH03, BH04, BH05, BH06, BH07,
  RT01, RT02, RT03, RT04,
  TL01, TL02, TL03,
  PX01, PX02, PX03, PX04, PX05, PX06, PX07, PX08, PX09, PX10,
  EX01,
};
// clang-format on
constexpr std::size_t kCheckCount = 117;

// Whom a failure is laid to. A hop is what stands between two witnesses of the wire.
enum class Role : std::uint8_t { Client, Server, Either, Hop };
std::string_view role_name(Role role);  // "client", "server", "either", "hop"

struct CheckInfo {
  std::string_view id;
  Severity severity = Severity::Error;  // of the row; single cases may be graded otherwise
  Role role = Role::Either;
  std::string_view title;
  std::string_view expected;  // with what is exempt, or graded otherwise
  std::string_view clause;
  std::string_view example;  // of a violation, or of what a remark is about
  std::string_view filter;   // a display filter of Wireshark that shows the frames in question
  std::string_view fix;
  std::string_view awaits = {};   // why it is not judged yet; empty when it is judged
  std::string_view reading = {};  // how it is judged, where the clause can be read in more than one way

  bool judged() const { return awaits.empty(); }
};

// Rows whose ids begin with the same two letters.
struct Group {
  std::string_view letters;
  std::string_view title;
};

// How all rows are read.
constexpr std::string_view kReadingOfAll =
    "a connection whose client's first octets are no preface, or whose server is no HTTP/2, is judged by CN01 and CN03 alone from "
    "there on (`watch` passes other protocols over; who begins with PRI means HTTP/2); under TLS the handshake is judged, by TL "
    "alone; behind a gap nothing is judged";

const CheckInfo& info(Id id);
// Of a row of the catalogue: there must be one.
Id id_of(std::string_view id);
std::span<const CheckInfo> catalogue();
std::span<const Group> groups();
std::span<const Id> judged_checks();  // reports and tallies tell of these

}  // namespace testigo::check
