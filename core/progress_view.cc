#include "progress_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "clock.h"
#include "event_fields.h"
#include "html.h"
#include "money.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;
using Paint = Look::Paint;

static constexpr int kWidestBar = 40, kNarrowestBar = 6, kWidestName = 24;
static constexpr int kRowsAround = 5;  // of the region without nodes, the cursor's, and one of what is above
static constexpr double kActive = 3;   // seconds that a node counts as active after something happened there
static constexpr std::size_t kMoreLines = 2;

std::string Look::paint(Paint paint, std::string_view text) const {
  if (!colour || text.empty()) return std::string(text);
  const char* start = paint == Paint::good      ? "\x1b[32m"
                      : paint == Paint::bad     ? "\x1b[31m"
                      : paint == Paint::warning ? "\x1b[33m"
                      : paint == Paint::active  ? "\x1b[36m"
                      : paint == Paint::faint   ? "\x1b[2m"
                                                : "\x1b[1m";
  return start + std::string(text) + "\x1b[0m";
}

std::string fitted(std::string_view text, int columns, const Look& look) {
  if (display_width(text) <= columns) return std::string(text);
  const std::string_view sign = look.more();
  const int room = columns - display_width(sign);
  std::string out;
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (width + display_width(c.code) > std::max(room, 0)) break;
    width += display_width(c.code);
    out += text.substr(at, c.bytes);
    at += c.bytes;
  }
  return room < 0 ? "" : out + std::string(sign);
}

static std::string padded(std::string text, int columns, bool right = false) {
  const std::string spaces(static_cast<std::size_t>(std::max(0, columns - display_width(text))), ' ');
  return right ? spaces + text : text + spaces;
}

static std::string dollars(double amount) {
  return fmt::format("${:.{}f}", amount, amount != 0 && amount < 0.1 ? 4 : 2);
}

static std::string time_of(double seconds) {
  return show_duration(std::chrono::milliseconds(std::llround(seconds * 1000)));
}

static std::string short_time(double ms) {
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : time_of(ms / 1000);
}

/// Without fractions, which would be another text ten times a second.
static std::string whole_time(double seconds) {
  const auto whole = static_cast<long>(seconds);
  return whole < 10 ? fmt::format("{} s", whole) : time_of(static_cast<double>(whole));
}

static std::string bar(double part, int width, const Look& look) {
  static const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(part, 0.0, 1.0) * width * 8 + 1e-9);
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) out += look.utf8 ? "█" : "=";
  if (look.utf8) out += kEighths[eighths % 8];
  return out;
}

namespace {

/// What stands in a row.
struct Row {
  std::string name;
  double part = 0;
  int ended = 0, total = 0, running = 0, waiting = 0, reused = 0, failed = 0;
  std::optional<double> median_ms, cost;
  bool idle = false, over = false;
};

class Table {
 public:
  Table(const Progress& progress, int columns, const Look& look) : look_(look), width_(columns) {
    int most = std::max(progress.items(), 1);
    bool cost = progress.cap() || progress.spent(), waits = false;
    for (const Progress::Node& node : progress.nodes()) {
      name_ = std::max(name_, display_width(node.name));
      most = std::max(most, node.total);
      cost = cost || node.cost;
      waits = waits || node.hosted;
    }
    name_ = std::min(name_, std::clamp(width_ / 4, 8, kWidestName));
    count_ = std::max(4, static_cast<int>(std::to_string(most).size()) * 2 + 1);
    int left = width_ - (2 + name_ + 2 + count_);
    const auto take = [&](int columns_of) {
      const bool fits = left >= columns_of + 2;
      if (fits) left -= columns_of + 2;
      return fits ? columns_of : 0;
    };
    // In the order of how much they are missed.
    failed_ = take(6);
    bar_ = take(kNarrowestBar);
    running_ = take(7);
    if (cost) cost_ = take(8);
    reused_ = take(6);
    if (waits) waiting_ = take(7);
    median_ = take(7);
    if (bar_ > 0) bar_ = std::min(kWidestBar, bar_ + std::max(left, 0));
  }

  std::string heading() const {
    std::string line = "  " + padded("node", name_);
    if (bar_) line += std::string(static_cast<std::size_t>(bar_) + 2, ' ');
    const auto add = [&](int columns, const char* text) {
      if (columns) line += "  " + padded(text, columns, true);
    };
    add(count_, "done"), add(running_, "running"), add(waiting_, "waiting"), add(reused_, "reused"),
        add(failed_, "failed");
    add(median_, "median"), add(cost_, "cost");
    return look_.paint(Paint::faint, fitted(line, width_, look_));
  }

