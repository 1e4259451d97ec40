// Lockfile: FILE.lock, what the models of a pipeline took when somebody last asked. It goes with the pipeline file to
// others, so it holds the schemas themselves: with the two files alone `check` knows all that a server would say.
//
// JSON, because schemas are JSON and it has one canonical form: keys sorted, one indentation, no times; equal answers
// are equal bytes. Plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <pixgraph/value.h>

namespace pixgraph {

struct LockedModel {
  std::string name;     // "owner/name", empty where it is not known
  std::string version;  // what is bought; empty where the server did not say
  bool pins = false;    // a node that asks by name buys that version
  JsonPtr schema;       // null where the server did not say
};

struct Lockfile {
  std::string server;                         // base URL, or "sandbox"
  std::map<std::string, LockedModel> models;  // by what the pipeline names (ModelName::lane)
};

inline constexpr const char* kSandboxServer = "sandbox";

std::string lock_path(const std::string& pipeline_file);
/// SHA-256 of a schema's canonical text; "" for null.
std::string schema_hash(const JsonPtr& schema);
std::string write_lock(const Lockfile& lock);
/// Throws Error E424 for what is none, or whose schemas are not those of its hashes. `path` is for messages.
Lockfile read_lock(const std::string& path, std::string_view text);

}  // namespace pixgraph
