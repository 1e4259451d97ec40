// Promise 1, proved on the real program: whatever moment it dies at, starting it again buys every prediction exactly
// once.
//
// The sandbox counts the creates; the waits of the protocol pass quickly by PIXGRAPH_TIME_SCALE, which the program
// heeds for servers on this machine only. PIXGRAPH_CRASH=all makes each test large.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>

#include <nlohmann/json.hpp>

#include "large.h"
#include "process.h"

namespace {

namespace fs = std::filesystem;
using cases::Ended;
using cases::Process;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kToken = "r8_never-to-be-seen-0123456789";

/// A folder with a sandbox beside it; both are gone when the test ends.
class Bench {
 public:
  explicit Bench(std::vector<std::string> sandbox_options) {
    std::string name = (fs::temp_directory_path() / "pixgraph-crash-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    fs::create_directories(folder_ + "/home");
    environment_ = cases::clean_environment(folder_);
    std::vector<std::string> words = {PIXGRAPH_PROGRAM "-sandbox", "--port", "0", "--latency", "30ms"};
    words.insert(words.end(), sandbox_options.begin(), sandbox_options.end());
    sandbox_ = std::make_unique<Process>(words, folder_, environment_, folder_, "sandbox");
    for (int i = 0; i < 1000 && base_.empty(); ++i) {
      const std::string out = sandbox_->out();
      if (const std::size_t end = out.find('\n'); end != std::string::npos)
        base_ = out.substr(0, end);
      else
        std::this_thread::sleep_for(milliseconds(10));
    }
    port_ = std::stoi(base_.substr(base_.rfind(':') + 1));
    environment_["REPLICATE_BASE_URL"] = base_;
    environment_["REPLICATE_API_TOKEN"] = kToken;
    environment_["PIXGRAPH_TIME_SCALE"] = "3000";  // the minute of the protocol in 20 ms
  }
  ~Bench() {
    sandbox_.reset();
    fs::remove_all(folder_);
  }

  void write(const std::string& name, const std::string& text) { cases::write_file(folder_ + "/" + name, text); }
  std::unique_ptr<Process> start(const std::map<std::string, std::string>& more = {},
                                 const std::string& label = "run") {
    auto environment = environment_;
    for (const auto& [name, value] : more) environment[name] = value;
    std::vector<std::string> words = {PIXGRAPH_PROGRAM, "run",   "pipeline.yaml", "photos",   "--out", "out",
                                      "--state",        "state", "--rate",        "unlimited"};
    return std::make_unique<Process>(words, folder_, environment, folder_, label);
  }
  long stat(const std::string& name) const {
    return nlohmann::json::parse(cases::http_get(port_, "/sandbox/stats")).value(name, -1L);
  }
  void forget() {
    for (const char* name : {"/out", "/state", "/home"}) fs::remove_all(folder_ + name);
    fs::create_directories(folder_ + "/home");
  }
  int outputs() const {
    std::error_code none;
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder_ + "/out", none))
      if (!entry.path().filename().string().starts_with(".")) ++count;  // a temp file of a killed run is no output
    return count;
  }
  /// Where the key stands in any file that was written: nowhere.
  std::string leaked() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
      if (entry.is_regular_file() && cases::read_file(entry.path().string()).find(kToken) != std::string::npos)
        return entry.path().string();
    return "";
  }
  /// Predictions whose id is in the ledger.
  long known_ids() const {
    long known = 0;
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/state/ledger", none))
      if (entry.path().extension() == ".ndjson" &&
          cases::read_file(entry.path().string()).find("\"state\":\"created\"") != std::string::npos)
        ++known;
    return known;
  }
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_, base_;
  int port_ = 0;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<Process> sandbox_;
};

/// Two predictions one after the other, whose requests differ from item to item and from `round` to `round`.
std::string chained(int round) {
  return "pixgraph: 1\nname: chained\ninputs:\n  photo: {type: image}\nnodes:\n"
         "  first: {type: ReplicatePredict, model: sandbox/instant, input: {text: \"${photo.stem}\", index: " +
         std::to_string(round) +
         "}}\n"
         "  second: {type: ReplicatePredict, model: sandbox/instant, input: {text: \"then ${first.id}\"}}\n"
         "outputs:\n  result: {value: \"${second.file}\", file: \"${photo.stem}.png\"}\n";
}

/// Two predictions one after the other that take files: the first a picture, by upload, the second what the first made,
/// by its link, or by upload where a run finds it made.
std::string chained_files(int) {
  return "pixgraph: 1\nname: chained-files\ninputs:\n  photo: {type: image}\nnodes:\n"
         "  first: {type: ReplicatePredict, version: "
         "\"cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003\", input: {image: "
         "\"${photo}\"}}\n"
         "  second: {type: ReplicatePredict, version: "
         "\"cjwbw/rembg:fb8af171cfa1616ddcf1242c093f9c46bcada5ad4cf6f2fbe8b81b330ec5c003\", input: {image: "
         "\"${first.file}\"}}\n"
         "outputs:\n  result: {value: \"${second.file}\", file: \"${photo.stem}.png\"}\n";
}

