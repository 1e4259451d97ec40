// Progress view: a run's progress as lines for a terminal of any size, and its end as a text. How it looks is decided
// here; when it is shown, by Console.
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "progress.h"
#include "terminal.h"

namespace pixgraph {

/// Colours and signs. Colour never carries a meaning alone.
struct Look {
  bool colour = false;
  bool utf8 = true;

  enum class Paint { good, bad, warning, active, faint, strong };
  std::string paint(Paint paint, std::string_view text) const;
  const char* good() const { return utf8 ? "✓" : "ok"; }
  const char* bad() const { return utf8 ? "✕" : "x"; }
  const char* active() const { return utf8 ? "▸" : ">"; }
  const char* none() const { return utf8 ? "–" : "-"; }
  const char* more() const { return utf8 ? "…" : "..."; }
};

/// Cut to that many columns, with a sign that it was.
std::string fitted(std::string_view text, int columns, const Look& look);

/// The lines of the region, each narrower than the terminal: failures like others, a row per node, the items, the time.
/// Where the terminal is too low for all nodes, those with something going on. `now`: seconds since the start.
std::vector<std::string> progress_lines(const Progress& progress, double now, TerminalSize size, const Look& look);

/// One line for a log: "   57%  34 of 60 items, ...".
std::string progress_line(const Progress& progress, double now);

/// A failure on its own line, its hint below.
std::string failure_line(const Progress::Cause& cause, const std::string& item, const std::string& text,
                         const Look& look);

/// What was written, what failed and why, what it cost. `end` is the event; `until` the node of --until or empty.
std::string end_text(const Progress& progress, const nlohmann::json& end, const std::string& until, const Look& look);

/// The command that does what was typed again for the items that failed; what is bought already is not bought again.
std::string retry_command(const std::vector<std::string>& typed);

}  // namespace pixgraph
