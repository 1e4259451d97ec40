#include "gc.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/error.h>

#include "disk.h"
#include "event_fields.h"
#include "line_file.h"
#include "run_log.h"

namespace pixgraph {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::chrono::hours kLeftoverAge(24);

std::string collecting_path(const std::string& state) {
  return join_path(state, "collecting");
}

Error in_use(const std::string& what) {
  return Error("E631", what, "try again when it has ended").stopping_run();
}

/// The lock that keeps others away: its file is there only meanwhile.
class Collecting {
 public:
  explicit Collecting(const std::string& state) : path_(collecting_path(state)), lock_(real_disk().lock(path_)) {
    if (!lock_) throw in_use("another pixgraph works with " + state + ", so nothing is removed");
  }
  ~Collecting() {
    std::error_code failure;
    fs::remove(path_, failure);
  }
  Collecting(const Collecting&) = delete;
  Collecting& operator=(const Collecting&) = delete;

 private:
  const std::string path_;
  const std::unique_ptr<Disk::Lock> lock_;
};

class Collector {
 public:
  Collector(const std::string& state, const GcOptions& options)
      : state_(state), options_(options), now_(fs::file_time_type::clock::now()) {}

  GcReport collect() {
    const Collecting collecting(state_);
    refuse_where_used();
    collect_runs();
    for (const char* ledger : {"ledger", "sandbox-ledger"}) read_ledger(join_path(state_, ledger));
    collect_store();
    collect_thumbnails();
    collect_leftovers();
    return report_;
  }

 private:
  bool older(const fs::path& path, std::chrono::hours age) const {
    std::error_code failure;
    const auto written = fs::last_write_time(path, failure);
    return !failure && now_ - written > age;
  }

  void refuse_where_used() const {
    std::vector<std::string> locks;
    for (const char* ledger : {"ledger", "sandbox-ledger"}) {
      const std::string owners = join_path(join_path(state_, ledger), "owners");
      for (const std::string& name : real_disk().list(owners)) locks.push_back(join_path(owners, name));
    }
    const std::string runs = join_path(state_, "runs");
    for (const std::string& run : real_disk().list(runs)) locks.push_back(alive_path(join_path(runs, run)));
    for (const std::string& path : locks)
      if (real_disk().exists(path) && !real_disk().lock(path))
        throw in_use("another pixgraph works with " + state_ + ", so nothing is removed");
  }

  /// Every hash that any purchase names, the latest of its key or not.
  void read_ledger(const std::string& folder) {
    for (const std::string& part : real_disk().list(folder)) {
      if (part.size() != 2) continue;
      for (const std::string& name : real_disk().list(join_path(folder, part))) {
        const std::string path = join_path(join_path(folder, part), name);
        if (!name.ends_with(".ndjson")) continue;
        if (!options_.paid || !older(path, options_.keep) || names_prediction(path)) add_hashes(path, paid_);
      }
    }
  }

  /// Whether the purchase is of a prediction that a run which is kept used.
  bool names_prediction(const std::string& path) const {
    bool used = false;
    LineReader(path).read([&](std::string_view text) {
      const json line = json::parse(text, nullptr, false);
      used = used || (line.is_object() && predictions_.contains(text_of(line, "id")));
    });
    return used;
  }

  /// By their look, so that a line of a newer version keeps what it names too.
  static void add_hashes(const std::string& path, std::set<std::string>& into) {
    const std::string text = real_disk().read(path).value_or("");
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const bool digit = i < text.size() && ((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'));
      if (digit) continue;
      if (i - begin == 64) into.insert(text.substr(begin, 64));
      begin = i + 1;
    }
  }

  void collect_runs() {
    const std::string runs = join_path(state_, "runs");
    const std::vector<std::string> names = real_disk().list(runs);  // ids sort by time
    bool any_young = false;
    for (const std::string& name : names) any_young = any_young || is_young(join_path(runs, name));
    std::map<std::string, std::string> newest_hashes;  // of outputs
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      const std::string folder = join_path(runs, *name);
      const bool newest = name == names.rbegin();
      const bool in_use = read_outcomes(join_path(folder, "items.jsonl"), newest_hashes);
      if (newest || is_young(folder) || (any_young && in_use)) {
        add_hashes(join_path(folder, "items.jsonl"), used_);
        add_hashes(join_path(folder, "events.ndjson"), shown_);
        add_predictions(join_path(folder, "items.jsonl"));
        continue;
      }
      ++report_.runs.count;
      std::error_code failure;
      for (const auto& entry : fs::recursive_directory_iterator(folder, failure))
        if (entry.is_regular_file(failure)) report_.runs.bytes += entry.file_size(failure);
      if (!options_.dry_run) fs::remove_all(folder, failure);
    }
  }

  bool is_young(const std::string& folder) const {
    const std::string list = join_path(folder, "items.jsonl");
    return !older(fs::exists(list) ? list : folder, options_.keep);
  }