  std::string line(const Row& row) const {
    const Paint paint = row.failed > 0 && row.over ? Paint::bad : row.over ? Paint::good : Paint::active;
    const char* sign = row.over          ? (row.failed > 0 ? look_.bad() : look_.good())
                       : row.running > 0 ? look_.active()
                                         : " ";
    const std::string name = padded(fitted(row.name, name_, look_), name_);
    const std::string count = fmt::format("{}/{}", row.ended, row.total);
    const std::string shown_bar = bar(row.part, bar_, look_);
    std::string rest = padded(count, count_ + 2, true);
    const auto number = [&](int columns, int value) {
      return columns ? padded(value ? std::to_string(value) : look_.none(), columns + 2, true) : "";
    };
    rest += number(running_, row.running) + number(waiting_, row.waiting) + number(reused_, row.reused);
    std::string failed = number(failed_, row.failed), end;
    if (median_) end += padded(row.median_ms ? short_time(*row.median_ms) : look_.none(), median_ + 2, true);
    if (cost_) end += padded(row.cost ? dollars(*row.cost) : look_.none(), cost_ + 2, true);
    const std::string plain_bar = bar_ ? "  " + padded(shown_bar, bar_) : "";
    // "ok" is wider than a sign; the name gives way.
    const std::string begin = padded(sign, 2);
    const std::string plain =
        begin + (display_width(sign) > 1 ? " " + fitted(name, name_ - 1, look_) : name) + plain_bar;
    if (display_width(plain + rest + failed + end) > width_ || !look_.colour)
      return fitted(plain + rest + failed + end, width_, look_);
    if (row.idle) return look_.paint(Paint::faint, plain + rest + failed + end);
    std::string line = look_.paint(paint, sign) + padded("", 2 - display_width(sign));
    line += (display_width(sign) > 1 ? " " + fitted(name, name_ - 1, look_) : name);
    if (bar_) line += "  " + look_.paint(paint, shown_bar) + padded("", bar_ - display_width(shown_bar));
    return line + rest + (row.failed > 0 ? look_.paint(Paint::bad, failed) : failed) + end;
  }

 private:
  const Look& look_;
  const int width_;
  int name_ = 5, count_ = 0, bar_ = 0, running_ = 0, waiting_ = 0, reused_ = 0, failed_ = 0, median_ = 0, cost_ = 0;
};

Row row_of(const Progress::Node& node) {
  Row row{node.name,    0,           node.ended,  node.total,     node.running,
          node.waiting, node.reused, node.failed, node.median_ms, node.cost};
  row.part = node.total > 0 ? static_cast<double>(node.ended) / node.total : 1;
  row.over = node.complete();
  row.idle = node.ended == 0 && node.running + node.waiting == 0;
  return row;
}

/// Which nodes are shown, by position, in the pipeline's order.
std::vector<std::size_t> shown_nodes(const Progress& progress, double now, std::size_t room) {
  const auto& nodes = progress.nodes();
  std::vector<std::size_t> order(nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (nodes.size() <= room) return order;
  const auto rank = [&](const Progress::Node& node) {
    if (node.complete()) return 3;
    if (node.running + node.waiting > 0 || (node.last_active >= 0 && now - node.last_active < kActive)) return 0;
    return node.ended > 0 ? 1 : 2;
  };
  // Among those at work the ones that take the time: their rows stay where they are.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int first = rank(nodes[a]), second = rank(nodes[b]);
    if (first != second) return first < second;
    return first == 0 && nodes[a].work_ms > nodes[b].work_ms;
  });
  order.resize(room > 0 ? room - 1 : 0);  // the last row says what else there is
  std::sort(order.begin(), order.end());
  return order;
}

std::string more_nodes(const Progress& progress, const std::vector<std::size_t>& shown) {
  int done = 0, waiting = 0, others = 0;
  for (std::size_t i = 0; i < progress.nodes().size(); ++i) {
    if (std::binary_search(shown.begin(), shown.end(), i)) continue;
    const Progress::Node& node = progress.nodes()[i];
    ++(node.complete() ? done : node.ended == 0 && node.running + node.waiting == 0 ? waiting : others);
  }
  std::string line = fmt::format("  + {} more", done + waiting + others);
  std::string what;
  const auto add = [&](int count, const char* word) {
    if (count > 0) what += (what.empty() ? ": " : ", ") + std::to_string(count) + " " + word;
  };
  add(done, "done"), add(others, "under way"), add(waiting, "waiting");
  return line + what;
}

