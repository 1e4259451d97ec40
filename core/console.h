// Console: shows a run in a terminal or a log, from its events alone. Results (paths of written files) go to standard
// output, everything else to standard error.
//
// A sink of Events: called one event at a time.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace pixgraph {

class Console {
 public:
  /// `paths`: print each written path on standard output (not when the events go there).
  explicit Console(bool paths) : paths_(paths) {}
  void show(const nlohmann::json& event);

 private:
  void progress(bool now);
  void failure(const nlohmann::json& event);

  const bool paths_;
  std::string until_;  // the node of --until
  int items_ = 0, done_ = 0, up_to_date_ = 0, failed_ = 0, skipped_ = 0, canceled_ = 0, predictions_ = 0, reused_ = 0;
  std::map<std::string, int> same_;  // failures by node and cause: the first few are shown, the rest counted
  std::set<std::string> told_;       // causes whose hint was shown
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace pixgraph
