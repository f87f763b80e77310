// One connection: its chunks become frames, header blocks, messages and calls.
//
// Behind a gap (gap_to_server, gap_to_client) its direction is read on as soon as it is known where frames begin; calls that may
// have ended meanwhile are closed. What is told from there on follows from octets seen, or is unknown (connection_gaps.cc).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "call/behind_gap.h"
#include "call/block_gist.h"
#include "call/event.h"
#include "call/holdings.h"
#include "call/streams.h"
#include "wire/http2/frame_decoder.h"
#include "wire/http2/hpack_decoder.h"
#include "wire/http2/upgrade.h"
#include "wire/tls/handshake.h"

namespace testigo::call {

// What the connections of a model hold together, and what counts against the limits of all.
struct Holdings {
  static constexpr std::size_t kResyncsWithMemory = 1000;  // beyond so many, nothing is remembered of what is passed over

  Held held() const { return {streams, resyncs, message_bytes.held}; }
  void count(const Held& all) {
    counted = all;
    message_bytes.counted = all.message_bytes;
  }

  std::size_t streams = 0;
  std::size_t resyncs = 0;
  rpc::MessageBytes message_bytes;
  Held counted;
  IdleStreams idle;
};

class Connection {
 public:
  // `sink` and `all` must outlive the connection; `sink` hears of it at once.
  Connection(const tcp::ConnectionOpened& opened, Sink& sink, const Limits& limits, Holdings& all);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_chunk(const Chunk& chunk);
  // True when the connection is over; it has then told the sink, and nothing more may be asked of it.
  bool on_closing(const tcp::ConnectionClosing& closing);
  // Nothing more comes.
  void on_end(tcp::Over over = tcp::Over::Unseen);

 private:
  // What the server said on a stream whose request headers are not all there: HEADERS of it open the stream, not END_HEADERS
  // (RFC 9113 section 5.1).
  struct Said {
    Spot spot;
    http2::FrameHeader header;  // of DATA, HEADERS or RST_STREAM
    http2::DecodedBlock block = {};
    std::vector<std::byte> octets = {};  // of DATA, or the texts of the block
    std::uint32_t error_code = 0;
  };
  // A header block whose fragments are not all there.
  struct OpenBlock {
    StreamId stream = 0;
    bool end_stream = false;
    bool promised = false;
    std::vector<std::byte> fragments;
    Time begun = {};
    std::vector<Said> said = {};
    std::size_t said_bytes = 0;
  };

  // How a block ends: as its sender wrote it, or where a gap cut it. Held: `block_` was decoded before.
  enum class BlockEnd : std::uint8_t { Whole, Cut, Held };

  // What is known of one direction.
  struct Half {
    explicit Half(const Limits& limits) : hpack(limits) {}

    http2::FrameDecoder frames;
    http2::HpackDecoder hpack;
    std::vector<std::byte> opening;  // the octets by which it was recognised
    std::uint64_t begin = 0;         // offset of the first octet of HTTP/2; 0 but for an upgrade from HTTP/1.1
    std::uint64_t base = 0;          // offset of the first octet that `frames` was fed
    std::uint64_t position = 0;      // offset behind the last octet, those that are missing included
    bool offsets_known = true;       // they count from the start of the connection
    std::uint64_t acked = 0;         // of the other direction, by this one's sender
    std::unique_ptr<BehindGap> gap;  // null while every octet was seen
    bool blind = false;              // nothing more can be read
    bool fin = false;
    bool goaway = false;  // its sender sent one
    std::optional<OpenBlock> block;
    // For each SETTINGS of this sender that the other side has not acknowledged: the HEADER_TABLE_SIZE it set, if any.
    std::deque<std::optional<std::uint32_t>> settings;
    bool settings_lost = false;        // they can no longer be told apart
    std::uint32_t frame_size_max = 0;  // the largest MAX_FRAME_SIZE among all of them
    bool promised = false;             // its sender has sent a PUSH_PROMISE
  };