std::vector<std::string> more_failures(const Progress& progress, const Look& look) {
  std::vector<const Progress::Cause*> many;
  for (const Progress::Cause& cause : progress.causes())
    if (cause.count > 1) many.push_back(&cause);
  std::stable_sort(many.begin(), many.end(), [](const auto* a, const auto* b) { return a->count > b->count; });
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < many.size() && i < kMoreLines; ++i)
    lines.push_back(fmt::format("{} {}{} {} more like this", look.bad(), many[i]->node,
                                many[i]->node.empty() ? look.more() : std::string("  ") + look.more(),
                                many[i]->count - 1));
  return lines;
}

std::string money_of(const Progress& progress) {
  if (!progress.cap() && !progress.spent()) return "";
  return "spent " + dollars(progress.spent().value_or(0)) +
         (progress.cap() ? " of " + dollars(*progress.cap()) : std::string());
}

std::string rate_of(const Progress& progress) {
  const double rate = progress.rate();
  if (rate <= 0) return "";
  return rate >= 1 ? fmt::format("{:.1f} items/s", rate) : fmt::format("{:.0f} items/min", std::max(1.0, rate * 60));
}

std::string status_line(const Progress& progress, double now, int width) {
  std::string line = fmt::format("  {}%  {}", static_cast<int>(progress.part() * 100), whole_time(now));
  if (const auto left = progress.left(now)) line += ", about " + whole_time(std::max(1.0, *left)) + " left";
  for (const std::string& part :
       {money_of(progress), rate_of(progress), std::string("Ctrl-C: finish what runs, then stop")})
    if (!part.empty() && display_width(line) + 3 + display_width(part) <= width) line += "   " + part;
  return line;
}

}  // namespace

std::vector<std::string> progress_lines(const Progress& progress, double now, TerminalSize size, const Look& look) {
  const int width = size.columns - 1;  // a line that fills the last column wraps in some terminals
  if (width < 1 || size.rows < 3) return {};
  std::vector<std::string> lines;
  int room = size.rows - kRowsAround;
  if (const std::string& waiting = progress.waiting(now); !waiting.empty() && room > 1) {
    lines.push_back(look.paint(Paint::warning, fitted("! " + waiting, width, look)));
    --room;
  }
  for (const std::string& line : more_failures(progress, look))
    if (room > 2) {
      lines.push_back(look.paint(Paint::bad, fitted(line, width, look)));
      --room;
    }
  const Table table(progress, width, look);
  if (room > 1) {
    lines.push_back(table.heading());
    const auto shown = shown_nodes(progress, now, static_cast<std::size_t>(room));
    for (const std::size_t i : shown) lines.push_back(table.line(row_of(progress.nodes()[i])));
    if (shown.size() < progress.nodes().size())
      lines.push_back(look.paint(Paint::faint, fitted(more_nodes(progress, shown), width, look)));
  }
  Row items{"items", progress.part(), progress.ended(), progress.items(), progress.running()};
  items.reused = progress.up_to_date();
  items.failed = progress.failed();
  items.cost = progress.spent();
  items.over = progress.ended() >= progress.items();
  lines.push_back(table.line(items));
  lines.push_back(fitted(status_line(progress, now, width), width, look));
  return lines;
}

std::string progress_line(const Progress& progress, double now) {
  const int part = progress.items() ? static_cast<int>(progress.part() * 100) : 100;
  std::string line =
      fmt::format("  {:>3}%  {} of {} items, {} failed, {} predictions bought, {} reused", part, progress.ended(),
                  progress.items(), progress.failed(), progress.predictions(), progress.reused());
  if (const std::string money = money_of(progress); !money.empty()) line += ", " + money;
  if (const auto left = progress.left(now)) line += ", about " + whole_time(std::max(1.0, *left)) + " left";
  return line + "\n";
}

std::string failure_line(const Progress::Cause& cause, const std::string& item, const std::string& text,
                         const Look& look) {
  std::string line = look.paint(Paint::bad, look.bad()) + " ";
  if (!cause.node.empty()) line += cause.node + "  ";
  line += item + "  " + text + "  [" + cause.code + "]\n";
  if (cause.count == 1 && !cause.hint.empty()) line += "    " + cause.hint + "\n";
  return line;
}

