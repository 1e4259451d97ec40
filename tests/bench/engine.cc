// bench engine: what pixgraph itself costs, apart from pixels and servers.
//   nothing to do: 10,000 items x 8 nodes, all up to date, beside ninja with 10,000 up-to-date edges on as many files
//   a node-run: 100,000 runs of nodes that do nothing
//   check: a pipeline file of 10,000 nodes
//   many: 100,000 items, all up to date: time, memory, plan
//   large photos: 50 and 5,000 items of 12 MP through Fit, Composite and JPEG: memory
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <filesystem>

#include "bench.h"
#include "support/pipeline.h"

namespace bench {

namespace fs = std::filesystem;

static std::string chain(int nodes, const std::string& type, const std::string& input) {
  std::string text = "nodes:\n";
  for (int i = 0; i < nodes; ++i)
    text +=
        fmt::format("  n{}: {{type: {}, {}: \"${{{}}}\"{}}}\n", i, type, input,
                    i == 0 ? std::string("photo") : fmt::format("n{}", i - 1), type == "Resize" ? ", width: 8" : "");
  return text;
}

/// Small pictures, each another one: PPM needs no library.
static void write_photos(const std::string& folder, int count) {
  fs::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    std::string pixels = "P6\n8 8\n255\n";
    for (int p = 0; p < 64; ++p)
      pixels += {static_cast<char>(i), static_cast<char>(i >> 8), static_cast<char>(i >> 16)};
    cases::write_file(fmt::format("{}/{:06}.ppm", folder, i), pixels);
  }
}

static void write_pipeline(const Folder& folder, const std::string& name, int nodes) {
  cases::write_file(folder.path(name), "pixgraph: 1\nname: engine\ninputs: {photo: {type: image}}\n" +
                                           chain(nodes, "Resize", "image") +
                                           fmt::format("outputs: {{result: {{value: \"${{n{}}}\", file: "
                                                       "\"${{photo.stem}}.png\"}}}}\n",
                                                       nodes - 1));
}

static Side pixgraph(const std::string& name, std::vector<std::string> words) {
  Side side;
  side.name = name;
  side.words = {program("pixgraph")};
  side.words.insert(side.words.end(), words.begin(), words.end());
  return side;
}

static void nothing_to_do(const Folder& folder) {
  constexpr int items = 10'000;
  write_photos(folder.path("photos"), items);
  write_pipeline(folder, "eight.yaml", 8);
  const Side side = pixgraph("pixgraph", {"run", "eight.yaml", "photos", "--out", "out"});
  std::vector<Side> sides = {side};
  compare(folder, {side}, 1);  // makes the outputs
  const std::string ninja = installed("ninja");
  if (!ninja.empty()) {
    std::string text = "rule copy\n  command = cp $in $out\n";
    for (int i = 0; i < items; ++i) text += fmt::format("build copies/{0:06}.ppm: copy photos/{0:06}.ppm\n", i);
    cases::write_file(folder.path("build.ninja"), text);
    Side other;
    other.name = "ninja";
    other.words = {ninja};
    compare(folder, {other}, 1);
    sides.push_back(other);
  }
  const auto figures = compare(folder, sides, 11);
  fmt::print("{} items x 8 nodes with nothing to do; medians of 11, in turns\n", items);
  for (const Side& one : sides) {
    const Figures& f = figures.at(one.name);
    fmt::print("  {:<9} wall {:6.3f} s   cpu {:6.3f} s   {:4.0f} MB\n", one.name, f.wall, f.cpu, f.rss_mb);
  }
  if (sides.size() == 2)
    fmt::print("  pixgraph / ninja: wall {:.1f}, cpu {:.1f} (at most 5, goal 3)\n",
               figures.at("pixgraph").wall / figures.at("ninja").wall,
               figures.at("pixgraph").cpu / figures.at("ninja").cpu);
}

/// What `nodes` nodes that do nothing take for every one of `items` items, which each write a file: wall and cpu.
static std::pair<double, double> pass_through(int nodes, int items) {
  using namespace pixgraph;
  test::Nodes types;
  types.add(Spec("Pass", "Does nothing").in("text", Type::text, "any").out("text", Type::text, "the same"),
            [](Call& call) { call.set("text", Value(call.text("text"))); });
  const std::string text =
      "inputs: {photo: {type: text}}\n" + chain(nodes, "Pass", "text") +
      fmt::format("outputs: {{result: {{value: \"${{n{}}}\", file: \"${{photo}}.txt\"}}}}\n", nodes - 1);
  std::vector<std::string> names;
  for (int i = 0; i < items; ++i) names.push_back(std::to_string(i));
  test::TestRun run(types, text, names, false, 2);
  const auto clock = [] {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  };
  const double cpu_before = clock();
  const auto before = std::chrono::steady_clock::now();
  run.run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
  return {wall.count(), clock() - cpu_before};
}

static void node_runs() {
  constexpr int items = 1000, nodes = 101;
  const auto [wall_one, cpu_one] = pass_through(1, items);  // the items and their files
  const auto [wall, cpu] = pass_through(nodes, items);
  const double runs = items * (nodes - 1);
  fmt::print("100,000 runs of nodes that do nothing: {:.1f} us of cpu and {:.1f} us of wall each (at most 20)\n",
             (cpu - cpu_one) * 1e6 / runs, (wall - wall_one) * 1e6 / runs);
}

