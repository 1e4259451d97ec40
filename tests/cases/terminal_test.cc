// The real program in a real pseudo terminal: what a user sees while it runs and when it has ended.
#include <gtest/gtest.h>

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "process.h"
#include "support/screen.h"
#include "support/temp_folder.h"

namespace cases {
namespace {

namespace fs = std::filesystem;
using pixgraph::test::Screen;

/// Stand-in models that stand still until they are told to go on: however slow the machine is, a run that waits for
/// them is not over before the test has seen what it wants to see.
class HeldModels {
 public:
  explicit HeldModels(const std::string& folder)
      : process_({PIXGRAPH_PROGRAM, "sandbox", "--port", "0"}, folder, clean_environment(folder), folder, "models") {
    for (int i = 0; i < 3000 && process_.out().find('\n') == std::string::npos; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    base = process_.out().substr(0, process_.out().find('\n'));
    process_.signal(SIGSTOP);
  }
  ~HeldModels() { go_on(); }  // what stands still hears no other signal
  void go_on() { process_.signal(SIGCONT); }

  std::string base;  // the server's URL

 private:
  Process process_;
};

/// A program in a terminal of that size, followed until it ends.
class Terminal {
 public:
  Terminal(int columns, int rows) : screen(columns, rows) {
    fs::create_directory(folder_.path("photos"));
    for (int i = 0; i < 10; ++i)
      fs::copy_file(PIXGRAPH_PIPELINES "/photos/mug.jpg", folder_.path("photos/" + std::to_string(i) + ".jpg"));
    fs::copy_file(PIXGRAPH_PIPELINES "/cutout-inpaint.yaml", folder_.path("cutout-inpaint.yaml"));
    environment = clean_environment(folder_.path());
    for (const char* name : {"NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"}) environment.erase(name);
    environment["TERM"] = "xterm-256color";
    size_ = {static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
  }
  ~Terminal() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  /// The run asks these instead of a sandbox of its own.
  HeldModels& hold_models() {
    models_.emplace(folder_.path());
    environment["REPLICATE_BASE_URL"] = models_->base;
    environment["REPLICATE_API_TOKEN"] = "any";
    return *models_;
  }

  void start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {PIXGRAPH_PROGRAM, "run", "cutout-inpaint.yaml", "photos"};
    if (!models_) words.push_back("--sandbox");
    words.insert(words.end(), more.begin(), more.end());
    std::vector<std::string> lines;
    for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
    std::vector<char*> arguments, variables;
    for (std::string& word : words) arguments.push_back(word.data());
    for (std::string& line : lines) variables.push_back(line.data());
    arguments.push_back(nullptr);
    variables.push_back(nullptr);
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size_);
    ASSERT_GE(pid_, 0);
    if (pid_ > 0) return;
    if (::chdir(folder_.path().c_str()) == 0) ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
  }

