#include "governor.h"

#include <algorithm>
#include <random>
#include <utility>

namespace pixgraph {

using std::chrono::steady_clock;

/// A server may ask for any number of seconds; more than this is no pause but an end, and would overflow a clock.
static constexpr std::chrono::milliseconds kLongestPause = std::chrono::hours(1);

std::chrono::milliseconds own_pause(int before) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int base = 500 << std::min(before, 6);
  return std::chrono::milliseconds(base + std::uniform_int_distribution<int>(0, base / 2)(random));
}

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

TokenBucket::Time TokenBucket::next(Time now) const {
  if (unlimited() || last_ == Time{}) return now;
  const Time from = std::max(now, last_);  // after drain() the bucket's time may be ahead
  const double tokens = std::min(burst_, tokens_ + per_second_ * std::chrono::duration<double>(from - last_).count());
  if (tokens >= 1) return from;
  return from + std::chrono::ceil<Time::duration>(std::chrono::duration<double>((1 - tokens) / per_second_));
}

/// The burst is a tenth of a minute's worth: 60 of 600, 300 of 3000, however fast the minutes pass.
static TokenBucket bucket(double per_minute, double time_scale) {
  return {per_minute * time_scale, std::max(1.0, per_minute / 10)};
}

Governor::Governor(Executor& executor, ServerLimits limits)
    : executor_(executor),
      limits_(std::move(limits)),
      creates_(bucket(limits_.creates_per_minute, limits_.time_scale)),
      calls_(bucket(limits_.calls_per_minute, limits_.time_scale)) {}

bool Governor::lane_full(const std::string& lane) const {
  const auto limit = limits_.in_flight_of.find(lane);
  if (limit == limits_.in_flight_of.end()) return false;
  const auto used = lane_in_flight_.find(lane);
  return used != lane_in_flight_.end() && used->second >= limit->second;
}

/// Lets go what may go now. What must wait for a token or the end of a pause stays in `waiting_`, where close() finds
/// it and a new pause holds it back; one timer looks again at the earliest moment.
void Governor::admit() {
  for (auto next = waiting_.begin(); next != waiting_.end() && in_flight_ < limits_.in_flight;) {
    if (lane_full(next->lane)) {
      ++next;
      continue;
    }
    const auto now = steady_clock::now();
    const auto ready = std::max(creates_.next(now), creates_paused_);
    if (ready > now) {
      if (ready >= wake_at_) return;
      wake_at_ = ready;
      return executor_.at(ready, Workers::net, next->priority, [this] {
        std::lock_guard lock(mutex_);
        wake_at_ = Executor::Time::max();
        admit();
      });
    }
    creates_.take(now);
    ++in_flight_;
    ++lane_in_flight_[next->lane];
    executor_.post(Workers::net, next->priority,
                   [this, waiting = std::move(*next)]() mutable { go(std::move(waiting)); });
    next = waiting_.erase(next);
  }
}

/// On a worker: a 429 or the end may have come while it waited for a thread.
void Governor::go(Waiting waiting) {
  bool closed = false;
  {
    std::lock_guard lock(mutex_);
    closed = closed_;
    const bool paused = steady_clock::now() < creates_paused_;
    if (closed || paused) release(waiting.lane);
    if (!closed && paused) {
      insert(std::move(waiting));
      return admit();
    }
  }
  waiting.work(!closed);
}

void Governor::release(const std::string& lane) {
  --in_flight_;
  --lane_in_flight_[lane];
}

/// Waiting creates keep the order of the items: a later node of an early item goes first.
void Governor::insert(Waiting waiting) {
  const auto place = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const Waiting& w) {
                       return w.priority.item <= waiting.priority.item;
                     }).base();
  waiting_.insert(place, std::move(waiting));
}

void Governor::enter(const std::string& lane, Priority priority, std::function<void(bool)> work) {
  std::lock_guard lock(mutex_);
  if (closed_) return executor_.post(Workers::net, priority, [work = std::move(work)] { work(false); });
  insert({lane, priority, std::move(work)});
  admit();
}

void Governor::occupy(const std::string& lane) {
  std::lock_guard lock(mutex_);
  ++in_flight_;
  ++lane_in_flight_[lane];
}

void Governor::leave(const std::string& lane) {
  std::lock_guard lock(mutex_);
  release(lane);
  admit();
}

Executor::Time Governor::next_call() {
  std::lock_guard lock(mutex_);
  return std::max(calls_.take(steady_clock::now()), calls_paused_);
}

Executor::Time Governor::next_free_call() const {
  std::lock_guard lock(mutex_);
  return std::max(calls_.next(steady_clock::now()), calls_paused_);
}

std::chrono::milliseconds Governor::pause_creates(std::chrono::milliseconds wait) {
  std::lock_guard lock(mutex_);
  wait = std::min(wait, kLongestPause);
  creates_paused_ = std::max(creates_paused_, steady_clock::now() + wait);
  creates_.drain(creates_paused_);
  return wait;
}

std::chrono::milliseconds Governor::pause_calls(std::chrono::milliseconds wait) {
  std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  if (now >= calls_paused_) ++calls_refused_;
  if (wait <= wait.zero())
    wait = now < calls_paused_ ? std::chrono::ceil<std::chrono::milliseconds>(calls_paused_ - now)
                               : own_pause(calls_refused_ - 1);
  wait = std::min(wait, kLongestPause);
  calls_paused_ = std::max(calls_paused_, now + wait);
  calls_.drain(calls_paused_);
  return wait;
}

void Governor::call_answered() {
  std::lock_guard lock(mutex_);
  calls_refused_ = 0;
}

Executor::Time Governor::calls_paused() const {
  std::lock_guard lock(mutex_);
  return calls_paused_;
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
