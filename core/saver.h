// Saver: brings the output files of one prediction into the store, all at once and before anything else, since their
// links live one hour.
//
// One use: start() once; `done` is called once, on a download worker. A download is tried several times; the first file
// that cannot be had ends it with an error. Where a link is refused (403, 404, 410) the server is asked once what
// became of it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "executor.h"
#include "ledger.h"
#include "store.h"

namespace pixgraph {

class Saver : public std::enable_shared_from_this<Saver> {
 public:
  struct Source {
    std::vector<std::string> urls;
    /// Where these URLs, which a server sent, may lead. Called on a download worker.
    std::function<Reach()> reach;
    /// The prediction's URLs as the server has them now. Throws Throttled, HttpError, or the Error that is its end.
    std::function<std::vector<std::string>()> ask_again;
  };
  Saver(Executor& executor, Store& store, Host& host, std::string purchase_key, Source source);

  void start(Priority priority, std::function<void(std::optional<Error>)> done);
  // After a done() with an error:
  /// Whether the network or the server's trouble was in the way; else the file was refused, by the server or by us.
  bool may_come_later() const { return later_; }
  // After a done() without error:
  const std::vector<FilePtr>& files() const { return files_; }
  std::vector<SavedFile> records() const;
  /// The answer with every data: URI replaced by "pixgraph-store:<hash>", so that a ledger line stays small.
  nlohmann::json kept_answer(nlohmann::json answer) const;

 private:
  void fetch(std::size_t index, int attempt);
  FilePtr download(std::size_t index, int attempt);
  bool has_new_link(std::size_t index);
  void fetch_later(std::size_t index, int attempt, std::chrono::milliseconds wait);
  void one_done(std::optional<Error> error, bool later = false);
  void finish(std::optional<Error> error);

  Executor& executor_;
  Store& store_;
  Host& host_;
  const std::string purchase_key_;
  Source source_;  // a URL changes only on the worker that fetches it
  Priority priority_;
  std::function<void(std::optional<Error>)> done_;
  std::mutex mutex_;
  std::vector<FilePtr> files_;
  std::vector<char> asked_;  // by file
  std::size_t left_ = 0;
  std::optional<Error> error_;
  bool later_ = false;
};

/// What names a purchase in the origin of its files: its key, and its number where it was bought again, so that what
/// was made from the old picture is not taken for what would be made from the new one.
std::string origin_name(const Purchase& purchase);

/// The File of a prediction's saved output, with the origin that names it in later requests.
FilePtr saved_output(const Store& store, const std::string& origin_name, int index, const SavedFile& record);

}  // namespace pixgraph
