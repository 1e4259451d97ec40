// Programs that a test starts: run to their end, or left running and told to end. Nothing of pixgraph is linked; the
// programs are what a user would type.
//
// Every program gets its own process group, ended whole when the object dies, and the environment that Environment
// holds.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace cases {

/// The variables a program starts with: those of the test without whatever would change what pixgraph does (keys, base
/// URLs, proxies, plugin folders), with HOME and XDG_CACHE_HOME below `folder`.
std::map<std::string, std::string> clean_environment(const std::string& folder);

struct Ended {
  int code = -1;  // exit code; 128 + signal where one ended it; -1 where the time limit did
  std::string out, err;
  double seconds = 0;
  double cpu_seconds = 0;  // of the program and of its children that it waited for
  long peak_rss_kb = 0;
};

class Process {
 public:
  /// Starts `words[0]` in `folder`; stdout and stderr go to files there whose names are `label` + ".out" and ".err".
  Process(const std::vector<std::string>& words, const std::string& folder,
          const std::map<std::string, std::string>& environment, const std::string& scratch, const std::string& label);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number);
  /// Waits for the end; kills it after `limit`.
  Ended wait(std::chrono::seconds limit);
  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = -1;
  std::string out_file_, err_file_;
  std::chrono::steady_clock::time_point started_;
};

/// Listens on a free port of 127.0.0.1 and counts who connects; answers nothing.
class Listener {
 public:
  Listener();
  ~Listener();
  int port() const { return port_; }
  int heard() const { return heard_; }

 private:
  int socket_ = -1, port_ = 0;
  std::atomic<int> heard_ = 0;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

/// GET of a path at 127.0.0.1; the body, "" where there was no answer.
std::string http_get(int port, const std::string& path);

}  // namespace cases
