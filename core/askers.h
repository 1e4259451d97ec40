// Askers: which tasks wait for which purchase. The driver knows purchases by their keys and no tasks; whoever shows a
// run wants to know of which tasks a prediction was made.
//
// Safe from many threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace pixgraph {

class Askers {
 public:
  /// That task asks until the last copy of what is returned is gone. Null where nobody wants to know (no askers), which
  /// else must outlive it.
  static std::shared_ptr<const void> asking(Askers* askers, const std::string& key, const std::string& item,
                                            const std::string& node);
  /// As in the events: [{"item": ..., "node": ...}].
  nlohmann::json of(const std::string& key) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::multiset<std::pair<std::string, std::string>>> by_key_;  // elements ask more than once
};

}  // namespace pixgraph
