// What every bench stands on: a folder to work in, programs run in turns and measured by what the kernel counted for
// them, and a table of medians. A bench prints figures; it fails only where something did not work at all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "process.h"

namespace bench {

/// A new folder below the temporary one, removed with everything in it at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

 private:
  std::string path_;
};

/// The sandbox, started with `options` (without --port).
class Sandbox {
 public:
  Sandbox(const Folder& folder, const std::vector<std::string>& options, const std::string& label);
  const std::string& base_url() const { return base_url_; }
  /// A whole number out of /sandbox/stats.
  long count(const std::string& name) const;
  std::string stats() const;

 private:
  std::unique_ptr<cases::Process> process_;
  std::string base_url_;
};

/// One side of a comparison.
struct Side {
  std::string name;
  std::vector<std::string> words;                  // the command
  std::map<std::string, std::string> environment;  // added to a clean one
  std::function<void()> before;                    // not measured
};

struct Figures {
  double wall = 0, cpu = 0, rss_mb = 0;  // medians
};

/// Runs the sides in turns, `rounds` times, in `folder`; throws where one ends with another code than 0.
std::map<std::string, Figures> compare(const Folder& folder, const std::vector<Side>& sides, int rounds);

double median(std::vector<double> values);

/// The program of that name beside pixgraph; or on PATH ("" where it is not).
std::string program(const std::string& name);
std::string installed(const std::string& name);

// The benches: each returns 0, or 1 where what it runs failed.
int remote();
int limits();
int engine();
int image();

}  // namespace bench
