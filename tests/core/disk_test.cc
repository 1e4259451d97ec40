#include "disk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "support/fake_call.h"
#include "support/memory_disk.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::error_of;
using test::MemoryDisk;
using test::TempFolder;

TEST(Disk, ReadsBackWhatWasWritten) {
  const TempFolder folder;
  Disk& disk = real_disk();
  const std::string path = folder.path("file");
  EXPECT_EQ(disk.read(path), std::nullopt);
  EXPECT_FALSE(disk.exists(path));
  const std::string large(300'000, 'x');
  disk.write(path, large);
  disk.append(path, "tail");
  EXPECT_EQ(disk.read(path), large + "tail");
  disk.write(path, "");
  EXPECT_EQ(disk.read(path), "");
  disk.remove(path);
  disk.remove(path);
  EXPECT_FALSE(disk.exists(path));
}

TEST(Disk, AFailureStopsTheRunAndNamesTheFile) {
  const TempFolder folder;
  const std::string path = folder.path("no/such/folder/file");
  for (const auto& step : std::vector<std::function<void()>>{[&] { real_disk().write(path, "x"); },
                                                             [&] { real_disk().append(path, "x"); }}) {
    try {
      step();
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "E602");
      EXPECT_EQ(error.message(), "`" + path + "` cannot be written: No such file or directory");
      EXPECT_TRUE(error.stops_run());
    }
  }
  EXPECT_EQ(error_of([] { real_disk().write("/dev/full", "x"); }),
            "E602: `/dev/full` cannot be written: No space left on device (make room; everything that was paid for is "
            "kept, run again)");
}

TEST(Disk, PlaceNewNeverReplaces) {
  const TempFolder folder;
  EXPECT_TRUE(place_new(real_disk(), folder.path("a"), "one"));
  EXPECT_FALSE(place_new(real_disk(), folder.path("a"), "two"));
  EXPECT_EQ(folder.read("a"), "one");
  replace_file(real_disk(), folder.path("a"), "three");
  EXPECT_EQ(folder.read("a"), "three");
  EXPECT_EQ(real_disk().list(folder.path()), std::vector<std::string>{"a"});
}

TEST(Disk, AFailedReplaceLeavesTheOldFileAndNothingElse) {
  const TempFolder folder;
  folder.write("a/b", "");
  EXPECT_EQ(error_of([&] { replace_file(real_disk(), folder.path("a"), "x"); }),
            "E602: `" + folder.path("a") + "` cannot be put in place: Is a directory");
  EXPECT_EQ(real_disk().list(folder.path()), std::vector<std::string>{"a"});
}

TEST(Disk, FoldersAreMadeAtEveryLevel) {
  const TempFolder folder;
  make_folders(real_disk(), folder.path("a/b/c"));
  make_folders(real_disk(), folder.path("a/b/c"));
  EXPECT_TRUE(real_disk().exists(folder.path("a/b/c")));
  EXPECT_EQ(real_disk().list(folder.path("none")), std::vector<std::string>{});
}

TEST(Disk, ALockHasOneHolder) {
  const TempFolder folder;
  auto first = real_disk().lock(folder.path("lock"));
  ASSERT_TRUE(first);
  EXPECT_FALSE(real_disk().lock(folder.path("lock")));
  first.reset();
  EXPECT_TRUE(real_disk().lock(folder.path("lock")));
}

TEST(Disk, ALockOnARemovedFileIsNoLockOnItsName) {
  const TempFolder folder;
  auto old = real_disk().lock(folder.path("lock"));
  real_disk().remove(folder.path("lock"));
  auto now = real_disk().lock(folder.path("lock"));
  EXPECT_TRUE(now);
  EXPECT_FALSE(real_disk().lock(folder.path("lock")));
}

TEST(Disk, PathsArePutTogether) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
  EXPECT_EQ(join_path(".", "b"), "b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(folder_of("a/b"), "a");
  EXPECT_EQ(folder_of("b"), ".");
  EXPECT_EQ(folder_of("/b"), "/");
}

TEST(MemoryDiskItself, LosesWhatWasNotMadeSafe) {
  MemoryDisk disk;
  disk.make_folder("f");
  disk.sync_folder(".");
  disk.write("f/a", "one");
  disk.sync("f/a");
  disk.write("f/b", "two");
  disk.sync_folder("f");
  disk.append("f/a", " more");
  disk.write("f/c", "three");
  disk.sync("f/c");
  disk.lose_power(2);
  EXPECT_EQ(disk.read("f/a"), "one m");
  EXPECT_EQ(disk.read("f/b"), "tw");
  EXPECT_EQ(disk.read("f/c"), std::nullopt);
}

TEST(DurableFolders, MakeTheNameSafeOncePerFolderWhoeverMadeIt) {
  MemoryDisk disk;
  disk.make_folder("f");
  DurableFolders folders(disk);
  folders.make("f");
  const int steps = disk.steps();
  folders.make("f");
  EXPECT_EQ(disk.steps(), steps);
  disk.lose_power();
  EXPECT_TRUE(disk.exists("f"));
}

}  // namespace
}  // namespace pixgraph
