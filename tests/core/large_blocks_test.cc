#include <pixgraph/large_blocks.h>

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include <pixgraph/image.h>

namespace pixgraph {
namespace {

constexpr std::size_t kPage = LargeBlocks::kPage;

TEST(LargeBlocks, ABlockIsWholePagesAndCanBeWrittenToItsEnd) {
  LargeBlocks blocks(0);
  const LargeBlocks::Block block = blocks.take(kPage + 1);
  ASSERT_NE(block.address, nullptr);
  EXPECT_EQ(block.bytes, 2 * kPage);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.address) % kPage, 0u);
  std::memset(block.address, 1, block.bytes);
  blocks.give_back(block);
  EXPECT_EQ(blocks.kept_bytes(), 0u);  // it may keep none
}

TEST(LargeBlocks, WhatWasGivenBackIsHandedOnWhereItFits) {
  LargeBlocks blocks(100 * kPage);
  const auto first = blocks.take(10 * kPage);
  blocks.give_back(first);
  EXPECT_EQ(blocks.kept_bytes(), 10 * kPage);
  const auto much_smaller = blocks.take(7 * kPage);
  EXPECT_EQ(much_smaller.bytes, 7 * kPage);
  const auto little_smaller = blocks.take(8 * kPage);
  EXPECT_EQ(little_smaller.address, first.address);
  EXPECT_EQ(little_smaller.bytes, 10 * kPage);
  EXPECT_EQ(blocks.kept_bytes(), 0u);
  blocks.give_back(much_smaller);
  blocks.give_back(little_smaller);
  const auto best = blocks.take(7 * kPage);
  EXPECT_EQ(best.address, much_smaller.address);
  blocks.give_back(best);
}

TEST(LargeBlocks, TheOldestLeaveFirst) {
  LargeBlocks blocks(5 * kPage);
  const auto old = blocks.take(3 * kPage), recent = blocks.take(4 * kPage);
  blocks.give_back(old);
  blocks.give_back(recent);
  EXPECT_EQ(blocks.kept_bytes(), 4 * kPage);
  const auto again = blocks.take(4 * kPage);
  EXPECT_EQ(again.address, recent.address);
  blocks.give_back(again);
}

TEST(LargeBlocks, WhatTheSystemDoesNotHaveIsNull) {
  LargeBlocks blocks(0);
  EXPECT_EQ(blocks.take(std::size_t{1} << 60).address, nullptr);
}

TEST(LargeBlocks, PicturesOfManyThreadsKeepTheirOwnPixels) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 20; ++i) {
        Image image(1500, 1000 + 100 * (i % 3), 3);
        for (int y = 0; y < image.height(); ++y) std::memset(image.row(y), t * 20 + i, image.row_bytes());
        bool same = true;
        for (int y = 0; y < image.height(); ++y)
          same = same && image.row(y)[0] == t * 20 + i && image.row(y)[image.row_bytes() - 1] == t * 20 + i;
        EXPECT_TRUE(same);
      }
    });
}

}  // namespace
}  // namespace pixgraph
