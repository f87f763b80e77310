// A lock of a whole file that ends with the process which holds it, and of which others can tell that it is held: in another
// container too, where the kernel is the same. It belongs to the open file, so that threads and copies do not matter.
#pragma once

#include <filesystem>

namespace testigo::run {

// False when another holds it, or there are no locks here. `descriptor` must be open for writing.
bool take_lock(int descriptor);
// The file of a lock, for who only asks: nothing is waited for, whatever has its name. -1 where it cannot be opened.
int open_to_ask(const std::filesystem::path& file);
// That another holds it; asking does not take it.
bool is_locked(int descriptor);

}  // namespace testigo::run
