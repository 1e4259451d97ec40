#include "live_page.h"

#include "html.h"
#include "report_assets.h"

namespace pixgraph {

static constexpr int kSignRoom = 5;  // "100 %"

std::string live_policy(const std::string& nonce) {
  return "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'nonce-" + nonce +
         "'; script-src 'self' 'nonce-" + nonce + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

static std::string tile(const char* name, const char* title) {
  return "<div data-tile=\"" + std::string(name) + "\" hidden><dt>" + title + "</dt><dd></dd></div>\n";
}

std::string live_page(const LiveParts& parts) {
  const std::string name = parts.name.empty() ? parts.file : parts.name;
  Drawing drawing = parts.drawing;
  for (DrawnBox& box : drawing)
    if (box.kind == DrawnBox::Kind::node) box.sign_room = kSignRoom;
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<meta "
      "name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
      escaped_html(name) + "</title>\n<style nonce=\"" + parts.nonce + "\">\n" + std::string(graph_style()) +
      std::string(report_asset("report.css")) + std::string(report_asset("live.css")) +
      "</style>\n</head>\n<body>\n<header>\n<h1>" + escaped_html(name) + "</h1>\n<p class=\"facts\">";
  if (!parts.name.empty()) out += "<span class=\"mono\">" + escaped_html(parts.file) + "</span> ";
  out += "<span>run " + escaped_html(parts.run) + "</span>";
  if (parts.sandbox) out += " <span class=\"mark\">sandbox: stand-in models</span>";
  out +=
      "</p>\n</header>\n<main>\n"
      "<noscript><p class=\"verdict open\">This page needs JavaScript. The run goes on in the terminal, and its "
      "report, "
      "which needs none, will be <span class=\"mono\">" +
      escaped_html(parts.report) +
      "</span>.</p></noscript>\n"
      "<div class=\"verdict open state\"><strong id=\"sign\" role=\"status\"></strong><span id=\"sentence\"></span>"
      "<button type=\"button\" id=\"stop\" hidden>Stop after running tasks</button></div>\n"
      "<p class=\"quiet\" id=\"waiting\" hidden></p>\n"
      "<svg class=\"share\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"></svg>\n"
      "<dl class=\"tiles\">\n" +
      tile("done", "done") + tile("reused", "reused") + tile("failed", "failed") + tile("skipped", "skipped") +
      tile("rate", "items") + tile("predictions", "predictions bought") + tile("spent", "spent") +
      tile("projected", "projected") + tile("cap", "cap") +
      "</dl>\n<div class=\"columns\">\n<section class=\"panel pipeline\" aria-labelledby=\"pipeline-title\">\n<h2 "
      "id=\"pipeline-title\">Pipeline</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Drawing "
      "of "
      "the pipeline\">\n" +
      draw_svg(drawing, "The pipeline", false) +
      "</div>\n</section>\n<div>\n"
      "<section class=\"panel\" aria-labelledby=\"lanes-title\">\n<h2 id=\"lanes-title\">Running <small></small></h2>\n"
      "<div class=\"scroll low\" tabindex=\"0\" role=\"region\" aria-label=\"Tasks that run\"><table "
      "id=\"lanes\"><thead "
      "class=\"unseen\"><tr><th scope=\"col\">node</th><th scope=\"col\">item</th><th "
      "scope=\"col\">for</th></tr></thead><tbody></tbody></table></div>\n</section>\n"
      "<section class=\"panel\" aria-labelledby=\"failures-title\">\n<h2 id=\"failures-title\">Failures "
      "<small></small></h2>\n<ol class=\"causes\" id=\"failures\"></ol>\n</section>\n</div>\n</div>\n"
      "<section class=\"panel\" aria-labelledby=\"images-title\">\n<h2 id=\"images-title\">Latest images</h2>\n<ul "
      "class=\"latest\" id=\"images\"></ul>\n</section>\n<p class=\"quiet ending\">When the run has ended this page "
      "becomes its report, <span class=\"mono\" id=\"report\">" +
      escaped_html(parts.report) + "</span>.</p>\n</main>\n";
  out += "<script type=\"application/json\" id=\"live\">" + script_json({{"token", parts.token}, {"name", name}}) +
         "</script>\n" + "<script type=\"importmap\" nonce=\"" + parts.nonce + "\">" +
         script_json({{"imports", {{"ui/page", "/ui/page.js"}}}}) +
         "</script>\n<script type=\"module\" src=\"/ui/live.js\"></script>\n</body>\n</html>\n";
  return out;
}

}  // namespace pixgraph
