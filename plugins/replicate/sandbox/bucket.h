// A token bucket per kind of request, in simulated time. Thread-safe.
#pragma once

#include <algorithm>
#include <mutex>

#include "options.h"

namespace sandbox {

class Bucket {
 public:
  Bucket(Rate rate, double now)
      : rate_(rate.per_second),
        size_(rate.burst > 0 ? rate.burst : std::max(1.0, rate.per_second * 6)),
        tokens_(size_),
        at_(now) {}

  // 0 = granted; otherwise the simulated seconds until the next token.
  double take(double now) {
    if (rate_ <= 0) return 0;
    std::lock_guard lock(mutex_);
    tokens_ = std::min(size_, tokens_ + std::max(0.0, now - at_) * rate_);
    at_ = std::max(at_, now);
    if (tokens_ >= 1) {
      tokens_ -= 1;
      return 0;
    }
    return (1 - tokens_) / rate_;
  }

 private:
  double rate_, size_, tokens_, at_;
  std::mutex mutex_;
};

}  // namespace sandbox