/// The main pipeline at a size that is quickly worked on, so that files go out by upload and come back.
std::string cutout_inpaint(int round) {
  std::string text = cases::read_file(PIXGRAPH_PIPELINES "/cutout-inpaint.yaml");
  text = std::regex_replace(text, std::regex("width: 768, height: 768"), "width: 128, height: 128");
  return std::regex_replace(text, std::regex("seed: 7"), "seed: " + std::to_string(round));
}

void copy_photos(const Bench& bench, int count) {
  std::vector<fs::path> photos;
  for (const auto& entry : fs::directory_iterator(PIXGRAPH_PIPELINES "/photos"))
    if (entry.path().extension() == ".jpg") photos.push_back(entry.path());
  ASSERT_FALSE(photos.empty());
  std::sort(photos.begin(), photos.end());
  fs::create_directories(bench.folder() + "/photos");
  for (int i = 0; i < count; ++i)
    fs::copy_file(photos[i % photos.size()], bench.folder() + "/photos/" + std::to_string(i) + ".jpg");
}

/// Pictures of which no two are the same: a light ground and a block of a colour on it.
void draw_photos(const Bench& bench, int count) {
  constexpr int kSide = 32, kRow = kSide * 3;
  fs::create_directories(bench.folder() + "/photos");
  for (int i = 0; i < count; ++i) {
    std::string bmp = "BM";
    const auto put = [&bmp](std::uint32_t value, int bytes) {
      for (int at = 0; at < bytes; ++at) bmp += static_cast<char>(value >> 8 * at & 0xFF);
    };
    for (const std::uint32_t value : {54u + kSide * kRow, 0u, 54u, 40u, std::uint32_t{kSide}, std::uint32_t{kSide}})
      put(value, 4);
    put(1, 2);
    put(24, 2);
    for (const std::uint32_t value : {0u, std::uint32_t{kSide * kRow}, 2835u, 2835u, 0u, 0u}) put(value, 4);
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < kSide; ++x) {
        const bool inside = x >= 8 && x < 24 && y >= 8 && y < 24;
        put(inside ? 0x200000u + static_cast<std::uint32_t>(i) * 0x0507u : 0xF0F0F0u, 3);
      }
    cases::write_file(bench.folder() + "/photos/" + std::to_string(i) + ".bmp", bmp);
  }
}

/// Starts again until all is done; the number of starts, 0 where it never was.
int until_done(Bench& bench, int most, std::string& last) {
  for (int start = 1; start <= most; ++start) {
    const Ended ended = bench.start()->wait(seconds(120));
    last = ended.err;
    if (ended.code == 0) return start;
  }
  return 0;
}

void every_call(Bench& bench, const std::function<std::string(int)>& pipeline, int items, long predictions,
                int points) {
  copy_photos(bench, items);
  bench.write("pipeline.yaml", pipeline(0));
  const std::string shim = CRASH_SHIM, count_file = bench.folder() + "/count";
  const Ended whole = bench.start({{"LD_PRELOAD", shim}, {"PIXGRAPH_CRASH_COUNT", count_file}})->wait(seconds(120));
  ASSERT_EQ(whole.code, 0) << whole.err;
  ASSERT_EQ(bench.stat("creates"), predictions);
  const long calls = std::stol(cases::read_file(count_file));
  ASSERT_GT(calls, 50);
  const long stride = large() ? 1 : std::max(1L, calls / points);
  int killed = 0;
  for (long at = 1; at <= calls; at += stride) {
    bench.forget();
    bench.write("pipeline.yaml",
                pipeline(static_cast<int>(at)));  // other requests: nothing the server did before helps
    const long before = bench.stat("creates");
    const Ended crashed =
        bench.start({{"LD_PRELOAD", shim}, {"PIXGRAPH_CRASH_AT", std::to_string(at)}})->wait(seconds(120));
    if (crashed.code == 128 + SIGKILL) ++killed;
    std::string last;
    EXPECT_GT(until_done(bench, 5, last), 0) << "after the end at call " << at << "\n" << last;
    EXPECT_EQ(bench.stat("creates") - before, predictions) << "after the end at call " << at;
    EXPECT_EQ(bench.outputs(), items) << "after the end at call " << at;
  }
  EXPECT_GT(killed, 0);
  EXPECT_EQ(bench.leaked(), "");
  std::printf("ended at %d of %ld calls\n", killed, calls);
}

TEST(Crash, AtEveryCallOfChainedPredictions) {
  Bench bench({});
  every_call(bench, chained, 3, 6, 24);
}

