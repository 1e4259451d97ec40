#include "executor.h"

#include <tuple>
#include <utility>

namespace pixgraph {

bool Executor::Entry::operator<(const Entry& other) const {
  // Depth first: the larger depth is the more urgent one, everything else counts upwards.
  auto rank = [](const Entry& e) {
    return std::tuple(e.priority.urgency, e.priority.item, -e.priority.depth, e.sequence);
  };
  return rank(*this) > rank(other);
}

Executor::Executor(int cpu_threads, int net_threads, int download_threads) {
  for (const auto& [workers, count] :
       {std::pair(Workers::cpu, cpu_threads), {Workers::net, net_threads}, {Workers::download, download_threads}})
    for (int i = 0; i < count; ++i)
      pool_of(workers).threads.emplace_back([this, &pool = pool_of(workers)] { work_loop(pool); });
  clock_ = std::thread([this] { clock_loop(); });
}

Executor::~Executor() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  for (Pool& pool : pools_) pool.wake.notify_all();
  clock_wake_.notify_all();
  for (Pool& pool : pools_)
    for (std::thread& thread : pool.threads) thread.join();
  clock_.join();
}

void Executor::push(Pool& pool, Priority priority, Work work) {
  pool.waiting.push({priority, ++sequence_, std::move(work)});
  pool.wake.notify_one();
}

void Executor::post(Workers workers, Priority priority, Work work) {
  std::lock_guard lock(mutex_);
  push(pool_of(workers), priority, std::move(work));
}

void Executor::at(Time when, Workers workers, Priority priority, Work work) {
  std::lock_guard lock(mutex_);
  if (hurried_) return push(pool_of(workers), priority, std::move(work));
  const bool earliest = timers_.empty() || when < timers_.top().when;
  timers_.push({when, ++sequence_, workers, priority, std::move(work)});
  if (earliest) clock_wake_.notify_one();
}

void Executor::hurry() {
  std::lock_guard lock(mutex_);
  hurried_ = true;
  clock_wake_.notify_one();
}

void Executor::work_loop(Pool& pool) {
  std::unique_lock lock(mutex_);
  for (;;) {
    pool.wake.wait(lock, [&] { return ending_ || !pool.waiting.empty(); });
    if (ending_) return;
    Work work = std::move(const_cast<Entry&>(pool.waiting.top()).work);  // top() is const only to guard the order
    pool.waiting.pop();
    lock.unlock();
    work();
    work = nullptr;  // what it holds is released outside the lock
    lock.lock();
  }
}

void Executor::clock_loop() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const auto now = std::chrono::steady_clock::now();
    while (!timers_.empty() && (hurried_ || timers_.top().when <= now)) {
      Timer& due = const_cast<Timer&>(timers_.top());
      push(pool_of(due.workers), due.priority, std::move(due.work));
      timers_.pop();
    }
    if (timers_.empty())
      clock_wake_.wait(lock);
    else {
      const Time next = timers_.top().when;
      clock_wake_.wait_until(lock, next);
    }
  }
}

}  // namespace pixgraph
