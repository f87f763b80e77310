// How a capture that would grow for ever is kept within bounds: FILE is written, FILE.1 came before it, FILE.2 before that.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace testigo::capture {

struct Rotation {
  std::size_t bytes_max = 0;  // a file that would grow beyond it becomes FILE.1, and a new one begins; 0: never
  int files_max = 0;          // so many older files are kept beside the one that is written; 0: all
};

// The files that there are, oldest first, FILE itself last.
std::vector<std::filesystem::path> capture_files(const std::filesystem::path& file);

// The file that is opened to take the place of a full one.
std::filesystem::path next_capture(const std::filesystem::path& file);

// Each file grows a step older; those beyond `files_max` are deleted. False when one could not be renamed.
bool grow_older(const std::filesystem::path& file, int files_max);

}  // namespace testigo::capture