static void large_file(const Folder& folder) {
  write_pipeline(folder, "large.yaml", 10'000);
  const auto figures = compare(folder, {pixgraph("check", {"check", "large.yaml"})}, 3);
  fmt::print("check of a pipeline of 10,000 nodes: wall {:.2f} s, cpu {:.2f} s (at most 1.5)\n",
             figures.at("check").wall, figures.at("check").cpu);
}

static void many(const Folder& folder) {
  constexpr int items = 100'000;
  write_photos(folder.path("many"), items);
  write_pipeline(folder, "one.yaml", 1);
  const std::vector<std::string> rest = {"one.yaml", "many", "--out", "many-out", "--state", "many-state"};
  const auto words = [&](const std::string& command, bool limited) {
    std::vector<std::string> all = {command};
    all.insert(all.end(), rest.begin(), rest.end());
    if (limited) all.insert(all.end(), {"--limit", "10000"});
    return all;
  };
  const auto first = compare(folder, {pixgraph("first", words("run", false))}, 1);
  const auto figures = compare(folder,
                               {pixgraph("ten", words("run", true)), pixgraph("hundred", words("run", false)),
                                pixgraph("plan", words("plan", false))},
                               3);
  fmt::print("100,000 items\n  first run: wall {:.1f} s, {:.0f} MB\n", first.at("first").wall,
             first.at("first").rss_mb);
  fmt::print("  nothing to do: 10,000 of them {:.2f} s, all {:.2f} s, {:.0f} MB (at most 400)\n",
             figures.at("ten").wall, figures.at("hundred").wall, figures.at("hundred").rss_mb);
  fmt::print("  plan: {:.2f} s, {:.0f} MB (at most 10 s)\n", figures.at("plan").wall, figures.at("plan").rss_mb);
}

/// 12 MP photos, few of them under many names: what is decoded, not what is read, takes the memory.
static void large_photos(const Folder& folder) {
  constexpr int distinct = 4, many = 5000, few = 50;
  fs::create_directories(folder.path("large-ppm"));
  std::string pixels = "P6\n4000 3000\n255\n";
  for (int i = 0; i < distinct; ++i) {
    pixels.resize(17);
    for (int p = 0; p < 4000 * 3000; ++p) {
      const int x = p % 4000, y = p / 4000, noise = (p * 2654435761u) >> 28;
      pixels += {static_cast<char>((x / 20 + noise + i * 7) % 256), static_cast<char>((y / 15 + noise) % 256),
                 static_cast<char>((x + y) / 30 % 256)};
    }
    cases::write_file(folder.path(fmt::format("large-ppm/{}.ppm", i)), pixels);
  }
  std::string table = "id,label,photo\n";
  for (int i = 0; i < many; ++i) table += fmt::format("item-{0},item-{0},large/{1}.jpg\n", i, i % distinct);
  cases::write_file(folder.path("large.csv"), table);
  const std::string head = "pixgraph: 1\nname: large\ninputs: {photo: {type: image}}\nnodes:\n";
  cases::write_file(folder.path("to-jpeg.yaml"),
                    head +
                        "  same: {type: Resize, image: \"${photo}\", scale: 1}\n"
                        "outputs: {jpeg: {value: \"${same}\", file: \"${photo.stem}.jpg\"}}\n");
  cases::write_file(folder.path("large.yaml"),
                    "pixgraph: 1\nname: large\ninputs: {label: {type: text}, photo: {type: image}}\nnodes:\n"
                    "  fitted: {type: Fit, image: \"${photo}\", width: 3200, height: 3200}\n"
                    "  small: {type: Resize, image: \"${photo}\", width: 640}\n"
                    "  laid: {type: Composite, under: \"${fitted}\", over: \"${small}\", gravity: centre}\n"
                    "outputs: {result: {value: \"${laid}\", file: \"${label}.jpg\"}}\n");
  compare(folder, {pixgraph("jpeg", {"run", "to-jpeg.yaml", "large-ppm", "--out", "large", "--state", "jpeg-state"})},
          1);
  const auto run = [&](const std::string& name, int count) {
    return pixgraph(name, {"run", "large.yaml", "large.csv", "--limit", std::to_string(count), "--out", name, "--state",
                           name + "-state"});
  };
  const auto figures = compare(folder, {run("few", few), run("all", many)}, 1);
  const Figures &one = figures.at("few"), &all = figures.at("all");
  fmt::print(
      "12 MP through Fit, Composite and JPEG: {} items {:.0f} MB, {} items {:.0f} MB: {:.2f} times (at most 1.2); "
      "{:.0f} ms of cpu each\n",
      few, one.rss_mb, many, all.rss_mb, all.rss_mb / one.rss_mb, all.cpu * 1000 / many);
}

int engine() {
  const Folder folder;
  nothing_to_do(folder);
  node_runs();
  large_file(folder);
  many(folder);
  large_photos(folder);
  return 0;
}

}  // namespace bench
