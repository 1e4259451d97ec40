#include "console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "clock.h"
#include "event_fields.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static constexpr int kErrors = 2, kResults = 1;
static constexpr int kRemarks = 3;  // of the same kind are shown
static constexpr auto kLogEvery = std::chrono::seconds(10);

ProgressMode progress_mode(ProgressMode asked) {
  if (asked != ProgressMode::automatic) return asked;
  const char* ci = std::getenv("CI");
  return is_capable_terminal(kErrors) && !(ci && *ci) ? ProgressMode::tty : ProgressMode::plain;
}

Console::Console(const ConsoleOptions& options)
    : mode_(options.quiet ? ProgressMode::none : progress_mode(options.mode)),
      quiet_(options.quiet),
      // Where results would scroll through the region they are not for a program: the end says where they are.
      paths_(options.paths && !(mode_ == ProgressMode::tty && ::isatty(kResults) != 0)),
      look_{colour_on(kErrors), speaks_utf8()},
      most_shown_(mode_ == ProgressMode::tty ? 1 : 5),
      region_([](std::string_view bytes) {
        std::fflush(stderr);
        write_all(kErrors, bytes);
      }) {
  if (mode_ == ProgressMode::tty) watch_continue();
}

Console::~Console() {
  region_.clear(terminal_size(kErrors));
}

void Console::print(const std::string& text) {
  if (was_continued()) region_.forget();
  region_.print(text, terminal_size(kErrors));
}

void Console::say(const std::string& text) {
  std::lock_guard lock(mutex_);
  print((mode_ != ProgressMode::tty && ::isatty(kErrors) != 0 ? "\n" : "") + text);
}

void Console::tick() {
  std::lock_guard lock(mutex_);
  update(false);
}

void Console::update(bool now) {
  if (!begun_ || over_) return;
  const auto time = Clock::now();
  if (mode_ == ProgressMode::plain && time - last_ >= kLogEvery) {
    last_ = time;
    print(progress_line(progress_, seconds()));
  }
  if (mode_ != ProgressMode::tty || (!now && time - last_ < kTick)) return;
  last_ = time;
  if (!in_foreground(kErrors)) return region_.forget();  // somebody else's prompt is there
  if (was_continued()) region_.forget();
  const TerminalSize size = terminal_size(kErrors);
  region_.draw(progress_lines(progress_, seconds(), size, look_), size);
}

void Console::begin(const json& event) {
  begun_ = true;
  until_ = line_of(event, "until");
  if (quiet_) return;
  const int items = progress_.items();
  std::string text =
      look_.paint(Look::Paint::strong, "pixgraph " PIXGRAPH_VERSION) +
      fmt::format("  {}  {} nodes, {} item{}  run {}\n", line_of(event, "file"),
                  event.value("nodes", json::array()).size(), items, items == 1 ? "" : "s", line_of(event, "id"));
  if (const std::string sandbox = line_of(event, "sandbox"); !sandbox.empty())
    text += "  stand-in models at " + sandbox + ", not the real ones\n";
  text += "  state  " + line_of(event, "state") + "\n";
  if (const int skipped = event.value("skipped_files", 0))
    text += fmt::format("  {} other file{} in the folders left out\n", skipped, skipped == 1 ? "" : "s");
  print(text);
}

/// What is neither a failure nor progress.
void Console::remark(const json& event, const std::string& type) {
  const std::string sign = look_.paint(Look::Paint::warning, "!") + " ";
  const auto first = [&](const std::string& what) { return ++same_[what] <= kRemarks; };
  if (type == "warning") {
    if (first(line_of(event, "node") + line_of(event, "message")))
      print(fmt::format("{}{}  {}  {}\n", sign, line_of(event, "node"), line_of(event, "item"),
                        line_of(event, "message")));
  } else if (type == "wait") {
    if (mode_ == ProgressMode::tty) return;  // stands in the region as long as it lasts
    const auto wait = std::chrono::milliseconds(event.value("ms", 0));
    print(fmt::format("{}{}{}\n", sign, line_of(event, "why"),
                      wait.count() > 0 ? "  waiting " + show_duration(wait) : ""));
  } else if (type == "retry") {
    if (first("retry" + line_of(event, "node")))
      print(fmt::format("{}{}  {}  {}; try {} of {} in {}\n", sign, line_of(event, "node"), line_of(event, "item"),
                        line_of(event, "cause"), event.value("attempt", 0), event.value("attempts", 0),
                        show_duration(std::chrono::milliseconds(event.value("ms", 0)))));
  } else if (type == "prediction" && line_of(event, "state") == "adopted") {
    if (first("adopted"))
      print(fmt::format("{}the server's list has prediction {}, whose answer was lost: it is not bought again\n", sign,
                        line_of(event, "id")));
  }
}

void Console::show_result(const std::string& path) {
  if (results_over_) return;
  if (std::printf("%s\n", path.c_str()) >= 0 && std::fflush(stdout) == 0) return;
  results_over_ = true;
  if (errno == EPIPE) return;
  results_error_ = errno;
  print(fmt::format("{} the paths on standard output cannot be written: {}\n", look_.paint(Look::Paint::warning, "!"),
                    std::strerror(results_error_)));
}

void Console::show(const json& event) {
  std::lock_guard lock(mutex_);
  const std::string type = line_of(event, "type");
  progress_.take(event);
  if (const Progress::Cause* cause = progress_.told(); cause && cause->count <= most_shown_)
    print(failure_line(*cause, line_of(event, "item"), line_of(event, "cause"), look_));
  if (type == "run") {
    begin(event);
  } else if (type == "output") {
    if (paths_) show_result(event.value("path", std::string()));
  } else if (type == "end") {
    over_ = true;
    if (was_continued()) region_.forget();
    region_.clear(terminal_size(kErrors));
    print(end_text(progress_, event, until_, look_));
  } else if (!quiet_) {
    remark(event, type);
  }
  update(false);
}

}  // namespace pixgraph