  // connection.cc: octets become frames.
  Half& half(Direction direction) { return direction == Direction::ToServer ? halves_[0] : halves_[1]; }
  const Half& half(Direction direction) const { return direction == Direction::ToServer ? halves_[0] : halves_[1]; }
  http2::Opening& opening(Direction direction);
  void remember_first(const Chunk& chunk);
  void on_gap(const Chunk& chunk);
  void on_octets(const Chunk& chunk);
  void read_other(const Chunk& chunk);
  bool recognise(const Chunk& chunk, Bytes& octets);
  void read_frames(const Chunk& chunk, Bytes octets);
  void on_frame(const Half& from, const Spot& spot, const http2::Frame& frame);
  void on_unusual(const Spot& spot, const http2::FrameHeader& header);
  void on_other(const Spot& spot, const http2::Frame& frame);
  void finish(bool turned = false);

  // connection_upgrade.cc: from HTTP/1.1 to HTTP/2.
  struct Upgrading {
    http2::Upgrade http1;
    Spot asked;  // where the client did
  };
  void begin_upgrade(const Chunk& chunk, Bytes octets);
  void read_upgrade(const Chunk& chunk, Bytes octets);
  void switch_to_http2(const Chunk& chunk, Bytes octets);
  void begin_http2(Half& from, std::uint64_t begin);
  void open_upgraded(const http2::Upgrade& http1, const Spot& asked);

  // connection_tls.cc: what is encrypted.
  void begin_tls(const Chunk& chunk, Bytes octets);
  void read_tls(const Chunk& chunk, Bytes octets);

  // connection_gaps.cc: what was not seen.
  void begin_late();
  bool readable(Direction direction) const {
    const Half& of = half(direction);
    return !of.blind && !(of.gap && of.gap->resync);
  }
  static bool may_have_ended(const Stream& stream, Direction direction) {
    return stream.may_have_ended[static_cast<std::size_t>(direction)];
  }
  BehindGap& behind_gap(Half& from);
  void break_frame(Direction direction);
  void begin_broken(Direction direction, Bytes payload);
  void cut_block(Direction direction, Bytes payload);
  void read_broken(Direction direction, Bytes octets);
  void lose_of_broken(Direction direction, std::uint64_t octets);
  Stream* stream_of_broken(const BrokenFrame& broken, Direction direction);
  void end_broken(Direction direction);
  void lose_messages(Stream& stream, const Spot& spot, std::uint64_t octets, bool known);
  void lose_settings();
  void look_for_frames(Direction direction, std::uint64_t missing, std::uint64_t behind_frame);
  void begin_looking(Direction direction);
  std::uint32_t largest_frame(Direction of_receiver);
  void doubt_side(Stream& stream, Direction direction) const;
  bool pass_gap(const Chunk& chunk, Bytes& octets);
  void give_up(Half& from);
  void frames_found(Half& from);
  void on_frame_behind_gap(const Spot& spot);
  void note_answer(const Spot& spot, const http2::FrameHeader& header);
  Spot spot_behind_gap(Direction direction) const;

  // connection_recovery.cc: header fields that are not exact.
  void doubt(Half& from, std::vector<http2::HpackCandidates::Lost> ways);
  std::vector<http2::HpackCandidates::Lost> ways_lost(const BehindGap& gap) const;
  bool requests_keep_to_grpc() const;
  bool paths_keep_to_grpc() const;
  bool requests_are_one_block() const;
  std::uint64_t least_request_bytes() const;
  void note_request(const RequestGist& gist);
  void note_habit(bool& broken, unsigned kept);
  void note_request_end(bool by_headers);
  void withdraw(BehindGap& gap);
  void note_new_stream(StreamId id);
  void read_in_doubt(Half& from, Stream* stream, BlockRole role);
  std::uint32_t number_unknown(BehindGap& gap) const;
  void leave_behind_gap(Stream& stream);

