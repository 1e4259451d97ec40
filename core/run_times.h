// RunTimes: how long predictions of a model usually take, from creation to end, so that the first poll can come near
// the end; and how long they are billed for, so that a plan can tell what they will cost. A memo in the index keeps it
// across runs; losing it costs polls only. Safe from many threads.
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

  /// What times are known under.
  static std::string name(const std::string& server_name, const std::string& lane) { return server_name + " " + lane; }

  /// nullopt where none was seen yet. `what` names the server and model.
  std::optional<std::chrono::milliseconds> usual(const std::string& what);
  /// A new time moves the usual one: up by a quarter of the difference, down by half.
  void learn(const std::string& what, std::chrono::milliseconds took);

  /// The shortest and the longest time that the server has billed one for; nullopt where it never did.
  struct Billed {
    std::chrono::nanoseconds least, most;
  };
  std::optional<Billed> billed(const std::string& what);
  void learn_billed(const std::string& what, std::chrono::nanoseconds ran);

 private:
  std::optional<std::chrono::milliseconds>& known(const std::string& what);  // REQUIRES: mutex_ held

  std::optional<Billed>& known_billed(const std::string& what);  // REQUIRES: mutex_ held

  Index* index_;
  std::mutex mutex_;
  std::map<std::string, std::optional<std::chrono::milliseconds>> known_;
  std::map<std::string, std::optional<Billed>> billed_;
  std::map<std::string, std::chrono::milliseconds> kept_;  // what this object wrote to the index
};

}  // namespace pixgraph
