#include "terminal.h"

#include <langinfo.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "unicode.h"

namespace pixgraph {

static ColourChoice chosen = ColourChoice::automatic;
static std::atomic<bool> continued = false;

// A terminal shows what stands between these at once.
static constexpr std::string_view kBegin = "\x1b[?2026h", kEnd = "\x1b[?2026l";
static constexpr std::string_view kEraseBelow = "\x1b[J", kEraseRest = "\x1b[K";

static std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void choose_colour(ColourChoice choice) {
  chosen = choice;
}

bool colour_on(int descriptor) {
  if (chosen != ColourChoice::automatic) return chosen == ColourChoice::always;
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"})
    if (const std::string_view value = variable(name); !value.empty() && value != "0") return true;
  if (!variable("NO_COLOR").empty() || variable("CLICOLOR") == "0" || variable("FORCE_COLOR") == "0") return false;
  return is_capable_terminal(descriptor);
}

bool is_capable_terminal(int descriptor) {
  return ::isatty(descriptor) != 0 && variable("TERM") != "dumb";
}

bool speaks_utf8() {
  return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
}

TerminalSize terminal_size(int descriptor) {
  winsize size{};
  TerminalSize out;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return out;
  if (size.ws_col > 0) out.columns = size.ws_col;
  if (size.ws_row > 0) out.rows = size.ws_row;
  return out;
}

bool in_foreground(int descriptor) {
  const pid_t group = ::tcgetpgrp(descriptor);
  return group < 0 || group == ::getpgrp();  // < 0: not the terminal that we are controlled by
}

bool was_continued() {
  return continued.exchange(false);
}

void watch_continue() {
  struct sigaction action {};
  action.sa_handler = [](int) { continued = true; };
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGCONT, &action, nullptr);
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written > 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EAGAIN)  // somebody else made the terminal non-blocking
      ::usleep(1000);
    else if (errno != EINTR)
      return;
  }
}

int painted_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\x1b') {
      at = std::min(text.find('m', at), text.size() - 1) + 1;
      continue;
    }
    const Character c = character_at(text, at);
    width += display_width(c.code);
    at += c.bytes;
  }
  return width;
}

/// The rows of the screen that it takes. A terminal that became narrower has broken the lines in two.
int Region::height(TerminalSize size) const {
  int rows = 0;
  for (const std::string& line : shown_)
    rows += size.columns < columns_ ? std::max(1, (painted_width(line) + size.columns - 1) / size.columns) : 1;
  return std::min(rows, size.rows - 1);  // the rest is where nobody can reach it
}

static std::string up(int rows) {
  return rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : "";
}

/// To the first column of the region's first line.
std::string Region::home(TerminalSize size) const {
  return "\r" + up(height(size));
}

/// To the same place, with nothing there. Line by line: some terminals keep a screen that is erased from its very
/// beginning in their history.
std::string Region::erased(TerminalSize size) const {
  const int rows = height(size);
  std::string bytes = home(size);
  for (int i = 0; i < rows; ++i) bytes.append(kEraseRest).append("\n");
  return bytes.append(kEraseRest).append(up(rows));
}

void Region::draw(const std::vector<std::string>& lines, TerminalSize size) {
  if (lines == shown_ && size.columns == columns_) return;
  if (lines.empty()) return clear(size);
  std::string bytes(kBegin);
  // What is there is written over, not erased first: without kBegin it would flicker. But a terminal of another width
  // has broken lines in two, and joins two that were written over instead of erased when it becomes wider again.
  bytes += shown_.empty() || size.columns == columns_ ? home(size) : erased(size);
  for (const std::string& line : lines) bytes.append(line).append(kEraseRest).append("\n");
  bytes.append(kEraseBelow).append(kEnd);
  shown_ = lines;
  columns_ = size.columns;
  write_(bytes);
}

void Region::print(std::string_view text, TerminalSize size) {
  if (shown_.empty()) return write_(text);
  std::string bytes(kBegin);
  bytes.append(erased(size)).append(text);
  // Those that are too long now are drawn anew soon.
  std::erase_if(shown_, [&](const std::string& line) { return painted_width(line) >= size.columns; });
  for (const std::string& line : shown_) bytes.append(line).append("\n");
  columns_ = size.columns;
  write_(bytes.append(kEnd));
}

void Region::clear(TerminalSize size) {
  if (shown_.empty()) return;
  write_(erased(size));
  shown_.clear();
}

}  // namespace pixgraph
