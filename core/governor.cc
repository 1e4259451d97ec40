#include "governor.h"

#include <algorithm>
#include <utility>

namespace pixgraph {

using std::chrono::steady_clock;

TokenBucket::Time TokenBucket::take(Time now) {
  if (unlimited()) return now;
  if (last_ == Time{}) last_ = now;
  if (now > last_) {  // after drain() the bucket's time may be ahead
    tokens_ = std::min(burst_, tokens_ + per_second_ * std::chrono::duration<double>(now - last_).count());
    last_ = now;
  }
  tokens_ -= 1;
  if (tokens_ >= 0) return last_;
  return last_ + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(-tokens_ / per_second_));
}

void TokenBucket::drain(Time when) {
  tokens_ = std::min(tokens_, 0.0);
  last_ = std::max(last_, when);
}

// The burst is a tenth of a minute's worth: 60 of 600, 300 of 3000.
Governor::Governor(Executor& executor, ServerLimits limits)
    : executor_(executor),
      limits_(std::move(limits)),
      creates_(limits_.creates_per_minute, std::max(1.0, limits_.creates_per_minute / 10)),
      calls_(limits_.calls_per_minute, std::max(1.0, limits_.calls_per_minute / 10)) {}

bool Governor::lane_full(const std::string& lane) const {
  const auto limit = limits_.in_flight_of.find(lane);
  if (limit == limits_.in_flight_of.end()) return false;
  const auto used = lane_in_flight_.find(lane);
  return used != lane_in_flight_.end() && used->second >= limit->second;
}

void Governor::admit() {
  for (auto next = waiting_.begin(); next != waiting_.end() && in_flight_ < limits_.in_flight;) {
    if (lane_full(next->lane)) {
      ++next;
      continue;
    }
    ++in_flight_;
    ++lane_in_flight_[next->lane];
    const auto when = std::max(creates_.take(steady_clock::now()), creates_paused_);
    executor_.at(when, Workers::net, next->priority, [this, waiting = std::move(*next)] {
      bool stopped = false, paused = false;
      {
        std::lock_guard lock(mutex_);
        stopped = closed_;
        paused = !stopped && steady_clock::now() < creates_paused_;  // a 429 came while it waited for its token
        if (stopped) {
          --in_flight_;
          --lane_in_flight_[waiting.lane];
        } else if (paused) {
          // Not all at once when the pause ends: each takes a new token, which come at the steady rate from then on.
          const auto when = std::max(creates_.take(steady_clock::now()), creates_paused_);
          executor_.at(when, Workers::net, waiting.priority, [work = waiting.work] { work(true); });
        }
      }
      if (!paused) waiting.work(!stopped);
    });
    next = waiting_.erase(next);
  }
}

void Governor::enter(const std::string& lane, Priority priority, std::function<void(bool)> work) {
  std::lock_guard lock(mutex_);
  if (closed_) return executor_.post(Workers::net, priority, [work = std::move(work)] { work(false); });
  // Waiting creates keep the order of the items: a later node of an early item goes first.
  auto place = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const Waiting& w) { return w.priority.item <= priority.item; }).base();
  waiting_.insert(place, {lane, priority, std::move(work)});
  admit();
}

void Governor::occupy(const std::string& lane) {
  std::lock_guard lock(mutex_);
  ++in_flight_;
  ++lane_in_flight_[lane];
}

void Governor::leave(const std::string& lane) {
  std::lock_guard lock(mutex_);
  --in_flight_;
  --lane_in_flight_[lane];
  admit();
}

Executor::Time Governor::next_call() {
  std::lock_guard lock(mutex_);
  return std::max(calls_.take(steady_clock::now()), calls_paused_);
}

void Governor::pause_creates(std::chrono::milliseconds wait) {
  std::lock_guard lock(mutex_);
  creates_paused_ = std::max(creates_paused_, steady_clock::now() + wait);
  creates_.drain(creates_paused_);
}

void Governor::pause_calls(std::chrono::milliseconds wait) {
  std::lock_guard lock(mutex_);
  calls_paused_ = std::max(calls_paused_, steady_clock::now() + wait);
  calls_.drain(calls_paused_);
}

void Governor::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (Waiting& waiting : waiting_)
    executor_.post(Workers::net, waiting.priority, [work = std::move(waiting.work)] { work(false); });
  waiting_.clear();
}

int Governor::in_flight() const {
  std::lock_guard lock(mutex_);
  return in_flight_;
}

}  // namespace pixgraph
