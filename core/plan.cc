#include "plan.h"

#include <algorithm>
#include <sstream>

#include "difference.h"
#include "evaluate.h"
#include "hash.h"

namespace pixgraph {

using nlohmann::json;

std::string skipped_key(const std::string& digest, const std::string& parts) {
  return sha256("skipped 1\n" + digest + parts);
}

std::string files_key(const std::string& digest, const std::string& parts, const std::string& out_folder) {
  return sha256("files 2\n" + out_folder + "\n" + digest + parts);
}

std::vector<bool> needed_nodes(const Graph& graph, const std::vector<bool>& outputs) {
  std::vector<bool> needed(graph.nodes.size());
  std::vector<int> open;
  auto visit = [&](const Reference& reference) {
    if (reference.to == Reference::To::node) open.push_back(reference.index);
  };
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    if (!outputs[i]) continue;
    for_each_reference(graph.outputs[i].value, visit);
    for_each_reference(graph.outputs[i].file, visit);
  }
  if (graph.until >= 0) open.push_back(graph.until);
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    if (needed[node]) continue;
    needed[node] = true;
    open.insert(open.end(), graph.nodes[node].upstream.begin(), graph.nodes[node].upstream.end());
  }
  return needed;
}

std::vector<bool> needed_nodes(const Graph& graph) {
  return needed_nodes(graph, std::vector<bool>(graph.outputs.size(), true));
}

Planner::Planner(const Graph& graph, Index& index, OutputWriter& writer, const PlanOptions& options)
    : graph_(graph),
      index_(index),
      writer_(writer),
      recipes_(output_recipes(graph, [&](const File& file) { return index.hash_of(file.path); })),
      fresh_(options.fresh) {
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const GraphOutput& output = graph.outputs[i];
    bool early = true, of_item = false;
    for_each_reference(output.file, [&](const Reference& reference) {
      of_item = of_item || reference.to == Reference::To::input;
      early = early && reference.to != Reference::To::node && reference.to != Reference::To::element &&
              reference.property != "width" && reference.property != "height";
    });
    early_.push_back(early);
    of_item_.push_back(of_item);
    forced_.push_back(std::any_of(recipes_[i].nodes.begin(), recipes_[i].nodes.end(),
                                  [&](int node) { return options.forced.contains(graph.nodes[node].name); }));
    conditional_.push_back(std::any_of(recipes_[i].nodes.begin(), recipes_[i].nodes.end(),
                                       [&](int node) { return graph.nodes[node].when.has_value(); }));
    if (!recipes_[i].digest.empty()) index.remember_meaning(recipes_[i].digest, recipes_[i].shared.dump());
  }
}

std::vector<OutputPlan> Planner::look(const Item& item, const Codecs& codecs, const FileHash& hash_of,
                                      std::optional<Error>& refused) const {
  std::vector<OutputPlan> plans(graph_.outputs.size());
  const std::vector<std::vector<Value>> nothing(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    if (early_[i]) {
      const std::string name = as_text(evaluate(graph_.outputs[i].file, {graph_, item.inputs, nothing}, codecs));
      try {
        plans[i].path = writer_.claim(name, "`" + graph_.outputs[i].name + "` of " + item.name);
      } catch (const Error& error) {
        // Two items with one name, an input as output, or a name that no item has a part in: the request's mistake.
        if (error.code() != "E611" || !of_item_[i]) throw;
        refused = error;
        return plans;
      }
    }
    judge(item, static_cast<int>(i), hash_of, plans[i]);
    if (plans[i].why.empty() || plans[i].path.empty()) continue;
    try {
      writer_.check_untouched(plans[i].path);
    } catch (const Error& error) {
      refused = error;
    }
  }
  return plans;
}

void Planner::look_again(const Item& item, const FileHash& hash_of, std::vector<OutputPlan>& outputs) const {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].unhashed) judge(item, static_cast<int>(i), hash_of, outputs[i]);
}

