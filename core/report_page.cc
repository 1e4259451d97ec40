#include "report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "clock.h"
#include "graph_drawing.h"
#include "graph_layout.h"
#include "failure_pattern.h"
#include "html.h"
#include "http_url.h"
#include "report_assets.h"

namespace pixgraph {

static constexpr int kNamesShown = 4, kRowsWithoutScript = 200;

static std::string counted(long long count, const char* word) {
  return with_commas(count) + " " + word + (count == 1 ? "" : "s");
}

static std::string duration(double seconds) {
  return show_duration(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
}

static std::string money(double dollars) {
  return fmt::format("${:.{}f}", dollars, dollars != 0 && dollars < 0.1 ? 4 : 2);
}

static constexpr std::string_view kReportMark = "<meta name=\"generator\" content=\"pixgraph report\">";

bool is_report(std::string_view page) {
  return page.substr(0, 500).find(kReportMark) != std::string_view::npos;
}

std::string command_line(const RunRecord& record) {
  std::string line = "pixgraph";
  for (const std::string& word : record.command) line += " " + shell_word(word);
  return record.command.empty() ? "" : line;
}

// Failures

std::vector<FailureGroup> failures_of(const RunRecord& record) {
  std::vector<FailureGroup> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < record.items.size(); ++i) {
    const ItemRecord& item = record.items[i];
    if (item.outcome != "failed") continue;
    std::string cause = item.cause < 0 ? "" : record.texts[item.cause];
    if (const std::string prefix = "`" + item.culprit + "`: "; cause.starts_with(prefix)) cause.erase(0, prefix.size());
    const auto [place, is_new] =
        known.emplace(item.culprit + "\n" + item.code + "\n" + failure_pattern(cause, item.name), groups.size());
    if (is_new) groups.push_back({item.culprit, item.code, cause, item.hint, {}});
    groups[place->second].items.push_back(static_cast<int>(i));
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const FailureGroup& a, const FailureGroup& b) { return a.items.size() > b.items.size(); });
  return groups;
}

Verdict verdict_of(const RunRecord& record) {
  using Kind = Verdict::Kind;
  const int good = record.done + record.reused;
  const auto items = static_cast<long long>(record.items_wanted);
  std::string failed;
  if (record.failed > 0) failed = fmt::format("{} of {} failed", with_commas(record.failed), counted(items, "item"));
  const std::string written = good > 0
                                  ? fmt::format("{} {} in {}", with_commas(good), good == 1 ? "is" : "are", record.out)
                                  : "nothing was written";
  if (!record.ended)
    return {Kind::open, "▸", "Not ended",
            fmt::format("The run has written no end: it goes on, or it was killed. So far {} of {} came to an end.",
                        with_commas(good + record.failed + record.skipped + record.canceled), counted(items, "item"))};
  if (record.exit == 130 || record.exit == 143)
    return {Kind::open, "–", "Interrupted",
            (failed.empty() ? "" : failed + "; ") + written +
                ". Run the same command again: what is done is not done or bought twice."};
  if (!record.stopped.empty()) return {Kind::bad, "✕", "Stopped", record.stopped + "; " + written + "."};
  if (record.failed > 0)
    return {Kind::bad, "✕", "Finished with failures",
            failed + "; " + written + ". With --only failed the same command runs those again."};
  if (record.canceled > 0)
    return {Kind::open, "–", "Not finished",
            fmt::format("{} {} not worked on to the end; {}.", counted(record.canceled, "item"),
                        record.canceled == 1 ? "was" : "were", written)};
  return {Kind::good, "✓", "All done", counted(good, "item") + " in " + record.out + "."};
}

