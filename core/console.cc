#include "console.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "clock.h"
#include "money.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static void say(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

/// As a terminal may have it: names and answers come from anywhere, and one of them must not pass for a line of ours.
static std::string text_of(const json& event, const char* key) {
  return printable_line(event.value(key, std::string()));
}

static std::string dollars(const json& number) {
  return number.is_number() ? show_usd(std::llround(number.get<double>() * 1e9)) : "?";
}

void Console::failure(const json& event) {
  const std::string node = text_of(event, "node"), cause = text_of(event, "cause"), code = text_of(event, "code");
  const int shown = ++same_[node + "\n" + code];
  if (shown > 5) return;
  say(fmt::format("✕ {}{}  {}  [{}]\n", node.empty() ? "" : node + "  ", text_of(event, "item"), cause, code));
  if (shown > 1) return;
  if (const std::string hint = text_of(event, "hint"); !hint.empty()) say("    " + hint + "\n");
  told_.insert(cause);
}

void Console::progress(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (!now && time - last_ < std::chrono::seconds(10)) return;
  last_ = time;
  const int ended = done_ + failed_ + skipped_ + canceled_;
  say(fmt::format("  {:>3}%  {} of {} items, {} failed, {} predictions bought, {} reused\n",
                  items_ ? ended * 100 / items_ : 100, ended, items_, failed_, predictions_, reused_));
}

void Console::show(const json& event) {
  const std::string type = text_of(event, "type");
  if (type == "run") {
    items_ = event.value("items", 0);
    until_ = text_of(event, "until");
    say(fmt::format("pixgraph {}  {}  {} nodes, {} item{}  run {}\n", PIXGRAPH_VERSION, text_of(event, "file"),
                    event.value("nodes", json::array()).size(), items_, items_ == 1 ? "" : "s", text_of(event, "id")));
    if (const std::string sandbox = text_of(event, "sandbox"); !sandbox.empty())
      say("  stand-in models at " + sandbox + ": for trying out, not the real ones\n");
    say("  state  " + text_of(event, "state") + "\n");
    if (const int skipped = event.value("skipped_files", 0))
      say(fmt::format("  {} other file{} in the folders left out\n", skipped, skipped == 1 ? "" : "s"));
  } else if (type == "task") {
    const std::string state = text_of(event, "state");
    if (state == "failed") failure(event);
    if (state == "reused" && !event.contains("output")) ++reused_;
    progress(false);
  } else if (type == "warning") {
    const int shown = ++same_["!" + text_of(event, "node") + text_of(event, "message")];
    if (shown <= 3)
      say(fmt::format("! {}  {}  {}\n", text_of(event, "node"), text_of(event, "item"), text_of(event, "message")));
  } else if (type == "wait") {
    const auto wait = std::chrono::milliseconds(event.value("ms", 0));
    say(fmt::format("! {}{}\n", text_of(event, "why"), wait.count() > 0 ? "  waiting " + show_duration(wait) : ""));
  } else if (type == "retry") {
    const int shown = ++same_["!retry" + text_of(event, "node")];
    if (shown <= 3)
      say(fmt::format("! {}  {}  {}; try {} of {} in {}\n", text_of(event, "node"), text_of(event, "item"),
                      text_of(event, "cause"), event.value("attempt", 0), event.value("attempts", 0),
                      show_duration(std::chrono::milliseconds(event.value("ms", 0)))));
  } else if (type == "prediction") {
    const std::string state = text_of(event, "state");
    if (state == "created") ++predictions_;
    if (state == "adopted" && ++same_["!adopted"] <= 3)
      say(fmt::format("! the server's list has prediction {}, whose answer was lost: it is not bought again\n",
                      text_of(event, "id")));
  } else if (type == "output") {
    if (paths_) {
      std::printf("%s\n", event.value("path", std::string()).c_str());
      std::fflush(stdout);
    }
  } else if (type == "item") {
    const std::string outcome = text_of(event, "outcome");
    if (outcome == "failed" && !event.contains("node") && event.contains("code"))
      failure(event);  // refused before it ran: no task said so
    if (outcome == "reused") ++up_to_date_;
    ++(outcome == "done" || outcome == "reused" ? done_
       : outcome == "failed"                    ? failed_
       : outcome == "skipped"                   ? skipped_
                                                : canceled_);
  } else if (type == "end") {
    for (const auto& [what, count] : same_)
      if (count > 5 && what[0] != '!')
        say(fmt::format("✕ {}  … {} more like this\n", what.substr(0, what.find('\n')), count - 5));
    const std::string time = show_duration(std::chrono::milliseconds(static_cast<long>(event.value("t", 0.0) * 1000)));
    // A run with nothing to do says so once, not for every item.
    if (const int reused = event.value("reused", 0); up_to_date_ < reused) done_ = up_to_date_ = reused;
    if (up_to_date_ == items_ && items_ > 0)
      return say(fmt::format("✓ nothing to do: {} item{} up to date in {}    {}\n", items_,
                             items_ == 1 ? " is" : "s are", text_of(event, "out"), time));
    const std::string where = until_.empty() ? "written to " + text_of(event, "out") : "run until " + until_;
    std::string line = done_ + skipped_ == items_ ? fmt::format("✓ {} of {} items {}", done_, items_, where)
                       : failed_ == 0 ? fmt::format("✕ ended early: {} of {} items {}", done_, items_, where)
                                      : fmt::format("✕ {} of {} items failed, {} {}", failed_, items_, done_, where);
    if (skipped_) line += fmt::format(", {} skipped", skipped_);
    if (canceled_) line += fmt::format(", {} not finished", canceled_);
    if (up_to_date_) line += fmt::format(", {} of them up to date before", up_to_date_);
    std::string money;
    if (event.contains("spent"))
      money = "; spent " + dollars(event["spent"]) +
              (event.contains("cap") ? " of " + dollars(event["cap"]) : std::string()) + " USD";
    say(fmt::format("{}    {}\n  {} prediction{} bought, {} reused{}\n", line, time, predictions_,
                    predictions_ == 1 ? "" : "s", reused_, money));
    // What a failure above has said need not be said again.
    const std::string stopped = text_of(event, "stopped");
    if (event.contains("stopped"))
      say(told_.contains(stopped) ? "stopped by the failure above\n" : "stopped: " + stopped + "\n");
    if (const std::string hint = text_of(event, "hint"); !hint.empty() && !told_.contains(stopped))
      say("    " + hint + "\n");
  }
}

}  // namespace pixgraph
