// RunTimes: how long predictions of a model usually take, from creation to end, so that the first poll can come near
// the end. A memo in the index keeps it across runs; losing it costs polls only. Safe from many threads.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "index.h"

namespace pixgraph {

class RunTimes {
 public:
  /// `index` may be null: then nothing outlives this object.
  explicit RunTimes(Index* index) : index_(index) {}

  /// nullopt where none was seen yet. `what` names the server and model.
  std::optional<std::chrono::milliseconds> usual(const std::string& what);
  /// A new time moves the usual one: up by a quarter of the difference, down by half.
  void learn(const std::string& what, std::chrono::milliseconds took);

 private:
  std::optional<std::chrono::milliseconds>& known(const std::string& what);  // REQUIRES: mutex_ held

  Index* index_;
  std::mutex mutex_;
  std::map<std::string, std::optional<std::chrono::milliseconds>> known_;
};

}  // namespace pixgraph
