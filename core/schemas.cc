#include "schemas.h"

#include <nlohmann/json.hpp>

#include "lockfile.h"

namespace pixgraph {

using nlohmann::json;

/// As a file name that can be read: every other character is a `~`.
static std::string as_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    name += plain ? c : '~';
  }
  return name.substr(0, 200);
}

std::string Schemas::path_of(const ModelName& model) const {
  const std::size_t scheme = model.server.find("://");
  const std::string host = model.server.substr(scheme == std::string::npos ? 0 : scheme + 3);
  return join_path(join_path(folder_, as_name(host)), as_name(model.lane) + ".json");
}

JsonPtr Schemas::find(const ModelName& model) const {
  if (model.server.empty() || model.lane.empty()) return nullptr;
  const auto text = disk_.read(path_of(model));
  if (!text) return nullptr;
  const json kept = json::parse(*text, nullptr, false);
  // Two names may share a file name, so what it is about stands in it.
  if (!kept.is_object() || kept.value("pixgraph_schema", 0) != 1 || kept.value("server", "") != model.server ||
      kept.value("lane", "") != model.lane || !kept.contains("schema"))
    return nullptr;
  auto schema = std::make_shared<const json>(kept["schema"]);
  return kept.value("hash", "") == schema_hash(schema) ? schema : nullptr;
}

void Schemas::keep(const ModelName& model, const ModelDescription& description) {
  const json kept = {
      {"pixgraph_schema", 1},         {"server", model.server},         {"lane", model.lane},
      {"name", model.name},           {"version", description.version}, {"hash", schema_hash(description.schema)},
      {"schema", *description.schema}};
  const std::string path = path_of(model), text = kept.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  if (disk_.read(path) == text) return;
  make_folders(disk_, folder_of(path));
  replace_file(disk_, path, text);
}

}  // namespace pixgraph
