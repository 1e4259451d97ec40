#include "commands.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

#include "clock.h"
#include "describe.h"
#include "document.h"
#include "graph.h"
#include "items.h"
#include "memory_bound.h"
#include "nodes_page.h"
#include "outcome_list.h"
#include "plugins.h"
#include "price_file.h"
#include "registry.h"
#include "run.h"
#include "spec_json.h"
#include "spell.h"
#include "state_folder.h"
#include "terminal.h"
#include "unicode.h"
#include "until.h"

namespace pixgraph {

Registry& registry_for(const Arguments& arguments) {
  static Registry registry;
  static bool filled = false;
  if (!filled) {
    const auto folders = arguments.flags.find("--plugins");
    load_registry(registry,
                  find_plugins(folders == arguments.flags.end() ? std::vector<std::string>{} : folders->second));
    filled = true;
  }
  return registry;
}

static Settings settings_of(const Arguments& arguments) {
  Settings settings;
  const auto given = arguments.flags.find("--set");
  if (given == arguments.flags.end()) return settings;
  for (const std::string& pair : given->second) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) throw Error("E804", "`--set " + pair + "` is not NAME=VALUE");
    const std::string name = pair.substr(0, equals), value = pair.substr(equals + 1);
    for (const auto& [earlier, its_value] : settings)
      if (earlier == name)
        throw Error("E804", "`--set " + printable(name) + "` is given twice: as " + ticked(its_value) + " and as " +
                                ticked(value));
    settings.emplace_back(name, value);
  }
  return settings;
}

static int whole_number(const Arguments& arguments, const std::string& flag, int otherwise, int least, int most) {
  if (!arguments.has(flag)) return otherwise;
  const std::string text = arguments.value(flag);
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < least || number > most)
    throw Error("E804", "`" + flag + " " + text + "` is not a whole number from " + std::to_string(least) + " to " +
                            std::to_string(most));
  return number;
}

static std::optional<double> rate_of(const Arguments& arguments) {
  if (!arguments.has("--rate")) return std::nullopt;
  const std::string text = arguments.value("--rate");
  if (text == "unlimited") return 0.0;
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || std::string_view(end) != "/min" || !(number > 0) || number > 1e6)
    throw Error("E804", "`--rate " + text + "` is not a rate", "write it as 600/min, or unlimited");
  return number;
}

static ConsoleOptions console_options(const Arguments& arguments) {
  ConsoleOptions options;
  options.quiet = arguments.has("--quiet");
  const std::string mode = arguments.value("--progress", "auto");
  if (mode == "tty")
    options.mode = ProgressMode::tty;
  else if (mode == "plain")
    options.mode = ProgressMode::plain;
  else if (mode == "none")
    options.mode = ProgressMode::none;
  else if (mode != "auto")
    throw Error("E804", "`--progress " + mode + "` is not known",
                suggestion(mode, {"auto", "tty", "plain", "none"}, "auto, tty, plain or none"));
  return options;
}

