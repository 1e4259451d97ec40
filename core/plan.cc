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
      check_(graph),
      recipes_(output_recipes(graph, [&](const File& file) { return index.hash_of(file.path); })),
      fresh_(options.fresh) {
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const GraphOutput& output = graph.outputs[i];
    bool of_item = false;
    Name name = Name::of_inputs;
    for_each_reference(output.file, [&](const Reference& reference) {
      of_item = of_item || reference.to == Reference::To::input;
      if (reference.to == Reference::To::node || reference.property == "width" || reference.property == "height")
        name = Name::of_results;
      else if (reference.to == Reference::To::element && name == Name::of_inputs)
        name = Name::of_index;
    });
    names_.push_back(name);
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
  for (int i = 0; i < static_cast<int>(plans.size()); ++i) {
    OutputPlan& plan = plans[i];
    const std::string owner = "`" + graph_.outputs[i].name + "` of " + item.name;
    const auto refuse = [&](const Error& error) {
      plan.refused = error;
      if (!refused) refused = error;
    };
    if (names_[i] != Name::of_results) {
      try {
        // Two lists that have a first file in common would write one file.
        const std::string path = writer_.claim(name_of(item, i, 0, codecs), owner);
        if (names_[i] == Name::of_inputs) plan.path = path;
      } catch (const Error& error) {
        // Two items with one name, an input as output, or a name that no item has a part in: the request's mistake.
        if (error.code() != "E611" || !of_item_[i]) throw;
        refuse(error);
        continue;
      }
    }
    judge(item, i, hash_of, plan);
    try {
      if (!plan.why.empty())
        if (const auto fault = check_.fault(item, recipes_[i].nodes, codecs)) throw Error(*fault);
      if (!plan.why.empty())
        check_files(item, i, plan, codecs);
      else if (plan.path.empty())
        for (const json& file : plan.files) writer_.claim_kept(file["path"].get<std::string>(), owner);
    } catch (const Error& error) {
      refuse(error);
    }
  }
  return plans;
}

bool Planner::named_by_results() const {
  return std::find(names_.begin(), names_.end(), Name::of_results) != names_.end();
}

std::string Planner::name_of(const Item& item, int output, int element, const Codecs& codecs) const {
  const std::vector<std::vector<Value>> nothing(graph_.nodes.size());
  ItemValues values{graph_, item.inputs, nothing};
  values.element = element;
  return as_text(evaluate(graph_.outputs[output].file, values, codecs));
}

/// Throws E614 where the output must not be written.
void Planner::check_files(const Item& item, int output, const OutputPlan& plan, const Codecs& codecs) const {
  if (!plan.path.empty()) {
    writer_.check_untouched(plan.path);
  } else if (names_[output] == Name::of_index) {
    // How long the list gets nobody knows: those that are there in a row are taken for those that it would write.
    for (int element = 0; writer_.check_untouched(writer_.path_of(name_of(item, output, element, codecs))); ++element) {
    }
  }
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
    std::vector<bool> to_make;
    bool unhashed = false;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      to_make.push_back(!outputs[o].why.empty() && !outputs[o].refused);
      unhashed = unhashed || (outputs[o].unhashed && !outputs[o].refused);
      if (to_make[o]) {
        ++plan.why[o][outputs[o].why];
        plan.nothing_to_do = false;
      }
    }
    if (refused) {
      plan.refused.emplace(i, *refused);
      plan.nothing_to_do = false;
      if (std::find(to_make.begin(), to_make.end(), true) == to_make.end()) {
        plan.work_of.push_back(-1);
        continue;
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
