// Servers: what a run knows of each server it talks to: how fast it may be asked, what keys call it, how fast its time
// passes. Safe from many threads.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "governor.h"

namespace pixgraph {

/// A base URL that is written in another way is the same server all the same: scheme and host in lower case, without
/// the port that goes without saying, doubled slashes and a slash at the end.
std::string canonical_base(const std::string& server);

class Servers {
 public:
  struct Setup {
    Executor& executor;
    std::function<ServerLimits(const std::string& server)> limits;
    std::string sandbox;    // the base URL of this run's own sandbox, else empty
    double time_scale = 1;  // of servers on this machine: a sandbox under --time-scale
  };
  explicit Servers(Setup setup) : setup_(std::move(setup)) {}

  Governor& governor(const std::string& server);
  /// The server as keys name it: every sandbox is the same one.
  std::string name(const std::string& server) const;
  /// How much faster than ours its time passes. Limits per minute follow it.
  double time_scale(const std::string& server) const;
  /// A wait of the protocol, in real time.
  std::chrono::milliseconds real(const std::string& server, std::chrono::milliseconds wait) const;
  /// No more creates anywhere.
  void close();

 private:
  Setup setup_;
  std::mutex mutex_;  // guards governors_
  std::map<std::string, std::unique_ptr<Governor>> governors_;
};

}  // namespace pixgraph