  // connection_frames.cc: what each frame means.
  void on_data(const Spot& spot, const http2::Frame& frame, const http2::DataFrame& data);
  void read_messages(Stream& stream, const Spot& spot, Bytes octets);
  void on_headers(const Spot& spot, const http2::Frame& frame, Bytes fragment, bool promised);
  void begin_block(const Spot& spot, Bytes fragment, bool end_stream, bool promised);
  void on_continuation(const Spot& spot, const http2::Frame& frame, Bytes fragment);
  bool may_hold(const Spot& spot) const;
  [[gnu::noinline]] bool hold_block(const Spot& spot, bool end_stream);
  bool hold(Said said);
  void lose_held();
  void tell_held(const OpenBlock& request);
  void on_reset(const Spot& spot, std::uint32_t error_code);
  void on_goaway(const Spot& spot, const http2::GoawayFrame& goaway);
  [[gnu::noinline]] void tell_refused(const Chunk& chunk);
  void on_settings(const Spot& spot, const http2::Frame& frame, const http2::SettingsFrame& settings);
  void on_malformed(const Spot& spot, const http2::Frame& frame);
  void lose_block(Spot spot, StreamId id, bool end_stream, bool promised);

  // connection_calls.cc: header blocks, and the life of calls.
  Fields fields() const { return block_->fields; }
  Stream* find(StreamId id) { return recent_ != nullptr && recent_->call.place.stream == id ? recent_ : look_up(id); }
  Stream* look_up(StreamId id);
  static SideOfCall& side(Stream& stream, Direction direction) {
    return direction == Direction::ToServer ? stream.call.request : stream.call.response;
  }
  void on_block(const Spot& spot, Bytes block, bool end_stream, bool promised, BlockEnd end = BlockEnd::Whole);
  const http2::DecodedBlock& note_faults(Half& from, const http2::DecodedBlock& decoded, BlockEnd end);
  [[gnu::noinline]] void note_unopened(const Spot& spot);
  Stream* open_call(const Spot& spot);
  static void miss_beginning(Stream& stream, Direction direction);
  BlockRole role_of_answer(Stream& stream, const Spot& spot, const AnswerGist& gist, bool end_stream);
  BlockRole read_response(Stream& stream, const Spot& spot, const AnswerGist& gist, bool end_stream);
  void take_path(Call& call, std::string_view path, http2::Known known) const;
  void read_status(Call& call, const AnswerGist& gist) const;
  [[gnu::noinline]] void read_status_message(Call& call, const AnswerGist& gist) const;
  void end_side(Stream& stream, const Spot& spot, bool by_headers, Ending ending);
  bool may_go_on(const Stream& stream) const;
  void close(Stream& stream, Ending ending, const Spot& spot);
  void close_all(Ending ending, const Spot& spot);
  void close_unfollowed(const Spot& spot);

  Sink& sink_;
  Sink* frames_ = nullptr;  // who hears them, as the three after it
  Sink* blocks_ = nullptr;
  Sink* messages_ = nullptr;
  Sink* side_ends_ = nullptr;
  Limits limits_;
  Holdings& all_;
  ConnectionView view_;
  std::array<Half, 2> halves_;
  std::unique_ptr<tls::Handshake> tls_;  // null where there is none
  std::unique_ptr<Upgrading> upgrade_;   // null where none is asked for, or it is over
  Streams streams_;
  Stream* recent_ = nullptr;            // the one asked for last
  StreamId highest_stream_ = 0;         // that the client opened
  StreamId answered_unopened_ = 0;      // the highest on which the server spoke while it was not known to be open
  StreamId goaway_last_ = 0x7fff'ffff;  // the lowest last stream id that the server named
  Time tell_refused_at_ = Time::max();  // those that it left out, if they have not been answered
  std::uint64_t calls_cut_off_ = 0;
  unsigned requests_of_grpc_ = 0;               // that kept to what gRPC asks of them
  bool requests_other_ = false;                 // one did not
  unsigned paths_of_grpc_ = 0;                  // of two segments
  bool paths_other_ = false;                    // one had not
  unsigned requests_ended_by_data_ = 0;         // so that they were one block
  bool request_trailers_ = false;               // one was not
  bool awaiting_answers_ = false;               // they may tell where frames of the client begin
  const http2::DecodedBlock* block_ = nullptr;  // the one at hand
  http2::DecodedBlock cut_block_;
  Gists<RequestGist> requests_;
  Gists<AnswerGist> answers_;
  std::optional<tcp::ConnectionClosing> closing_;  // the first one
  Time last_;
};

}  // namespace testigo::call
