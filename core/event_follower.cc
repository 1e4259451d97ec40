#include "event_follower.h"

#include <utility>

#include <pixgraph/error.h>

#include "line_file.h"

namespace pixgraph {

using nlohmann::json;

static void show_line(std::string_view line, const EventFollower::Show& show) {
  const json event = json::parse(line, nullptr, false);
  if (event.is_object()) show(line, event);
}

EventFollower::EventFollower(std::string path, Show show, std::function<void()> tick, std::chrono::milliseconds every)
    : show_(std::move(show)),
      tick_(std::move(tick)),
      every_(every),
      thread_([this, path = std::move(path)] { follow(path); }) {}

EventFollower::~EventFollower() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    grown_.notify_one();
  }
  thread_.join();
}

void EventFollower::advance() {
  std::lock_guard lock(mutex_);
  more_ = true;
  grown_.notify_one();
}

void EventFollower::finish() {
  std::unique_lock lock(mutex_);
  read_.wait(lock, [&] { return over_ || (!more_ && !reading_); });
}

void EventFollower::follow(const std::string& path) {
  try {
    LineReader reader(path);
    std::unique_lock lock(mutex_);
    while (true) {
      const auto awake = [&] { return more_ || ending_; };
      while (tick_ && !grown_.wait_for(lock, every_, awake)) {
        lock.unlock();
        tick_();
        lock.lock();
      }
      grown_.wait(lock, awake);
      if (!more_) return;
      more_ = false;
      reading_ = true;
      lock.unlock();
      reader.read([&](std::string_view line) { show_line(line, show_); });
      lock.lock();
      reading_ = false;
      read_.notify_all();
    }
  } catch (const Error&) {
    // What cannot be shown must not end the run; the writer of the same file says what is wrong with it.
    std::lock_guard lock(mutex_);
    over_ = true;
    read_.notify_all();
  }
}

void read_events(const std::string& path, const EventFollower::Show& show) {
  LineReader(path).read([&](std::string_view line) { show_line(line, show); });
}

}  // namespace pixgraph
