// Links: which output URLs this process has seen come to life, and when. They live one hour; one that is young enough
// is handed to the next model as it is, which saves a download and an upload.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pixgraph::replicate {

/// Safe from many threads. Holds at most a few thousand links: old ones are forgotten.
class Links {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Links(std::function<Clock::time_point()> now = Clock::now) : now_(std::move(now)) {}

  /// These http(s) URLs were made just now, some minutes ago at most. A URL seen before keeps its first time.
  void born(const std::vector<std::string>& urls);
  /// True while the URL is sure to be there for some minutes more.
  bool alive(const std::string& url) const;

 private:
  bool young(Clock::time_point birth) const;
  void forget_old();

  const std::function<Clock::time_point()> now_;
  mutable std::mutex mutex_;
  std::map<std::string, Clock::time_point> born_;
};

}  // namespace pixgraph::replicate
