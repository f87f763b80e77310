// What PX says of calls that are seen on both sides of a hop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "call/model.h"
#include "call/testing/conversation.h"
#include "check/hop/hop_checks.h"
#include "check/testing/judged.h"
#include "wire/http2/frame_encoder.h"

namespace testigo::check::testing {

using namespace call::testing;

// How a call ends on the side at hand.
enum class End : std::uint8_t { Trailers, Data, ClientCancels, ServerResets, Never };

// One call as one side shows it; change what the hop changes.
struct Rpc {
  explicit Rpc(int number) : requests({"request " + std::to_string(number)}), replies({"reply " + std::to_string(number)}) {}

  FieldList request = request_fields();
  std::vector<std::string> requests;
  FieldList response = response_fields();
  std::vector<std::string> replies;
  FieldList trailers = trailer_fields();
  char flag = 0;                   // of all messages
  std::string never_indexed = {};  // the name of a field of the request
  Duration takes = std::chrono::milliseconds(5);
  End end = End::Trailers;
};

inline Part request_of(call::StreamId stream, const Rpc& rpc) {
  return [=](http2::HpackEncoder& encoder, std::vector<std::byte>& out) {
    std::vector<std::byte> block;
    for (const auto& [name, value] : rpc.request) {
      encoder.encode(
          {name, value, name == rpc.never_indexed ? http2::Representation::NeverIndexed : http2::Representation::Indexed}, block);
    }
    http2::FrameHeader header{.type = static_cast<std::uint8_t>(http2::FrameType::Headers), .flags = http2::kFlagEndHeaders};
    header.stream = stream;
    http2::encode_frame({header, http2::HeadersFrame{{}, block, {}}}, out);
  };
}

inline void say(Conversation& conversation, call::StreamId stream, const Rpc& rpc) {
  conversation.client(request_of(stream, rpc));
  for (const std::string& text : rpc.requests) conversation.client(message(stream, text, EndStream::No, rpc.flag));
  if (rpc.end != End::ClientCancels) conversation.client(end_of_data(stream));
  conversation.later(rpc.takes);
  if (rpc.end == End::ClientCancels) conversation.client(rst_stream(stream));
  if (rpc.end == End::ServerResets) conversation.server(rst_stream(stream, http2::kInternalError));
  if (rpc.end != End::Trailers && rpc.end != End::Data) return;
  conversation.server(headers(stream, rpc.response));
  const bool by_data = rpc.end == End::Data;
  for (std::size_t i = 0; i < rpc.replies.size(); ++i) {
    const bool last = by_data && i + 1 == rpc.replies.size();
    conversation.server(message(stream, rpc.replies[i], last ? EndStream::Yes : EndStream::No, rpc.flag));
  }
  if (!by_data) conversation.server(headers(stream, rpc.trailers, EndStream::Yes));
}

// One after the other on one connection.
inline Conversation conversation_of(const std::vector<Rpc>& calls) {
  Conversation conversation = greeted();
  call::StreamId stream = 1;
  for (const Rpc& rpc : calls) say(conversation, std::exchange(stream, stream + 2), rpc);
  return conversation;
}

class Hop {
 public:
  explicit Hop(const Limits& limits = {}) : limits_(limits) {}

  Hop& downstream(const Conversation& conversation) { return hear(*down_, conversation); }
  Hop& upstream(const Conversation& conversation) { return hear(*up_, conversation); }
  Hop& downstream(const std::vector<Rpc>& calls) { return downstream(conversation_of(calls)); }
  Hop& upstream(const std::vector<Rpc>& calls) { return upstream(conversation_of(calls)); }

  hop::Side& up() { return *up_; }

  Tally tally() const {
    Judge judge(limits_);
    judge_hop(*down_, *up_, judge.of_run());
    return judge.tally();
  }
  hop::HopSummary summary() const {
    Judge judge(limits_);
    return judge_hop(*down_, *up_, judge.of_run());
  }
  // "PX02 error upstream", in order, but for the remark on the hop's latency.
  std::vector<std::string> findings() const {
    std::vector<std::string> told;
    for (const Finding& finding : tally().findings) {
      if (finding.text.starts_with("the hop added")) continue;
      told.push_back(std::string(finding.check) + " " + std::string(severity_name(finding.severity)) +
                     (finding.spot.place.other_side ? " upstream" : " downstream"));
    }
    return told;
  }
  std::string_view outcome(std::string_view id) const { return outcome_name(tally().counts.at(id).outcome()); }

 private:
  Hop& hear(hop::Side& side, const Conversation& conversation) {
    call::Model model(side, limits_);
    conversation.play(model, 0, ++connections_);
    model.on_end();
    return *this;
  }

  Limits limits_;
  call::ConnectionNumber connections_ = 0;
  std::unique_ptr<hop::Side> down_ = std::make_unique<hop::Side>(false, limits_);
  std::unique_ptr<hop::Side> up_ = std::make_unique<hop::Side>(true, limits_);
};

inline std::vector<Rpc> ten_calls() {
  std::vector<Rpc> calls;
  for (int number = 1; number <= 10; ++number) calls.emplace_back(number);
  return calls;
}

// Ten calls, of which the hop changes the third on its way up.
inline Hop changed_upstream(
    const std::function<void(Rpc&)>& change, const std::function<void(Rpc&)>& all = [](Rpc&) {}) {
  std::vector<Rpc> down = ten_calls();
  for (std::size_t i = 0; i < down.size(); ++i) {
    down[i].request = plus(down[i].request, "call-number", std::to_string(i));
    all(down[i]);
  }
  std::vector<Rpc> up = down;
  change(up[2]);
  Hop hop;
  hop.downstream(down).upstream(up);
  return hop;
}

inline Hop changed_downstream(
    const std::function<void(Rpc&)>& change, const std::function<void(Rpc&)>& all = [](Rpc&) {}) {
  std::vector<Rpc> up = ten_calls();
  for (Rpc& rpc : up) all(rpc);
  std::vector<Rpc> down = up;
  change(down[2]);
  Hop hop;
  hop.downstream(down).upstream(up);
  return hop;
}

}  // namespace testigo::check::testing
