#include "servers.h"

#include <gtest/gtest.h>

namespace pixgraph {
namespace {

using namespace std::chrono_literals;

struct ServersTest : testing::Test {
  Executor executor{1, 1};
  Servers servers{{executor, [](const std::string&) { return ServerLimits(); }, "http://127.0.0.1:5/v1", 60}};
};

TEST_F(ServersTest, EverySandboxHasTheSameName) {
  EXPECT_EQ(servers.name("http://127.0.0.1:5/v1"), "sandbox");
  EXPECT_EQ(servers.name("http://127.0.0.1:6/v1"), "http://127.0.0.1:6/v1");
  EXPECT_EQ(Servers({executor, nullptr, "", 1}).name(""), "");
}

TEST(CanonicalBase, OneServerHasOneName) {
  for (const char* same :
       {"https://api.replicate.com/v1", "HTTPS://API.Replicate.com:443/v1", "https://api.replicate.com//v1/"})
    EXPECT_EQ(canonical_base(same), "https://api.replicate.com/v1");
  EXPECT_EQ(canonical_base("http://h:8080/Gw/replicate"), "http://h:8080/Gw/replicate");
  EXPECT_EQ(canonical_base("http://h:80"), "http://h");
}

TEST_F(ServersTest, TimePassesFasterOnThisMachineOnly) {
  EXPECT_EQ(servers.real("http://127.0.0.1:6/v1", 1min), 1s);
  EXPECT_EQ(servers.real("https://api.replicate.com/v1", 1min), 1min);
  EXPECT_EQ(servers.governor("http://127.0.0.1:6/v1").calls_per_minute(), 3000 * 60);
  EXPECT_EQ(servers.governor("https://api.replicate.com/v1").calls_per_minute(), 3000);
}

TEST_F(ServersTest, AFasterMinuteHasNoLargerBurst) {
  Governor& governor = servers.governor("http://127.0.0.1:6/v1");
  const auto start = std::chrono::steady_clock::now();
  Executor::Time last{};
  for (int i = 0; i < 300 + 3000; ++i) last = governor.next_call();  // the burst of 300, then a minute's worth
  EXPECT_GE(last - start, 999ms);
}

TEST_F(ServersTest, EachServerHasOneGovernor) {
  EXPECT_EQ(&servers.governor("a"), &servers.governor("a"));
  EXPECT_NE(&servers.governor("a"), &servers.governor("b"));
}

}  // namespace
}  // namespace pixgraph
