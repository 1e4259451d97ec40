// Terminal: what is known of the terminal behind a descriptor, whether it gets colour, and a region at its bottom that
// is drawn again and again below the lines that stay.
//
// Colour is decided here for all that the program writes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

enum class ColourChoice { automatic, always, never };

/// What --color says; before any other thread is made.
void choose_colour(ColourChoice choice);
/// Whether that descriptor gets colour: --color, else FORCE_COLOR and CLICOLOR_FORCE, else NO_COLOR and CLICOLOR=0,
/// else whether it is a terminal that knows it. Variables that are empty say nothing.
bool colour_on(int descriptor);

/// A terminal that moves its cursor when told to.
bool is_capable_terminal(int descriptor);
/// Whether the locale has the signs that are not ASCII.
bool speaks_utf8();

struct TerminalSize {
  int columns = 80, rows = 24;
};
/// 80x24 where it is not known.
TerminalSize terminal_size(int descriptor);
/// Whether this process may draw there now: it is not in the background (Ctrl-Z, bg).
bool in_foreground(int descriptor);
/// Whether the process was stopped and goes on (fg) since the last call: what was drawn is no longer where it was.
bool was_continued();
/// From now on was_continued() knows.
void watch_continue();

/// All of it, however long the terminal takes. What cannot be written is lost.
void write_all(int descriptor, std::string_view bytes);

class Region {
 public:
  using Write = std::function<void(std::string_view bytes)>;
  explicit Region(Write write) : write_(std::move(write)) {}

  /// Shows these lines, each narrower than the terminal, in place of those shown before; in one write, and in none
  /// where they are the same. The cursor is left on the empty line below.
  void draw(const std::vector<std::string>& lines, TerminalSize size);
  /// Lines that stay, above the region.
  void print(std::string_view text, TerminalSize size);
  void clear(TerminalSize size);
  /// What is on the screen is not ours to replace any more.
  void forget() { shown_.clear(); }

 private:
  int height(TerminalSize size) const;
  std::string home(TerminalSize size) const;
  std::string erased(TerminalSize size) const;

  const Write write_;
  std::vector<std::string> shown_;
  int columns_ = 0;  // when they were drawn
};

/// The columns that a text takes which may hold colours (ESC [ ... m).
int painted_width(std::string_view text);

}  // namespace pixgraph