TEST(Crash, AtEveryCallOfCutoutInpaint) {
  Bench bench({});
  const int items = 3;
  every_call(bench, cutout_inpaint, items, 2 * items, 12);
}

/// Kills at random moments until the run gets through. At least `least_between` of them hit between a POST that was
/// carried out and the id of its answer in the ledger.
void random_kills(Bench& bench, const std::function<std::string(int)>& pipeline, int items, int kills, long creates,
                  int least_between) {
  draw_photos(bench, items);
  std::mt19937 random(20261120);
  int done = 0, round = 0, between = 0;
  for (; done < kills; ++round) {
    ASSERT_LT(round, kills + 50);
    bench.forget();
    bench.write("pipeline.yaml", pipeline(1000 + round));
    const long before = bench.stat("creates");
    // Several kills in one job, then it may end.
    for (int i = 0; i < 5 && done < kills; ++i) {
      auto running = bench.start();
      if (const auto by_time = milliseconds(random() % 250); i % 2 == 0) {
        std::this_thread::sleep_for(by_time);
      } else {  // a while after the next create, however slow this machine is
        const long next = bench.stat("creates") + 1;
        for (int wait = 0; wait < 2000 && bench.stat("creates") < next; ++wait)
          std::this_thread::sleep_for(milliseconds(1));
        std::this_thread::sleep_for(milliseconds(random() % 30));
      }
      running->signal(SIGKILL);
      if (running->wait(seconds(60)).code != 128 + SIGKILL) continue;
      ++done;
      if (bench.stat("creates") - before > bench.known_ids()) ++between;
    }
    std::string last;
    EXPECT_GT(until_done(bench, 5, last), 0) << last;
    EXPECT_EQ(bench.stat("creates") - before, creates);
    EXPECT_EQ(bench.outputs(), items);
  }
  std::printf("%d kills in %d jobs of %ld predictions, %d of them between a POST and its answer\n", done, round,
              creates, between);
  EXPECT_GE(between, least_between);
  EXPECT_EQ(bench.leaked(), "");
}

TEST(Crash, RandomKills) {
  Bench bench({"--fault", "slow:0.2", "--time-scale", "10"});
  const int items = large() ? 20 : 6;
  random_kills(bench, chained, items, large() ? 200 : 15, 2 * items, large() ? 30 : 1);
}

TEST(Crash, RandomKillsWithAnswersThatNeverArrive) {
  Bench bench(
      {"--fault", "drop-before-answer:0.2", "--fault", "elided-inputs", "--fault", "slow:0.2", "--time-scale", "10"});
  const int items = large() ? 20 : 6;
  random_kills(bench, chained_files, items, large() ? 200 : 10, 2 * items, large() ? 30 : 1);
}

TEST(Crash, WithoutAListNothingIsBoughtTwiceAndTheRestIsToldApart) {
  Bench bench({"--fault", "drop-before-answer:0.2", "--fault", "no-list"});
  const int items = 20;
  copy_photos(bench, items);
  bench.write("pipeline.yaml", chained(7));
  Ended ended;
  for (int i = 0; i < 30 && ended.code != 0; ++i) {
    ended = bench.start()->wait(seconds(60));
    ASSERT_TRUE(ended.code == 3 || ended.code == 0) << ended.code << "\n" << ended.err;
  }
  EXPECT_EQ(ended.code, 3) << "every undecided purchase stops the run";
  EXPECT_LE(bench.stat("creates"), 2 * items);
  const Ended list = Process({PIXGRAPH_PROGRAM, "ledger", "list", "--state", "state", "--json"}, bench.folder(),
                             cases::clean_environment(bench.folder()), bench.folder(), "list")
                         .wait(seconds(20));
  long maybe = 0, bought = 0;
  for (const auto& row : nlohmann::json::parse(list.out)) {
    maybe += row["state"] == "maybe-paid";
    bought += row["state"] == "succeeded";
  }
  EXPECT_GT(maybe, 0);
  EXPECT_EQ(maybe + bought, bench.stat("creates")) << "each create is either known or listed as maybe-paid";
}

TEST(Crash, TwoProcessesBuyEverythingOnce) {
  Bench bench({});
  const int items = large() ? 20 : 8;
  draw_photos(bench, items);
  for (int round = 0; round < (large() ? 20 : 3); ++round) {
    bench.forget();
    bench.write("pipeline.yaml", round % 2 == 0 ? chained(100 + round) : chained_files(100 + round));
    const long before = bench.stat("creates");
    auto one = bench.start({}, "one"), two = bench.start({}, "two");
    const Ended first = one->wait(seconds(120)), second = two->wait(seconds(120));
    EXPECT_EQ(first.code, 0) << first.err;
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_EQ(bench.stat("creates") - before, 2 * items);
  }
}

}  // namespace
