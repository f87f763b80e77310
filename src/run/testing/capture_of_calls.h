// A capture of clean unary calls, as octets. For tests.
#pragma once

#include <functional>
#include <string>

#include "call/testing/conversation.h"
#include "capture/testing/capture_octets.h"
#include "run/testing/written_segments.h"
#include "statement/statement.h"

namespace testigo::run::testing {

// On one connection; the n-th call has the id that `id` gives for n, from 1.
inline std::string capture_of_calls(std::uint64_t calls, const std::function<statement::CallId(std::uint64_t)>& id, int status = 0,
                                    const call::testing::FieldList& worse = {}) {
  call::testing::Conversation talk = call::testing::greeted();
  for (std::uint64_t number = 1; number <= calls; ++number) {
    call::testing::Unary unary;
    unary.stream = static_cast<call::StreamId>(2 * number - 1);
    unary.request = call::testing::request_fields("/a.B/C");
    unary.request.emplace_back("testigo-id", statement::to_text(id(number)));
    unary.trailers = call::testing::trailer_fields(std::to_string(status));
    if (number == 1) unary.request.insert(unary.request.end(), worse.begin(), worse.end());
    talk.call(unary);
  }
  WrittenSegments written;
  talk.client_closes().server_closes().play(written);
  const auto octets = capture::testing::file_of(written.segments);
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace testigo::run::testing
