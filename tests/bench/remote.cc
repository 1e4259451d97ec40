// bench remote: how busy the servers are kept, and what that costs here.
//   remote: 2,000 predictions of 400 ms, 200 in flight, every file saved, beside a script on the official JavaScript
//   client. limits: 1,000 predictions of a minute, 500 in flight, against a server that enforces 600 creates and 3,000
//   other
//           requests a minute; its time passes 5 times as fast.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "bench.h"

namespace bench {

namespace fs = std::filesystem;

static constexpr int kPredictions = 2000, kInFlight = 200;
static constexpr double kIdealSeconds = 4.0;  // 2,000 / 200 x 0.4 s

static void write_pipeline(const Folder& folder, double seconds, const std::string& limits = "") {
  cases::write_file(folder.path("instant.yaml"), fmt::format(R"(pixgraph: 1
name: instant
inputs: {{photo: {{type: file}}}}
nodes:
  made: {{type: ReplicatePredict, model: sandbox/instant, input: {{text: "${{photo.stem}}", seconds: {}}}}}
outputs:
  result: {{value: "${{made.file}}", file: "${{photo.stem}}.png"}}
{})",
                                                             seconds, limits));
}

/// Empty files, each of which is an item.
static void write_items(const Folder& folder, int count) {
  for (int i = 0; i < count; ++i) cases::write_file(folder.path(fmt::format("items/{:05}.jpg", i)), "");
}

static std::map<std::string, std::string> server(const Sandbox& sandbox) {
  return {{"REPLICATE_BASE_URL", sandbox.base_url()}, {"REPLICATE_API_TOKEN", "any-token-is-taken"}};
}

int remote() {
  const Folder folder;
  write_pipeline(folder, 0.4);
  write_items(folder, kPredictions);
  // A server of each one's own: both find it as new.
  std::unique_ptr<Sandbox> sandbox;
  std::vector<Side> sides(1);
  sides[0].name = "pixgraph";
  // New folders each time, removed at the very end: a file system is slow for a while after many files went.
  int run = 0;
  const auto fresh = [&](Side& side) {
    sandbox.reset();
    sandbox = std::make_unique<Sandbox>(folder, std::vector<std::string>{}, "sandbox");
    side.environment = server(*sandbox);
    const std::string own = folder.path(fmt::format("run-{}", ++run));
    fs::create_directories(own);
    side.words.back() = own + "/out";
    if (side.name == "pixgraph") side.words[side.words.size() - 3] = own + "/state";
  };
  sides[0].words = {program("pixgraph"),
                    "run",
                    folder.path("instant.yaml"),
                    folder.path("items"),
                    "--rate",
                    "unlimited",
                    "--jobs-remote",
                    std::to_string(kInFlight),
                    "--state",
                    "",
                    "--out",
                    ""};
  const std::string client = PIXGRAPH_JS_CLIENT, node = installed("node");
  const bool with_client = !node.empty() && fs::exists(client + "/node_modules/replicate");
  if (with_client) {
    Side script;
    script.name = "JavaScript client";
    fs::copy_file(fs::path(PIXGRAPH_BENCH_DIR) / "remote.mjs", client + "/remote.mjs",
                  fs::copy_options::overwrite_existing);
    script.words = {node, client + "/remote.mjs", std::to_string(kPredictions), std::to_string(kInFlight), ""};
    sides.push_back(script);
  }
  std::map<std::string, std::vector<double>> wall, cpu;
  for (int round = 0; round < 3; ++round)
    for (Side& side : sides) {
      fresh(side);
      const Figures figures = compare(folder, {side}, 1).at(side.name);
      wall[side.name].push_back(figures.wall);
      cpu[side.name].push_back(figures.cpu);
      if (const long creates = sandbox->count("creates"); creates != kPredictions)
        throw std::runtime_error(fmt::format("{} bought {} predictions", side.name, creates));
    }
  fmt::print("{} predictions of 400 ms, {} in flight, every file saved; medians of 3, in turns\n", kPredictions,
             kInFlight);
  for (const Side& side : sides)
    fmt::print("  {:<18} makespan {:6.2f} s ({:.2f} of the ideal {:.1f} s)   cpu {:6.2f} s\n", side.name,
               median(wall[side.name]), median(wall[side.name]) / kIdealSeconds, kIdealSeconds, median(cpu[side.name]));
  if (with_client)
    fmt::print("  cpu, pixgraph / JavaScript client: {:.2f} (target 0.5)\n",
               median(cpu["pixgraph"]) / median(cpu["JavaScript client"]));
  else
    fmt::print("  the JavaScript client is not installed: run the test support.js_client once\n");
  return 0;
}

int limits() {
  constexpr int predictions = 1000, in_flight = 500;
  constexpr double scale = 5;
  const Folder folder;
  write_pipeline(folder, 60);
  write_items(folder, predictions);
  const Sandbox sandbox(folder,
                        {"--time-scale", fmt::format("{}", scale), "--rate-creates", "600/min", "--rate-other",
                         "3000/min", "--burst-creates", "60", "--burst-other", "300"},
                        "sandbox");
  Side side;
  side.name = "pixgraph";
  side.environment = server(sandbox);
  side.environment["PIXGRAPH_TIME_SCALE"] = fmt::format("{}", scale);
  side.words = {
      program("pixgraph"),          "run",   folder.path("instant.yaml"), folder.path("items"), "--jobs-remote",
      fmt::format("{}", in_flight), "--out", folder.path("out")};
  const Figures figures = compare(folder, {side}, 1).at("pixgraph");
  fmt::print("{} predictions of 60 s (time scale {}), {} in flight, 600 creates/min and 3000 others/min enforced\n",
             predictions, scale, in_flight);
  fmt::print("  makespan {:.1f} s ({:.0f} s of the server's time), cpu {:.2f} s, no failed item\n  server: {}\n",
             figures.wall, figures.wall * scale, figures.cpu, sandbox.stats());
  return 0;
}

}  // namespace bench
