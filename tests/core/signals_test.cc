#include "signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace pixgraph {
namespace {

TEST(Signals, EndTheProcessWhereNothingRuns) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const auto& [signal, exit] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
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

}  // namespace
}  // namespace pixgraph
