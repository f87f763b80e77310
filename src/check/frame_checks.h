// CN: the form of frames (RFC 9113 sections 4.1, 4.2 and 6), and which one comes first (3.4).
#pragma once

#include <array>
#include <cstdint>

#include "check/block_order.h"
#include "check/check.h"
#include "check/findings.h"
#include "check/limit_in_force.h"

namespace testigo::check {

class FrameChecks final : public Check {
 public:
  explicit FrameChecks(Findings& findings)
      : findings_(findings),
        block_order_(findings),
        size_limits_{{{kMaxFrameSize, Direction::ToServer, findings.limits().pending_settings_max},
                      {kMaxFrameSize, Direction::ToClient, findings.limits().pending_settings_max}}} {}

  call::Interest hears() const override { return kFramesAlone; }
  void on_opening(const call::ConnectionView& connection, const call::Spot& spot, http2::Opening opening) override;
  void on_frame(const call::FrameSeen& seen) override;

  // The short way (plain_frames.h): of DATA, HEADERS with END_HEADERS or WINDOW_UPDATE on a connection of which all was seen, that
  // are not malformed and have no flags but END_STREAM. CN07, CN09, CN10 and CN12 pass where they apply, and nothing else does.
  bool is_plain(const call::FrameSeen& seen) const {
    const http2::FrameHeader& header = seen.frame.header;
    return !header.reserved && header.length <= *kMaxFrameSize.initial && !block_order_.begun(seen.spot.direction) &&
           seen.spot.offset != begins_[static_cast<std::size_t>(seen.spot.direction)];
  }

 private:
  struct Form;
  static const std::array<Form, FrameTypes::kCount> kForms;

  void first_frame(const call::FrameSeen& seen);
  void place(const call::FrameSeen& seen, const Form& form);
  void unused_bits(const call::FrameSeen& seen, const Form& form);
  void length(const call::FrameSeen& seen);
  void payload(const call::FrameSeen& seen, const Form& form);
  void malformed(const call::FrameSeen& seen, http2::Malformation malformation);
  void padding(const call::FrameSeen& seen, const http2::Padding& padding);

  Findings& findings_;
  BlockOrder block_order_;
  std::array<LimitInForce, 2> size_limits_;    // by the direction of the SETTINGS
  std::array<std::uint64_t, 2> begins_{0, 0};  // offset of the first frame of each direction
};

}  // namespace testigo::check
