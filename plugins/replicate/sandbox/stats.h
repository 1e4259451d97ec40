// What the server counted, for tests: GET /sandbox/stats and GET /sandbox/requests. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sandbox {

class Stats {
 public:
  // `line` is "POST /v1/predictions HTTP/1.1"; `headers` all headers as text. The last kKept are remembered.
  void request(const char* listener, std::string line, std::string headers);
  void created(const std::string& model, std::uint64_t in_flight);
  // One of: polls, lists, cancels, uploads, downloads, answered429, downloads_with_authorization.
  void count(const std::string& what);

  nlohmann::json counters() const;
  nlohmann::json requests() const;

 private:
  static constexpr std::size_t kKept = 1000;
  struct Seen {
    const char* listener;
    std::string line;
    std::string headers;
  };
  mutable std::mutex mutex_;
  std::deque<Seen> seen_;
  std::uint64_t requests_ = 0;
  std::uint64_t creates_ = 0;
  std::uint64_t in_flight_max_ = 0;
  std::map<std::string, std::uint64_t> creates_per_model_;
  std::map<std::string, std::uint64_t> counts_ = {{"polls", 0},
                                                  {"lists", 0},
                                                  {"cancels", 0},
                                                  {"uploads", 0},
                                                  {"downloads", 0},
                                                  {"answered429", 0},
                                                  {"downloads_with_authorization", 0}};
};

}  // namespace sandbox
