// Governor: how fast a server may be asked. One per server; every call to it passes here.
//
// Creates wait for a free place in flight and a token of their rate; other calls take a token of theirs. A 429 pauses
// the whole lane for everyone. Safe from many threads; nothing blocks: waiting work is posted to the executor when it
// may go.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "executor.h"

namespace pixgraph {

/// Tokens that come at a steady rate and pile up to a burst. Not safe by itself.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `per_minute` <= 0: unlimited.
  TokenBucket(double per_minute, double burst) : per_second_(per_minute / 60), burst_(burst), tokens_(burst) {}
  /// Takes a token, which may be one that only comes in the future: returns when it may be used.
  Time take(Time now);
  /// Nothing is left, and nothing comes before `when`.
  void drain(Time when);
  /// When the next token would be there, without taking it.
  Time next(Time now) const;
  bool unlimited() const { return per_second_ <= 0; }

 private:
  double per_second_, burst_, tokens_;
  Time last_{};
};

struct ServerLimits {
  int in_flight = 32;                       // predictions that exist and have not ended
  double creates_per_minute = 600;          // 0: unlimited
  double calls_per_minute = 3000;           // everything but creates; 0: unlimited
  std::map<std::string, int> in_flight_of;  // by lane
  double time_scale = 1;                    // how much faster the server's minutes pass than ours
};

/// The pause before the next try of something that a server has refused `before` times in a row already: from 0.5 s,
/// twice as long each time up to 32 s, and up to half as long again by chance, so that many do not come back at once.
std::chrono::milliseconds own_pause(int before);

class Governor {
 public:
  Governor(Executor& executor, ServerLimits limits);

  /// Runs `work(true)` on a net worker once a create in `lane` may be made; it then holds a place until leave(lane).
  /// After close() it is `work(false)`, and no place is held.
  void enter(const std::string& lane, Priority priority, std::function<void(bool)> work);
  /// A place without waiting: a prediction found running already (after a restart) counts, but never waits.
  void occupy(const std::string& lane);
  void leave(const std::string& lane);
  /// When the next call that is no create may go out; it is then counted.
  Executor::Time next_call();
  /// The same without counting it.
  Executor::Time next_free_call() const;
  /// 0: unlimited.
  double calls_per_minute() const { return limits_.calls_per_minute * limits_.time_scale; }
  /// Until when other calls are paused; in the past where they are not. Asked again just before a call that was put
  /// off.
  Executor::Time calls_paused() const;
  /// A 429: no create (or no other call) before then. Longer pauses win. Returns the pause that is made of it: an hour
  /// at most, and where the server gives no time for calls (0), one of our own, which grows until a call is answered.
  std::chrono::milliseconds pause_creates(std::chrono::milliseconds wait);
  std::chrono::milliseconds pause_calls(std::chrono::milliseconds wait);
  /// A call that is no create went through.
  void call_answered();
  /// No more creates: all that wait are told so.
  void close();
  int in_flight() const;

 private:
  struct Waiting {
    std::string lane;
    Priority priority;
    std::function<void(bool)> work;
  };
  // REQUIRES: mutex_ held, all three
  void admit();
  void insert(Waiting waiting);
  void release(const std::string& lane);
  void go(Waiting waiting);
  bool lane_full(const std::string& lane) const;

  Executor& executor_;
  const ServerLimits limits_;
  mutable std::mutex mutex_;
  TokenBucket creates_, calls_;
  Executor::Time creates_paused_{}, calls_paused_{};
  int calls_refused_ = 0;  // in a row; those under way together count once
  std::deque<Waiting> waiting_;
  Executor::Time wake_at_ = Executor::Time::max();  // when the next look at `waiting_` is due
  std::map<std::string, int> lane_in_flight_;
  int in_flight_ = 0;
  bool closed_ = false;
};

}  // namespace pixgraph
