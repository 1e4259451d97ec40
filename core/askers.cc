#include "askers.h"

namespace pixgraph {

std::shared_ptr<const void> Askers::asking(Askers* askers, const std::string& key, const std::string& item,
                                           const std::string& node) {
  if (!askers) return nullptr;
  const std::pair task(item, node);
  {
    std::lock_guard lock(askers->mutex_);
    askers->by_key_[key].insert(task);
  }
  return {askers, [askers, key, task](const void*) {
            std::lock_guard lock(askers->mutex_);
            const auto asked = askers->by_key_.find(key);
            asked->second.erase(asked->second.find(task));
            if (asked->second.empty()) askers->by_key_.erase(asked);
          }};
}

nlohmann::json Askers::of(const std::string& key) const {
  nlohmann::json all = nlohmann::json::array();
  std::lock_guard lock(mutex_);
  const auto asked = by_key_.find(key);
  if (asked == by_key_.end()) return all;
  for (auto one = asked->second.begin(); one != asked->second.end(); one = asked->second.upper_bound(*one))
    all.push_back({{"item", one->first}, {"node", one->second}});
  return all;
}

}  // namespace pixgraph
