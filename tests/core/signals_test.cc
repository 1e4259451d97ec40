#include "signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <utility>

namespace pixgraph {
namespace {

TEST(Signals, EndTheProcessWhereNothingRuns) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const auto& [signal, exit] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143), std::pair(SIGHUP, 129)}) {
    EXPECT_EXIT(
        {
          Signals::end_at_once();
          ::kill(::getpid(), signal);
        },
        testing::ExitedWithCode(exit), "");
    EXPECT_EXIT(
        {
          Signals::block();
          ::kill(::getpid(), signal);  // nobody was there to take it
          Signals::end_at_once();
        },
        testing::ExitedWithCode(exit), "");
  }
}

TEST(Signals, TheEndOfTheTerminalIsTaken) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const int signal : {SIGTERM, SIGHUP})
    EXPECT_EXIT(
        {
          Signals::block();
          std::atomic<int> terminated = 0;
          const Signals signals([] {}, [] {}, [&] { ++terminated; });
          ::kill(::getpid(), signal);
          for (int i = 0; i < 500 && terminated == 0; ++i) ::usleep(10'000);
          ::_exit(terminated);
        },
        testing::ExitedWithCode(1), "");
  EXPECT_EXIT(
      {
        ::signal(SIGHUP, SIG_IGN);
        Signals::end_at_once();
        ::kill(::getpid(), SIGHUP);
        Signals::block();
        const Signals signals([] {}, [] {}, [] { ::_exit(1); });
        ::kill(::getpid(), SIGHUP);
        ::usleep(300'000);
        ::_exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace pixgraph
