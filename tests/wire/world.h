// World: a user's folder, a sandbox that misbehaves as it is told, and the real program between them.
//
//     World world({"--fault", "stuck:x1"});
//     world.write("pipeline.yaml", kTiny);
//     const cases::Ended ended = world.run({"a.txt"});
//
// Everything is gone when the object dies.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "process.h"

namespace wire {

class World {
 public:
  /// `sandbox`: its options; predictions take 30 ms unless --latency is among them.
  explicit World(const std::vector<std::string>& sandbox);
  ~World();

  void write(const std::string& name, const std::string& text) const { cases::write_file(path(name), text); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  const std::string& folder() const { return folder_; }
  const std::string& base() const { return base_; }
  std::map<std::string, std::string>& environment() { return environment_; }

  /// `pixgraph run pipeline.yaml ITEMS --out out --state state`
  cases::Ended run(const std::vector<std::string>& items, const std::vector<std::string>& more = {});
  cases::Ended pixgraph(const std::vector<std::string>& words);

  nlohmann::json stats() const;
  /// What every listener of the sandbox was asked: {listener, line, headers}.
  nlohmann::json requests() const;
  /// How many purchases are in each state: "failed 1, succeeded 2".
  std::string ledger();
  /// Names of the files in out/, sorted.
  std::vector<std::string> outputs() const;

 private:
  std::string folder_, base_;
  int port_ = 0, runs_ = 0;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<cases::Process> sandbox_;
};

/// "r8_..." of every run here.
inline constexpr const char* kToken = "r8_Never0To1Be2Seen3In4Any5File6At7All";

}  // namespace wire
