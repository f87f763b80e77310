#include "call/testing/recorded_traffic.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "call/model.h"
#include "wire/http2/frame_encoder.h"
#include "wire/http2/hpack_encoder.h"
#include "wire/http2/preface.h"
#include "wire/http2/testing/nghttp2_oracle.h"

namespace testigo::call::testing {
namespace {

using http2::FrameType;

http2::FrameHeader head(FrameType type, std::uint8_t flags, StreamId stream) {
  return {.type = static_cast<std::uint8_t>(type), .flags = flags, .stream = stream};
}

// One direction's header table, by either encoder.
class Encoder {
 public:
  explicit Encoder(bool nghttp2) {
    if (nghttp2) deflater_ = std::make_unique<http2::testing::Deflater>(4096);
  }
  void resize(std::uint32_t octets) {
    if (deflater_) {
      deflater_->resize(octets);
    } else {
      resizes_.push_back(octets);
    }
  }
  std::vector<std::byte> encode(const FieldList& fields) {
    if (deflater_) {
      std::vector<http2::testing::Field> list;
      for (const auto& [name, value] : fields) list.push_back({name, value, false});
      return deflater_->deflate(std::move(list));
    }
    std::vector<std::byte> block;
    for (const std::uint32_t octets : std::exchange(resizes_, {})) encoder_.resize(octets, block);
    for (const auto& [name, value] : fields) encoder_.encode({name, value}, block);
    return block;
  }

 private:
  http2::HpackEncoder encoder_;
  std::vector<std::uint32_t> resizes_;
  std::unique_ptr<http2::testing::Deflater> deflater_;
};

}  // namespace

class RecordedTraffic::Writer {
 public:
  Writer(RecordedTraffic& traffic, const Habits& habits, std::uint64_t seed)
      : traffic_(traffic), habits_(habits), random_(seed), encoders_{Encoder(habits.nghttp2), Encoder(habits.nghttp2)} {}