/// The failures by cause, the most frequent first.
static std::string failures_text(const Progress& progress) {
  constexpr std::size_t kMost = 8;
  std::vector<const Progress::Cause*> causes;
  for (const Progress::Cause& cause : progress.causes()) causes.push_back(&cause);
  std::stable_sort(causes.begin(), causes.end(), [](const auto* a, const auto* b) { return a->count > b->count; });
  std::string out;
  for (std::size_t i = 0; i < causes.size() && i < kMost; ++i) {
    const Progress::Cause& cause = *causes[i];
    out += fmt::format("  {:>5}  {}{}  [{}]\n", cause.count, cause.node.empty() ? "" : cause.node + ": ", cause.text,
                       cause.code);
    out += "         ";
    for (std::size_t name = 0; name < cause.items.size(); ++name) out += (name ? ", " : "") + cause.items[name];
    const int rest = cause.count - static_cast<int>(cause.items.size());
    out += (rest > 0 ? fmt::format(" and {} more", rest) : "") + "\n";
  }
  if (causes.size() > kMost) out += fmt::format("         and {} more causes: see the report\n", causes.size() - kMost);
  return out;
}

std::string end_text(const Progress& progress, const json& end, const std::string& until, const Look& look) {
  const int items = progress.items(), done = progress.done(), failed = progress.failed();
  const std::string time = time_of(end.value("t", 0.0)), out_folder = line_of(end, "out");
  if (progress.up_to_date() == items && items > 0)
    return fmt::format("{} nothing to do: {} item{} up to date in {}    {}\n", look.paint(Paint::good, look.good()),
                       items, items == 1 ? " is" : "s are", out_folder, time);
  const std::string where = until.empty() ? "written to " + out_folder : "run until " + until;
  const bool good = done + progress.skipped() == items;
  std::string line = good          ? fmt::format("{} of {} items {}", done, items, where)
                     : failed == 0 ? fmt::format("ended early: {} of {} items {}", done, items, where)
                                   : fmt::format("{} of {} items failed, {} {}", failed, items, done, where);
  if (progress.skipped()) line += fmt::format(", {} skipped", progress.skipped());
  if (progress.canceled()) line += fmt::format(", {} not finished", progress.canceled());
  if (progress.up_to_date()) line += fmt::format(", {} of them up to date before", progress.up_to_date());
  const Paint paint = good ? Paint::good : Paint::bad;
  std::string text = look.paint(paint, good ? look.good() : look.bad()) + " " + look.paint(Paint::strong, line) +
                     "    " + time + "\n" + failures_text(progress);
  std::string money;
  const auto usd = [](const json& number) {
    return number.is_number() ? show_usd(std::llround(number.get<double>() * 1e9)) : "?";
  };
  if (end.contains("spent"))
    money = "; spent " + usd(end["spent"]) + (end.contains("cap") ? " of " + usd(end["cap"]) : std::string()) + " USD";
  text += fmt::format("  {} prediction{} bought, {} reused{}\n", progress.predictions(),
                      progress.predictions() == 1 ? "" : "s", progress.reused(), money);
  // What a failure above has said need not be said again.
  if (!end.contains("stopped")) return text;
  const std::string stopped = line_of(end, "stopped"), hint = line_of(end, "hint");
  const bool told = std::any_of(progress.causes().begin(), progress.causes().end(),
                                [&](const Progress::Cause& cause) { return cause.text == stopped; });
  text += told ? "stopped by the failure above\n" : "stopped: " + stopped + "\n";
  if (!hint.empty() && !told) text += "    " + hint + "\n";
  return text;
}

std::string retry_command(const std::vector<std::string>& typed) {
  std::string line = "pixgraph", rest;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string& word = typed[i];
    if (word == "--") {  // after it nothing is a flag
      for (; i < typed.size(); ++i) rest += " " + shell_word(typed[i]);
      break;
    }
    // --rebuy would buy a third time what the failed run has bought for items that failed later.
    const auto is = [&](const std::string& flag) { return word == flag || word.starts_with(flag + "="); };
    if (is("--rebuy") || is("--rebuy-before") || is("--only")) {
      if (word.find('=') == std::string::npos) ++i;
      continue;
    }
    line += " " + shell_word(word);
  }
  return line + " --only failed" + rest;
}

}  // namespace pixgraph
