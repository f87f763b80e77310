// Gathers what happened on chosen streams, frame by frame, down to the octets.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "call/event.h"
#include "capture/secret_names.h"
#include "report/call_detail.h"
#include "run/message_bodies.h"

namespace testigo::run {

using StreamKey = std::pair<call::ConnectionNumber, call::StreamId>;

// Of one call, and of all.
struct DetailLimits {
  std::size_t frames_max = 200;
  std::size_t octets_max = 4096;                       // of a frame
  std::size_t octets_max_all = std::size_t{16} << 20;  // of all frames of all calls
  std::size_t parts_max = 1000;                        // of a frame; fields and messages, too
  std::size_t parts_max_all = 50'000;                  // of all frames of all calls
  std::size_t text_max = std::size_t{16} << 10;        // of a header value, or of what a message says
  std::size_t text_max_all = std::size_t{8} << 20;     // of all of them
};

class CallDetails final : public call::Sink {
 public:
  // `secrets` and `schema`, which may be null, must outlive it.
  CallDetails(std::set<StreamKey> chosen, const capture::SecretNames& secrets, const schema::Schema* schema,
              const DetailLimits& limits = {});

  call::Interest hears() const override { return {.side_ends = false}; }
  void on_frame(const call::FrameSeen& seen) override;
  void on_block(const call::BlockSeen& seen) override;
  void on_message(const call::MessageSeen& seen) override;
  void on_call(const call::CallClosed& closed) override;

  // Every one of them has closed: nothing more is to come.
  bool all_closed() const { return closed_.size() == chosen_.size(); }
  // Of those of which anything was seen.
  std::map<StreamKey, report::CallDetail> take() { return std::move(details_); }

 private:
  // One side of a call, octets of its DATA counted from 0.
  struct Side {
    struct Piece {
      std::size_t frame = 0;    // index into CallDetail::frames
      std::uint64_t begin = 0;  // of its data
      std::uint64_t end = 0;
    };
    std::uint64_t data = 0;     // seen so far
    std::uint64_t message = 0;  // where the next one begins
    std::vector<Piece> pieces;  // that hold octets of messages which have not ended
  };
  using Sides = std::pair<Side, Side>;

  report::CallDetail* find(const call::Spot& spot);
  Side& side(const call::Spot& spot);
  void note_fields(report::DetailedFrame& frame, const call::BlockSeen& seen);
  std::size_t text_left() const;
  bool may_add_part(report::DetailedFrame& frame);
  void note_octets(report::CallDetail& detail, const call::MessageSeen& seen, report::DetailedMessage& message);

  std::set<StreamKey> chosen_;
  const capture::SecretNames& secrets_;
  MessageBodies bodies_;
  DetailLimits limits_;
  std::set<StreamKey> closed_;  // of the chosen
  std::size_t octets_ = 0;      // kept
  std::size_t parts_ = 0;       // the same
  std::size_t texts_ = 0;       // octets of values and bodies, the same
  // The last frame that carries a header block, as it was: what of it is no secret is known behind the block.
  std::vector<std::byte> block_octets_;
  std::map<StreamKey, report::CallDetail> details_;
  std::map<StreamKey, Sides> sides_;
};

}  // namespace testigo::run
