#include "predictions.h"

#include <algorithm>

namespace sandbox {

const char* status_name(Status status) {
  switch (status) {
    case Status::starting: return "starting";
    case Status::processing: return "processing";
    case Status::succeeded: return "succeeded";
    case Status::failed: return "failed";
    case Status::canceled: return "canceled";
    case Status::aborted: return "aborted";
  }
  return "";
}

void Predictions::add(Prediction prediction) {
  std::lock_guard lock(mutex_);
  auto entry = std::make_unique<Entry>();
  entry->prediction = std::move(prediction);
  const Prediction& p = entry->prediction;
  by_id_[p.id] = entries_.size();
  due_.emplace(p.deadline ? std::min(*p.deadline, p.finishes) : p.finishes, entries_.size());
  entries_.push_back(std::move(entry));
  ++in_flight_;
}

Predictions::Entry* Predictions::entry(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : entries_[found->second].get();
}

void Predictions::look(Entry& entry, double now) {
  Prediction& p = entry.prediction;
  if (!is_terminal(p.status)) {
    std::optional<double> end;
    Status status = Status::succeeded;
    if (p.fault_aborted) {
      end = p.starts;
      status = Status::aborted;
    } else if (p.computed && !p.stuck) {
      end = std::max(p.finishes, *p.computed);
      if (!p.failure.empty()) status = Status::failed;
    }
    if (p.deadline && (!end || *p.deadline < *end)) {
      end = p.deadline;
      status = *p.deadline < p.starts ? Status::aborted : Status::canceled;
    }
    if (end && *end <= now) {
      p.status = status;
      p.ended = *end;
    } else {
      p.status = now < p.starts ? Status::starting : Status::processing;
    }
    if (is_terminal(p.status)) {
      --in_flight_;
      if (p.expired && p.status == Status::succeeded) p.data_removed = true;
    }
  }
  if (is_terminal(p.status) && now >= p.ended + links_live_) p.data_removed = true;
  if (p.data_removed && !p.input_json.empty()) {
    p.input_json.clear();
    p.input_json.shrink_to_fit();
    p.outputs.clear();
  }
}

void Predictions::computed(const std::string& id, std::vector<std::string> outputs, std::string failure) {
  std::lock_guard lock(mutex_);
  Entry* found = entry(id);
  if (found == nullptr) return;
  found->prediction.computed = clock_.now();
  found->prediction.outputs = std::move(outputs);
  found->prediction.failure = std::move(failure);
  look(*found, clock_.now());
  found->changed.notify_all();
}

bool Predictions::wanted(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* found = entry(id);
  if (found == nullptr || stopping_) return false;
  look(*found, clock_.now());
  return !is_terminal(found->prediction.status);
}

std::optional<Prediction> Predictions::find(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* found = entry(id);
  if (found == nullptr) return std::nullopt;
  look(*found, clock_.now());
  return found->prediction;
}

std::optional<Prediction> Predictions::cancel(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* found = entry(id);
  if (found == nullptr) return std::nullopt;
  const double now = clock_.now();
  look(*found, now);
  Prediction& p = found->prediction;
  if (!is_terminal(p.status)) {
    p.status = Status::canceled;
    p.ended = now;
    --in_flight_;
    found->changed.notify_all();
  }
  return p;
}

std::optional<Prediction> Predictions::wait(const std::string& id, double until) {
  std::unique_lock lock(mutex_);
  Entry* found = entry(id);
  if (found == nullptr) return std::nullopt;
  for (;;) {
    const double now = clock_.now();
    look(*found, now);
    const Prediction& p = found->prediction;
    if (is_terminal(p.status) || now >= until || stopping_) return p;
    double moment = until;
    if (p.finishes > now) moment = std::min(moment, p.finishes);
    if (p.deadline) moment = std::min(moment, *p.deadline);
    if (p.fault_aborted) moment = std::min(moment, p.starts);
    found->changed.wait_until(lock, clock_.real(moment) + std::chrono::microseconds(50));
  }
}

Predictions::Page Predictions::list(std::optional<std::uint64_t> cursor, std::optional<double> after,
                                    std::optional<double> before, std::size_t size) {
  std::lock_guard lock(mutex_);
  const double now = clock_.now();
  const auto fits = [&](const Prediction& p) {
    return (!after || p.created >= *after) && (!before || p.created < *before);
  };
  Page page;
  const std::size_t top = std::min<std::size_t>(cursor.value_or(entries_.size()), entries_.size());
  std::size_t i = top;
  for (; i > 0 && page.predictions.size() < size; --i) {
    Entry& entry = *entries_[i - 1];
    if (!fits(entry.prediction)) continue;
    look(entry, now);
    page.predictions.push_back(entry.prediction);
  }
  for (std::size_t rest = i; rest > 0; --rest) {
    if (fits(entries_[rest - 1]->prediction)) {
      page.next = i;
      break;
    }
  }
  std::size_t newer = 0;
  for (std::size_t above = top; above < entries_.size() && newer < size; ++above) {
    if (!fits(entries_[above]->prediction)) continue;
    ++newer;
    page.previous = above + 1;
  }
  return page;
}

std::uint64_t Predictions::in_flight() {
  std::lock_guard lock(mutex_);
  const double now = clock_.now();
  std::vector<Due> again;
  while (!due_.empty() && due_.top().first <= now) {
    Entry& entry = *entries_[due_.top().second];
    look(entry, now);
    // Not ended: its computation is late (computed() looks then), or its deadline or nothing at all will end it.
    const Prediction& p = entry.prediction;
    if (!is_terminal(p.status) && p.deadline && *p.deadline > now) again.emplace_back(*p.deadline, due_.top().second);
    due_.pop();
  }
  for (const Due& due : again) due_.push(due);
  return in_flight_;
}

void Predictions::stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& entry : entries_) entry->changed.notify_all();
}

}  // namespace sandbox
