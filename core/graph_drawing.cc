#include "graph_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <pixgraph/spec.h>

#include "evaluate.h"
#include "graph_layout.h"
#include "html.h"
#include "report_assets.h"
#include "types.h"
#include "unicode.h"

namespace pixgraph {

static constexpr double kBoxHeight = 38, kPad = 10, kMargin = 14;
static constexpr int kMostCharacters = 24;

static std::string shortened(const std::string& text) {
  std::string out;
  int characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (++characters > kMostCharacters) return out + "…";
    out += text.substr(at, character.bytes);
    at += character.bytes;
  }
  return out;
}

Drawing drawing_of(const Graph& graph) {
  Drawing drawing;
  const auto inputs = static_cast<int>(graph.inputs.size());
  const auto connect = [&](const Expression& expression, std::set<int>& from) {
    for_each_reference(expression, [&](const Reference& reference) {
      if (reference.to == Reference::To::input) from.insert(reference.index);
      if (reference.to == Reference::To::node) from.insert(inputs + reference.index);
    });
  };
  for (const GraphInput& input : graph.inputs)
    drawing.push_back({.kind = DrawnBox::Kind::input, .name = input.name, .label = type_name(input.type)});
  for (const GraphNode& node : graph.nodes) {
    std::set<int> from;
    for (const Expression& argument : node.arguments) connect(argument, from);
    connect(node.open_input, from);
    drawing.push_back({.kind = DrawnBox::Kind::node,
                       .name = node.name,
                       .label = node.spec->name,
                       .hosted = node.spec->pool == Pool::predict,
                       .after = {from.begin(), from.end()}});
  }
  for (const GraphOutput& output : graph.outputs) {
    std::set<int> from;
    connect(output.value, from);
    drawing.push_back(
        {.kind = DrawnBox::Kind::output, .name = output.name, .label = "output", .after = {from.begin(), from.end()}});
  }
  return drawing;
}

namespace {

std::string_view state_of(const DrawnBox& box) {
  if (box.plan)
    return box.plan->to_buy > 0   ? "to-buy"
           : box.plan->to_run > 0 ? "to-run"
           : box.plan->ready > 0  ? "ready"
                                  : "skipped";
  if (box.failed > 0) return "failed";
  if (box.tasks() == 0) return "";
  if (box.canceled > 0) return "unfinished";
  if (box.done == 0 && box.reused == 0) return "skipped";
  return box.reused > box.done ? "reused" : "done";
}

/// Never by colour alone.
std::string sign_of(const DrawnBox& box) {
  const std::string_view state = state_of(box);
  if (state == "failed") return fmt::format("{} ✕", box.failed);
  if (state == "to-buy") return fmt::format("$ {}", box.plan->to_buy);
  if (state == "to-run") return fmt::format("▸ {}", box.plan->to_run);
  if (state == "ready") return "✓";
  if (state == "unfinished") return fmt::format("▸ {}", box.canceled);
  return state == "done" ? "✓" : state == "reused" ? "↺" : state == "skipped" ? "–" : "";
}

std::string class_of(const DrawnBox& box) {
  std::string out = box.kind == DrawnBox::Kind::node ? "node" : box.kind == DrawnBox::Kind::input ? "input" : "output";
  if (box.hosted) out += " hosted";
  if (const std::string_view state = state_of(box); !state.empty()) out += " " + std::string(state);
  return out;
}

std::string spoken(const DrawnBox& box) {
  std::string out = box.name + " (" + box.label + (box.hosted ? ", hosted model" : "") + ")";
  if (box.plan) {
    out += fmt::format(": {} to run", box.plan->to_run);
    if (box.plan->to_buy) out += fmt::format(", {} to buy at most", box.plan->to_buy);
    if (box.plan->ready) out += fmt::format(", {} ready", box.plan->ready);
  }
  if (box.tasks() == 0) return out;
  out += fmt::format(": {} done", box.done);
  if (box.reused) out += fmt::format(", {} reused", box.reused);
  if (box.failed) out += fmt::format(", {} failed", box.failed);
  if (box.skipped) out += fmt::format(", {} skipped", box.skipped);
  if (box.canceled) out += fmt::format(", {} canceled", box.canceled);
  return out;
}

double text_width(const std::string& text, double per_character) {
  return display_width(text) * per_character;
}

double box_width(const DrawnBox& box) {
  const double sign = std::max(text_width(sign_of(box), 7), box.sign_room * 7.0);
  const double name = text_width(shortened(box.name), 7) + (sign == 0 ? 0 : 14 + sign);
  return std::max(84.0, std::max(name, text_width(shortened(box.label), 5.8)) + 2 * kPad + (box.hosted ? 4 : 0));
}

std::string path_of(const LayoutLine& line, Flow flow) {
  std::string path;
  const auto number = [](double n) { return fmt::format("{:.1f}", n); };
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    const LayoutPoint& p = line.points[i];
    if (i == 0) {
      path = "M" + number(p.x) + " " + number(p.y);
    } else if (i % 2 == 1) {
      if (i > 1 && i + 1 < line.points.size()) path += "L" + number(p.x) + " " + number(p.y);
    } else {
      const LayoutPoint& q = line.points[i - 1];
      const LayoutPoint a = flow == Flow::down ? LayoutPoint{q.x, (q.y + p.y) / 2} : LayoutPoint{(q.x + p.x) / 2, q.y};
      const LayoutPoint b = flow == Flow::down ? LayoutPoint{p.x, (q.y + p.y) / 2} : LayoutPoint{(q.x + p.x) / 2, p.y};
      path += "C" + number(a.x) + " " + number(a.y) + " " + number(b.x) + " " + number(b.y) + " " + number(p.x) + " " +
              number(p.y);
    }
  }
  return path;
}

