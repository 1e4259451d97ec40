// Live state: what the live page shows of a run, counted from its events. Whoever comes late, or comes back, gets all
// of it at once; nothing has to be remembered by a browser.
//
// A plain value, used by one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "progress.h"

namespace pixgraph {

class LiveState {
 public:
  static constexpr std::size_t kMostLanes = 24, kMostImages = 18, kMostFailures = 3;

  /// `has_thumbnail`: whether the picture of that hash can be shown yet; asked while events are taken.
  explicit LiveState(std::function<bool(const std::string& hash)> has_thumbnail)
      : has_thumbnail_(std::move(has_thumbnail)) {}

  /// The next event, in the order of the file.
  void take(const nlohmann::json& event);
  /// How many lines of the file it has taken.
  std::int64_t lines() const { return lines_; }
  /// What the page's module draws; `now` in seconds since the run's start.
  nlohmann::json view(double now) const;
  /// Whether a picture of this run has that hash: nothing else is served.
  bool knows_picture(const std::string& hash) const { return pictures_.contains(hash); }

 private:
  struct Lane {
    std::string item;
    double since = 0;
  };
  struct Image {
    std::string item, node, hash;
  };
  struct Failure {
    std::string item, node, code, cause, hash;
  };
  void task(const nlohmann::json& event);
  void prediction(const nlohmann::json& event);
  void picture(const nlohmann::json& event);
  void item(const nlohmann::json& event);
  void fail(const nlohmann::json& event);
  nlohmann::json nodes() const;
  nlohmann::json lanes(double now) const;

  const std::function<bool(const std::string&)> has_thumbnail_;
  std::int64_t lines_ = 0;
  Progress progress_;
  std::map<std::string, std::map<std::string, double>> running_;  // node -> item -> since when
  std::map<std::string, std::map<std::string, double>> waiting_;  // the same of hosted nodes: for their place
  std::deque<Image> images_;                                      // the newest picture of an item; the latest first
  std::deque<Failure> failures_;                                  // the latest first
  std::unordered_map<std::string, std::string> inputs_;           // of items under way: the picture they began with
  std::unordered_set<std::string> pictures_;
};

}  // namespace pixgraph
