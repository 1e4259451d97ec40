#include "item_choice.h"

#include <gtest/gtest.h>

#include <map>

#include "support/fake_call.h"

namespace pixgraph {
namespace {

using test::error_of;

TEST(ItemChoice, EveryItemIsInOneShardAndStaysThere) {
  std::map<int, int> sizes;
  for (int i = 0; i < 4000; ++i) {
    int shards = 0;
    for (int shard = 0; shard < 4; ++shard)
      if (Shard{shard, 4}.takes("photo-" + std::to_string(i) + ".jpg")) ++shards, ++sizes[shard];
    EXPECT_EQ(shards, 1);
  }
  for (const auto& [shard, size] : sizes) EXPECT_NEAR(size, 1000, 150) << shard;
  // By the name alone, and as in every earlier version.
  EXPECT_TRUE((Shard{2, 4}.takes("a.jpg") && Shard{2, 4}.takes("b.jpg") && Shard{0, 4}.takes("sub/c.jpg")));
}

TEST(ItemChoice, WhatIsNoShardIsRefused) {
  EXPECT_EQ(parse_shard("3/4").text(), "3/4");
  EXPECT_EQ(parse_shard("0/1").text(), "");
  const std::string form = " (write it as i/n: --shard 0/4, 1/4, 2/4 and 3/4 are four runs that share the items)";
  for (const char* text : {"", "1", "/4", "1/", "a/4", "1/4x", "-1/4", "1/0", "1 /4", "1/-4"})
    EXPECT_EQ(error_of([&] { parse_shard(text); }), "E804: `--shard " + std::string(text) + "` is no shard" + form);
  EXPECT_EQ(error_of([] { parse_shard("4/4"); }),
            "E804: `--shard 4/4` is no shard: they are counted from 0 (the last one is 3/4)");
  EXPECT_EQ(error_of([] { parse_shard("1/1"); }),
            "E804: `--shard 1/1` is no shard: they are counted from 0 (the only one is 0/1)");
  EXPECT_EQ(error_of([] { parse_shard("0/100001"); }),
            "E804: `--shard 0/100001` is too many shards (there are at most 100000)");
}

TEST(ItemChoice, NamesAreMadeUnique) {
  const ItemChoice all;
  ItemNames names(all);
  EXPECT_EQ(names.admit("a"), "a");
  EXPECT_EQ(names.admit("a"), "a (2)");
  EXPECT_EQ(names.admit("a"), "a (3)");
  EXPECT_EQ(names.admit("a", "blue"), "a (blue)");
  EXPECT_EQ(names.admit("a", "blue"), "a (blue 2)");
}

TEST(ItemChoice, FailedOnesAreTakenBeforeTheLimitCounts) {
  int asked = 0;
  const std::set<std::string> failed = {"b", "c", "d"};
  const ItemChoice choice{{}, 2, [&]() -> const std::set<std::string>& {
                            ++asked;
                            return failed;
                          }};
  ItemNames names(choice);
  EXPECT_EQ(names.admit("x", {}, "failed"), "x");  // an outcome list says it itself
  EXPECT_EQ(names.admit("y", {}, "done"), std::nullopt);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(names.admit("a"), std::nullopt);
  EXPECT_EQ(names.admit("b"), "b");
  EXPECT_TRUE(names.full());
  EXPECT_EQ(names.admit("c"), std::nullopt);
}

}  // namespace
}  // namespace pixgraph