namespace {

struct NodeTimes {
  std::vector<std::int64_t> ms;
  std::int64_t total = 0, longest = 0;
  double cost = 0;
  bool any_cost = false;
};

std::vector<NodeTimes> times_of(const RunRecord& record) {
  std::vector<NodeTimes> times(record.drawing.size());
  for (const TaskRecord& task : record.tasks) {
    if (task.state != TaskState::done && task.state != TaskState::failed) continue;
    NodeTimes& of = times[task.box];
    of.ms.push_back(task.ms);
    of.total += task.ms;
    of.longest = std::max(of.longest, task.ms);
  }
  for (const PredictionRecord& one : record.predictions)
    if (one.cost && one.box >= 0 && one.bought) {
      times[one.box].cost += *one.cost;
      times[one.box].any_cost = true;
    }
  for (NodeTimes& of : times)
    if (!of.ms.empty())
      std::nth_element(of.ms.begin(), of.ms.begin() + static_cast<std::ptrdiff_t>(of.ms.size() / 2), of.ms.end());
  return times;
}

std::int64_t median(const NodeTimes& of) {
  return of.ms.empty() ? 0 : of.ms[of.ms.size() / 2];
}

std::string tile(const std::string& name, const std::string& value, const std::string& state = {}) {
  return "<div" + (state.empty() ? "" : " class=\"" + state + "\"") + "><dt>" + name + "</dt><dd>" + value +
         "</dd></div>\n";
}

std::string head(const PageParts& parts, const Verdict& verdict) {
  const RunRecord& record = parts.record;
  const std::string name = record.name.empty() ? record.file : record.name;
  std::string title = verdict.sign + " " + name;
  if (record.failed > 0) title += " · " + with_commas(record.failed) + " failed";
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" + std::string(kReportMark) +
         "\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' data: file:; "
         "style-src 'nonce-" +
         parts.nonce + "'; script-src 'nonce-" + parts.nonce + "'; base-uri 'none'; form-action 'none'\">\n" +
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" "
         "href=\"data:,\">\n<meta name=\"color-scheme\" "
         "content=\"light dark\">\n"
         "<title>" +
         escaped_html(title) + "</title>\n<style nonce=\"" + parts.nonce + "\">\n" + std::string(graph_style()) +
         std::string(report_asset("report.css")) + "</style>\n</head>\n<body>\n";
}

std::string top(const PageParts& parts, const Verdict& verdict) {
  const RunRecord& record = parts.record;
  std::string out =
      "<header>\n<h1>" + escaped_html(record.name.empty() ? record.file : record.name) + "</h1>\n<p class=\"facts\">";
  if (!record.name.empty()) out += "<span class=\"mono\">" + escaped_html(record.file) + "</span> ";
  out += "<span>run " + escaped_html(record.id) + "</span>";
  if (const auto started = parse_iso_time(record.started)) {
    std::string shown = record.started.substr(0, 16);
    std::replace(shown.begin(), shown.end(), 'T', ' ');
    out += " <time datetime=\"" + escaped_html(record.started) + "\">" + escaped_html(shown) + " UTC</time>";
  }
  out += " <span>pixgraph " + escaped_html(record.version) + "</span>";
  if (!record.shard.empty()) out += " <span>shard " + escaped_html(record.shard) + "</span>";
  if (!record.until.empty()) out += " <span>until " + escaped_html(record.until) + "</span>";
  if (!record.sandbox.empty()) out += " <span class=\"mark\">sandbox: stand-in models</span>";
  out +=
      "</p>\n<nav aria-label=\"Sections\"><a href=\"#failures\">failures</a> <a href=\"#timeline\">timeline</a> "
      "<a href=\"#images\">images</a> <a href=\"#reproduce\">reproduce</a></nav>\n</header>\n<main>\n";
  const char* kind = verdict.kind == Verdict::Kind::good ? "good" : verdict.kind == Verdict::Kind::bad ? "bad" : "open";
  out += fmt::format("<p class=\"verdict {}\"><strong>{} {}</strong> {}</p>\n", kind, verdict.sign, verdict.title,
                     escaped_html(verdict.sentence));
  if (!record.hint.empty()) out += "<p class=\"hint\">" + escaped_html(record.hint) + "</p>\n";

  int done = 0, reused = 0, failed = 0, skipped = 0, canceled = 0;
  for (const DrawnBox& box : record.drawing) {
    done += box.done;
    reused += box.reused;
    failed += box.failed;
    skipped += box.skipped;
    canceled += box.canceled;
  }
  const int all = std::max<int>(1, static_cast<int>(record.items_wanted));
  out += "<svg class=\"share\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  double x = 0;
  for (const auto& [count, name] :
       {std::pair{record.done, "done"}, std::pair{record.reused, "reused"}, std::pair{record.failed, "failed"},
        std::pair{record.skipped + record.canceled, "skipped"}}) {
    if (count == 0) continue;
    const double width = std::max(3.0, 1000.0 * count / all);
    out +=
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" width=\"{:.1f}\" height=\"8\"/>", name, std::min(x, 997.0), width);
    x += width;
  }
  out += "</svg>\n<dl class=\"tiles\">\n";
  out += tile("wall time", duration(record.seconds));
  out += tile("items done", with_commas(record.done), "done");
  if (record.reused) out += tile("up to date before", with_commas(record.reused), "reused");
  out += tile("failed", with_commas(record.failed), record.failed ? "failed" : "");
  if (record.skipped) out += tile("items skipped", with_commas(record.skipped));
  const auto unfinished = record.canceled + static_cast<long long>(record.open);
  if (unfinished) out += tile("not finished", with_commas(unfinished));
  out += tile("tasks run", with_commas(done + failed));
  if (reused) out += tile("tasks reused", with_commas(reused));
  if (skipped) out += tile("tasks skipped", with_commas(skipped));
  const auto bought = std::count_if(record.predictions.begin(), record.predictions.end(),
                                    [](const PredictionRecord& one) { return one.bought; });
  if (!record.predictions.empty()) out += tile("predictions bought", with_commas(bought));
  if (record.cost) out += tile("model cost", money(*record.cost));
  return out + "</dl>\n";
}

