#include "sandbox_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include <pixgraph/error.h>

#include "disk.h"

extern char** environ;

namespace pixgraph {

std::string beside_program(const std::string& name) {
  std::error_code failure;
  return join_path(std::filesystem::read_symlink("/proc/self/exe", failure).parent_path().string(), name);
}

static std::string first_line(int fd, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string line;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd watch{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&watch, 1, static_cast<int>(left)) == 0) return "";
    char c;
    const ssize_t count = ::read(fd, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || line.size() > 1000) return "";
    if (c == '\n') return line;
    line += c;
  }
}

SandboxProcess::SandboxProcess() {
  const std::string program = beside_program("pixgraph-sandbox");
  int to_it[2], from_it[2];
  if (::pipe2(to_it, O_CLOEXEC) != 0 || ::pipe2(from_it, O_CLOEXEC) != 0)
    throw Error("E801", std::string("the sandbox cannot be started: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_it[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from_it[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A Ctrl-C in the terminal is for us: the server must answer until the predictions that run have been saved. And it
  // must not inherit the signals that this process has blocked for its own handling.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  std::string port = "--port", zero = "0", until = "--until-stdin-closes", name = program;
  char* arguments[] = {name.data(), port.data(), zero.data(), until.data(), nullptr};
  const int failure = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(to_it[0]);
  ::close(from_it[1]);
  its_input_ = to_it[1];
  if (failure == 0) base_url_ = first_line(from_it[0], std::chrono::seconds(15));
  ::close(from_it[0]);
  if (failure != 0 || !base_url_.starts_with("http://127.0.0.1:")) {
    if (failure != 0) pid_ = -1;
    end();
    throw Error("E801", "the sandbox `" + program + "` cannot be started" +
                            (failure ? std::string(": ") + std::strerror(failure) : ""));
  }
}

SandboxProcess::~SandboxProcess() {
  end();
}

void SandboxProcess::end() {
  if (its_input_ >= 0) ::close(its_input_);
  its_input_ = -1;
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  for (int i = 0; i < 200; ++i) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace pixgraph