/// What share of the tasks ended how, as a thin bar along the lower edge.
std::string bar_of(const DrawnBox& box, double width) {
  if (box.tasks() == 0) return "";
  std::string out;
  double x = 0;
  const auto part = [&](int count, const char* name) {
    if (count == 0) return;
    const double share = std::max(2.0, width * count / box.tasks());
    out += fmt::format("<rect class=\"bar {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"3\"/>", name, x,
                       kBoxHeight - 3, std::min(share, width - x));
    x = std::min(width, x + share);
  };
  part(box.failed, "failed");
  part(box.done, "done");
  part(box.reused, "reused");
  part(box.skipped + box.canceled, "skipped");
  return out;
}

}  // namespace

std::string draw_svg(const Drawing& drawing, const std::string& title, bool standalone) {
  std::vector<LayoutBox> boxes;
  for (const DrawnBox& box : drawing) boxes.push_back({box_width(box), kBoxHeight, box.after});
  const Layout layout = lay_out(boxes);
  const double width = layout.width + 2 * kMargin, height = layout.height + 2 * kMargin;
  std::string out = fmt::format(
      "<svg class=\"graph\" {}width=\"{:.0f}\" height=\"{:.0f}\" viewBox=\"{} {} {:.0f} {:.0f}\" role=\"{}\" "
      "aria-label=\"{}\">\n",
      standalone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", width, height, -kMargin, -kMargin, width, height,
      "group", escaped_html(title));
  if (standalone) {
    out += "<title>" + escaped_html(title) + "</title>\n<style>\n";
    out += graph_style();
    out += "</style>\n";
  }
  out +=
      "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
      "orient=\"auto\"><path d=\"M0 0.5L8 4L0 7.5z\"/></marker></defs>\n<g class=\"lines\" aria-hidden=\"true\">\n";
  for (const LayoutLine& line : layout.lines)
    out += "<path d=\"" + path_of(line, layout.flow) + "\" marker-end=\"url(#arrow)\"/>\n";
  out += "</g>\n";
  for (std::size_t i = 0; i < drawing.size(); ++i) {
    const DrawnBox& box = drawing[i];
    const double w = boxes[i].width;
    const std::string sign = sign_of(box);
    if (!box.link.empty()) out += "<a href=\"" + escaped_html(box.link) + "\">";
    out += fmt::format("<g class=\"{}\" role=\"img\" aria-label=\"{}\" transform=\"translate({:.1f} {:.1f})\">",
                       class_of(box), escaped_html(spoken(box)), layout.corners[i].x, layout.corners[i].y);
    out += "<title>" + escaped_html(spoken(box)) + "</title>";
    out += fmt::format("<rect class=\"box\" width=\"{:.1f}\" height=\"{}\" rx=\"{}\"/>", w, kBoxHeight,
                       box.kind == DrawnBox::Kind::node ? 4 : kBoxHeight / 2);
    if (box.hosted) out += fmt::format("<rect class=\"edge\" width=\"4\" height=\"{}\" rx=\"2\"/>", kBoxHeight);
    if (box.kind == DrawnBox::Kind::node) out += bar_of(box, w);
    if (box.sign_room > 0) out += "<g class=\"bars\"></g>";
    const double x = kPad + (box.hosted ? 4 : 0);
    const double indent = box.kind == DrawnBox::Kind::node ? x : x + 4;
    out += fmt::format("<text class=\"name\" x=\"{}\" y=\"16\">{}</text>", indent, escaped_html(shortened(box.name)));
    out += fmt::format("<text class=\"label\" x=\"{}\" y=\"29\">{}</text>", indent, escaped_html(shortened(box.label)));
    if (!sign.empty() || box.sign_room > 0)
      out += fmt::format("<text class=\"sign\" x=\"{:.1f}\" y=\"16\">{}</text>",
                         w - (box.kind == DrawnBox::Kind::node ? 8 : 14), sign);
    out += box.link.empty() ? "</g>\n" : "</g></a>\n";
  }
  return out + "</svg>\n";
}