  /// Until it holds, or the program has ended; at most a minute.
  bool follow(const std::function<bool()>& until) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    char buffer[4096];
    while (!until()) {
      pollfd watch{terminal_, POLLIN, 0};
      if (std::chrono::steady_clock::now() > end || ::poll(&watch, 1, 60'000) <= 0) return false;
      const ssize_t got = ::read(terminal_, buffer, sizeof buffer);
      if (got <= 0) return false;
      bytes.append(buffer, static_cast<std::size_t>(got));
      screen.take({buffer, static_cast<std::size_t>(got)});
    }
    return true;
  }
  int end() {
    follow([] { return false; });
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void resize(int columns, int rows) {
    screen.resize(columns, rows);
    size_ = {static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
    ::ioctl(terminal_, TIOCSWINSZ, &size_);
  }
  /// As Ctrl-Z; what it wrote before is on the screen when this returns.
  void stop() {
    ::kill(pid_, SIGSTOP);
    int status = 0;
    ::waitpid(pid_, &status, WUNTRACED);
    pollfd watch{terminal_, POLLIN, 0};
    bool once = false;
    while (::poll(&watch, 1, 0) > 0) follow([&] { return std::exchange(once, !once); });
  }
  void go_on() { ::kill(pid_, SIGCONT); }
  /// The region was shown, with something running.
  bool runs() const { return screen.updates >= 2 && screen.text().find("▸ items") != std::string::npos; }

  std::string everything() const { return screen.scrolled() + screen.text(); }

  std::map<std::string, std::string> environment;
  Screen screen;
  std::string bytes;

 private:
  const pixgraph::test::TempFolder folder_;
  std::optional<HeldModels> models_;
  winsize size_{};
  int terminal_ = -1;
  pid_t pid_ = -1;
};

int times(const std::string& text, const std::string& what) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

/// The end is there once, and nothing of the region is left.
void expect_ended(const Terminal& terminal) {
  const std::string all = terminal.everything();
  EXPECT_EQ(times(all, "✓ 10 of 10 items written to out"), 1) << all;
  EXPECT_EQ(times(all, "items/"), 0) << all;
  EXPECT_EQ(times(all, "▸"), 0) << all;
  EXPECT_EQ(times(all, "running"), 0) << all;
}

TEST(Terminal, ARegionThatNeverWrapsAndLeavesNothing) {
  for (const auto& [columns, rows] : {std::pair{80, 24}, {40, 10}, {200, 50}}) {
    SCOPED_TRACE(columns);
    Terminal terminal(columns, rows);
    HeldModels& models = terminal.hold_models();
    terminal.start();
    EXPECT_TRUE(terminal.follow([&] { return terminal.runs(); })) << terminal.bytes;
    models.go_on();
    EXPECT_EQ(terminal.end(), 0);
    EXPECT_EQ(terminal.screen.wraps, 0);
    EXPECT_GT(terminal.screen.updates, 2);
    EXPECT_FALSE(terminal.screen.updating);
    expect_ended(terminal);
    EXPECT_NE(terminal.bytes.find("\x1b[36m"), std::string::npos);
  }
}

TEST(Terminal, MayBecomeNarrowerAndWiderInBetween) {
  Terminal terminal(100, 40);  // high enough for all of it when its lines are broken in two
  HeldModels& models = terminal.hold_models();
  terminal.start();
  ASSERT_TRUE(terminal.follow([&] { return terminal.runs(); })) << terminal.bytes;
  terminal.resize(47, 40);
  const int before = terminal.screen.updates;
  EXPECT_TRUE(terminal.follow([&] { return terminal.screen.updates >= before + 2; }));
  EXPECT_LE(times(terminal.everything(), "▸ items"), 1) << terminal.everything();
  terminal.resize(120, 40);
  models.go_on();
  EXPECT_EQ(terminal.end(), 0);
  expect_ended(terminal);
}

TEST(Terminal, AfterAStopItIsDrawnBelowWhatTheShellSaid) {
  Terminal terminal(80, 40);
  HeldModels& models = terminal.hold_models();
  terminal.start();
  ASSERT_TRUE(terminal.follow([&] { return terminal.runs(); })) << terminal.bytes;
  terminal.stop();
  const int drained = terminal.screen.updates;
  terminal.screen.take("[1]+ Stopped\n");
  terminal.go_on();
  EXPECT_TRUE(terminal.follow([&] { return terminal.screen.updates >= drained + 2; }));
  models.go_on();
  EXPECT_EQ(terminal.end(), 0);
  EXPECT_EQ(times(terminal.everything(), "[1]+ Stopped"), 1) << terminal.everything();
  EXPECT_EQ(times(terminal.everything(), "✓ 10 of 10 items written to out"), 1) << terminal.everything();
}

TEST(Terminal, ColourAndSignsFollowTheEnvironment) {
  Terminal terminal(80, 24);
  terminal.environment["NO_COLOR"] = "1";
  terminal.environment["LC_ALL"] = "C";
  terminal.start();
  EXPECT_EQ(terminal.end(), 0);
  EXPECT_EQ(times(terminal.bytes, "\x1b[3"), 0);
  for (const char c : terminal.bytes) ASSERT_LT(static_cast<unsigned char>(c), 0x80);
  EXPECT_EQ(times(terminal.everything(), "ok 10 of 10 items written to out"), 1) << terminal.everything();
}

TEST(Terminal, PlainAndQuietMoveNoCursor) {
  for (const char* how : {"--progress=plain", "-q"}) {
    Terminal terminal(80, 24);
    terminal.start({how});
    EXPECT_EQ(terminal.end(), 0);
    EXPECT_EQ(terminal.screen.updates, 0);
    EXPECT_EQ(times(terminal.everything(), "10 of 10 items written to out"), 1) << terminal.everything();
    EXPECT_EQ(times(terminal.everything(), "stand-in models at"), how[1] == 'q' ? 0 : 1);
  }
}

}  // namespace
}  // namespace cases
