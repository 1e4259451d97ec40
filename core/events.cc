#include "events.h"

#include <cmath>

#include "line_file.h"
#include "redact.h"

namespace pixgraph {

using nlohmann::json;

static constexpr std::size_t kFarBehind = 100'000;  // events, about 50 MB
// Between batches: a wake of this thread and of those who read the file costs as much as a batch of many.
static constexpr auto kGather = std::chrono::milliseconds(10);

static void redact_all(json& value, const Redactor& redactor) {
  if (value.is_structured()) {
    for (json& inner : value) redact_all(inner, redactor);
  } else if (value.is_string()) {
    value = redactor.clean(value.get<std::string>());
  }
}

Events::Events(const Redactor& redactor, std::function<void(const Error&)> failed)
    : redactor_(redactor), failed_(std::move(failed)), thread_([this] { deliver(); }) {}

Events::~Events() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
    arrived_.notify_one();
    hurry_.notify_one();
  }
  thread_.join();
}

void Events::emit(json event) {
  std::unique_lock lock(mutex_);
  if (std::this_thread::get_id() != thread_.get_id() && queue_.size() >= kFarBehind)
    wait(lock, [&] { return queue_.size() < kFarBehind; });
  // Under the lock: it never goes back in a file.
  const double t = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  event["t"] = std::round(t * 1000) / 1000;
  queue_.push_back(std::move(event));
  ++emitted_;
  if (queue_.size() == 1) arrived_.notify_one();
}

void Events::finish() {
  std::unique_lock lock(mutex_);
  wait(lock, [&, until = emitted_] { return seen_ >= until; });
}

void Events::wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& until) {
  ++hurried_;
  hurry_.notify_one();
  delivered_.wait(lock, until);
  --hurried_;
}

void Events::deliver() {
  std::vector<json> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    arrived_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    batch.clear();
    batch.swap(queue_);
    delivered_.notify_all();
    lock.unlock();
    for (json& event : batch) redact_all(event, redactor_);
    for (Sink& sink : sinks_) {
      if (!sink) continue;
      try {
        sink(batch);
      } catch (const Error& error) {
        sink = nullptr;
        if (failed_) failed_(error);
      }
    }
    lock.lock();
    seen_ += batch.size();
    delivered_.notify_all();
    hurry_.wait_for(lock, kGather, [&] { return ending_ || hurried_ > 0; });
  }
}

std::string event_line(const json& event) {
  return event.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Events::Sink event_file(const std::string& path) {
  auto file = std::make_shared<LineFile>(path);
  file->append(event_line({{"type", "version"}, {"pixgraph", PIXGRAPH_VERSION}, {"events", "1.0"}}));
  return [file](std::span<const json> batch) {
    std::string lines;
    for (const json& event : batch) lines += event_line(event);
    file->append(lines);
  };
}

}  // namespace pixgraph
