#include "stats.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sandbox {

using nlohmann::json;

void Stats::request(const char* listener, std::string line, std::string headers) {
  std::lock_guard lock(mutex_);
  ++requests_;
  if (seen_.size() == kKept) seen_.pop_front();
  seen_.push_back({listener, std::move(line), std::move(headers)});
}

void Stats::created(const std::string& model, std::uint64_t in_flight) {
  std::lock_guard lock(mutex_);
  ++creates_;
  ++creates_per_model_[model];
  in_flight_max_ = std::max(in_flight_max_, in_flight);
}

void Stats::count(const std::string& what) {
  std::lock_guard lock(mutex_);
  ++counts_[what];
}

json Stats::counters() const {
  std::lock_guard lock(mutex_);
  json out = counts_;
  out["requests"] = requests_;
  out["creates"] = creates_;
  out["creates_per_model"] = creates_per_model_;
  out["in_flight_max"] = in_flight_max_;
  return out;
}

json Stats::requests() const {
  std::lock_guard lock(mutex_);
  json out = json::array();
  for (const Seen& seen : seen_) {
    out.push_back({{"listener", seen.listener}, {"line", seen.line}, {"headers", seen.headers}});
  }
  return out;
}

}  // namespace sandbox