/// Null where no plan was made. The sign says it too.
static const char* plan_colour(const DrawnBox& box) {
  if (!box.plan) return nullptr;
  const std::string_view state = state_of(box);
  return state == "to-buy" ? "#8a4b9e" : state == "to-run" ? "#8a5a00" : state == "ready" ? "#16705d" : "#8a8f97";
}

static std::string quoted_dot(const std::string& text) {
  std::string out = "\"";
  for (const char c : printable_line(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string draw_dot(const Drawing& drawing, const std::string& title) {
  std::string out = "digraph " + quoted_dot(title) +
                    " {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < drawing.size(); ++i) {
    const DrawnBox& box = drawing[i];
    const std::string sign = sign_of(box);
    // dot reads \n within a label as a line's end; the names' own backslashes have been doubled.
    std::string label = quoted_dot(box.name + (sign.empty() ? "" : "  " + sign));
    label.back() = '\\';
    label += "n" + quoted_dot(box.label).substr(1);
    out += fmt::format("  n{} [label={}", i, label);
    if (box.kind != DrawnBox::Kind::node) out += ", shape=oval";
    if (box.hosted) out += ", penwidth=2, color=\"#2660c4\"";
    if (box.failed) out += ", color=\"#b23b06\", fontcolor=\"#b23b06\"";
    if (const char* colour = plan_colour(box)) out += fmt::format(", color=\"{0}\", fontcolor=\"{0}\"", colour);
    out += "];\n";
  }
  for (std::size_t i = 0; i < drawing.size(); ++i)
    for (const int from : drawing[i].after) out += fmt::format("  n{} -> n{};\n", from, i);
  return out + "}\n";
}

/// Mermaid takes entity codes within quotes.
static std::string quoted_mermaid(const std::string& text) {
  std::string out;
  for (const char c : printable_line(text))
    if (c == '"' || c == '#' || c == '<' || c == '>' || c == '&' || c == '`' || c == '\\')
      out += fmt::format("#{};", static_cast<int>(c));
    else
      out += c;
  return out;
}

std::string draw_mermaid(const Drawing& drawing) {
  std::string out = "flowchart LR\n", hosted, failed;
  for (std::size_t i = 0; i < drawing.size(); ++i) {
    const DrawnBox& box = drawing[i];
    const std::string sign = sign_of(box);
    const std::string label =
        quoted_mermaid(box.name) + (sign.empty() ? "" : " " + sign) + "<br/>" + quoted_mermaid(box.label);
    const bool node = box.kind == DrawnBox::Kind::node;
    out += fmt::format("  n{}{}\"{}\"{}\n", i, node ? "[" : "([", label, node ? "]" : "])");
    std::string& mark = box.failed ? failed : hosted;
    if (box.failed || box.hosted) mark += (mark.empty() ? "n" : ",n") + std::to_string(i);
  }
  for (std::size_t i = 0; i < drawing.size(); ++i)
    for (const int from : drawing[i].after) out += fmt::format("  n{} --> n{}\n", from, i);
  if (!hosted.empty()) out += "  classDef hosted stroke:#2660c4,stroke-width:2px\n  class " + hosted + " hosted\n";
  for (std::size_t i = 0; i < drawing.size(); ++i)
    if (const char* colour = plan_colour(drawing[i]))
      out += fmt::format("  style n{0} stroke:{1},color:{1}\n", i, colour);
  if (!failed.empty()) out += "  classDef failed stroke:#b23b06,color:#b23b06\n  class " + failed + " failed\n";
  return out;
}

std::string_view graph_style() {
  return report_asset("graph.css");
}

}  // namespace pixgraph
