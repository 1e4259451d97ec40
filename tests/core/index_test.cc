#include "index.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "hash.h"
#include "support/temp_folder.h"

namespace pixgraph {
namespace {

using test::TempFolder;

/// A file whose mtime is old; its ctime is now, so it may be remembered only after 2 s.
std::string old_file(const TempFolder& folder, const std::string& name, const std::string& content) {
  const std::string path = folder.write(name, content);
  const timespec times[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
  return path;
}

TEST(Index, AYoungFileIsNotRemembered) {
  const TempFolder folder;
  Index index(folder.path("state"));
  const std::string path = old_file(folder, "a", "one");
  EXPECT_EQ(index.known_hash(path), "");
  EXPECT_EQ(index.hash_of(path), sha256(std::string_view("one")));
  EXPECT_EQ(index.known_hash(path), "");  // it may change again within the clock's grain
  old_file(folder, "a", "two");           // same size, same mtime
  EXPECT_EQ(index.hash_of(path), sha256(std::string_view("two")));
}

TEST(Index, AnOlderFileIsRememberedUntilAnythingAboutItChanges) {
  const TempFolder folder;
  const std::string a = old_file(folder, "a", "one"), b = old_file(folder, "b", "two");
  std::this_thread::sleep_for(std::chrono::milliseconds(2050));
  Index index(folder.path("state"));
  index.hash_of(a);
  index.hash_of(b);
  EXPECT_EQ(index.known_hash(a), sha256(std::string_view("one")));
  EXPECT_EQ(Index(folder.path("state")).known_hash(a),
            sha256(std::string_view("one")));  // the next process knows it too
  EXPECT_EQ(Index(folder.path("other state")).known_hash(a), "");
  ::chmod(b.c_str(), 0600);  // only its ctime changes
  EXPECT_EQ(index.known_hash(b), "");
  old_file(folder, "a", "six");  // content changes, size and mtime do not
  EXPECT_EQ(index.known_hash(a), "");
  EXPECT_EQ(index.hash_of(a), sha256(std::string_view("six")));
  std::filesystem::remove(a);
  EXPECT_EQ(index.known_hash(a), "");
}

TEST(Index, OutputsAreKnownWithWhatStoodThereBefore) {
  const TempFolder folder;
  Index index(folder.path("state"));
  EXPECT_FALSE(index.output("/out/a.jpg"));
  index.will_write("/out/a.jpg", "h1");
  EXPECT_EQ(index.output("/out/a.jpg")->hash, "h1");
  EXPECT_EQ(index.output("/out/a.jpg")->previous, "");
  index.will_write("/out/a.jpg", "h2");
  index.will_write("/out/a.jpg", "h2");
  EXPECT_EQ(index.output("/out/a.jpg")->hash, "h2");
  EXPECT_EQ(index.output("/out/a.jpg")->previous, "h1");
}

TEST(Index, PurchasesAreFoundByTheirRecipe) {
  const TempFolder folder;
  Index index(folder.path("state"));
  EXPECT_FALSE(index.purchase("r"));
  index.remember_purchase("r", "k1");
  index.remember_purchase("r", "k2");
  EXPECT_EQ(index.purchase("r"), "k2");
}

TEST(Index, WithoutADatabaseItIsEmptyAndNothingFails) {
  const TempFolder folder;
  const char* kept = std::getenv("XDG_CACHE_HOME");
  const std::string before = kept ? kept : "";
  ::setenv("XDG_CACHE_HOME", folder.write("file", "x").c_str(), 1);  // a folder cannot be made there
  {
    Index index(folder.path("state"));
    EXPECT_EQ(index.hash_of(folder.path("file")), sha256(std::string_view("x")));
    index.will_write("/a", "h");
    index.remember_purchase("r", "k");
    EXPECT_FALSE(index.output("/a"));
    EXPECT_FALSE(index.purchase("r"));
  }
  ::setenv("XDG_CACHE_HOME", before.c_str(), 1);
}

TEST(Index, ADamagedDatabaseIsThrownAwayAndNothingFails) {
  const TempFolder folder;
  const std::string name = sha256(folder.path("state")).substr(0, 16);
  const std::filesystem::path cache = std::filesystem::path(std::getenv("XDG_CACHE_HOME")) / "pixgraph" / name;
  std::filesystem::create_directories(cache);
  std::ofstream(cache / "index.db") << std::string(10'000, 'x');
  Index index(folder.path("state"));
  index.will_write("/a", "h");
  EXPECT_TRUE(index.output("/a"));
  EXPECT_EQ(index.hash_of(folder.write("file", "x")), sha256(std::string_view("x")));
}

TEST(Index, RunTimesAndPixelsAreKept) {
  const TempFolder folder;
  {
    Index index(folder.path("state"));
    EXPECT_FALSE(index.run_time("server model"));
    EXPECT_FALSE(index.pixels("content"));
    index.remember_run_time("server model", 1234);
    index.remember_run_time("server model", 60'000);
    index.remember_pixels("content", "pixels");
  }
  Index index(folder.path("state"));
  EXPECT_EQ(index.run_time("server model"), 60'000);
  EXPECT_EQ(index.pixels("content"), "pixels");
}

TEST(Index, ManyThreadsMayAsk) {
  const TempFolder folder;
  Index index(folder.path("state"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        index.will_write("/" + std::to_string(i), "h" + std::to_string(t));
        index.output("/" + std::to_string(i));
        index.remember_purchase(std::to_string(i), "k");
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(index.output("/" + std::to_string(i)));
}

/// The folder that the tests' cache is in, in which the index of that state directory lies.
std::string database_of(const std::string& state) {
  const std::string cache = std::getenv("XDG_CACHE_HOME");
  return cache + "/pixgraph/" + sha256(state).substr(0, 16) + "/index.db";
}

TEST(Index, OneThatIsDamagedIsBegunAnew) {
  const TempFolder folder;
  const std::string state = folder.path("state"), database = database_of(state);
  Index(state).remember_purchase("recipe", "key");
  ASSERT_TRUE(std::filesystem::exists(database));
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
  std::ofstream(database) << "this is no database, and long enough to be looked at as if it were one";
  {
    Index index(state);
    EXPECT_EQ(index.trouble(), "");
    EXPECT_FALSE(index.purchase("recipe"));
    index.remember_purchase("recipe", "key");
  }
  EXPECT_EQ(Index(state).purchase("recipe"), "key");
}

TEST(Index, WhyNothingCanBeRememberedIsSaid) {
  const TempFolder folder;
  const std::string kept = std::getenv("XDG_CACHE_HOME");
  ::setenv("XDG_CACHE_HOME", folder.write("file", "x").c_str(), 1);
  const std::string database = database_of(folder.path("state"));
  Index index(folder.path("state"));
  ::setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  EXPECT_EQ(index.trouble(), "`" + database + "` cannot be used: unable to open database file");
}

TEST(Index, KnowsAllPurchases) {
  const TempFolder folder;
  Index index(folder.path("state"));
  index.remember_purchase("one", "a");
  index.remember_purchase("many", "b ? c");
  EXPECT_EQ(index.purchases(), (std::set<std::string>{"?", "a", "b", "c"}));
}

}  // namespace
}  // namespace pixgraph
