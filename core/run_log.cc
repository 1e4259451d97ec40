#include "run_log.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "clock.h"
#include "disk.h"
#include "gc.h"
#include "hash.h"
#include "outcome_list.h"
#include "unicode.h"

namespace pixgraph {

using nlohmann::json;

static std::string new_run_id() {
  std::string time = iso_time(std::chrono::system_clock::now()).substr(0, 23);  // to the millisecond: ids sort by it
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return time + "-" + random_hex(3);
}

std::string alive_path(const std::string& run_folder) {
  return join_path(run_folder, "alive");
}

/// Events are added to what is there, which must not be a photo whose name took the place of a forgotten one.
static void refuse_other_files(const std::string& path) {
  std::error_code failure;
  if (path.empty() || path == "-" || !std::filesystem::is_regular_file(path, failure)) return;
  static constexpr std::string_view kBegin = "{\"events\":";
  std::string begin(kBegin.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (file.gcount() > 0 && begin != kBegin)
    throw Error("E804", "`--events " + path + "`: that file is there and holds no events",
                "name a new file, or one that an earlier run wrote");
}

RunLog::RunLog(const std::string& state, const std::string& copy_to, const std::string& shard, const Redactor& redactor,
               std::function<void(const Error&)> failed, ConsoleOptions console)
    : id_(new_run_id()),
      folder_(join_path(join_path(state, "runs"), id_)),
      console_({console.mode, console.quiet, console.paths && copy_to != "-"}) {
  refuse_other_files(copy_to);
  make_folders(real_disk(), folder_);
  alive_ = real_disk().lock(alive_path(folder_));
  refuse_while_collected(state);  // after the lock: either gc sees that, or we see gc's
  const std::string path = join_path(folder_, "events.ndjson");
  if (!copy_to.empty()) copy_ = std::make_unique<LineFile>(copy_to);
  Events::Sink log = event_file(path), outcomes = outcome_list(join_path(folder_, "items.jsonl"), shard);
  follower_ = std::make_unique<EventFollower>(
      path,
      [this](std::string_view line, const json& event) {
        if (copy_) copy(line);
        console_.show(event);
      },
      [this] { console_.tick(); }, Console::kTick);
  events_ = std::make_unique<Events>(redactor, std::move(failed));
  events_->add_sink(std::move(log));
  events_->add_sink(std::move(outcomes));
  events_->add_sink([follower = follower_.get()](std::span<const json>) { follower->advance(); });
}

RunLog::~RunLog() {
  try {
    real_disk().remove(alive_path(folder_));
  } catch (const Error&) {  // its lock ends with us
  }
}

/// The log itself is whole: what cannot take a copy of it ends no run.
void RunLog::copy(std::string_view line) {
  try {
    copy_->append(std::string(line) + "\n");
  } catch (const Error& error) {
    copy_.reset();
    copy_failed_ = !error.message().ends_with(std::strerror(EPIPE));
    if (copy_failed_)
      console_.say("! " + printable_line(error.message()) + "; the run goes on, and its events are in " +
                   printable_line(join_path(folder_, "events.ndjson")) + "\n");
  }
}

void RunLog::finish() {
  events_->finish();
  follower_->finish();
}

}  // namespace pixgraph