  /// Whether an output is there as this run made it, by the newest word on it in `newest`, from path to hash. What an
  /// item was found to have was made by an earlier run, whose list tells what of.
  static bool read_outcomes(const std::string& list, std::map<std::string, std::string>& newest) {
    bool in_use = false;
    read_lines(list, "files", [&](const json& line, const json& file) {
      if (text_of(line, "outcome") == "reused") return;
      const std::string path = text_of(file, "path"), hash = text_of(file, "hash");
      in_use = (newest.emplace(path, hash).first->second == hash && real_disk().exists(path)) || in_use;
    });
    return in_use;
  }

  void add_predictions(const std::string& list) {
    read_lines(list, "predictions", [&](const json&, const json& one) {
      if (const std::string id = text_of(one, "id"); !id.empty()) predictions_.insert(id);
    });
  }

  /// Every line, with every object in its list of that name.
  static void read_lines(const std::string& path, const char* name,
                         const std::function<void(const json&, const json&)>& take) {
    if (!real_disk().exists(path)) return;
    LineReader(path).read([&](std::string_view text) {
      const json line = json::parse(text, nullptr, false);
      if (!line.is_object() || !line.contains(name) || !line[name].is_array()) return;
      for (const json& one : line[name])
        if (one.is_object()) take(line, one);
    });
  }

  void collect_store() {
    const std::string store = join_path(state_, "store");
    for (const std::string& part : real_disk().list(store)) {
      if (part.size() != 2) continue;
      for (const std::string& name : real_disk().list(join_path(store, part))) {
        const std::string hash = part + name, path = join_path(join_path(store, part), name);
        if (hash.size() != 64 || used_.contains(hash) || !older(path, options_.keep)) continue;
        if (paid_.contains(hash))
          count(report_.paid, path);
        else
          remove(report_.store, path);
      }
    }
  }

  void collect_thumbnails() {
    const std::string folder = join_path(state_, "thumbnails");
    for (const std::string& part : real_disk().list(folder))
      for (const std::string& name : real_disk().list(join_path(folder, part))) {
        const std::string path = join_path(join_path(folder, part), name);
        if (!is_temp_name(name) && !shown_.contains(part + name) && older(path, options_.keep))
          remove(report_.thumbnails, path);
      }
  }

  /// What a process left that was killed while it wrote.
  void collect_leftovers() {
    std::error_code failure;
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(state_, failure)) {
      const std::string name = entry.path().filename().string();
      const bool incoming = entry.path().parent_path() == fs::path(state_) / "store" / "incoming";
      if (entry.is_regular_file(failure) && (incoming || is_temp_name(name)) && older(entry.path(), kLeftoverAge))
        found.push_back(entry.path().string());
    }
    for (const std::string& path : found) remove(report_.leftovers, path);
  }

  static void count(GcReport::Kind& kind, const std::string& path) {
    std::error_code failure;
    const auto size = fs::file_size(path, failure);
    ++kind.count;
    if (!failure) kind.bytes += size;
  }

  void remove(GcReport::Kind& kind, const std::string& path) const {
    count(kind, path);
    if (!options_.dry_run) real_disk().remove(path);
  }

  const std::string& state_;
  const GcOptions& options_;
  const fs::file_time_type now_;
  std::set<std::string> paid_, used_, shown_;  // hashes
  std::set<std::string> predictions_;          // ids that runs which are kept used
  GcReport report_;
};

std::string size_text(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  if (bytes < 10'000'000) return fmt::format("{} kB", bytes / 1000);
  return fmt::format("{} MB", bytes / 1'000'000);
}

}  // namespace

GcReport collect(const std::string& state, const GcOptions& options) {
  return Collector(state, options).collect();
}

void refuse_while_collected(const std::string& state) {
  const std::string path = collecting_path(state);
  if (!real_disk().exists(path)) return;
  // It may be left of one that was killed, and another run be looking at it just now.
  for (int tries = 0; tries < 3; ++tries) {
    if (tries > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (real_disk().lock(path)) return real_disk().remove(path);
  }
  throw in_use("pixgraph gc removes files from " + state);
}

std::string render_gc(const GcReport& report, const GcOptions& options) {
  const char* verb = options.dry_run ? "would remove" : "removed";
  std::string text;
  const auto line = [&](const char* what, const GcReport::Kind& kind, const char* one, const char* many) {
    text += fmt::format("{} {} {} ({})\n", what, kind.count, kind.count == 1 ? one : many, size_text(kind.bytes));
  };
  line(verb, report.store, "file of the store", "files of the store");
  line(verb, report.runs, "run", "runs");
  line(verb, report.thumbnails, "thumbnail", "thumbnails");
  line(verb, report.leftovers, "half-written file", "half-written files");
  if (report.paid.count > 0) line("kept", report.paid, "file that was paid for", "files that were paid for");
  return text;
}

}  // namespace pixgraph
