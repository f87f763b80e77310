// Small files, written whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace testigo {

// Creates or replaces the file (0600), by a neighbour that is renamed, so that a reader never sees half of it. The neighbour's
// name, NAME.<16 hexadecimal digits>.new, is nobody else's: several may write the file at once, and nothing that lies in the folder
// is written through. One that a killed process left is taken away by whoever writes the file an hour later. Throws
// EnvironmentError.
void write_file(const std::filesystem::path& file, std::string_view content);

// A neighbour of the file for whoever writes it himself, under a name as above; strays are taken away. It does not exist yet: make
// it with O_EXCL, and rename it over the file when it is whole.
std::filesystem::path new_neighbour(const std::filesystem::path& file);

// By an errno, why a file did not open, and what to do: `advice`, but where too many others are open.
std::string why_not_opened(int error, std::string_view advice);

// Throws EnvironmentError when it cannot be read or is larger than `bytes_max`.
std::string read_file(const std::filesystem::path& file, std::size_t bytes_max);

}  // namespace testigo
