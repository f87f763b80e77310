#include "wire/http2/frame.h"

#include <cstdio>

namespace testigo::http2 {
namespace {

std::string hexadecimal(std::uint32_t number) {
  char text[12];
  std::snprintf(text, sizeof text, "0x%02x", number);
  return text;
}

}  // namespace

std::string frame_type_name(std::uint8_t type) {
  constexpr std::string_view kNames[] = {"DATA",         "HEADERS", "PRIORITY", "RST_STREAM",    "SETTINGS",
                                         "PUSH_PROMISE", "PING",    "GOAWAY",   "WINDOW_UPDATE", "CONTINUATION"};
  if (type < std::size(kNames)) return std::string(kNames[type]);
  return "UNKNOWN(" + hexadecimal(type) + ")";
}

std::string error_code_name(std::uint32_t code) {
  constexpr std::string_view kNames[] = {"NO_ERROR",
                                         "PROTOCOL_ERROR",
                                         "INTERNAL_ERROR",
                                         "FLOW_CONTROL_ERROR",
                                         "SETTINGS_TIMEOUT",
                                         "STREAM_CLOSED",
                                         "FRAME_SIZE_ERROR",
                                         "REFUSED_STREAM",
                                         "CANCEL",
                                         "COMPRESSION_ERROR",
                                         "CONNECT_ERROR",
                                         "ENHANCE_YOUR_CALM",
                                         "INADEQUATE_SECURITY",
                                         "HTTP_1_1_REQUIRED"};
  return code < std::size(kNames) ? std::string(kNames[code]) : hexadecimal(code);
}

std::string setting_name(std::uint16_t id) {
  switch (id) {
    case kSettingHeaderTableSize:
      return "HEADER_TABLE_SIZE";
    case kSettingEnablePush:
      return "ENABLE_PUSH";
    case kSettingMaxConcurrentStreams:
      return "MAX_CONCURRENT_STREAMS";
    case kSettingInitialWindowSize:
      return "INITIAL_WINDOW_SIZE";
    case kSettingMaxFrameSize:
      return "MAX_FRAME_SIZE";
    case kSettingMaxHeaderListSize:
      return "MAX_HEADER_LIST_SIZE";
    case kSettingEnableConnectProtocol:
      return "ENABLE_CONNECT_PROTOCOL";
    case kSettingNoRfc7540Priorities:
      return "NO_RFC7540_PRIORITIES";
    case kSettingGrpcTrueBinaryMetadata:
      return "GRPC_ALLOW_TRUE_BINARY_METADATA";
    default:
      return hexadecimal(id);
  }
}

}  // namespace testigo::http2