std::string pipeline(const RunRecord& record) {
  const auto nodes = std::count_if(record.drawing.begin(), record.drawing.end(),
                                   [](const DrawnBox& box) { return box.kind == DrawnBox::Kind::node; });
  std::string out =
      "<section class=\"panel pipeline\" aria-labelledby=\"pipeline-title\">\n<h2 id=\"pipeline-title\">Pipeline "
      "<small>" +
      counted(nodes, "node") +
      "</small></h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing of the pipeline\">\n";
  out += draw_svg(record.drawing, "The pipeline", false);
  const bool hosted =
      std::any_of(record.drawing.begin(), record.drawing.end(), [](const DrawnBox& box) { return box.hosted; });
  return out +
         "</div>\n<p class=\"legend\"><span class=\"done\">✓ done</span> <span class=\"reused\">↺ mostly reused</span> "
         "<span class=\"failed\">✕ has failures</span> <span class=\"unfinished\">▸ not finished</span>" +
         (hosted ? " <span>blue edge: hosted model</span>" : "") + "</p>\n</section>\n";
}

std::string image(const PageParts& parts, int item) {
  const ReportPictures::One* cover = cover_of(parts.record, parts.pictures, item);
  const std::string source = cover ? parts.source(cover->thumb) : "";
  return source.empty() ? "<span class=\"thumb none\"></span>"
                        : "<span class=\"thumb\"><img src=\"" + source + "\" alt=\"\"></span>";
}

std::string failures(const PageParts& parts) {
  const RunRecord& record = parts.record;
  const std::vector<FailureGroup> groups = failures_of(record);
  std::string out =
      "<section class=\"panel\" id=\"failures\" aria-labelledby=\"failures-title\">\n<h2 "
      "id=\"failures-title\">Failures";
  if (!groups.empty())
    out += " <small>" + counted(record.failed, "item") + ", " +
           counted(static_cast<long long>(groups.size()), "cause") + "</small>";
  out += "</h2>\n";
  if (groups.empty()) return out + "<p class=\"quiet\">None.</p>\n</section>\n";
  out += "<ol class=\"causes\">\n";
  for (const FailureGroup& group : groups) {
    const int first = group.items.front();
    out += "<li>" + image(parts, first) + "<div>\n<p class=\"cause\">" + escaped_html(group.cause);
    if (!group.code.empty()) out += " <span class=\"code\">" + escaped_html(group.code) + "</span>";
    out += "</p>\n";
    if (!group.hint.empty()) out += "<p class=\"hint\">" + escaped_html(group.hint) + "</p>\n";
    out += "<p><strong>" + counted(static_cast<long long>(group.items.size()), "item") + "</strong>";
    if (!group.node.empty()) out += " at <span class=\"mono\">" + escaped_html(group.node) + "</span>";
    out += " · ";
    for (std::size_t i = 0; i < group.items.size() && i < kNamesShown; ++i) {
      const std::string& name = record.items[group.items[i]].name;
      out += (i ? ", " : "") +
             ("<a href=\"#image-" + escaped_html(percent_encoded(name)) + "\">" + escaped_html(name) + "</a>");
    }
    if (group.items.size() > kNamesShown) out += " …";
    out += "</p>\n</div></li>\n";
  }
  return out + "</ol>\n</section>\n";
}

