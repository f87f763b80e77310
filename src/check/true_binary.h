// RULE 2: which values are true binary metadata (gRFC G1), and may hold any octet.
#pragma once

#include <array>

#include "call/event.h"

namespace testigo::check {

class TrueBinary {
 public:
  // Any frame of the connection.
  void on_frame(const call::FrameSeen& seen) {
    const auto* settings = std::get_if<http2::SettingsFrame>(&seen.frame.payload);
    if (settings == nullptr) return;
    for (std::size_t i = 0; i < settings->size(); ++i) {
      const http2::Setting setting = settings->at(i);
      if (setting.id == http2::kSettingGrpcTrueBinaryMetadata) taken_by(seen.spot.direction) = setting.value == 1;
    }
  }

  // It has the form of one.
  static bool resembles(const http2::HeaderField& field) { return field.name.ends_with("-bin") && field.value.starts_with('\0'); }
  // The receiver of what is sent in that direction has announced that it takes them.
  bool taken(Direction direction) const { return takes_[static_cast<std::size_t>(opposite(direction))]; }

 private:
  bool& taken_by(Direction sender) { return takes_[static_cast<std::size_t>(sender)]; }

  std::array<bool, 2> takes_{};  // by the direction in which it was announced
};

}  // namespace testigo::check
