#include "store.h"

#include <gtest/gtest.h>

#include <thread>

#include "hash.h"
#include "support/memory_disk.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::MemoryDisk;

TEST(Store, KeepsBytesByTheirHash) {
  MemoryDisk disk;
  Store store(disk, "state/store");
  const FilePtr file = store.put("hello", "hello.txt", "text/plain");
  EXPECT_EQ(file->hash, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(file->path, "state/store/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(file->size, 5u);
  EXPECT_EQ(file->name, "hello.txt");
  EXPECT_EQ(file->relpath, "hello.txt");
  EXPECT_EQ(file->media_type, "text/plain");
  EXPECT_EQ(disk.read(file->path), "hello");
  EXPECT_TRUE(store.has(file->hash));
  EXPECT_FALSE(store.has(std::string(64, '0')));
  EXPECT_FALSE(store.has(""));
  EXPECT_TRUE(disk.is_safe(file->path));
  EXPECT_EQ(disk.list("state/store/incoming"), std::vector<std::string>{});
}

TEST(Store, BytesThatAnotherProcessHasJustPlacedAreMadeSafeToo) {
  MemoryDisk disk;
  const std::string hash = sha256(std::string_view("hello"));
  {
    Store theirs(disk, "store");
    theirs.put("other", "", "");
    disk.make_folder("store/" + hash.substr(0, 2));  // they are not done with the fsyncs of these two names
    disk.write(theirs.path_of(hash), "hello");
    disk.sync(theirs.path_of(hash));
  }
  Store ours(disk, "store");
  const FilePtr file = ours.put("hello", "", "");
  disk.lose_power();
  EXPECT_EQ(disk.read(file->path), "hello");
}

TEST(Store, AStreamedFileIsTakenOver) {
  MemoryDisk disk;
  Store store(disk, "store");
  const std::string temp = store.open_temp();
  disk.write(temp, "hello");
  const FilePtr file = store.adopt(temp, sha256(std::string_view("hello")), 5, "a", "b");
  EXPECT_FALSE(disk.exists(temp));
  const std::string second = store.open_temp();
  disk.write(second, "hello");
  EXPECT_EQ(store.adopt(second, file->hash, 5, "c", "d")->path, file->path);
  EXPECT_FALSE(disk.exists(second));
}

TEST(Store, ManyMayPutTheSameAtOnce) {
  const test::TempFolder folder;
  Store one(real_disk(), folder.path("store")), two(real_disk(), folder.path("store"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) (t % 2 ? one : two).put("content " + std::to_string(i), "", "");
    });
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 20; ++i) {
    const std::string content = "content " + std::to_string(i);
    EXPECT_EQ(real_disk().read(one.path_of(sha256(std::string_view(content)))), content);
  }
  EXPECT_EQ(real_disk().list(folder.path("store/incoming")), std::vector<std::string>{});
}

}  // namespace
}  // namespace pixgraph