std::string warnings(const RunRecord& record) {
  if (record.warnings.empty()) return "";
  constexpr int kMostShown = 50;
  std::string out =
      "<section class=\"panel\" aria-labelledby=\"warnings-title\">\n<h2 id=\"warnings-title\">Warnings</h2>\n"
      "<ul class=\"warnings\" tabindex=\"0\">\n";
  int shown = 0;
  for (const auto& [text, count] : record.warnings) {
    if (++shown > kMostShown) break;
    out += "<li>" + escaped_html(text);
    if (count > 1) out += fmt::format(" <small>{} times</small>", with_commas(count));
    out += "</li>\n";
  }
  if (record.warnings.size() > kMostShown)
    out += fmt::format("<li>and {} more</li>\n", record.warnings.size() - kMostShown);
  return out + "</ul>\n</section>\n";
}

std::string where_it_went(const RunRecord& record) {
  const std::vector<NodeTimes> times = times_of(record);
  const bool costs = std::any_of(times.begin(), times.end(), [](const NodeTimes& of) { return of.any_cost; });
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < record.drawing.size(); ++i)
    if (record.drawing[i].kind != DrawnBox::Kind::input && record.drawing[i].tasks() > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return times[a].total > times[b].total; });
  std::string out = "<section class=\"panel\" aria-labelledby=\"time-title\">\n<h2 id=\"time-title\">Where time " +
                    std::string(costs ? "and money " : "") + "went</h2>\n";
  if (order.empty()) return out + "<p class=\"quiet\">Nothing ran.</p>\n</section>\n";
  out +=
      "<div class=\"scroll low\" tabindex=\"0\" role=\"region\" aria-label=\"Table of nodes\"><table>\n<thead><tr><th "
      "scope=\"col\">node</th>"
      "<th scope=\"col\">run</th><th scope=\"col\">reused</th><th scope=\"col\">failed</th><th "
      "scope=\"col\">median</th><th scope=\"col\">all</th>";
  if (costs) out += "<th scope=\"col\">cost</th>";
  out += "</tr></thead>\n<tbody>\n";
  const auto number = [](int n) { return n ? with_commas(n) : std::string("–"); };
  const auto time = [](std::int64_t ms) {
    return ms >= 1000 ? show_duration(std::chrono::milliseconds(ms)) : fmt::format("{} ms", ms);
  };
  for (const std::size_t i : order) {
    const DrawnBox& box = record.drawing[i];
    out += "<tr><th scope=\"row\">" + escaped_html(box.name) + " <small>" + escaped_html(box.label) +
           "</small></th><td>" + number(box.done + box.failed) + "</td><td>" + number(box.reused) + "</td><td" +
           (box.failed ? " class=\"failed\"" : "") + ">" + number(box.failed) + "</td><td>" + time(median(times[i])) +
           "</td><td>" + time(times[i].total) + "</td>";
    if (costs) out += "<td>" + (times[i].any_cost ? money(times[i].cost) : "–") + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table></div>\n</section>\n";
}

/// What the modules fill; without them a table of the first items.
std::string timeline_and_images(const PageParts& parts) {
  const RunRecord& record = parts.record;
  std::string out =
      "<section class=\"panel script\" id=\"timeline\" aria-labelledby=\"timeline-title\" hidden>\n<h2 "
      "id=\"timeline-title\">Timeline <small></small></h2>\n</section>\n"
      "<section class=\"panel script\" id=\"images\" aria-labelledby=\"images-title\" hidden>\n<h2 "
      "id=\"images-title\">Images <small></small></h2>\n</section>\n"
      "<noscript>\n<section class=\"panel\" aria-labelledby=\"items-title\">\n<h2 id=\"items-title\">Items <small>";
  std::vector<int> order;
  for (const bool failed : {true, false})
    for (std::size_t i = 0; i < record.items.size(); ++i)
      if ((record.items[i].outcome == "failed") == failed) order.push_back(static_cast<int>(i));
  const std::size_t all = order.size();
  if (order.size() > kRowsWithoutScript) order.resize(kRowsWithoutScript);
  out += order.size() < all ? fmt::format("{} of {}, failed first; all of them with JavaScript", order.size(),
                                          with_commas(static_cast<long long>(all)))
                            : with_commas(static_cast<long long>(all));
  out +=
      "</small></h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
      "items\"><table>\n<thead><tr><th scope=\"col\">item</th><th scope=\"col\">outcome</th>"
      "<th scope=\"col\">time</th><th scope=\"col\">files or cause</th></tr></thead>\n<tbody>\n";
  for (const int i : order) {
    const ItemRecord& item = record.items[i];
    out += "<tr><th scope=\"row\">" + escaped_html(item.name) + "</th><td>" +
           (item.outcome.empty() ? "not ended" : escaped_html(item.outcome)) + "</td><td>" +
           (item.ms > 0 ? duration(item.ms / 1000) : "–") + "</td><td class=\"wide\">";
    if (item.cause >= 0) out += escaped_html(record.texts[item.cause]);
    for (const auto& file : item.files)
      out += "<a href=\"" + escaped_html(relative_url(parts.folder, file.path)) + "\">" +
             escaped_html(file.path.substr(file.path.rfind('/') + 1)) + "</a> ";
    out += "</td></tr>\n";
  }
  return out + "</tbody>\n</table></div>\n</section>\n</noscript>\n";
}

