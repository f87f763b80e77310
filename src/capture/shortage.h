// Errors of the system in which no peer has a part: this process, or this machine, has no more of something. Private to this room.
#pragma once

#include <cerrno>

namespace testigo::capture {

inline bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace testigo::capture
