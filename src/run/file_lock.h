// A lock of a whole file that ends with the process which holds it, and of which others can tell that it is held: in another
// container too, where the kernel is the same. It belongs to the open file, so that threads and copies do not matter.
#pragma once

namespace testigo::run {

// False when another holds it, or there are no locks here. `descriptor` must be open for writing.
bool take_lock(int descriptor);
// That another holds it; asking does not take it.
bool is_locked(int descriptor);

}  // namespace testigo::run
