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

/// null where the text is no kept schema, or one that was damaged.
static std::optional<Schemas::Kept> read_kept(const std::optional<std::string>& text) {
  const json written = text ? json::parse(*text, nullptr, false) : json();
  if (!written.is_object() || written.value("pixgraph_schema", json()) != 1 || !written.contains("schema")) return {};
  const auto word = [&](const char* key) {
    const json value = written.value(key, json());
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  auto schema = std::make_shared<const json>(written["schema"]);
  if (word("hash") != schema_hash(schema)) return {};
  return Schemas::Kept{word("version"), {word("server"), word("lane"), word("name")}, std::move(schema)};
}

JsonPtr Schemas::find(const ModelName& model) const {
  if (model.server.empty() || model.lane.empty()) return nullptr;
  const auto kept = read_kept(disk_.read(path_of(model)));
  // Two names may share a file name, so what it is about stands in it.
  return kept && kept->model.server == model.server && kept->model.lane == model.lane ? kept->schema : nullptr;
}

std::vector<Schemas::Kept> Schemas::all() const {
  std::vector<Kept> all;
  for (const std::string& server : disk_.list(folder_))
    for (const std::string& file : disk_.list(join_path(folder_, server)))
      if (auto kept = read_kept(disk_.read(join_path(join_path(folder_, server), file))))
        all.push_back(std::move(*kept));
  return all;
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
