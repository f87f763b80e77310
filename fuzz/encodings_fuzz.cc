// The texts that gRPC encodes: whatever stands in them, decoding breaks nothing and keeps to its bounds, and what is encoded comes
// back. The input is the text.
#include <string>
#include <string_view>

#include "require.h"
#include "wire/rpc/base64.h"
#include "wire/rpc/compression.h"
#include "wire/rpc/percent.h"
#include "wire/rpc/rich_status.h"
#include "wire/rpc/status.h"
#include "wire/rpc/timeout.h"
