// How large a message server and client accept: gRPC's own default, written down.
#pragma once

namespace testigo::greeter {

constexpr int kMessageBytesMax = 4 << 20;

}  // namespace testigo::greeter