void Planner::judge(const Item& item, int output, const FileHash& hash_of, OutputPlan& plan) const {
  const OutputRecipe& recipe = recipes_[output];
  plan.files = json::array();
  plan.unhashed = false;
  if (fresh_ || forced_[output]) {
    plan.why = fresh_ ? "forced by --fresh" : "forced by --rebuy";
    return;
  }
  const std::string parts = recipe.digest.empty() ? "" : item_parts(recipe, graph_, item, hash_of);
  const auto known = [&](const auto& key_of) {  // by this digest, else by the one that does as well
    auto files = index_.files_of(key_of(recipe.digest));
    return files || recipe.real_digest.empty() ? files : index_.files_of(key_of(recipe.real_digest));
  };
  if (conditional_[output] && !parts.empty() &&
      known([&](const std::string& digest) { return skipped_key(digest, parts); })) {
    plan.why.clear();
    return;
  }
  std::vector<std::string> paths;
  if (!plan.path.empty()) {
    paths.push_back(writer_.absolute(plan.path));
  } else if (!parts.empty()) {
    const auto files = known([&](const std::string& digest) { return files_key(digest, parts, writer_.folder()); });
    const json list = files ? json::parse(*files, nullptr, false) : json();
    if (!list.is_array()) {
      plan.why = "new, or made from other inputs before";
      return;
    }
    for (const json& path : list) paths.push_back(path.get<std::string>());
  }
  if (parts.empty()) {
    plan.unhashed = true;
    plan.why = "not hashed yet";
    if (!plan.path.empty() && !index_.output(paths[0])) plan.why = "new item", plan.unhashed = false;
    return;
  }
  plan.why.clear();
  for (const std::string& path : paths) {
    const auto made = index_.output(path);
    if (!made)
      plan.why = "new item";
    else if (!made->there)
      plan.why = "output missing";
    else if (made->digest.empty())
      plan.why = "its writing was not finished";
    else if (made->digest == kAfterError)
      plan.why = "made after an error";
    else if ((made->digest != recipe.digest && made->digest != recipe.real_digest) || made->parts != parts)
      plan.why = difference(output, *made, parts);
    else if (!made->untouched && !writer_.is_as_written(path, made->hash))
      plan.why = "output changed since";
    else
      plan.files.push_back({{"path", path}, {"hash", made->hash}});
    if (!plan.why.empty()) {
      plan.files = json::array();
      return;
    }
  }
}

/// What is not the same, for people: the first of it.
std::string Planner::difference(int output, const Index::Output& made, const std::string& parts) const {
  if (made.digest == recipes_[output].digest || made.digest == recipes_[output].real_digest)
    return parts_difference(json::parse(made.parts, nullptr, false), json::parse(parts, nullptr, false));
  const auto kept = index_.meaning_of(made.digest);
  return recipe_difference(kept ? json::parse(*kept, nullptr, false) : json(), recipes_[output].shared);
}

Plan make_plan(const Graph& graph, const ItemTable& table, const Planner& planner, const Codecs& codecs,
               const FileHash& hash_of) {
  Plan plan;
  plan.nothing_to_do = graph.until < 0;  // a node's result is not kept
  plan.why.resize(graph.outputs.size());
  plan.work_of.reserve(table.items.size());
  std::map<std::vector<bool>, int> kinds;
  const Index::Reading reading = planner.reading();
  for (std::size_t i = 0; i < table.items.size(); ++i) {
    std::optional<Error> refused;
    const std::vector<OutputPlan> outputs = planner.look(table.items[i], codecs, hash_of, refused);
    if (refused) {
      plan.refused.emplace(i, *refused);
      plan.work_of.push_back(-1);
      plan.nothing_to_do = false;
      continue;
    }
    std::vector<bool> to_make;
    bool unhashed = false;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      to_make.push_back(!outputs[o].why.empty());
      unhashed = unhashed || outputs[o].unhashed;
      if (!outputs[o].why.empty()) {
        ++plan.why[o][outputs[o].why];
        plan.nothing_to_do = false;
      }
    }
    if (unhashed) plan.unhashed.push_back(i);
    const auto [kind, is_new] = kinds.emplace(to_make, static_cast<int>(plan.works.size()));
    if (is_new) plan.works.push_back({to_make, needed_nodes(graph, to_make)});
    plan.work_of.push_back(kind->second);
  }
  return plan;
}

}  // namespace pixgraph