  void write() {
    std::vector<std::byte> octets(as_octets(http2::kPreface).begin(), as_octets(http2::kPreface).end());
    http2::encode_frame({head(FrameType::Settings, 0, 0), http2::SettingsFrame{}}, octets);
    send(Direction::ToServer, octets, {});
    octets.clear();
    http2::encode_frame({head(FrameType::Settings, 0, 0), http2::SettingsFrame{}}, octets);
    http2::encode_frame({head(FrameType::Settings, http2::kFlagAck, 0), http2::SettingsFrame{}}, octets);
    send(Direction::ToClient, octets, {});
    std::vector<StreamId> open;
    for (std::size_t call = 0; call < habits_.calls; ++call) {
      const auto stream = static_cast<StreamId>(2 * call + 1);
      request(stream);
      open.push_back(stream);
      while (open.size() >= habits_.at_once || (call + 1 == habits_.calls && !open.empty())) {
        const std::size_t which = random_() % open.size();
        response(open[which]);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
  }

 private:
  bool chance(unsigned in) { return random_() % in == 0; }

  void request(StreamId stream) {
    const std::string path = "/testigo.v1.Service" + std::to_string(random_() % 3) + "/Method" + std::to_string(random_() % 4);
    FieldList fields = request_fields(path);
    if (habits_.literals) fields = plus(std::move(fields), "x-request-id", "id-" + std::to_string(random_()));
    if (habits_.breaks_rules) break_rules(Direction::ToServer, fields);
    truth(stream).path = path;
    if (habits_.anew && chance(40)) {
      encoders_[static_cast<std::size_t>(Direction::ToServer)].resize(0);
      encoders_[static_cast<std::size_t>(Direction::ToServer)].resize(4096);
    }
    std::vector<std::byte> octets;
    headers(Direction::ToServer, stream, fields, false, octets);
    if (habits_.bidi) {
      messages_apart(stream, octets);
    } else if (chance(4)) {
      send(Direction::ToServer, octets, {stream});
      octets.clear();
      message(Direction::ToServer, stream, true, octets);
      send(Direction::ToServer, octets, {});
    } else {
      message(Direction::ToServer, stream, true, octets);
      send(Direction::ToServer, octets, {stream});
    }
  }

  void messages_apart(StreamId stream, std::vector<std::byte>& octets) {
    std::vector<StreamId> opens{stream};
    for (std::size_t i = 0, count = random_() % 4; i < count; ++i) {
      const std::size_t begin = octets.size();
      message(Direction::ToServer, stream, false, octets);
      // The packet ends where the message begins, behind the frame header and the prefix.
      if (habits_.forges && chance(2)) {
        std::vector<std::byte> rest(octets.begin() + static_cast<std::ptrdiff_t>(begin + 14), octets.end());
        octets.resize(begin + 14);
        send(Direction::ToServer, octets, opens);
        octets = std::move(rest);
        opens.clear();
      }
      if (octets.empty()) continue;
      send(Direction::ToServer, octets, opens);
      octets.clear();
      opens.clear();
    }
    http2::encode_frame({head(FrameType::Data, http2::kFlagEndStream, stream), http2::DataFrame{}}, octets);
    send(Direction::ToServer, octets, opens);
  }

  void response(StreamId stream) {
    std::vector<std::byte> octets;
    headers(Direction::ToClient, stream, response_fields(), false, octets);
    for (std::size_t i = 0, count = 1 + random_() % 2; i < count; ++i) message(Direction::ToClient, stream, false, octets);
    if (chance(3)) {
      send(Direction::ToClient, octets, {});
      octets.clear();
    }
    const int status = chance(5) ? static_cast<int>(random_() % 17) : 0;
    truth(stream).status = status;
    FieldList trailers = trailer_fields(std::to_string(status));
    if (habits_.metadata)
      trailers = plus(std::move(trailers), "x-cost-" + std::to_string(random_() % 5), std::to_string(random_() % 50));
    if (habits_.breaks_rules) break_rules(Direction::ToClient, trailers);
    headers(Direction::ToClient, stream, trailers, true, octets);
    send(Direction::ToClient, octets, {});
  }

  void break_rules(Direction direction, FieldList& fields) {
    if (chance(3)) fields = without(std::move(fields), "te");
    if (chance(3)) fields = with(std::move(fields), "content-type", "application/grpc+" + std::to_string(random_() % 5));
    if (chance(6)) fields = without(std::move(fields), "content-type");
    if (chance(4)) fields = plus(std::move(fields), "x-churn-" + std::to_string(random_() % 40), std::string(random_() % 300, 'c'));
    if (chance(10)) encoders_[static_cast<std::size_t>(direction)].resize(static_cast<std::uint32_t>(random_() % 4097));
  }

  Truth& truth(StreamId stream) { return traffic_.truth_[stream]; }

  void headers(Direction direction, StreamId stream, const FieldList& fields, bool end, std::vector<std::byte>& octets) {
    for (const auto& [name, value] : fields)
      truth(stream).fields[static_cast<std::size_t>(direction)].insert(std::string(name).append(": ").append(value));
    const auto block = encoders_[static_cast<std::size_t>(direction)].encode(fields);
    if (direction == Direction::ToServer) last_request_ = block;
    const auto flags = static_cast<std::uint8_t>(http2::kFlagEndHeaders | (end ? http2::kFlagEndStream : 0));
    http2::encode_frame({head(FrameType::Headers, flags, stream), http2::HeadersFrame{{}, block, {}}}, octets);
  }

  std::string text(StreamId stream) {
    if (habits_.forges && chance(3)) return forged(stream);
    std::string text = "message " + std::to_string(stream) + " " + std::string(random_() % 30, 'm');
    if (!habits_.tunnel || chance(2)) return text;
    // Frames of another connection, that would be calls of this one.
    std::vector<std::byte> inner;
    for (std::size_t i = 0, count = 1 + random_() % 20; i < count; ++i) {
      const auto of = static_cast<StreamId>(stream + 2 * i);
      http2::HpackEncoder encoder;
      std::vector<std::byte> block;
      for (const auto& [name, value] : request_fields("/tunnel.Wrong/Call")) encoder.encode({name, value}, block);
      http2::encode_frame({head(FrameType::Headers, http2::kFlagEndHeaders, of), http2::HeadersFrame{{}, block, {}}}, inner);
      http2::encode_frame({head(FrameType::Data, http2::kFlagEndStream, of), http2::DataFrame{as_octets("\0\0\0\0\3abc"), {}}},
                          inner);
    }
    return std::string(as_text(inner));
  }

  // This call again, or the next ones.
  std::string forged(StreamId stream) {
    std::vector<std::byte> inner;
    const StreamId first = stream + 2 * static_cast<StreamId>(random_() % 2);
    for (std::size_t i = 0, count = 1 + random_() % 6; i < count; ++i) {
      const auto of = static_cast<StreamId>(first + 2 * i);
      const std::vector<std::byte> block =
          last_request_.size() < 20 ? last_request_ : std::vector<std::byte>{std::byte{0x83}, std::byte{0x86}, std::byte{0xc2}};
      http2::encode_frame({head(FrameType::Headers, http2::kFlagEndHeaders, of), http2::HeadersFrame{{}, block, {}}}, inner);
      http2::encode_frame({head(FrameType::Data, http2::kFlagEndStream, of), http2::DataFrame{}}, inner);
    }
    return std::string(as_text(inner));
  }

  void message(Direction direction, StreamId stream, bool end, std::vector<std::byte>& octets) {
    const std::string content = text(stream);
    truth(stream).messages[static_cast<std::size_t>(direction)].insert(content);
    std::vector<std::byte> data{std::byte{0}};
    append_number(data, content.size(), 4);
    append(data, as_octets(content));
    http2::encode_frame({head(FrameType::Data, end ? http2::kFlagEndStream : 0, stream), http2::DataFrame{data, {}}}, octets);
  }

  // In packets so small that large frames are cut, and their headers lost alone.
  void send(Direction direction, const std::vector<std::byte>& octets, const std::vector<StreamId>& opens) {
    const std::size_t most = habits_.tunnel ? 250 : 700;
    const std::uint64_t acked = sent_[static_cast<std::size_t>(opposite(direction))];
    for (std::size_t at = 0; at < octets.size(); at += most) {
      const Bytes piece = Bytes(octets).subspan(at, std::min(most, octets.size() - at));
      traffic_.packets_.push_back({direction, {piece.begin(), piece.end()}, acked, at == 0 ? opens : std::vector<StreamId>()});
    }
    sent_[static_cast<std::size_t>(direction)] += octets.size();
  }

  RecordedTraffic& traffic_;
  const Habits& habits_;
  std::mt19937_64 random_;
  Encoder encoders_[2];
  std::uint64_t sent_[2] = {0, 0};
  std::vector<std::byte> last_request_;  // the block of it
};

RecordedTraffic::RecordedTraffic(const Habits& habits, std::uint64_t seed) { Writer(*this, habits, seed).write(); }

void RecordedTraffic::play(Sink& sink, const std::set<std::size_t>& without, bool late, const Limits& limits) const {
  Model model(sink, limits);
  Time time{std::chrono::seconds(1'700'000'000)};
  model.on_opened({1, time, {"127.0.0.1", 40'000}, {"127.0.0.1", 50'051}, !late, 1});
  std::uint64_t missing[2] = {0, 0};
  for (std::size_t i = 0; i < packets_.size(); ++i) {
    const Packet& packet = packets_[i];
    const auto direction = static_cast<std::size_t>(packet.direction);
    time += std::chrono::milliseconds(1);
    if (without.contains(i)) {
      missing[direction] += packet.octets.size();
      continue;
    }
    const std::uint64_t before = late && missing[direction] != 0 ? kUnknownMissing : missing[direction];
    model.on_chunk(1, {time, packet.direction, packet.octets, before, packet.acked, i + 1});
    missing[direction] = 0;
  }
  model.on_end();
}

void TruthSink::on_block(const BlockSeen& seen) {
  if (seen.spot.place.stream == 0) return;
  const auto truth = traffic_.truth().find(seen.spot.place.stream);
  for (const http2::HeaderField& field : seen.fields) {
    if (!field.exact()) continue;
    const std::string text = std::string(field.name) + ": " + std::string(field.value);
    const bool right =
        truth != traffic_.truth().end() && truth->second.fields[static_cast<std::size_t>(seen.spot.direction)].contains(text);
    if (!right) wrong.push_back("field " + text + " on stream " + std::to_string(seen.spot.place.stream));
  }
}

void TruthSink::on_message(const MessageSeen& seen) {
  const std::string text(as_text(seen.message.octets));
  const auto& messages = traffic_.truth().at(seen.call.place.stream).messages[static_cast<std::size_t>(seen.spot.direction)];
  const bool cut = seen.message.lost != 0;
  const bool right = cut ? std::ranges::any_of(messages, [&](const std::string& each) { return each.starts_with(text); })
                         : messages.contains(text);
  if (!right) wrong.push_back("message on stream " + std::to_string(seen.call.place.stream));
}

void TruthSink::on_call(const CallClosed& closed) {
  const Call& call = closed.call;
  const auto truth = traffic_.truth().find(call.place.stream);
  const std::string where = " on stream " + std::to_string(call.place.stream);
  if (truth == traffic_.truth().end()) {
    wrong.push_back("a call" + where);
    return;
  }
  if (!told.insert(call.place.stream).second) wrong.push_back("a second call" + where);
  if (call.path_known != http2::Known::Unknown) {
    named.insert(call.place.stream);
    if (call.path != truth->second.path) wrong.push_back("path " + call.path + where + ", not " + truth->second.path);
    if (call.path_known == http2::Known::Inferred) ++inferred;
  } else if (call.unknown_method != 0) {
    const auto [it, added] = numbered_.try_emplace(call.unknown_method, truth->second.path);
    if (it->second != truth->second.path) wrong.push_back("unknown#" + std::to_string(call.unknown_method) + where);
  }
  if (!call.status) return;
  ++statuses;
  if (*call.status != truth->second.status) wrong.push_back("status " + std::to_string(*call.status) + where);
}

}  // namespace testigo::call::testing
