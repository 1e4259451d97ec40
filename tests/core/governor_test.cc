#include "governor.h"

#include <gtest/gtest.h>

#include <set>

#include <atomic>
#include <thread>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

ServerLimits limits(int in_flight, double creates = 0) {
  ServerLimits made;
  made.in_flight = in_flight;
  made.creates_per_minute = creates;
  made.calls_per_minute = 0;
  return made;
}

bool soon(const std::function<bool()>& holds) {
  for (const auto end = steady_clock::now() + 10s; steady_clock::now() < end; std::this_thread::sleep_for(1ms))
    if (holds()) return true;
  return holds();
}

TEST(TokenBucket, GivesItsBurstAndThenItsRate) {
  TokenBucket bucket(60, 3);
  const auto start = steady_clock::now();
  EXPECT_EQ(bucket.next(start), start);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(start), start);
  EXPECT_EQ(std::chrono::round<std::chrono::milliseconds>(bucket.next(start) - start), 1s);
  EXPECT_EQ(std::chrono::round<std::chrono::milliseconds>(bucket.take(start) - start), 1s);
  EXPECT_EQ(std::chrono::round<std::chrono::milliseconds>(bucket.take(start) - start), 2s);
  EXPECT_EQ(bucket.next(start + 10s), start + 10s);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(start + 1h), start + 1h);  // never more than the burst
  EXPECT_GT(bucket.take(start + 1h), start + 1h);
}

TEST(TokenBucket, WithoutARateThereIsNoLimit) {
  TokenBucket bucket(0, 1);
  const auto now = steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(bucket.take(now), now);
  EXPECT_EQ(bucket.next(now), now);
}

TEST(Governor, PlacesInFlightAreLimited) {
  std::atomic<int> in = 0;
  Executor* executor = nullptr;
  std::unique_ptr<Executor> owned = std::make_unique<Executor>(1, 2);
  executor = owned.get();
  Governor governor(*executor, limits(2));
  for (int i = 0; i < 5; ++i) governor.enter("a", {}, [&](bool admitted) { in += admitted ? 1 : 100; });
  EXPECT_TRUE(soon([&] { return in == 2; }));
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(in, 2);
  EXPECT_EQ(governor.in_flight(), 2);
  governor.leave("a");
  EXPECT_TRUE(soon([&] { return in == 3; }));
  governor.occupy("a");  // one that was found running counts, beyond the limit too
  EXPECT_EQ(governor.in_flight(), 3);
  governor.leave("a");
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(in, 3);
  governor.leave("a");
  EXPECT_TRUE(soon([&] { return in == 4; }));
  owned.reset();
}

TEST(Governor, ALaneThatIsFullHoldsUpNoOther) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 2);
  ServerLimits set = limits(10);
  set.in_flight_of["slow"] = 1;
  Governor governor(*executor, set);
  std::atomic<int> slow = 0, fast = 0;
  for (int i = 0; i < 3; ++i) governor.enter("slow", {}, [&](bool) { ++slow; });
  for (int i = 0; i < 3; ++i) governor.enter("fast", {}, [&](bool) { ++fast; });
  EXPECT_TRUE(soon([&] { return fast == 3 && slow == 1; }));
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(slow, 1);
  governor.leave("slow");
  EXPECT_TRUE(soon([&] { return slow == 2; }));
  executor.reset();
}

TEST(Governor, EarlierItemsGoFirst) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 1);
  Governor governor(*executor, limits(1));
  std::mutex mutex;
  std::string order;
  auto say = [&](char c) {
    return [&, c](bool) {
      std::lock_guard lock(mutex);
      order += c;
    };
  };
  governor.occupy("a");
  governor.enter("a", {5, 7}, say('d'));
  governor.enter("a", {5, 3}, say('b'));
  governor.enter("a", {5, 7}, say('e'));
  governor.enter("a", {5, 1}, say('a'));
  governor.enter("a", {5, 3}, say('c'));
  for (std::size_t n = 1; n <= 5; ++n) {
    governor.leave("a");
    ASSERT_TRUE(soon([&] {
      std::lock_guard lock(mutex);
      return order.size() == n;
    }));
  }
  EXPECT_EQ(order, "abcde");
  executor.reset();
}

