// Unicode: the little that messages need to know about UTF-8 text: where characters begin and how wide they are.
//
// Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pixgraph {

/// One character of a text.
struct Character {
  char32_t code = 0;      // U+FFFD for a byte that is not UTF-8
  std::size_t bytes = 1;  // how many it takes
  bool valid = true;
};

/// The character that begins at `offset`. REQUIRES: offset < text.size().
Character character_at(std::string_view text, std::size_t offset);

/// The offset of the first byte that is not UTF-8 (overlong forms and surrogates are not), npos where all is well.
std::size_t find_invalid_utf8(std::string_view text);

/// Code points; a byte that is not UTF-8 counts as one.
std::size_t count_characters(std::string_view text);

/// Columns that a terminal gives the character: 0 for combining marks, 2 for wide East Asian characters and emoji,
/// else 1.
int display_width(char32_t code);
int display_width(std::string_view text);

/// Whether showing it could move the cursor, hide or reorder text: control characters, line separators, bidi controls.
bool is_unprintable(char32_t code);

/// The text with every unprintable character (and every byte that is not UTF-8) shown as U+FFFD, so that it may stand
/// in a message.
std::string printable(std::string_view text);

/// The same on one line: line breaks and tabs become spaces.
std::string printable_line(std::string_view text);

/// `text` for a message, in backticks: printable, and cut in the middle where it is longer than 60 characters.
std::string ticked(std::string_view text);

}  // namespace pixgraph