RunOptions options_of(const Arguments& arguments) {
  RunOptions options;
  options.out = arguments.value("--out", options.out);
  options.state = arguments.value("--state");
  options.jobs = whole_number(arguments, "--jobs", 0, 1, 1024);
  options.jobs_remote = whole_number(arguments, "--jobs-remote", 0, 1, 10'000);
  options.creates_per_minute = rate_of(arguments);
  options.overwrite = arguments.has("--overwrite");
  options.sandbox = arguments.has("--sandbox");
  options.fail_fast = arguments.has("--fail-fast");
  options.fresh = arguments.has("--fresh");
  options.events = arguments.value("--events");
  if (const auto rebuy = arguments.flags.find("--rebuy"); rebuy != arguments.flags.end()) options.rebuy = rebuy->second;
  options.rebuy_before = arguments.value("--rebuy-before");
  if (!options.rebuy_before.empty() && !parse_iso_time(options.rebuy_before))
    throw Error("E804", "`--rebuy-before " + options.rebuy_before + "` is not a time",
                "write it as 2026-11-20T09:12:00Z");
  if (!options.rebuy_before.empty() && options.rebuy.empty())
    throw Error("E804", "`--rebuy-before` goes with --rebuy NODE");
  if (arguments.has("--shard")) options.shard = parse_shard(arguments.value("--shard")).text();
  if (arguments.has("--max-cost")) {
    options.max_cost = parse_usd(arguments.value("--max-cost"));
    if (!options.max_cost)
      throw Error("E804", "`--max-cost " + arguments.value("--max-cost") + "` is not an amount of money",
                  "write US dollars, as 2.50");
  }
  if (arguments.has("--memory")) {
    options.memory = parse_bytes(arguments.value("--memory"));
    if (!options.memory)
      throw Error("E804", "`--memory " + arguments.value("--memory") + "` is not a size", "write it as 4G or 512M");
  }
  if (arguments.has("--max-pixels")) {
    const auto pixels = parse_pixels(arguments.value("--max-pixels"));
    if (!pixels)
      throw Error("E804", "`--max-pixels " + arguments.value("--max-pixels") + "` is not a number of pixels",
                  "write it as 800M (millions) or 24000000");
    options.max_pixels = *pixels;
  }
  options.console = console_options(arguments);
  options.live = arguments.has("--live");
  options.port = whole_number(arguments, "--port", 0, 1, 65535);
  if (arguments.has("--port") && !options.live) throw Error("E804", "`--port` goes with --live");
  options.only_failed = arguments.has("--only");
  if (options.only_failed && arguments.value("--only") != "failed")
    throw Error("E804", "`--only " + arguments.value("--only") + "` is not known: write --only failed");
  return options;
}

std::unique_ptr<Pipeline> read_shown(const Arguments& arguments, const std::string& file, Reading reading) {
  Diagnostics diagnostics;
  RunOptions folders;
  folders.out = arguments.value("--out", folders.out);
  folders.state = arguments.value("--state");
  auto pipeline = read_pipeline(file, reading, arguments.has("--sandbox"), find_state_folder(file, folders),
                                registry_for(arguments), settings_of(arguments), diagnostics);
  if (reading == Reading::check && arguments.has("--json"))
    std::printf("%s\n", diagnostics.json(file).c_str());
  else if (const std::string text = diagnostics.render(file, pipeline->document.text, colour_on(2)); !text.empty())
    std::fputs(text.c_str(), stderr);
  else if (reading == Reading::check)
    std::printf("%s: all is well\n", file.c_str());
  if (diagnostics.has_errors()) return nullptr;
  return pipeline;
}

/// Whose files are never inputs.
static std::vector<std::string> kept_folders(const Graph& graph, const RunOptions& options) {
  if (!options.state.empty()) return {options.out, options.state};
  return {options.out, folder_of(graph.file) + "/.pixgraph"};
}

ItemTable items_of(const Graph& graph, const std::vector<std::string>& named, const RunOptions& options) {
  return list_items(graph, named, kept_folders(graph, options), {});
}

ItemTable chosen_items(const Graph& graph, const Arguments& arguments, const RunOptions& options) {
  ItemChoice choice;
  if (arguments.has("--shard")) choice.shard = parse_shard(arguments.value("--shard"));
  choice.limit = static_cast<std::size_t>(whole_number(arguments, "--limit", 0, 1, 1'000'000'000));
  std::optional<std::set<std::string>> failed;
  if (options.only_failed)
    choice.failed_before = [&]() -> const std::set<std::string>& {
      if (!failed) failed = failed_before(find_state_folder(graph.file, options), graph.file, choice.shard.text());
      return *failed;
    };
  return list_items(graph, {arguments.words.begin() + 1, arguments.words.end()}, kept_folders(graph, options), choice);
}

std::optional<Prices> prices_of(const Graph& graph) {
  Diagnostics diagnostics;
  std::string text;
  Prices prices = graph.prices;
  prices.merge(read_price_file(price_file(), diagnostics, text));  // the pipeline's own win
  std::fputs(diagnostics.render(price_file(), text, colour_on(2)).c_str(), stderr);
  if (diagnostics.has_errors()) return std::nullopt;
  return prices;
}

void check_rebuy(const Graph& graph, const RunOptions& options) {
  for (const std::string& name : options.rebuy) {
    std::vector<std::string> paid;
    for (const GraphNode& node : graph.nodes)
      if (node.spec->cost == Cost::paid) paid.push_back(node.name);
    if (std::find(paid.begin(), paid.end(), name) == paid.end())
      throw Error("E806", "`--rebuy " + name + "`: no paid node of that name is in " + graph.file,
                  suggestion(name, paid, "paid nodes: " + listed(paid)));
  }
}

int command_run(const Arguments& arguments) {
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  RunOptions options = options_of(arguments);
  options.command = arguments.typed;
  options.pipeline_text = pipeline->document.text;
  if (arguments.has("--until")) limit_until(pipeline->graph, arguments.value("--until"));
  check_rebuy(graph, options);
  auto prices = prices_of(graph);
  if (!prices) return kExitWrongRequest;
  options.prices = std::move(*prices);
  const ItemTable table = chosen_items(graph, arguments, options);
  if (table.items.empty()) {  // batches without any item were refused
    std::fputs(options.only_failed ? "no item named here failed when it was last run: nothing to do\n"
                                   : "no item falls to this shard: nothing to do\n",
               stderr);
    return kExitDone;
  }
  return run_graph(graph, registry_for(arguments), table, options,
                   {&pipeline->uses, pipeline->lock ? &*pipeline->lock : nullptr});
}

int command_check(const Arguments& arguments) {
  int exit = kExitDone;
  for (const std::string& file : arguments.words)
    if (!read_shown(arguments, file, Reading::check)) exit = kExitWrongRequest;
  return exit;
}

int command_nodes(const Arguments& arguments) {
  const Registry& registry = registry_for(arguments);
  if (arguments.has("--json") && arguments.has("--markdown"))
    throw Error("E804", "`--json` and `--markdown` are given both: the answer has one form");
  if (!arguments.has("--json")) {
    std::fputs((arguments.has("--markdown") ? nodes_page(registry) : render_nodes(registry)).c_str(), stdout);
    return kExitDone;
  }
  nlohmann::json all = nlohmann::json::array();
  for (const Spec* spec : registry.all()) all.push_back(spec_to_json(*spec));
  std::printf("%s\n", all.dump(1).c_str());
  return kExitDone;
}

}  // namespace pixgraph