TEST(Governor, CreatesKeepTheirRate) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 2);
  Governor governor(*executor, limits(100, 600));  // 10 a second after a burst of 60
  std::atomic<int> in = 0;
  const auto start = steady_clock::now();
  for (int i = 0; i < 63; ++i) governor.enter("a", {}, [&](bool) { ++in; });
  EXPECT_TRUE(soon([&] { return in == 63; }));
  EXPECT_GE(steady_clock::now() - start, 280ms);
  EXPECT_LT(steady_clock::now() - start, 5s);
  executor.reset();
}

TEST(Governor, APauseHoldsEveryCreateAndTheLongerOneWins) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 2);
  Governor governor(*executor, limits(100));
  const auto start = steady_clock::now();
  governor.pause_creates(150ms);
  governor.pause_creates(10ms);
  std::atomic<int> in = 0;
  std::mutex mutex;
  steady_clock::time_point first = steady_clock::time_point::max();
  for (int i = 0; i < 5; ++i)
    governor.enter("a", {}, [&](bool) {
      std::lock_guard lock(mutex);
      first = std::min(first, steady_clock::now());
      ++in;
    });
  std::this_thread::sleep_for(50ms);
  governor.pause_creates(150ms);  // another 429 came meanwhile
  EXPECT_TRUE(soon([&] { return in == 5; }));
  EXPECT_GE(first - start, 200ms);
  executor.reset();
}

TEST(Governor, AnEndlessPauseIsCutToOneThatAClockCanHold) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 1);
  Governor governor(*executor, limits(1));
  governor.pause_calls(std::chrono::milliseconds::max());
  const auto wait = governor.next_call() - steady_clock::now();
  EXPECT_GT(wait, 50min);
  EXPECT_LE(wait, 1h);
  EXPECT_GT(governor.calls_paused(), steady_clock::now());
  executor.reset();
}

TEST(Governor, APauseIsToldAsItIsMade) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 1);
  Governor governor(*executor, limits(1));
  EXPECT_EQ(governor.pause_creates(24h), 1h);
  EXPECT_EQ(governor.pause_calls(24h), 1h);
  EXPECT_EQ(governor.pause_creates(3s), 3s);
  executor.reset();
}

TEST(Governor, CallsThatAreRefusedWithoutATimePauseLongerAndLonger) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 1);
  Governor governor(*executor, limits(1));
  const auto first = governor.pause_calls(0ms);
  EXPECT_GE(first, 500ms);
  EXPECT_LE(first, 750ms);
  EXPECT_LE(governor.pause_calls(0ms), first) << "those under way together count once";
  std::this_thread::sleep_until(governor.calls_paused());
  const auto second = governor.pause_calls(0ms);
  EXPECT_GE(second, 1000ms);
  EXPECT_LE(second, 1500ms);
  governor.call_answered();
  std::this_thread::sleep_until(governor.calls_paused());
  EXPECT_LE(governor.pause_calls(0ms), 750ms);
  executor.reset();
}

TEST(Governor, NoTwoComeBackAtOnce) {
  std::set<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 50; ++i) pauses.insert(own_pause(3));
  EXPECT_GT(pauses.size(), 5u);
  EXPECT_GE(*pauses.begin(), 4s);
  EXPECT_LE(*pauses.rbegin(), 6s);
  EXPECT_LE(own_pause(1000), 48s);
}

TEST(Governor, CloseTellsAllThatWaitAtOnce) {
  std::unique_ptr<Executor> executor = std::make_unique<Executor>(1, 2);
  Governor governor(*executor, limits(1));
  governor.pause_creates(10min);
  std::atomic<int> refused = 0;
  for (int i = 0; i < 5; ++i) governor.enter("a", {}, [&](bool admitted) { refused += admitted ? 100 : 1; });
  std::this_thread::sleep_for(10ms);
  governor.close();
  EXPECT_TRUE(soon([&] { return refused == 5; }));
  governor.enter("a", {}, [&](bool admitted) { refused += admitted ? 100 : 1; });
  EXPECT_TRUE(soon([&] { return refused == 6; }));
  EXPECT_EQ(governor.in_flight(), 0);
  executor.reset();
}

}  // namespace
}  // namespace pixgraph