std::string reproduce(const PageParts& parts) {
  const RunRecord& record = parts.record;
  std::string out =
      "<section class=\"panel\" id=\"reproduce\" aria-labelledby=\"reproduce-title\">\n<h2 "
      "id=\"reproduce-title\">Reproduce</h2>\n";
  if (const std::string command = command_line(record); !command.empty())
    out += "<h3>Command</h3>\n<pre class=\"command\" tabindex=\"0\">" + escaped_html(command) + "</pre>\n";
  if (!record.params.empty()) {
    out += "<h3>Params</h3>\n<dl class=\"params\">\n";
    for (const auto& [name, value] : record.params)
      out += "<dt class=\"mono\">" + escaped_html(name) + "</dt><dd>" + escaped_html(value) + "</dd>\n";
    out += "</dl>\n";
  }
  if (!parts.models.empty()) {
    out += "<h3>Models, as they were asked</h3>\n<ul class=\"models\">\n";
    for (const std::string& line : parts.models) out += "<li class=\"mono\">" + escaped_html(line) + "</li>\n";
    out += "</ul>\n";
  }
  if (!record.pipeline.empty())
    out += "<h3>" + escaped_html(record.file) + ", as it was run</h3>\n<pre tabindex=\"0\">" +
           escaped_html(record.pipeline) + "</pre>\n";
  out += "<p class=\"quiet\">pixgraph " + escaped_html(record.version) + " · state in <span class=\"mono\">" +
         escaped_html(record.state) + "</span></p>\n";
  return out + "</section>\n";
}

}  // namespace

std::string page_begin(const PageParts& parts) {
  const Verdict verdict = verdict_of(parts.record);
  std::vector<LayoutBox> boxes;
  for (const DrawnBox& box : parts.record.drawing) boxes.push_back({1, 1, box.after});
  const std::string drawing = pipeline(parts.record), failed = failures(parts) + warnings(parts.record),
                    times = where_it_went(parts.record);
  // A drawing that runs to the right has the page's width; one that runs down stands beside the rest.
  const std::string middle =
      flow_of(boxes) == Flow::right
          ? drawing + "<div class=\"columns even\">\n<div>\n" + failed + "</div>\n<div>\n" + times + "</div>\n</div>\n"
          : "<div class=\"columns\">\n" + drawing + "<div>\n" + failed + times + "</div>\n</div>\n";
  return head(parts, verdict) + top(parts, verdict) + middle + timeline_and_images(parts) + reproduce(parts) +
         "</main>\n";
}

std::string page_end(const PageParts& parts) {
  // Modules of data: URLs may import each other from a file, where modules of neighbouring files may not.
  nlohmann::json imports = nlohmann::json::object();
  for (const char* name : {"page", "timeline", "gallery", "detail"})
    imports["ui/" + std::string(name)] =
        "data:text/javascript;base64," + base64(report_asset(std::string(name) + ".js"));
  return "<script type=\"importmap\" nonce=\"" + parts.nonce + "\">" + script_json({{"imports", imports}}) +
         "</script>\n<script type=\"module\" nonce=\"" + parts.nonce + "\">\n" +
         std::string(report_asset("report.js")) + "</script>\n</body>\n</html>\n";
}

}  // namespace pixgraph
