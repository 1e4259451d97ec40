#include "polling.h"

#include <algorithm>
#include <utility>

#include "clock.h"

namespace pixgraph {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr int kUrgencyPoll = 3, kUrgencyCancel = 0;
static constexpr int kPollTries = 20;  // polls in a row that fail before the item does
static constexpr int kLostTries = 3;   // 404s in a row before a prediction counts as lost

/// One prediction that is asked about. Looks run one at a time (`turn`).
struct Poller::Watched {
  Watch watch;
  std::mutex turn;
  bool over = false;
  bool bought = false;  // in this run: then its age is its run time
  bool cancel_sent = false;
  std::optional<steady_clock::time_point> running_since;  // the first answer that said so
  std::string past_limit;                                 // why a cancel was sent
  milliseconds interval{0};
  int looks = 0, failures = 0, not_found = 0;

  /// What limit has passed, "" where none has.
  std::string overdue() const;
};

std::string Poller::Watched::overdue() const {
  const auto now = steady_clock::now();
  if (watch.timeout && now - watch.created_at >= *watch.timeout)
    return "took longer than its timeout of " + show_duration(*watch.timeout);
  if (watch.queue_timeout && !running_since && now - watch.created_at >= *watch.queue_timeout)
    return "did not start within its queue timeout of " + show_duration(*watch.queue_timeout);
  if (watch.run_timeout && running_since && now - *running_since >= *watch.run_timeout)
    return "ran longer than its run timeout of " + show_duration(*watch.run_timeout);
  return "";
}

void Poller::watch(Watch watch) {
  auto watched = std::make_shared<Watched>();
  watched->watch = std::move(watch);
  watched->bought = watched->watch.first.has_value();
  {
    std::lock_guard lock(mutex_);
    watched_.insert(watched);
  }
  const Priority priority{kUrgencyPoll, watched->watch.priority.item, watched->watch.priority.depth};
  if (!watched->watch.first) return setup_.executor.post(Workers::net, priority, [this, watched] { look(watched); });
  std::lock_guard turn(watched->turn);
  watched->looks = 1;  // the create's answer
  judge(watched, *std::exchange(watched->watch.first, std::nullopt));
}

/// One look; tells the end where there is one.
void Poller::look(const WatchedPtr& watched) {
  std::optional<WatchEnd> end;
  {
    std::lock_guard turn(watched->turn);
    if (watched->over) return;
    try {
      end = ask(watched);
    } catch (const Error& error) {
      end = WatchEnd{error, false, {}, {}};
    } catch (const std::exception& other) {
      end = WatchEnd{Error("E990", std::string("something unexpected happened: ") + other.what()), false, {}, {}};
    }
    if (!end) return;
    watched->over = true;
  }
  {
    std::lock_guard lock(mutex_);
    watched_.erase(watched);
  }
  watched->watch.done(std::move(*end));
}

void Poller::later(const WatchedPtr& watched, milliseconds wait) {
  const Watch& watch = watched->watch;
  Governor& governor = setup_.governor(watch.request.server);
  auto when = std::max(steady_clock::now() + wait, governor.next_call());
  // Not later than the limit that would end it.
  if (!watched->cancel_sent)
    for (const auto& [limit, from] :
         {std::pair(watch.timeout, std::optional(watch.created_at)),
          std::pair(watched->running_since ? std::nullopt : watch.queue_timeout, std::optional(watch.created_at)),
          std::pair(watch.run_timeout, watched->running_since)})
      if (limit && from) when = std::min(when, std::max(steady_clock::now(), *from + *limit));
  setup_.executor.at(when, Workers::net, {kUrgencyPoll, watch.priority.item, watch.priority.depth}, [this, watched] {
    {
      // A 429 to another call since then pauses this one too.
      std::lock_guard turn(watched->turn);
      const bool late = !watched->cancel_sent && !watched->overdue().empty();
      if (!watched->over && !canceling_ && !late &&
          setup_.governor(watched->watch.request.server).calls_paused() > steady_clock::now())
        return later(watched, milliseconds(0));
    }
    look(watched);
  });
}

std::optional<WatchEnd> Poller::ask(const WatchedPtr& watched) {
  const Watch& watch = watched->watch;
  const std::string& server = watch.request.server;
  // The first look at one that was found again is never a cancel: it may have ended long ago.
  if (watched->past_limit.empty() && watched->looks++ > 0) watched->past_limit = watched->overdue();
  if ((!watched->past_limit.empty() || canceling_) && !watched->cancel_sent) {
    watched->cancel_sent = true;
    try {
      watch.node->cancel(server, watch.id, setup_.host);
    } catch (const Error&) {  // a server that cannot be reached now: the poll below says what became of it
    }
  }
  try {
    Snapshot snapshot = watch.node->poll(server, watch.id, setup_.host);
    watched->failures = 0;
    if (snapshot.status != RemoteStatus::lost) {
      watched->not_found = 0;
    } else if (++watched->not_found < kLostTries) {
      later(watched, milliseconds(500) * watched->not_found);
      return std::nullopt;
    }
    return judge(watched, std::move(snapshot));
  } catch (const Throttled& throttled) {
    setup_.governor(server).pause_calls(throttled.wait());
    setup_.waits(watch.request, throttled.message(), throttled.wait());
    later(watched, throttled.wait());
  } catch (const Error& error) {
    if (error.stops_run()) throw;
    // The prediction goes on at the server: a broken poll is no reason to lose it.
    if (canceling_) return WatchEnd{error, true, {}, {}};
    if (++watched->failures > kPollTries) throw;
    later(watched, std::min(milliseconds(15'000), milliseconds(250) * (1 << std::min(watched->failures, 6))));
  }
  return std::nullopt;
}

/// The end where the snapshot is one; else the next look is arranged.
std::optional<WatchEnd> Poller::judge(const WatchedPtr& watched, Snapshot snapshot) {
  const Watch& watch = watched->watch;
  const auto passed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - watch.created_at);
  if (snapshot.status == RemoteStatus::succeeded && watched->bought) learn(watch.request.lane, passed);
  if (terminal(snapshot.status) || watched->cancel_sent) {
    if (!terminal(snapshot.status) && canceling_)
      return WatchEnd{Error("E903", "canceled; prediction " + watch.id + " was told to end"), true, {}, {}};
    return WatchEnd{std::nullopt, false, canceling_ ? "" : watched->past_limit, std::move(snapshot)};
  }
  if (snapshot.status == RemoteStatus::processing && !watched->running_since)
    watched->running_since = steady_clock::now();
  const bool first = watched->interval == milliseconds(0);
  const milliseconds usual = usual_time(watch.request.lane);
  // The first poll near the usual run time, then in small steps of it that grow.
  watched->interval = first ? std::clamp(usual / 10, milliseconds(40), milliseconds(2000))
                            : std::min(milliseconds(5000), watched->interval * 13 / 10 + milliseconds(1));
  later(watched, first && usual > passed ? usual - passed : watched->interval);
  return std::nullopt;
}

milliseconds Poller::usual_time(const std::string& lane) {
  std::lock_guard lock(mutex_);
  const auto known = usual_.find(lane);
  return known == usual_.end() ? milliseconds(300) : std::clamp(known->second, milliseconds(50), milliseconds(60'000));
}

void Poller::learn(const std::string& lane, milliseconds took) {
  std::lock_guard lock(mutex_);
  const auto [known, is_new] = usual_.emplace(lane, took);
  if (!is_new) known->second = (known->second * 3 + took) / 4;
}

void Poller::cancel_all() {
  canceling_ = true;
  std::lock_guard lock(mutex_);
  for (const WatchedPtr& watched : watched_)
    setup_.executor.post(Workers::net, {kUrgencyCancel}, [this, watched] { look(watched); });
}

}  // namespace pixgraph
