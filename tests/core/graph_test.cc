#include "graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "support/test_specs.h"

namespace pixgraph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Bound {
  Graph graph;
  std::string said;
};

Bound bound(const std::string& text, const Settings& settings = {}) {
  Diagnostics diagnostics;
  const Document document = parse_document("p.yaml", text, diagnostics);
  Bound out;
  out.graph = pixgraph::bind(document, test::test_registry(), settings, diagnostics);
  out.said = diagnostics.render("p.yaml", document.text, false);
  return out;
}

Graph good(const std::string& text, const Settings& settings = {}) {
  Bound out = bound(text, settings);
  EXPECT_EQ(out.said, "") << text;
  return std::move(out.graph);
}

/// An expression as text: references by name, literals as JSON would write them.
std::string shown(const Graph& graph, const Expression& expression);

std::string shown(const Graph& graph, const Reference& reference) {
  const auto index = static_cast<std::size_t>(reference.index);
  std::string out = "<";
  switch (reference.to) {
    case Reference::To::input: out += graph.inputs[index].name; break;
    case Reference::To::param: out += graph.params[index].name; break;
    case Reference::To::node: {
      const GraphNode& node = graph.nodes[index];
      out += node.name + "." + node.spec->outputs[static_cast<std::size_t>(reference.port)].name;
      break;
    }
    case Reference::To::element: out += "index"; break;
    case Reference::To::each: out += "each"; break;
    case Reference::To::each_index: out += "each.index"; break;
  }
  return out + (reference.property.empty() ? "" : "." + reference.property) + ": " + type_name(reference.type) + ">";
}

std::string shown(const Value& value) {
  if (value.text()) return "\"" + *value.text() + "\"";
  if (value.integer()) return std::to_string(*value.integer());
  if (value.number()) return nlohmann::json(*value.number()).dump();
  if (value.boolean()) return *value.boolean() ? "true" : "false";
  if (value.json()) return "json " + value.json()->dump();
  if (value.list()) {
    std::string out = "[";
    for (const Value& item : *value.list()) out += (out.size() > 1 ? ", " : "") + shown(item);
    return out + "]";
  }
  return "-";
}

std::string shown(const Graph& graph, const Expression& expression) {
  if (const Value* literal = expression.literal()) return shown(*literal);
  if (const Reference* reference = expression.reference()) return shown(graph, *reference);
  std::string out;
  if (const auto* text = std::get_if<Expression::Text>(&expression.form)) {
    for (const auto& part : text->parts)
      out += std::holds_alternative<std::string>(part) ? std::get<std::string>(part)
                                                       : shown(graph, std::get<Reference>(part));
    return "'" + out + "'";
  }
  if (const auto* list = std::get_if<Expression::ListOf>(&expression.form)) {
    for (const Expression& item : list->items) out += (out.empty() ? "" : ", ") + shown(graph, item);
    return "[" + out + "]";
  }
  for (const auto& [key, value] : std::get<Expression::ObjectOf>(expression.form).entries)
    out += (out.empty() ? "" : ", ") + key + ": " + shown(graph, value);
  return "{" + out + "}";
}

std::string arguments(const Graph& graph, std::string_view name) {
  const GraphNode& node = *graph.node(name);
  std::string out;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const std::string key =
        i < node.spec->inputs.size() ? node.spec->inputs[i].name : node.spec->params[i - node.spec->inputs.size()].name;
    out += key + "=" + shown(graph, node.arguments[i]) + " ";
  }
  return out + shown(graph, node.open_input);
}

