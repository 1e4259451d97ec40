#include "polling.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "cancellation.h"
#include "clock.h"
#include "outcome.h"

namespace pixgraph {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr int kUrgencyPoll = 3, kUrgencyCancel = 0;
static constexpr int kPollTries = 20;  // polls in a row that fail before the item does
static constexpr int kLostTries = 3;   // 404s in a row before a prediction counts as lost
// A gateway may know a prediction a little later than it created it: so long its 404s mean nothing.
static constexpr milliseconds kYoung = milliseconds(30'000);
static constexpr std::size_t kPage = 100;  // what one page of a list holds
static constexpr int kWorth = 8;           // requests that reading a list must save
static constexpr int kMany = 16;           // in flight at a server, from which on looks are put together
static constexpr milliseconds kQuickest = milliseconds(25);       // between two lists of a server without limits
static constexpr milliseconds kEnding = milliseconds(5000);       // in which one that was told to end does so
static constexpr milliseconds kListPause = milliseconds(30'000);  // after a list that was of no use

/// One prediction that is asked about. Looks run one at a time (`turn`).
struct Poller::Watched {
  Watch watch;
  double scale = 1;  // the server's time
  std::mutex turn;
  std::atomic<bool> over = false;
  bool found_again = false;
  Cancellation cancellation;
  std::optional<steady_clock::time_point> running_since;  // the first answer that said so
  std::string past_limit;                                 // why a cancel was sent
  milliseconds interval{0};
  int looks = 0, failures = 0, not_found = 0;
  bool list_said_running = false;           // and this look is to see whether that is so
  std::atomic<bool> list_lacks_it = false;  // it is asked for by itself

  /// What limit has passed, "" where none has.
  std::string overdue() const;
  std::optional<Time> limit_at() const;
  milliseconds real(milliseconds protocol) const {
    return milliseconds(static_cast<std::int64_t>(static_cast<double>(protocol.count()) / scale));
  }
};

/// Guarded by Poller::mutex_.
struct Poller::Server {
  std::string name;
  std::multimap<std::string, WatchedPtr> watched;  // by id; a broken server may give one id twice
  struct Due {
    WatchedPtr watched;
    bool urgent;  // a limit that passes: it waits for nothing
  };
  std::multimap<Time, Due> due;
  Time wake_at = Time::max();
  std::deque<Time> created;  // of all that may stand in the list before the oldest one watched, in about their order
  bool has_list = true;      // as far as is known
  bool listing = false;
  Time list_from{};
  milliseconds list_pause = kListPause;
  int stale = 0;  // in a row: the list said it runs, and it had ended
};

/// One reading of a server's list, page by page.
struct Poller::Listing {
  Server* server = nullptr;
  std::shared_ptr<const RemoteNode> node;
  Request request;  // of one of them, for messages
  Priority priority;
  std::set<WatchedPtr> wanted;  // what has not been told of yet
  std::chrono::system_clock::time_point since;
  std::string cursor;
  int pages_left = 0, requests = 0, told = 0;
  WatchedPtr oldest_running;  // of those that the list says run
  Snapshot oldest_said;
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

/// When the first limit passes.
std::optional<Poller::Time> Poller::Watched::limit_at() const {
  std::optional<Time> at;
  if (cancellation.begun()) return at;
  for (const auto& [limit, from] :
       {std::pair(watch.timeout, std::optional(watch.created_at)),
        std::pair(running_since ? std::nullopt : watch.queue_timeout, std::optional(watch.created_at)),
        std::pair(watch.run_timeout, running_since)})
    if (limit && from) at = std::min(at.value_or(Time::max()), *from + *limit);
  return at;
}

Poller::Poller(Setup setup) : setup_(std::move(setup)) {}
Poller::~Poller() = default;

Poller::Server& Poller::server_of(const Watched& watched) {
  auto& server = servers_[watched.watch.request.server];
  if (!server) {
    server = std::make_unique<Server>();
    server->name = watched.watch.request.server;
  }
  return *server;
}

void Poller::watch(Watch watch) {
  auto watched = std::make_shared<Watched>();
  watched->watch = std::move(watch);
  watched->scale = setup_.servers.time_scale(watched->watch.request.server);
  std::optional<Snapshot> first = std::exchange(watched->watch.first, std::nullopt);
  watched->found_again = !first;
  {
    std::lock_guard lock(mutex_);
    Server& server = server_of(*watched);
    server.watched.emplace(watched->watch.id, watched);
    server.created.push_back(watched->watch.created_at);
  }
  if (!first || canceling_) return look_soon(watched);
  std::lock_guard turn(watched->turn);
  watched->looks = 1;  // the create's answer
  judge(watched, std::move(*first));
}

void Poller::look_soon(const WatchedPtr& watched) {
  setup_.servers.governor(watched->watch.request.server).next_call();  // counted, but not waited for
  setup_.executor.post(Workers::net, {kUrgencyPoll, watched->watch.priority.item, watched->watch.priority.depth},
                       [this, watched] { look(watched); });
}

/// REQUIRES: the turn of `watched`.
void Poller::later(const WatchedPtr& watched, milliseconds wait) {
  const auto limit = watched->limit_at();
  std::lock_guard lock(mutex_);
  Server& server = server_of(*watched);
  Time when = aligned(server, steady_clock::now() + wait, watched->real(watched->interval));
  const bool urgent = limit && *limit <= when;
  if (urgent) when = std::max(*limit, steady_clock::now());
  server.due.emplace(when, Server::Due{watched, urgent});
  arm(server, when);
}

/// Where there are many, looks that are due at about the same time are put together, so that a list answers them. Steps
/// are powers of two, so that those of long intervals fall on those of short ones.
Poller::Time Poller::aligned(const Server& server, Time when, milliseconds interval) const {
  if (!server.has_list || server.watched.size() < kMany) return when;
  milliseconds step(8);
  for (const milliseconds least = slowest_needed(server); step * 4 <= interval || step < least;) step *= 2;
  const auto since = when.time_since_epoch();
  const auto rest = since % step;
  return rest == rest.zero() ? when : when + (step - rest);
}

void Poller::arm(Server& server, Time when) {
  if (when >= server.wake_at) return;
  server.wake_at = when;
  setup_.executor.at(when, Workers::net, {kUrgencyPoll}, [this, &server] { pump(server); });
}

/// Lets go what is due, as far as the server's rate allows; what must wait for that is put together meanwhile.
void Poller::pump(Server& server) {
  Governor& governor = setup_.servers.governor(server.name);
  std::vector<WatchedPtr> looks;
  ListingPtr listing;
  {
    std::lock_guard lock(mutex_);
    server.wake_at = Time::max();
    const auto now = steady_clock::now();
    std::vector<WatchedPtr> due;
    auto entry = server.due.begin();
    for (; entry != server.due.end() && entry->first <= now; ++entry) {
      if (entry->second.watched->over) continue;  // a list told its end meanwhile
      if (!entry->second.urgent) {
        due.push_back(entry->second.watched);
        continue;
      }
      governor.next_call();
      looks.push_back(entry->second.watched);
    }
    server.due.erase(server.due.begin(), entry);
    Time free = governor.next_free_call();
    if (free <= steady_clock::now() && (listing = choose_listing(server, due))) governor.next_call();
    for (const WatchedPtr& one : due) {
      free = governor.next_free_call();
      if (free <= steady_clock::now()) {
        governor.next_call();
        looks.push_back(one);
      } else {
        server.due.emplace(free, Server::Due{one, false});
      }
    }
    if (!server.due.empty()) arm(server, server.due.begin()->first);
  }
  for (const WatchedPtr& one : looks)
    setup_.executor.post(Workers::net, {kUrgencyPoll, one->watch.priority.item, one->watch.priority.depth},
                         [this, one] { look(one); });
  if (listing) setup_.executor.post(Workers::net, listing->priority, [this, listing] { read_page(listing); });
}

/// The youngest of those due for which reading the list saves most; they are taken out of `due`. Null where it does not
/// save enough: the list is newest first, and predictions that have ended stand in it too.
Poller::ListingPtr Poller::choose_listing(Server& server, std::vector<WatchedPtr>& due) {
  const auto now = steady_clock::now();
  if (!server.has_list || server.listing || now < server.list_from || canceling_ ||
      due.size() < static_cast<std::size_t>(kWorth))
    return nullptr;
  const auto young = std::stable_partition(due.begin(), due.end(), [](const auto& one) { return !one->list_lacks_it; });
  std::sort(due.begin(), young, [](const auto& a, const auto& b) { return a->watch.created_at > b->watch.created_at; });
  std::vector<Time> created(server.created.begin(), server.created.end());
  std::sort(created.begin(), created.end(), std::greater<>());
  int best = kWorth - 1, best_count = 0, best_pages = 0;
  std::size_t newer = 0;
  for (int count = 1; count <= young - due.begin(); ++count) {
    while (newer < created.size() && created[newer] >= due[static_cast<std::size_t>(count) - 1]->watch.created_at)
      ++newer;
    const int pages = static_cast<int>((newer + kPage - 1) / kPage);
    if (const int saved = count - pages - 1; saved > best) {  // one of them is asked for by itself
      best = saved;
      best_count = count;
      best_pages = pages;
    }
  }
  if (best_count == 0) return nullptr;
  auto listing = std::make_shared<Listing>();
  const Watched& oldest = *due[static_cast<std::size_t>(best_count) - 1];
  listing->server = &server;
  listing->node = oldest.watch.node;
  listing->request = oldest.watch.request;
  listing->priority = {kUrgencyPoll, oldest.watch.priority.item, oldest.watch.priority.depth};
  listing->pages_left = best_pages + 2;  // others may use the same account
  const auto age = std::chrono::duration_cast<milliseconds>(now - oldest.watch.created_at);
  listing->since = std::chrono::system_clock::now() - age - std::chrono::minutes(10);  // clocks differ
  listing->wanted.insert(due.begin(), due.begin() + best_count);
  due.erase(due.begin(), due.begin() + best_count);
  server.listing = true;
  Time first = Time::max();
  for (const auto& [id, watched] : server.watched) first = std::min(first, watched->watch.created_at);
  std::erase_if(server.created, [&](Time time) { return time < first; });
  return listing;
}

void Poller::read_page(const ListingPtr& listing) {
  std::optional<ListPage> page;
  ++listing->requests;
  try {
    page = listing->node->list(listing->server->name, listing->since, listing->cursor, setup_.host);
  } catch (const Throttled& throttled) {
    const milliseconds pause = setup_.servers.governor(listing->server->name).pause_calls(throttled.wait());
    setup_.waits(listing->request, throttled.message(), pause);
    return end_listing(listing, false, pause);
  } catch (const std::exception&) {  // single polls say what is wrong, where they fail too
    return end_listing(listing, true, milliseconds(0));
  }
  if (!page) {
    {
      std::lock_guard lock(mutex_);
      listing->server->has_list = false;
    }
    return end_listing(listing, true, milliseconds(0));
  }
  setup_.servers.governor(listing->server->name).call_answered();
  for (const Candidate& entry : page->predictions) take(listing, entry);
  const bool circles = page->next == listing->cursor;
  listing->cursor = std::move(page->next);
  if (listing->wanted.empty() || listing->cursor.empty() || circles || --listing->pages_left == 0)
    return end_listing(listing, false, milliseconds(0));
  setup_.executor.at(setup_.servers.governor(listing->server->name).next_call(), Workers::net, listing->priority,
                     [this, listing] { read_page(listing); });
}

/// What the list says of one prediction, if it is one of ours. An end that was not waited for yet is welcome too.
void Poller::take(const ListingPtr& listing, const Candidate& entry) {
  std::vector<WatchedPtr> meant;
  {
    std::lock_guard lock(mutex_);
    const auto [first, last] = listing->server->watched.equal_range(entry.id);
    for (auto one = first; one != last; ++one) meant.push_back(one->second);
  }
  const bool ended = terminal(entry.snapshot.status);
  for (WatchedPtr watched : meant) {
    Snapshot snapshot = entry.snapshot;
    const bool is_wanted = listing->wanted.erase(watched) > 0;
    if (is_wanted) ++listing->told;
    if (ended && !entry.whole) {
      if (is_wanted) look_soon(watched);
      continue;
    }
    if (!ended && !is_wanted) continue;
    if (!ended && (!listing->oldest_running || watched->watch.created_at < listing->oldest_running->watch.created_at)) {
      std::swap(listing->oldest_running, watched);  // the one that was the oldest so far is judged in its place
      std::swap(listing->oldest_said, snapshot);
      if (!watched) continue;
    }
    listed(watched, std::move(snapshot));
  }
}

void Poller::listed(const WatchedPtr& watched, Snapshot snapshot) {
  std::optional<WatchEnd> end;
  {
    std::lock_guard turn(watched->turn);
    if (watched->over) return;
    ++watched->looks;
    watched->failures = watched->not_found = 0;
    end = judge(watched, std::move(snapshot));
    watched->over = end.has_value();
  }
  if (end) tell(watched, std::move(*end));
}

/// What the list did not tell of is asked for by itself: at once, or after `wait`.
void Poller::end_listing(const ListingPtr& listing, bool failed, milliseconds wait) {
  Server& server = *listing->server;
  if (const WatchedPtr& one = listing->oldest_running) {
    {
      std::lock_guard turn(one->turn);
      one->list_said_running = true;
    }
    look_soon(one);
  }
  std::lock_guard lock(mutex_);
  server.listing = false;
  if (failed || (wait == wait.zero() && listing->told <= listing->requests)) {
    server.list_from = steady_clock::now() + setup_.servers.real(server.name, server.list_pause);
    server.list_pause = std::min(server.list_pause * 2, milliseconds(600'000));
  } else if (!failed && wait == wait.zero()) {
    server.list_pause = kListPause;
  }
  const Time when = steady_clock::now() + wait;
  for (const WatchedPtr& watched : listing->wanted) {
    if (!failed && wait == wait.zero()) watched->list_lacks_it = true;
    server.due.emplace(when, Server::Due{watched, false});
  }
  if (!server.due.empty()) arm(server, server.due.begin()->first);
}

/// One look; tells the end where there is one.
void Poller::look(const WatchedPtr& watched) {
  std::optional<WatchEnd> end;
  {
    std::lock_guard turn(watched->turn);
    if (watched->over) return;
    const bool late = !watched->cancellation.begun() && !watched->overdue().empty();
    // A 429 to another call since this was posted pauses it too.
    if (!canceling_ && !late &&
        setup_.servers.governor(watched->watch.request.server).calls_paused() > steady_clock::now())
      return later(watched, milliseconds(0));
    try {
      end = ask(watched);
    } catch (const Error& error) {
      end = WatchEnd{error, false, {}, {}};
    } catch (const std::exception& other) {
      end = WatchEnd{unexpected(other.what()), false, {}, {}};
    }
    if (std::exchange(watched->list_said_running, false)) {
      std::lock_guard lock(mutex_);
      Server& server = server_of(*watched);
      server.stale = end && !end->error ? server.stale + 1 : 0;
      if (server.stale >= 3) {
        server.stale = 0;
        server.list_from = steady_clock::now() + watched->real(server.list_pause);
      }
    }
    if (!end) return;
    watched->over = true;
  }
  tell(watched, std::move(*end));
}

void Poller::tell(const WatchedPtr& watched, WatchEnd end) {
  {
    std::lock_guard lock(mutex_);
    auto& all = server_of(*watched).watched;
    const auto [first, last] = all.equal_range(watched->watch.id);
    all.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == watched; }));
  }
  watched->watch.done(std::move(end));
}

std::optional<WatchEnd> Poller::ask(const WatchedPtr& watched) {
  const Watch& watch = watched->watch;
  const std::string& server = watch.request.server;
  // The first look at one that was found again is never a cancel: it may have ended long ago.
  if (watched->past_limit.empty() && watched->looks++ > 0) watched->past_limit = watched->overdue();
  if ((!watched->past_limit.empty() || canceling_) && watched->cancellation.wants_to_ask()) {
    setup_.servers.governor(server).next_call();
    try {
      watched->cancellation.ask(*watch.node, server, watch.id, setup_.host);
    } catch (const Throttled& throttled) {
      setup_.servers.governor(server).pause_calls(throttled.wait());
    }
  }
  try {
    Snapshot snapshot = watch.node->poll(server, watch.id, setup_.host);
    setup_.servers.governor(server).call_answered();
    watched->failures = 0;
    if (snapshot.status != RemoteStatus::lost) {
      watched->not_found = 0;
      return judge(watched, std::move(snapshot));
    }
    ++watched->not_found;
    if (canceling_) return judge(watched, {});  // it was asked to end, as far as that can be
    const bool young = steady_clock::now() - watch.created_at < watched->real(kYoung);
    if (!young && watched->not_found >= kLostTries) return judge(watched, std::move(snapshot));
    later(watched,
          watched->real(std::min(milliseconds(5000), milliseconds(250) * (1 << std::min(watched->not_found, 5)))));
  } catch (const Throttled& throttled) {
    const milliseconds pause = setup_.servers.governor(server).pause_calls(throttled.wait());
    setup_.waits(watch.request, throttled.message(), pause);
    later(watched, pause);
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
  const auto passed =
      std::chrono::duration_cast<milliseconds>((steady_clock::now() - watch.created_at) * watched->scale);
  const Cancellation& cancellation = watched->cancellation;
  if (!terminal(snapshot.status) && canceling_)
    return WatchEnd{Error("E903", "canceled; prediction " + watch.id + cancellation.text()), true, {}, {}};
  if (!terminal(snapshot.status) && cancellation.goes_on(watched->real(kEnding))) {
    later(watched, cancellation.pause());
    return std::nullopt;
  }
  if (terminal(snapshot.status) || cancellation.begun()) {
    if (snapshot.status == RemoteStatus::succeeded) {
      // By the server's clock, where that can be true; ours only knows when it was asked.
      const bool by_server = snapshot.took && *snapshot.took > milliseconds(0) && *snapshot.took <= passed * 2;
      if (by_server || watched->interval > milliseconds(0))
        setup_.run_times.learn(watch.usual, by_server ? *snapshot.took : passed * 9 / 10);
    }
    if (canceling_ || watched->past_limit.empty()) return WatchEnd{std::nullopt, false, "", std::move(snapshot)};
    return WatchEnd{std::nullopt, false,
                    watched->past_limit + (cancellation.taken() ? " and" : ", and") + cancellation.text(),
                    std::move(snapshot)};
  }
  if (snapshot.status == RemoteStatus::processing && !watched->running_since) {
    watched->running_since = steady_clock::now();
    if (watched->found_again && snapshot.running)  // an earlier run's wait counts
      watched->running_since = std::max(watch.created_at, *watched->running_since - watched->real(*snapshot.running));
  }
  later(watched, next_wait(*watched, passed));
  return std::nullopt;
}

/// How long until the next look, in real time; `passed` since the creation, in the server's time. The first one comes
/// near the usual run time, then in small steps of it that grow.
milliseconds Poller::next_wait(Watched& watched, milliseconds passed) {
  const milliseconds usual = std::clamp(setup_.run_times.usual(watched.watch.usual).value_or(milliseconds(300)),
                                        milliseconds(50), milliseconds(60'000));
  const bool first = watched.interval == milliseconds(0);
  watched.interval = first ? std::clamp(usual / 10, milliseconds(40), milliseconds(2000))
                           : std::min(milliseconds(5000), watched.interval * 13 / 10 + milliseconds(1));
  const milliseconds wait = watched.real(first && usual > passed ? usual - passed : watched.interval);
  std::lock_guard lock(mutex_);
  return std::max(wait, slowest_needed(server_of(watched)));
}

/// The interval with which looks at all that is in flight take no more than a share of the calls that the server
/// allows: by the list, whose pages tell of a hundred, a quarter; one by one two thirds.
milliseconds Poller::slowest_needed(const Server& server) const {
  const double allowed = setup_.servers.governor(server.name).calls_per_minute();
  const std::size_t count = server.watched.size();
  const bool by_list = server.has_list && count >= kMany;
  if (allowed <= 0) return by_list ? kQuickest : milliseconds(0);
  const double per_second = allowed / 60 * (by_list ? 1.0 / 4 : 2.0 / 3);
  const std::size_t requests = by_list ? count / kPage + 2 : count;
  return milliseconds(static_cast<std::int64_t>(1000.0 * static_cast<double>(requests) / per_second));
}

void Poller::cancel_all() {
  canceling_ = true;
  std::lock_guard lock(mutex_);
  for (const auto& [name, server] : servers_)
    for (const auto& [id, watched] : server->watched)
      setup_.executor.post(Workers::net, {kUrgencyCancel}, [this, watched = watched] { look(watched); });
}

}  // namespace pixgraph
