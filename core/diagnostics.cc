#include "diagnostics.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "lines.h"
#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::size_t kMostShown = 20;
constexpr int kWidestLine = 100;  // display columns; longer lines are cut around the caret
constexpr int kTabWidth = 4;

enum class Paint { error, warning, note, strong };

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string operator()(Paint paint, std::string_view text) const {
    if (!colour_ || text.empty()) return std::string(text);
    const char* start = paint == Paint::error     ? "\x1b[1;31m"
                        : paint == Paint::warning ? "\x1b[1;33m"
                        : paint == Paint::note    ? "\x1b[1;34m"
                                                  : "\x1b[1m";
    return start + std::string(text) + "\x1b[0m";
  }

 private:
  bool colour_;
};

/// What is said under a line.
struct Mark {
  Place place;
  std::string text;
  bool primary = false;
};

/// A line as a terminal shows it, cut to a window, and where its characters are.
class ShownLine {
 public:
  ShownLine(std::string_view line, int focus_column) {
    edges_.push_back(0);
    for (std::size_t at = 0; at < line.size();) {
      const Character c = character_at(line, at);
      std::string cell = c.code == '\t' ? std::string(kTabWidth, ' ') : printable(line.substr(at, c.bytes));
      edges_.push_back(edges_.back() + (c.code == '\t' ? kTabWidth : display_width(c.code)));
      cells_.push_back(std::move(cell));
      at += c.bytes;
    }
    last_ = cells_.size();
    if (edges_.back() <= kWidestLine) return;
    const int focus = edges_[clamp(focus_column)];
    const int from = std::clamp(focus - kWidestLine / 2, 0, edges_.back() - kWidestLine);
    while (edges_[first_] < from) ++first_;
    while (edges_[last_] > edges_[first_] + kWidestLine) --last_;
  }

  std::string text() const {
    std::string out = first_ > 0 ? "…" : "";
    for (std::size_t i = first_; i < last_; ++i) out += cells_[i];
    if (last_ < cells_.size()) out += "…";
    while (out.ends_with(' ')) out.pop_back();
    return out;
  }
  /// Columns before the character and of the stretch; nothing where it is outside the window.
  bool span(const Place& place, int& before, int& width) const {
    const std::size_t from = clamp(place.column);
    const std::size_t to = clamp(place.column + std::max(place.length, 1));
    if (from < first_ || from > last_) return false;
    before = edges_[from] - edges_[first_] + (first_ > 0 ? 1 : 0);
    width = std::max(1, edges_[std::min(to, last_)] - edges_[from]);
    return true;
  }

 private:
  std::size_t clamp(int column) const {
    return std::min(static_cast<std::size_t>(std::max(column - 1, 0)), cells_.size());
  }
  std::vector<std::string> cells_;
  std::vector<int> edges_;  // display column of each character, and of the end
  std::size_t first_ = 0, last_ = 0;
};

class Renderer {
 public:
  Renderer(std::string_view file, std::string_view text, bool colour)
      : file_(printable(file)), lines_(text), paint_(colour) {}

  std::string one(const Diagnostic& diagnostic) {
    const bool error = diagnostic.severity == Diagnostic::Severity::error;
    main_ = error ? Paint::error : Paint::warning;
    std::string out = paint_(main_, (error ? "error[" : "warning[") + diagnostic.code + "]");
    out += paint_(Paint::strong, ": " + printable(diagnostic.message)) + "\n";

    std::map<int, std::vector<Mark>> marks;
    if (diagnostic.place.line > 0) marks[diagnostic.place.line].push_back({diagnostic.place, diagnostic.label, true});
    for (const Diagnostic::Note& note : diagnostic.notes)
      if (note.place.line > 0) marks[note.place.line].push_back({note.place, note.text, false});
    gutter_ = marks.empty() ? 1 : std::to_string(marks.rbegin()->first).size();

    std::string where = file_;
    if (diagnostic.place.line > 0)
      where += ":" + std::to_string(diagnostic.place.line) + ":" + std::to_string(diagnostic.place.column);
    if (!diagnostic.source.empty()) where = "the command line: " + printable(diagnostic.source);
    out += std::string(gutter_, ' ') + paint_(Paint::note, "-->") + " " + where + "\n";
    if (!marks.empty()) out += bar("|") + "\n" + source(marks);
    if (!diagnostic.help.empty()) {
      if (!marks.empty()) out += bar("|") + "\n";
      out += bar("=") + " " + paint_(Paint::strong, "help") + ": " + printable(diagnostic.help) + "\n";
    }
    return out;
  }

 private:
  std::string bar(std::string_view sign) const { return std::string(gutter_ + 1, ' ') + paint_(Paint::note, sign); }
  std::string numbered(int line, const std::string& text) const {
    std::string number = std::to_string(line);
    number.insert(0, gutter_ - number.size(), ' ');
    return paint_(Paint::note, number + " |") + (text.empty() ? "" : " " + text) + "\n";
  }

