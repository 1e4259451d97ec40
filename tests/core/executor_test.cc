#include "executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Holds the one cpu thread until let go, so that what is posted meanwhile is ordered.
struct Gate {
  explicit Gate(Executor& executor) {
    executor.post(Workers::cpu, {0}, [wait = opened.get_future().share(), this] {
      reached.set_value();
      wait.wait();
    });
    reached.get_future().wait();
  }
  std::promise<void> opened, reached;
};

TEST(Executor, TheMostUrgentGoesFirst) {
  Executor executor(1, 1);
  Gate gate(executor);
  std::string order;
  std::promise<void> done;
  auto say = [&](char c) { return [&order, c] { order += c; }; };
  executor.post(Workers::cpu, {5, 2, 0}, say('e'));
  executor.post(Workers::cpu, {5, 1, 0}, say('c'));
  executor.post(Workers::cpu, {5, 1, 3}, say('b'));  // further along the graph
  executor.post(Workers::cpu, {1, 9, 0}, say('a'));
  executor.post(Workers::cpu, {5, 1, 0}, say('d'));  // of equals the first
  executor.post(Workers::cpu, {9}, [&] { done.set_value(); });
  gate.opened.set_value();
  done.get_future().wait();
  EXPECT_EQ(order, "abcde");
}

TEST(Executor, PoolsDoNotWaitForEachOther) {
  Executor executor(1, 1);
  Gate gate(executor);
  std::promise<void> done;
  executor.post(Workers::net, {}, [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(5s), std::future_status::ready);
  gate.opened.set_value();
}

TEST(Executor, ASlowDownloadKeepsNoCallWaiting) {
  Executor executor(1, 1, 1);
  std::promise<void> arrived, done;
  executor.post(Workers::download, {0}, [&] { arrived.get_future().wait(); });
  executor.post(Workers::net, {9}, [&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(5s), std::future_status::ready);
  arrived.set_value();
}

TEST(Executor, TimersGoAtTheirTimeInTheirOrder) {
  Executor executor(1, 1);
  const auto start = steady_clock::now();
  std::string order;
  std::promise<steady_clock::time_point> last;
  executor.at(start + 60ms, Workers::net, {}, [&] {
    order += 'c';
    last.set_value(steady_clock::now());
  });
  executor.at(start + 30ms, Workers::net, {}, [&] { order += 'b'; });
  executor.at(start - 1h, Workers::net, {}, [&] { order += 'a'; });
  executor.at(steady_clock::time_point::max(), Workers::net, {}, [&] { order += 'x'; });
  EXPECT_GE(last.get_future().get() - start, 60ms);
  EXPECT_EQ(order, "abc");
}

TEST(Executor, HurryRunsWhatWaitsAtOnce) {
  Executor executor(1, 1);
  std::promise<void> first, second;
  executor.at(steady_clock::now() + 1h, Workers::net, {}, [&] { first.set_value(); });
  executor.hurry();
  EXPECT_EQ(first.get_future().wait_for(5s), std::future_status::ready);
  executor.at(steady_clock::now() + 1h, Workers::net, {}, [&] { second.set_value(); });
  EXPECT_EQ(second.get_future().wait_for(5s), std::future_status::ready);
}

TEST(Executor, TheEndFinishesWhatRunsAndDropsWhatWaits) {
  std::atomic<int> ran = 0;
  auto held = std::make_shared<int>();
  auto executor = std::make_unique<Executor>(1, 1);
  Gate gate(*executor);
  for (int i = 0; i < 10; ++i) executor->post(Workers::cpu, {}, [&ran, held] { ++ran; });
  executor->at(steady_clock::now() + 1h, Workers::cpu, {}, [&ran, held] { ++ran; });
  std::thread opener([&] {
    std::this_thread::sleep_for(30ms);
    gate.opened.set_value();
  });
  executor.reset();  // the end was begun while the first work still ran
  opener.join();
  EXPECT_EQ(held.use_count(), 1);  // nothing keeps what was captured
}

TEST(Executor, WorkMayPostWork) {
  Executor executor(2, 2);
  std::atomic<int> left = 2000;
  std::promise<void> done;
  std::function<void(int)> again = [&](int depth) {
    if (--left == 0) done.set_value();
    if (depth > 0) executor.post(depth % 2 ? Workers::cpu : Workers::net, {}, [&, depth] { again(depth - 1); });
  };
  for (int i = 0; i < 20; ++i) executor.post(Workers::cpu, {}, [&] { again(99); });
  EXPECT_EQ(done.get_future().wait_for(20s), std::future_status::ready);
}

}  // namespace
}  // namespace pixgraph
