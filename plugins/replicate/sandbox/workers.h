// A few threads that do one piece of work after another, first come first served.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sandbox {

class Workers {
 public:
  explicit Workers(int threads);
  // What runs is awaited; what waits is dropped.
  ~Workers();
  void add(std::function<void()> work);

 private:
  void loop();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sandbox