  std::string source(const std::map<int, std::vector<Mark>>& marks) {
    std::string out;
    int before = 0;
    for (const auto& [line, on_line] : marks) {
      // A gap of two lines is shown: a sign for it would take as much room.
      if (before > 0 && line - before > 3)
        out += bar(":") + "\n";
      else if (before > 0)
        for (int between = before + 1; between < line; ++between)
          out += numbered(between, ShownLine(lines_.line(between), 1).text());
      before = line;
      auto focus = std::ranges::find_if(on_line, &Mark::primary);
      const ShownLine shown(lines_.line(line), (focus == on_line.end() ? on_line.front() : *focus).place.column);
      out += numbered(line, shown.text());
      for (const Mark& mark : on_line) {
        int column = 0, width = 0;
        if ((!mark.primary && mark.text.empty()) || !shown.span(mark.place, column, width)) continue;
        std::string under(static_cast<std::size_t>(width), mark.primary ? '^' : '-');
        if (!mark.text.empty()) under += " " + printable(mark.text);
        out += bar("|") + " " + std::string(static_cast<std::size_t>(column), ' ') +
               paint_(mark.primary ? main_ : Paint::note, under) + "\n";
      }
    }
    return out;
  }

  std::string file_;
  Lines lines_;
  Painter paint_;
  Paint main_ = Paint::error;
  std::size_t gutter_ = 1;
};

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

bool is_error(const Diagnostic& diagnostic) {
  return diagnostic.severity == Diagnostic::Severity::error;
}

/// The first 20, errors before warnings, in the order of the file.
std::vector<Diagnostic> most_telling(std::vector<Diagnostic> all) {
  if (all.size() <= kMostShown) return all;
  std::size_t errors = std::min<std::size_t>(std::ranges::count_if(all, is_error), kMostShown);
  std::size_t warnings = kMostShown - errors;
  std::vector<Diagnostic> out;
  for (Diagnostic& one : all) {
    std::size_t& left = is_error(one) ? errors : warnings;
    if (left == 0) continue;
    --left;
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

void Diagnostics::take_errors(const Diagnostics& found, const std::shared_ptr<const SourceFile>& in) {
  for (Diagnostic one : found.all_) {
    if (!is_error(one)) continue;
    if (!one.file) one.file = in;
    add(std::move(one));
  }
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (!diagnostic.file) diagnostic.file = file_;
  errors_ += is_error(diagnostic);
  all_.push_back(std::move(diagnostic));
}

void Diagnostics::error(std::string code, Place place, std::string message, std::string help, std::string label) {
  add({Diagnostic::Severity::error,
       std::move(code),
       std::move(message),
       place,
       std::move(label),
       {},
       std::move(help),
       {}});
}

void Diagnostics::warning(std::string code, Place place, std::string message, std::string help, std::string label) {
  add({Diagnostic::Severity::warning,
       std::move(code),
       std::move(message),
       place,
       std::move(label),
       {},
       std::move(help),
       {}});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  static const std::string kThisFile;
  auto key = [](const Diagnostic& d) {
    return std::tie(d.file ? d.file->name : kThisFile, d.place.line, d.place.column, d.code, d.message, d.source);
  };
  std::vector<Diagnostic> out = all_;
  std::ranges::stable_sort(out, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  auto rest = std::ranges::unique(out, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
  out.erase(rest.begin(), rest.end());
  return out;
}

std::string Diagnostics::render(std::string_view file, std::string_view text, bool colour) const {
  const std::vector<Diagnostic> all = sorted();
  if (all.empty()) return {};
  const std::vector<Diagnostic> shown = most_telling(all);
  Renderer renderer(file, text, colour);
  std::string out;
  for (const Diagnostic& one : shown)
    out += (one.file ? Renderer(one.file->name, one.file->text, colour).one(one) : renderer.one(one)) + "\n";
  if (shown.size() < all.size()) out += "and " + std::to_string(all.size() - shown.size()) + " more\n\n";
  const std::size_t errors = static_cast<std::size_t>(std::ranges::count_if(all, is_error));
  const std::size_t warnings = all.size() - errors;
  if (errors > 0) out += counted(errors, "error");
  if (errors > 0 && warnings > 0) out += " and ";
  if (warnings > 0) out += counted(warnings, "warning");
  out += " in " + printable(file) + (errors > 0 ? ", nothing was run.\n" : ".\n");
  return out;
}

std::string render_error(const Error& error, bool colour) {
  const Painter paint(colour);
  std::string text = paint(Paint::error, "error[" + error.code() + "]") +
                     paint(Paint::strong, ": " + printable_line(error.message())) + "\n";
  if (!error.where().empty()) text += "  " + paint(Paint::note, "-->") + " " + printable_line(error.where()) + "\n";
  if (!error.hint().empty())
    text += "  " + paint(Paint::note, "=") + " " + paint(Paint::strong, "help") + ": " + printable_line(error.hint()) +
            "\n";
  return text;
}

Mistakes::Mistakes(const Diagnostics& diagnostics, std::string_view file, std::string_view text, bool colour)
    : Error(diagnostics.sorted().at(0).code, diagnostics.sorted().at(0).message, diagnostics.sorted().at(0).help),
      text_(diagnostics.render(file, text, colour)) {}

std::string Diagnostics::json(std::string_view file) const {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Diagnostic& one : sorted())
    out.push_back({{"code", one.code},
                   {"severity", is_error(one) ? "error" : "warning"},
                   {"file", one.file ? one.file->name : std::string(file)},
                   {"line", one.place.line},
                   {"column", one.place.column},
                   {"length", one.place.length},
                   {"message", one.message},
                   {"help", one.help}});
  // Texts may quote bytes that are not UTF-8.
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pixgraph
