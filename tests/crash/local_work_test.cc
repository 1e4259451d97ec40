// Promise 2 without a server: a batch that is killed again and again ends with the outputs of one that was left alone,
// and what stood finished is not made again. A broken photo is its own item's error.
//
// PIXGRAPH_CRASH=all makes each test large.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "large.h"
#include "process.h"

namespace {

namespace fs = std::filesystem;
using cases::Ended;
using cases::Process;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A folder of small photos, each another one, and a pipeline of two nodes over them.
class Batch {
 public:
  explicit Batch(int items) : items_(items) {
    std::string name = (fs::temp_directory_path() / "pixgraph-local-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    for (const char* folder : {"/home", "/photos"}) fs::create_directories(folder_ + folder);
    for (int i = 0; i < items; ++i) {
      std::string pixels = "P6\n160 160\n255\n";
      for (int p = 0; p < 160 * 160; ++p)
        pixels += {static_cast<char>(p * i), static_cast<char>(p >> 8), static_cast<char>(i)};
      cases::write_file(photo(i), pixels);
    }
    cases::write_file(folder_ + "/pipeline.yaml",
                      "pixgraph: 1\nname: local\ninputs: {photo: {type: image}}\nnodes:\n"
                      "  fitted: {type: Fit, image: \"${photo}\", width: 96, height: 64}\n"
                      "  small: {type: Resize, image: \"${fitted}\", width: 40}\n"
                      "outputs:\n  result: {value: \"${small}\", file: \"${photo.stem}.png\"}\n");
  }
  ~Batch() { fs::remove_all(folder_); }
  std::string photo(int item) const { return folder_ + "/photos/" + std::to_string(item) + ".ppm"; }
  std::unique_ptr<Process> start(const std::string& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {PIXGRAPH_PROGRAM, "run", "pipeline.yaml", "photos",
                                      "--out",          out,   "--state",       out + "-state"};
    words.insert(words.end(), more.begin(), more.end());
    return std::make_unique<Process>(words, folder_, cases::clean_environment(folder_), folder_, "run");
  }
  /// Finished outputs by name. A temp file of a killed run is none.
  std::map<std::string, fs::path> outputs(const std::string& out) const {
    std::map<std::string, fs::path> all;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_ + "/" + out, none))
      if (const std::string name = entry.path().filename().string(); !name.starts_with(".")) all[name] = entry.path();
    return all;
  }
  int items() const { return items_; }

 private:
  std::string folder_;
  int items_;
};

TEST(LocalWork, KillsLeaveWhatIsFinishedAndTheRestIsMade) {
  Batch batch(large() ? 1000 : 120);
  ASSERT_EQ(batch.start("whole")->wait(seconds(300)).code, 0);
  const int kills = large() ? 50 : 6;
  std::mt19937 random(20261120);
  std::map<std::string, fs::file_time_type> finished;
  int done = 0;
  for (; done < kills; ++done) {
    auto running = batch.start("killed");
    const std::size_t before = finished.size();
    for (int wait = 0; wait < 60'000 && batch.outputs("killed").size() <= before; ++wait)
      std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(random() % 12));
    running->signal(SIGKILL);
    ASSERT_EQ(running->wait(seconds(60)).code, 128 + SIGKILL) << "it was done after " << done << " kills";
    for (const auto& [name, path] : batch.outputs("killed")) {
      const auto [known, is_new] = finished.emplace(name, fs::last_write_time(path));
      EXPECT_EQ(known->second, fs::last_write_time(path)) << name << " was made again";
    }
    ASSERT_GT(finished.size(), before);
  }
  const Ended last = batch.start("killed")->wait(seconds(300));
  ASSERT_EQ(last.code, 0) << last.err;
  const auto whole = batch.outputs("whole"), killed = batch.outputs("killed");
  ASSERT_EQ(whole.size(), static_cast<std::size_t>(batch.items()));
  ASSERT_EQ(killed.size(), whole.size());
  for (const auto& [name, path] : whole)
    EXPECT_EQ(cases::read_file(path.string()), cases::read_file(killed.at(name).string())) << name;
  for (const auto& [name, time] : finished) EXPECT_EQ(fs::last_write_time(killed.at(name)), time) << name;
  std::printf("%d kills, %zu of %d items finished before the last start\n", done, finished.size(), batch.items());
}

TEST(LocalWork, ABrokenPhotoIsItsOwnItemsError) {
  Batch batch(large() ? 1000 : 100);
  const std::string kept = cases::read_file(batch.photo(7));
  cases::write_file(batch.photo(7), kept.substr(0, 100));
  const Ended first = batch.start("out")->wait(seconds(300));
  EXPECT_EQ(first.code, 1) << first.err;
  EXPECT_EQ(batch.outputs("out").size(), static_cast<std::size_t>(batch.items() - 1));
  EXPECT_NE(first.err.find("✕ 1 of " + std::to_string(batch.items()) + " items failed"), std::string::npos)
      << first.err;
  cases::write_file(batch.photo(7), kept);
  const Ended again = batch.start("out", {"--only", "failed"})->wait(seconds(300));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.err.find("✓ 1 of 1 items written"), std::string::npos) << again.err;
  EXPECT_EQ(batch.outputs("out").size(), static_cast<std::size_t>(batch.items()));
}

}  // namespace
