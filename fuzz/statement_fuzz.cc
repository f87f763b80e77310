// Statements: nothing crashes; what a line says is the same after it was written again; and a file gives what its lines give.
#include <string_view>

#include "require.h"
#include "statement/statement_reader.h"

namespace {

using namespace testigo::statement;

void check_line(std::string_view line) {
  std::string what;
  const auto statement = parse_line(line, what);
  if (!statement) return;
  REQUIRE(what.empty());
  const std::string again = to_line(*statement);
  REQUIRE(again.find('\n') == std::string::npos);
  REQUIRE(parse_line(again, what) == statement);
}

void check_file(std::string_view octets) {
  try {
    const Reading reading = read_statements(octets, "input");
    REQUIRE(reading.damages.size() <= reading.damaged_lines);
    for (const Testimony& testimony : reading.testimonies) {
      for (const Line& line : testimony.lines) REQUIRE(reading.place(line).file == "input");
    }
  } catch (const UnknownVersion&) {
    return;  // the one error that octets can cause
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  check_line(octets.substr(0, octets.find('\n')));
  check_file(octets);
  return 0;
}
