#include "cancellation.h"

#include <gtest/gtest.h>

#include "support/fake_host.h"
#include "support/fake_remote.h"
#include "support/memory_disk.h"

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

struct Asked {
  void ask() { cancellation.ask(remote, "http://fake/v1", "p1", host); }
  test::FakeRemote remote;
  test::MemoryDisk disk;
  Store store{disk, "store"};
  test::FakeHost host{store};
  Cancellation cancellation;
};

TEST(Cancellation, IsTakenOnceAndHasAMoment) {
  Asked asked;
  EXPECT_FALSE(asked.cancellation.begun());
  asked.ask();
  asked.ask();
  EXPECT_EQ(asked.remote.canceled, 1);
  EXPECT_TRUE(asked.cancellation.begun());
  EXPECT_EQ(asked.cancellation.text(), " was told to end");
  EXPECT_TRUE(asked.cancellation.goes_on(1h));
  EXPECT_FALSE(asked.cancellation.goes_on(0ms));
}

TEST(Cancellation, AServerWithoutAWayIsAskedOnce) {
  Asked asked;
  asked.remote.on_cancel = [] { return false; };
  asked.ask();
  asked.ask();
  EXPECT_EQ(asked.remote.canceled, 1);
  EXPECT_FALSE(asked.cancellation.goes_on(1h));
  EXPECT_EQ(asked.cancellation.text(), " could not be told to end: the server has no way to do that");
}

TEST(Cancellation, WhatFailsIsTriedAgainForAWhile) {
  Asked asked;
  asked.remote.on_cancel = []() -> bool { throw HttpError("E204", "broken", HttpError::Sent::maybe); };
  std::chrono::milliseconds waited{0};
  for (int i = 0; i < 20; ++i) {
    asked.ask();
    if (asked.cancellation.goes_on(1h)) waited += asked.cancellation.pause();
  }
  EXPECT_EQ(asked.remote.canceled, 7);
  EXPECT_EQ(waited, 15750ms);
  EXPECT_EQ(asked.cancellation.text(), " could not be told to end: broken");
}

TEST(Cancellation, APauseThatIsAskedForIsTold) {
  Asked asked;
  asked.remote.on_cancel = []() -> bool { throw Throttled("slow down", 1s); };
  EXPECT_THROW(asked.ask(), Throttled);
  EXPECT_TRUE(asked.cancellation.goes_on(0ms));
}

}  // namespace
}  // namespace pixgraph
