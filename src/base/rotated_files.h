// The names of rotated files: NAME is written, NAME.1 came before it, NAME.2 before that.
#pragma once

#include <filesystem>

namespace testigo {

constexpr int kRotatedFilesMax = 100'000;

// 0 is the file itself.
std::filesystem::path rotated(const std::filesystem::path& file, int age);

// The new file is opened under this name, and takes the place of the full one by a rename.
std::filesystem::path next_file(const std::filesystem::path& file);

// How many older files there are.
int oldest_age(const std::filesystem::path& file);

// Each file grows a step older; those beyond `kept` are deleted. False when one could not be renamed.
bool grow_older(const std::filesystem::path& file, int kept);

}  // namespace testigo
