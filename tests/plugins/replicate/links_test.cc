#include "links.h"

#include <gtest/gtest.h>

namespace pixgraph::replicate {
namespace {

TEST(Links, LiveForFortyMinutes) {
  Links::Clock::time_point now{};
  Links links([&] { return now; });
  links.born({"https://files.example/a.png", "data:image/png;base64,AA"});
  EXPECT_TRUE(links.alive("https://files.example/a.png"));
  EXPECT_FALSE(links.alive("https://files.example/b.png"));
  EXPECT_FALSE(links.alive("data:image/png;base64,AA"));
  EXPECT_FALSE(links.alive(""));
  now += std::chrono::minutes(30);
  links.born({"https://files.example/a.png"});  // seen again: no new life
  now += std::chrono::minutes(9);
  EXPECT_TRUE(links.alive("https://files.example/a.png"));
  now += std::chrono::minutes(1);
  EXPECT_FALSE(links.alive("https://files.example/a.png"));
}

TEST(Links, AreForgottenInTheEnd) {
  Links::Clock::time_point now{};
  Links links([&] { return now; });
  for (int i = 0; i < 5000; ++i) links.born({"http://x/" + std::to_string(i)});
  int alive = 0;
  for (int i = 0; i < 5000; ++i) alive += links.alive("http://x/" + std::to_string(i));
  EXPECT_EQ(alive, 4096);
}

}  // namespace
}  // namespace pixgraph::replicate
