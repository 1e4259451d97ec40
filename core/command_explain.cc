// pixgraph explain: what an item was made from and what was tried for it; or what an error code means.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <pixgraph/error.h>

#include "commands.h"
#include "error_codes.h"
#include "explain.h"
#include "manifest.h"
#include "outcome_list.h"
#include "redact.h"
#include "spell.h"
#include "state_folder.h"

namespace pixgraph {

static bool looks_like_code(const std::string& word) {
  return word.size() == 4 && (word[0] == 'E' || word[0] == 'W') &&
         std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

static int explain_code(const Arguments& arguments) {
  const std::string& word = arguments.words[0];
  const ErrorCode* code = find_error_code(word);
  if (!code) throw Error("E633", "there is no error code " + word, "docs/manual.md lists them under Errors");
  if (arguments.has("--json"))
    std::printf("%s\n", nlohmann::json{{"code", code->code}, {"meaning", code->meaning}}.dump(1).c_str());
  else
    std::printf("%s: %s\n", word.c_str(), std::string(code->meaning).c_str());
  return kExitDone;
}

/// As a manifest has it: its inputs are where they were.
static Item item_of_line(const Graph& graph, const nlohmann::json& line) {
  const nlohmann::json first = {{"pixgraph_items", 1}};
  const Manifest list{"the outcome list", "", first.dump() + "\n" + line.dump() + "\n", Manifest::Form::jsonl};
  InputFiles files({});
  const ItemChoice all;
  ItemNames names(all);
  ItemTable table;
  read_manifest(graph, list, files, names, table);
  return table.items.at(0);
}

/// Of its first file, else its name.
static std::string path_of(const Item& item) {
  for (const Value& input : item.inputs)
    if (const FilePtr file = input.file()) return file->path;
  return item.name;
}

static std::string text_of_names(const std::vector<nlohmann::json>& lines) {
  std::vector<std::string> names;
  for (const nlohmann::json& line : lines) names.push_back(line.value("item", ""));
  std::sort(names.begin(), names.end());
  return listed(names, 5);
}

/// The item that a word names: as a run called it, else a photo by its path, else the one item of a pipeline that takes
/// no photo.
static Item find_item(const Graph& graph, const Arguments& arguments, const RunOptions& options,
                      const std::string& state) {
  const std::string& word = arguments.words[1];
  const bool is_path = real_disk().exists(word);
  const std::string path = is_path ? std::filesystem::absolute(word).lexically_normal().string() : "";
  std::vector<nlohmann::json> known = latest_outcomes(state, graph.file, word, path);
  for (const nlohmann::json& line : known)
    if (line.value("item", "") == word) return item_of_line(graph, line);
  if (known.size() == 1) return item_of_line(graph, known[0]);
  if (known.size() > 1)
    throw Error("E632", "`" + word + "` is read by " + std::to_string(known.size()) + " items",
                "name one of them: " + text_of_names(known));
  if (is_path) {
    const ItemTable table = items_of(graph, {word}, options);
    if (table.items.size() == 1) return table.items[0];
    throw Error("E632", "`" + word + "` is " + std::to_string(table.items.size()) + " items, and one is explained",
                "the first one is `" + path_of(table.items.at(0)) + "`");
  }
  const bool takes_none = std::all_of(graph.inputs.begin(), graph.inputs.end(),
                                      [](const GraphInput& input) { return input.preset.has_value(); });
  if (takes_none) {
    Item only = items_of(graph, {}, options).items.at(0);
    if (only.name == word) return only;
    throw Error("E632", "there is no item `" + word + "`", "the only one is `" + only.name + "`");
  }
  throw Error("E632", "no run of " + graph.file + " had an item `" + word + "`, and no such file is there",
              "name the photo by its path, or the item as its run called it");
}

int command_explain(const Arguments& arguments) {
  if (arguments.words.size() == 1 && looks_like_code(arguments.words[0])) return explain_code(arguments);
  if (arguments.words.size() < 2 || arguments.words.size() > 3)
    throw Error("E805", "pixgraph explain takes FILE ITEM [NODE], or an error code such as E012");
  const auto pipeline = read_shown(arguments, arguments.words[0], Reading::run);
  if (!pipeline) return kExitWrongRequest;
  const Graph& graph = pipeline->graph;
  const RunOptions options = options_of(arguments);
  const std::string state = find_state_folder(graph.file, options);
  Index index(state);
  const Codecs codecs(registry_for(arguments));
  OutputWriter writer(real_disk(), index, codecs, options.out, false, PastOutputs(join_path(state, "runs")));
  const Planner planner(graph, index, writer, {});
  const Ledger ledger(real_disk(), ledger_folder(state, options.sandbox));
  const PurchaseKnowledge known{index, ledger, [&](const File& file) { return index.hash_of(file.path); }, {}};
  const nlohmann::json made =
      explain_item(graph, find_item(graph, arguments, options, state),
                   arguments.words.size() == 3 ? arguments.words[2] : "", planner, codecs, known);
  Redactor redactor;
  add_secrets(redactor);
  const std::string text = arguments.has("--json")
                               ? made.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                               : render_explanation(made);
  std::fputs(redactor.clean(text).c_str(), stdout);
  return kExitDone;
}

}  // namespace pixgraph