TEST(Graph, TheSampleBindsWithoutAWord) {
  const Graph graph = good(test::kSample);
  EXPECT_EQ(graph.name, "cutout-inpaint");
  EXPECT_EQ(graph.description, "Cut the subject out and repaint what is behind it.");
  EXPECT_EQ(graph.inputs[0].doc, "The product photo");
  EXPECT_EQ(*graph.params[0].value.text(), "a marble table in soft daylight");
  EXPECT_EQ(arguments(graph, "fitted"),
            "image=<photo: image> width=768 height=768 mode=\"inside\" multiple_of=64 filter=\"lanczos3\" "
            "background=\"auto\" enlarge=true {}");
  EXPECT_EQ(arguments(graph, "subject"), "url=<cutout.output: json> {}");
  EXPECT_EQ(arguments(graph, "mask"), "image=<subject.file: file> invert=true grow=4 feather=3.0 {}");
  EXPECT_EQ(
      arguments(graph, "scene"),
      "version=\"stability-ai/"
      "stable-diffusion-inpainting:95b7223104132402a9ae91cc677285bc5eb997834bd2349fa486f53910fd68b3\" model=\"\" "
      "deployment=\"\" {image: <fitted.image: image>, mask: <mask.mask: mask>, prompt: <prompt: text>, seed: 7, width: "
      "<fitted.width: integer>, height: <fitted.height: integer>}");
  EXPECT_EQ(graph.node("scene")->timeout, std::chrono::minutes(5));
  EXPECT_EQ(shown(graph, graph.outputs[0].value), "<final.image: image>");
  EXPECT_EQ(shown(graph, graph.outputs[0].file), "'<photo.stem: text>.jpg'");
  EXPECT_EQ(graph.outputs[0].quality, 90);
  EXPECT_THAT(graph.order, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(graph.nodes[0].upstream, IsEmpty());
  EXPECT_THAT(graph.nodes[0].downstream, ElementsAre(1, 4));
  EXPECT_THAT(graph.nodes[4].upstream, ElementsAre(0, 3));
  EXPECT_THAT(graph.nodes[6].upstream, ElementsAre(2, 5));
}

TEST(Graph, OrderFollowsNeedsNotLines) {
  const Graph graph = good(R"(pixgraph: 1
inputs: {photo: image}
nodes:
  last: {type: Fit, image: "${middle}", width: 64}
  middle: {type: Fit, image: "${first}", width: 64}
  free: {type: Fit, image: "${photo}", width: 64}
  first: {type: Fit, image: "${photo}", width: 64}
outputs:
  a: {value: "${last}", file: "a/${photo.relpath}"}
  b: {value: "${free}", file: "b/${photo.stem}.png", metadata: keep, flatten: "#fff", subsampling: 4:4:4, quality: 1}
)");
  EXPECT_THAT(graph.order, ElementsAre(2, 3, 1, 0));
  EXPECT_EQ(graph.outputs[1].metadata, "keep");
  EXPECT_EQ(graph.outputs[1].flatten, "#ffffff");
  EXPECT_EQ(graph.outputs[1].subsampling, "4:4:4");
  EXPECT_EQ(graph.outputs[1].quality, 1);
}

TEST(Graph, AnOutputOfAnInputNeedsNoNodes) {
  const Graph graph =
      good("pixgraph: 1\ninputs: {photo: image}\noutputs:\n  a: {value: \"${photo}\", file: \"${photo.stem}.webp\"}\n");
  EXPECT_TRUE(graph.nodes.empty());
}

TEST(Graph, ReferencesNeedNoQuotesOutsideOfBraces) {
  const Graph graph = good(
      "pixgraph: 1\ninputs:\n  photo: image\nnodes:\n  small:\n    type: Fit\n    image: ${photo}\n    width: "
      "64\noutputs:\n  a:\n    "
      "value: ${small}\n    file: ${photo.stem}.jpg\n");
  EXPECT_EQ(shown(graph, graph.nodes[0].arguments[0]), "<photo: image>");
}

Graph prediction(const std::string& input, const Settings& settings = {}) {
  return good(
      "pixgraph: 1\ninputs:\n  photo: image\n  caption: {type: text, default: none}\nparams:\n  prompt: {type: text, "
      "default: a table}\n  steps: {type: integer, default: 20}\nnodes:\n"
      "  got: {type: Fetch, url: [\"https://example.com/a.jpg\", \"${caption}\"]}\n"
      "  run: {type: ReplicatePredict, model: a/b, input: " +
          input +
          "}\noutputs:\n"
          "  a: {value: \"${run.file}\", file: \"${photo.stem}-${prompt}-${steps}.png\"}\n  b: {value: "
          "\"${got.files}\", file: \"${photo.stem}-${index}.jpg\"}\n",
      settings);
}

TEST(Graph, AModelsInputKeepsJsonsTypes) {
  auto input = [](const std::string& written) {
    const Graph graph = prediction(written);
    return shown(graph, graph.node("run")->open_input);
  };
  EXPECT_EQ(input("{a: 7, b: 7.5, c: true, d: \"7\", e: text, f: ~, g: yes, h: 010, i: 0}"),
            "{a: 7, b: 7.5, c: true, d: \"7\", e: \"text\", f: -, g: \"yes\", h: \"010\", i: 0}");
  EXPECT_EQ(input("{a: [1, x, null, {b: 2.5}], c: {}}"), "{a: json [1,\"x\",null,{\"b\":2.5}], c: json {}}");
  EXPECT_EQ(input("{a: [\"${photo}\", 1, null], b: {c: \"${steps}\", d: {e: 1}}}"),
            "{a: [<photo: image>, 1, json null], b: {c: <steps: integer>, d: json {\"e\":1}}}");
  EXPECT_EQ(input("{a: \"${prompt}, ${steps} steps\", b: \"$${prompt}\", c: \"${got.files}\"}"),
            "{a: '<prompt: text>, <steps: integer> steps', b: \"${prompt}\", c: <got.files: list of file>}");
  EXPECT_EQ(input("{a: \"${photo.width}\", b: \"${photo.name}\", c: {d: [\"$${x}\"]}}"),
            "{a: <photo.width: integer>, b: <photo.name: text>, c: json {\"d\":[\"${x}\"]}}");
}

TEST(Graph, ListsAndSingleValues) {
  const Graph graph = prediction("{}");
  EXPECT_EQ(arguments(graph, "got"), "url=[\"https://example.com/a.jpg\", <caption: text>] {}");
  EXPECT_EQ(shown(graph, graph.outputs[1].file), "'<photo.stem: text>-<index: integer>.jpg'");
  const Graph one = good(
      "pixgraph: 1\nparams: {host: {type: text, default: x}}\nnodes:\n  a: {type: Fetch, url: "
      "\"https://example.com/a.jpg\"}\n  b: {type: Fetch, url: \"https://${host}/b\"}\n"
      "outputs:\n  a: {value: \"${a}\", file: a.jpg}\n  b: {value: \"${b}\", file: b.jpg}\n");
  EXPECT_EQ(arguments(one, "a"), "url=[\"https://example.com/a.jpg\"] {}");
  EXPECT_EQ(arguments(one, "b"), "url=['https://<host: text>/b'] {}");
}

TEST(Graph, MembersOfAnAnswer) {
  const Graph graph = good(
      "pixgraph: 1\ninputs: {photo: image}\nnodes:\n  run: {type: ReplicatePredict, input: {image: \"${photo}\"}}\n  "
      "got: {type: Fetch, url: \"${run.output.mask}\"}\n"
      "outputs:\n  a: {value: \"${got}\", file: \"${photo.stem}.png\"}\n");
  EXPECT_EQ(arguments(graph, "got"), "url=<run.output.mask: json> {}");
}

TEST(Graph, TimeoutsLimitsAndPrices) {
  const Graph graph = good(R"(pixgraph: 1
limits:
  default: {in_flight: 20, creates_per_minute: 300, other_per_minute: 1000}
  cjwbw/rembg: {in_flight: 2}
prices:
  cjwbw/rembg: {per_run: 0.0023}
  a/b: {per_second: 0.000225, per_image: 1}
inputs: {photo: image}
nodes:
  small: {type: ReplicatePredict, model: a/b, input: {image: "${photo}"}, timeout: {queue: 10m, run: 90s}}
  again: {type: Fetch, url: "${small}", retry: {attempts: 3, on: [E202, E6716], backoff: 2s, cap: 1m, jitter: false}}
outputs:
  a: {value: "${again}", file: "${photo.stem}.jpg"}
)");
  EXPECT_EQ(graph.nodes[0].retry.attempts, 1);
  EXPECT_EQ(graph.nodes[1].retry.attempts, 3);
  EXPECT_THAT(graph.nodes[1].retry.on, ElementsAre("E202", "E6716"));
  EXPECT_EQ(graph.nodes[1].retry.backoff, std::chrono::seconds(2));
  EXPECT_EQ(graph.nodes[1].retry.cap, std::chrono::minutes(1));
  EXPECT_FALSE(graph.nodes[1].retry.jitter);
  EXPECT_EQ(graph.nodes[0].timeout, std::nullopt);
  EXPECT_EQ(graph.nodes[0].queue_timeout, std::chrono::minutes(10));
  EXPECT_EQ(graph.nodes[0].run_timeout, std::chrono::seconds(90));
  EXPECT_EQ(graph.limits.at("default").other_per_minute, 1000);
  EXPECT_EQ(graph.limits.at("cjwbw/rembg").in_flight, 2);
  EXPECT_EQ(graph.limits.at("cjwbw/rembg").creates_per_minute, std::nullopt);
  EXPECT_EQ(graph.prices.at("cjwbw/rembg").per_run, 2'300'000);
  EXPECT_EQ(graph.prices.at("a/b").per_image, 1'000'000'000);
}

constexpr const char* kParams = R"(pixgraph: 1
inputs: {photo: image}
params:
  prompt: text
  size: {type: integer, default: 100}
  data: {type: json, default: {a: [1]}}
nodes:
  run: {type: ReplicatePredict, input: {p: "${prompt}", s: "${size}", d: "${data}", i: "${photo}"}}
  small: {type: Fit, image: "${run.file}", width: "${size}"}
outputs:
  a: {value: "${small}", file: "${photo.stem}.jpg"}
)";

TEST(Graph, SettingsGiveParamsTheirValues) {
  const Graph graph = good(kParams, {{"prompt", "7"}, {"size", "300"}, {"data", "[true]"}});
  EXPECT_EQ(shown(graph.params[0].value), "\"7\"");
  EXPECT_EQ(shown(graph.params[1].value), "300");
  EXPECT_EQ(shown(graph.params[2].value), "json [true]");
  EXPECT_EQ(shown(good(kParams, {{"prompt", ""}}).params[2].value), "json {\"a\":[1]}");
  EXPECT_EQ(shown(good(kParams, {{"prompt", "a"}, {"prompt", "b"}}).params[0].value), "\"b\"");  // the last counts
}

TEST(Graph, SettingsAreReadStrictly) {
  EXPECT_EQ(bound(kParams, {{"prompt", "x"}, {"size", "0x10"}, {"promt", "y"}, {"photo", "z"}, {"data", "{"}}).said,
            "error[E018]: param `data` takes json, and `{` is no JSON\n"
            " --> the command line: --set data={\n"
            "  = help: a text is written with its quotes: '\"...\"'\n"
            "\n"
            "error[E018]: param `size` takes an integer, and `0x10` is not decimal\n"
            " --> the command line: --set size=0x10\n"
            "  = help: write `16`\n"
            "\n"
            "error[E018]: there is no param `photo`\n"
            " --> the command line: --set photo=z\n"
            "  = help: it is an input: its values come with the items\n"
            "\n"
            "error[E018]: there is no param `promt`\n"
            " --> the command line: --set promt=y\n"
            "  = help: did you mean `prompt`?\n"
            "\n"
            "4 errors in p.yaml, nothing was run.\n");
}

TEST(Graph, ASettingOutOfAParamsRangeIsFoundWhereItIsUsed) {
  EXPECT_EQ(bound(kParams, {{"prompt", "x"}, {"size", "200000"}}).said,
            "error[E025]: `width` takes 0 to 100000 px, and `${size}`, which is 200000, is more\n"
            " --> p.yaml:9:52\n"
            "  |\n"
            "9 |   small: {type: Fit, image: \"${run.file}\", width: \"${size}\"}\n"
            "  |                                                    ^^^^^^^\n"
            "\n"
            "1 error in p.yaml, nothing was run.\n");
}

TEST(Graph, ABrokenThingIsReportedOnce) {
  // Unknown type, unknown value type, a section that is no map, a misspelt section: what refers to them stays silent.
  for (const std::string& text : std::vector<std::string>{
           "pixgraph: 1\ninputs: {photo: image}\nnodes:\n  a: {type: Nope, whatever: 1}\n  b: {type: Fit, image: "
           "\"${a.some.thing}\", width: \"${a}\"}\noutputs:\n  r: {value: \"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninputs: {photo: pikture}\nnodes:\n  b: {type: Fit, image: \"${photo}\", width: "
           "\"${photo.stem}\"}\noutputs:\n  r: {value: \"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninputs: [photo]\nnodes:\n  b: {type: Fit, image: \"${photo}\", width: 64}\noutputs:\n  r: "
           "{value: "
           "\"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninpust: {photo: image}\nnodes:\n  b: {type: Fit, image: \"${photo}\", width: 64}\noutputs:\n  "
           "r: {value: "
           "\"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninputs: {photo: image}\nnodes:\n  b: {type: Fit, imag: \"${photo}\"}\noutputs:\n  r: {value: "
           "\"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninputs: {photo: image}\nparams: {size: {type: integer, default: x}}\nnodes:\n  b: {type: Fit, "
           "image: \"${photo}\", width: \"${size}\"}\noutputs:\n  r: {value: \"${b}\", file: \"${photo.stem}.jpg\"}\n",
           "pixgraph: 1\ninputs: {photo: image}\nnodes:\n  b: {type: Fit, image: *x}\noutputs:\n  r: {value: \"${b}\", "
           "file: \"${photo.stem}.jpg\"}\n"}) {
    const std::string said = bound(text).said;
    EXPECT_TRUE(said.ends_with("\n1 error in p.yaml, nothing was run.\n")) << said;
  }
}

// Helps that need node types which nobody has yet.
TEST(Graph, ConversionsThatTheRegistryKnowsAreNamed) {
  Registry registry;
  test::add_test_specs(registry);
  registry.add(Spec("MaskGrow", "Widens a mask").in("mask", Type::mask, "it").out("mask", Type::mask, "that"), "a.so");
  registry.add(Spec("Inspect", "Looks at bytes").in("data", Type::file, "it").out("facts", Type::json, "that"), "a.so");
  registry.add(Spec("Caption", "Writes text").in("words", Type::text, "it").out("image", Type::image, "that"), "a.so");
  auto help = [&](const std::string& nodes) {
    Diagnostics diagnostics;
    const Document document = parse_document("p.yaml",
                                             "pixgraph: 1\ninputs: {photo: image, note: text}\nnodes:\n" + nodes +
                                                 "outputs: {r: {value: \"${photo}\", file: \"${photo.name}\"}}\n",
                                             diagnostics);
    pixgraph::bind(document, registry, {}, diagnostics);
    std::string out;
    for (const Diagnostic& one : diagnostics.sorted()) out += one.code + " " + one.message + " | " + one.help + "\n";
    return out;
  };
  EXPECT_EQ(
      help("  small: {type: Fit, image: \"${photo}\", width: 64}\n  a: {type: MaskGrow, mask: \"${small}\"}\n"),
      "E021 `mask` takes a mask, and `${small}` is an image | put an AlphaToMask node between: `small_mask: {type: "
      "AlphaToMask, image: \"${small}\"}`\n");
  EXPECT_EQ(
      help("  a: {type: Inspect, data: \"${photo}\"}\n"),
      "E021 `data` takes a file, and `${photo}` is an image | declare the input `photo` with `type: file`: a file is "
      "decoded where an image is wanted\n");
  EXPECT_EQ(
      help("  a: {type: Inspect, data: \"${note}\"}\n"),
      "E021 `data` takes a file, and `${note}` is a text | put a Fetch node between: `note_file: {type: Fetch, url: "
      "\"${note}\"}`\n");
  EXPECT_EQ(help("  a: {type: Caption, words: \"${photo}\"}\n"),
            "E021 `words` takes a text, and `${photo}` is an image | `${photo.name}` is its name\n");
}

TEST(Graph, EveryKnotOfNodesOnce) {
  std::string text = "pixgraph: 1\nnodes:\n";
  for (int knot = 0; knot < 3; ++knot)
    for (int i = 0; i < 4; ++i)
      text += "  k" + std::to_string(knot) + std::to_string(i) + ": {type: Fit, image: \"${k" + std::to_string(knot) +
              std::to_string((i + 1) % 4) + "}\", width: 64}\n";
  text += "outputs:\n  r: {value: \"${k00}\", file: r.jpg}\n";
  const std::string said = bound(text).said;
  EXPECT_NE(said.find("wait for each other: k00 -> k01 -> k02 -> k03 -> k00\n"), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("\n3 errors in p.yaml, nothing was run.\n")) << said;
}

TEST(Graph, ALongCircleIsNamedInPart) {
  std::string text = "pixgraph: 1\nnodes:\n";
  for (int i = 0; i < 5000; ++i)
    text +=
        "  n" + std::to_string(i) + ": {type: Fit, image: \"${n" + std::to_string((i + 1) % 5000) + "}\", width: 64}\n";
  text += "outputs:\n  r: {value: \"${n0}\", file: r.jpg}\n";
  EXPECT_NE(bound(text).said.find("n10 -> n11 -> (4988 more) -> n0\n"), std::string::npos);
}

TEST(Graph, TenThousandNodes) {
  constexpr int kNodes = 10'000;
  std::string text = "pixgraph: 1\ninputs: {photo: image}\nnodes:\n";
  for (int i = 0; i < kNodes; ++i)
    text += "  n" + std::to_string(i) + ": {type: Composite, over: \"${" +
            (i > 0 ? "n" + std::to_string(i - 1) : "photo") + "}\", under: \"${" +
            (i > 0 ? "n" + std::to_string(i / 2) : "photo") + "}\"}\n";
  text += "outputs:\n  r: {value: \"${n" + std::to_string(kNodes - 1) + "}\", file: \"${photo.stem}.jpg\"}\n";
  const Graph graph = good(text);
  ASSERT_EQ(graph.nodes.size(), static_cast<std::size_t>(kNodes));
  EXPECT_THAT(graph.nodes[1].upstream, ElementsAre(0));
  EXPECT_THAT(graph.nodes[100].upstream, ElementsAre(50, 99));
  for (int i = 0; i < kNodes; ++i) ASSERT_EQ(graph.order[static_cast<std::size_t>(i)], i);
}

// Whatever stands in a file, reading, binding and showing come to an end.
void survive(const std::string& text) {
  Diagnostics diagnostics;
  const Document document = parse_document("p.yaml", text, diagnostics);
  pixgraph::bind(document, test::test_registry(), {}, diagnostics);
  diagnostics.render("p.yaml", document.text, true);
  diagnostics.json("p.yaml");
}

TEST(Graph, EveryPrefixOfTheSample) {
  const std::string sample = test::kSample;
  for (std::size_t length = 0; length < sample.size(); ++length) survive(sample.substr(0, length));
}

TEST(Graph, MutationsOfTheSample) {
  const std::string sample = test::kSample;
  const std::vector<std::string> bits = {
      "${",   "}",  "{",    "[",        "]",    "\"",   "'",     ": ", ":",     "\n",    "\n  ",  "\t",
      "&a ",  "*a", "!!x ", "|",        ">",    "- ",   "? ",    "#",  "---\n", "...\n", "<<: ",  "~",
      "null", "\\", "\xff", "\xe2\x82", "\x04", "日本", "1e999", "%",  ",",     "$${",   "photo", "final"};
  std::mt19937 random(20240611);
  auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  for (int round = 0; round < 2000; ++round) {
    std::string text = sample;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0: text.erase(at, 1 + below(12)); break;
        case 1: text.insert(at, bits[below(bits.size())]); break;
        case 2: text[at] = static_cast<char>(random()); break;
        case 3: text.insert(at, text.substr(below(text.size()), 1 + below(80))); break;
        default: std::swap(text[at], text[below(text.size())]); break;
      }
    }
    SCOPED_TRACE("round " + std::to_string(round));
    survive(text);
  }
}

}  // namespace
}  // namespace pixgraph
