// Index: what pixgraph remembers so that it need not look again: hashes of files it has seen, which outputs are its
// own. A memo only: deleting it costs time, never money or correctness.
//
// SQLite in WAL mode, on a local disk (under XDG_CACHE_HOME/pixgraph, one per state directory: SQLite on a shared file
// system was measured to lose committed rows). Safe from many threads. What SQLite cannot do is never an error of the
// run: the memo is then simply empty.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace pixgraph {

class Index {
 public:
  /// `state_folder` names which state directory it belongs to.
  explicit Index(const std::string& state_folder);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  /// SHA-256 of a file, from the memo where path, inode, size, mtime and ctime are as remembered, else read. A file
  /// younger than 2 s is never remembered: it may change again within the clock's grain.
  std::string hash_of(const std::string& path);
  /// The same where the memo has it, else "": reads no content.
  std::string known_hash(const std::string& path);

  /// What pixgraph wrote to that path last, and what it had written there before that.
  struct Output {
    std::string hash, previous;
  };
  std::optional<Output> output(const std::string& path);
  /// Called before the file is replaced, so that a crash between the two leaves a file that is known by `previous`.
  void will_write(const std::string& path, const std::string& hash);

  /// The purchase that a paid node's recipe led to last, so that a plan can tell without doing the work before it.
  std::optional<std::string> purchase(const std::string& recipe);
  void remember_purchase(const std::string& recipe, const std::string& key);

  /// How long a model's predictions usually take, in milliseconds.
  std::optional<std::int64_t> run_time(const std::string& what);
  void remember_run_time(const std::string& what, std::int64_t ms);

  /// The hash of the pixels of a file with this content hash.
  std::optional<std::string> pixels(const std::string& content);
  void remember_pixels(const std::string& content, const std::string& pixels);

 private:
  bool run(const char* sql);
  struct Facts;
  std::string remembered(const Facts& facts);
  std::optional<std::string> look_up(sqlite3_stmt*& kept, const char* sql, const std::string& key);
  void put(sqlite3_stmt*& kept, const char* sql, const std::string& key, const std::string& value);
  sqlite3_stmt* statement(sqlite3_stmt*& kept, const char* sql);

  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt *get_hash_ = nullptr, *put_hash_ = nullptr, *get_output_ = nullptr, *put_output_ = nullptr,
               *get_purchase_ = nullptr, *put_purchase_ = nullptr, *get_run_time_ = nullptr, *put_run_time_ = nullptr,
               *get_pixels_ = nullptr, *put_pixels_ = nullptr;
};

}  // namespace pixgraph
