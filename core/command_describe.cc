// pixgraph describe: everything about a node type, or what is known of what a model takes. Asks nobody.
#include <cstdio>
#include <set>

#include <pixgraph/error.h>

#include "commands.h"
#include "describe.h"
#include "disk.h"
#include "lockfile.h"
#include "registry.h"
#include "schemas.h"
#include "spell.h"
#include "state_folder.h"
#include "unicode.h"

namespace pixgraph {

namespace {

/// What a plugin says of an input that has one wrong name and nothing else: which names there are, and which are
/// needed. Empty where none knows the model.
std::string inputs_of(const Registry& registry, const ModelName& model, const JsonPtr& schema) {
  for (const Spec* spec : registry.all()) {
    if (spec->cost != Cost::paid) continue;
    const auto remote = registry.behaviour(spec->name).remote;
    if (!remote) continue;
    const auto mistakes = remote->check(model, {{"", nullptr}}, schema.get());
    std::string text, needed;
    for (const InputMistake& mistake : mistakes.value_or(std::vector<InputMistake>()))
      if (mistake.kind == InputMistake::Kind::unknown)
        text = "  " + mistake.help + "\n";
      else if (mistake.kind == InputMistake::Kind::missing && !mistake.path.empty())
        needed += "  " + ticked(mistake.path[0]) + " is needed: " + mistake.help + "\n";
    if (!text.empty()) return text + needed;
  }
  return {};
}

/// `wanted`: "owner/name" twice, or as lane the version that is asked for.
bool is_meant(const ModelName& wanted, const ModelName& model, const std::string& version) {
  if (wanted.lane != wanted.name) return model.lane == wanted.lane || version == wanted.lane;
  return model.name == wanted.name || model.lane == wanted.name;
}

/// In the order in which check takes it: lock files here, what servers said, what the plugins know. All that is found
/// in the first of them, equal ones once.
std::string known_of(const Registry& registry, const ModelName& wanted) {
  std::string text;
  std::set<std::string> shown;
  const auto add = [&](ModelName model, const std::string& version, const JsonPtr& schema, const std::string& source) {
    if (model.name.empty()) model.name = wanted.name;
    if (!version.empty()) model.lane = version;  // of a version the list is known to be complete
    const std::string inputs = inputs_of(registry, model, schema);
    if (inputs.empty() || !shown.insert(version + schema_hash(schema)).second) return;
    text += (text.empty() ? "" : "\n") + model.name + " - a model, " + source + "\n" +
            (version.empty() ? "" : "  version: " + model.name + ":" + version + "\n") + inputs;
  };
  Disk& disk = real_disk();
  for (const std::string& file : disk.list(".")) {
    if (!file.ends_with(lock_path(""))) continue;
    const auto written = disk.read(file);
    if (!written || written->find("pixgraph_lock") == std::string::npos) continue;  // other programs lock too
    const Lockfile lock = read_lock(file, *written);
    for (const auto& [lane, model] : lock.models)
      if (model.schema && is_meant(wanted, {lock.server, lane, model.name}, model.version))
        add({lock.server, lane, model.name}, model.version, model.schema, "as " + file + " has it");
  }
  if (!text.empty()) return text;
  for (const Schemas::Kept& kept : Schemas(disk, join_path(find_state_folder("FILE", {}), "schemas")).all())
    if (is_meant(wanted, kept.model, kept.version))
      add(kept.model, kept.version, kept.schema, "as " + kept.model.server + " said");
  if (text.empty())
    add(wanted, wanted.lane == wanted.name ? "" : wanted.lane, nullptr, "as pixgraph knows it by itself");
  return text;
}

}  // namespace

int command_describe(const Arguments& arguments) {
  const Registry& registry = registry_for(arguments);
  for (const std::string& name : arguments.words) {
    if (const Spec* spec = registry.find(name)) {
      std::fputs(render_spec(*spec).c_str(), stdout);
      continue;
    }
    if (name.find('/') == std::string::npos)
      throw Error("E016", "there is no node type `" + name + "`",
                  suggestion(name, registry.names(), "pixgraph nodes lists them"));
    const std::size_t colon = name.find(':');
    const std::string version = colon == std::string::npos ? name : name.substr(colon + 1);
    const std::string text = known_of(registry, {"", version, name.substr(0, colon)});
    if (text.empty())
      throw Error("E016", "nothing is known here of what " + ticked(name) + " takes",
                  "`pixgraph lock FILE` asks the server for the models of a pipeline; then this tells it");
    std::fputs(text.c_str(), stdout);
  }
  return kExitDone;
}

}  // namespace pixgraph
