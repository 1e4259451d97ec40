// Saver: brings the output files of one prediction into the store, all at once and before anything else, since their
// links live one hour.
//
// One use: start() once; `done` is called once, on a net worker or in start() itself where there is nothing to fetch.
// A download is tried several times; the first file that cannot be had ends it with an error.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/node.h>

#include "executor.h"
#include "ledger.h"
#include "store.h"

namespace pixgraph {

class Saver : public std::enable_shared_from_this<Saver> {
 public:
  /// `reach`: where these URLs, which a server sent, may lead; asked for once, on a net worker.
  Saver(Executor& executor, Store& store, Host& host, std::string purchase_key, std::vector<std::string> urls,
        std::function<Reach()> reach);

  void start(Priority priority, std::function<void(std::optional<Error>)> done);
  // After a done() without error:
  const std::vector<FilePtr>& files() const { return files_; }
  std::vector<SavedFile> records() const;
  /// The answer with every data: URI replaced by "pixgraph-store:<hash>", so that a ledger line stays small.
  nlohmann::json kept_answer(nlohmann::json answer) const;

 private:
  void fetch(std::size_t index, int attempt);
  void one_done(std::optional<Error> error);
  void finish(std::optional<Error> error);

  Executor& executor_;
  Store& store_;
  Host& host_;
  const std::string purchase_key_;
  const std::vector<std::string> urls_;
  const std::function<Reach()> reach_;
  Priority priority_;
  std::function<void(std::optional<Error>)> done_;
  std::mutex mutex_;
  std::vector<FilePtr> files_;
  std::size_t left_ = 0;
  std::optional<Error> error_;
};

/// What names a purchase in the origin of its files: its key, and its number where it was bought again, so that what
/// was made from the old picture is not taken for what would be made from the new one.
std::string origin_name(const Purchase& purchase);

/// The File of a prediction's saved output, with the origin that names it in later requests.
FilePtr saved_output(const Store& store, const std::string& origin_name, int index, const SavedFile& record);

}  // namespace pixgraph
