#include "lockfile.h"

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

#include "hash.h"

namespace pixgraph {

using nlohmann::json;

std::string lock_path(const std::string& pipeline_file) {
  return pipeline_file + ".lock";
}

std::string schema_hash(const JsonPtr& schema) {
  return schema ? sha256(schema->dump(-1, ' ', false, json::error_handler_t::replace)) : "";
}

std::string write_lock(const Lockfile& lock) {
  json models = json::object();
  for (const auto& [lane, model] : lock.models) {
    json one = {{"name", model.name}, {"version", model.version}, {"pins", model.pins}};
    if (model.schema) {
      one["hash"] = schema_hash(model.schema);
      one["schema"] = *model.schema;
    }
    models[lane] = std::move(one);
  }
  return json{{"pixgraph_lock", 1}, {"server", lock.server}, {"models", std::move(models)}}.dump(
             1, ' ', false, json::error_handler_t::replace) +
         "\n";
}

Lockfile read_lock(const std::string& path, std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return Error("E424", "`" + path + "` " + why, "pixgraph lock writes it anew");
  };
  const json written = json::parse(text, nullptr, false);
  if (!written.is_object()) throw refuse("is not JSON, so it is no lock file");
  try {
    if (written.at("pixgraph_lock") != 1) throw refuse("is a lock file of another pixgraph");
    Lockfile lock;
    lock.server = written.at("server").get<std::string>();
    for (const auto& [lane, one] : written.at("models").items()) {
      LockedModel model;
      model.name = one.at("name").get<std::string>();
      model.version = one.at("version").get<std::string>();
      model.pins = one.at("pins").get<bool>();
      if (const auto schema = one.find("schema"); schema != one.end()) {
        model.schema = std::make_shared<const json>(*schema);
        if (one.at("hash") != schema_hash(model.schema))
          throw refuse("was changed by hand: the schema of " + lane + " is not the one of its hash");
      }
      lock.models.emplace(lane, std::move(model));
    }
    return lock;
  } catch (const json::exception&) {
    throw refuse("lacks something that a lock file has");
  }
}

}  // namespace pixgraph
