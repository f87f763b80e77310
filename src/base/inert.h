// Text from a wire, a file or a peer, made harmless for a terminal and for whoever reads it.
#pragma once

#include <string>
#include <string_view>

namespace testigo {

// Control characters, DEL, C1, what is not UTF-8, and characters that nobody sees or that turn the direction of writing become
// \xHH; a backslash becomes \\. At most `bytes_max` octets of the input are shown, then "…".
std::string inert(std::string_view text, std::size_t bytes_max = 256);

// All of a text that is ours, and may quote what others said: its backslashes and line breaks stay, so that what is inert already
// does not change.
std::string inert_lines(std::string_view text);

// Whether a well-formed character of UTF-8 beyond the controls is one that nobody sees or that turns the direction of writing.
bool is_active(std::string_view character);

}  // namespace testigo
