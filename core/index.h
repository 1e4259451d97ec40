// Index: what pixgraph remembers so that it need not look again: hashes of files it has seen, which outputs are its
// own. A memo only: deleting it costs time, never money or correctness.
//
// SQLite in WAL mode, on a local disk (under XDG_CACHE_HOME/pixgraph, one per state directory: SQLite on a shared file
// system was measured to lose committed rows). Safe from many threads. What SQLite cannot do is never an error of the
// run: the memo is then simply empty, and trouble() says why. One that is damaged is begun anew.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
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

  /// Why nothing can be remembered; "" where all is well.
  std::string trouble();

  /// Many questions at once: one look at the state of the database instead of one each. No other thread may use the
  /// index meanwhile.
  class Reading {
   public:
    explicit Reading(Index& index);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Index& index_;
  };

  /// SHA-256 of a file, from the memo where path, inode, size, mtime and ctime are as remembered, else read. A file
  /// younger than 2 s is never remembered: it may change again within the clock's grain.
  std::string hash_of(const std::string& path);
  /// The same where the memo has it, else "": reads no content.
  std::string known_hash(const std::string& path);

  /// What pixgraph wrote to that path last, and what it had written there before that.
  struct Output {
    std::string hash, previous;
    std::string digest, parts;  // the recipe it was made by (key.h); "" where the writing was not finished
    bool untouched = false;     // inode, size, mtime and ctime of the file are as after the writing
    bool there = false;         // there is such a file
  };
  std::optional<Output> output(const std::string& path);
  /// Called before the file is replaced, so that a crash between the two leaves a file that is known by `previous`.
  void will_write(const std::string& path, const std::string& hash);
  /// Called after the file is in place.
  void wrote(const std::string& path, const std::string& digest, const std::string& parts);

  /// The files of an output whose names follow from results, by its recipe.
  std::optional<std::string> files_of(const std::string& recipe);
  void remember_files(const std::string& recipe, const std::string& paths_as_json);
  void forget_files(const std::string& recipe);
  /// What a digest stood for (OutputRecipe::shared as text), to say what has changed since.
  std::optional<std::string> meaning_of(const std::string& digest);
  void remember_meaning(const std::string& digest, const std::string& shared);

  /// The purchase that a paid node's recipe led to last, so that a plan can tell without doing the work before it.
  std::optional<std::string> purchase(const std::string& recipe);
  void remember_purchase(const std::string& recipe, const std::string& key);
  /// The keys of all of them.
  std::set<std::string> purchases();

  /// How long a model's predictions usually take, in milliseconds.
  std::optional<std::int64_t> run_time(const std::string& what);
  void remember_run_time(const std::string& what, std::int64_t ms);

  /// What was uploaded to a server, as text, by the server and the file's key.
  std::optional<std::string> upload(const std::string& what);
  void remember_upload(const std::string& what, const std::string& text);

  /// The hash of the pixels of a file with this content hash.
  std::optional<std::string> pixels(const std::string& content);
  void remember_pixels(const std::string& content, const std::string& pixels);

 private:
  bool run(const char* sql);
  bool open();
  void close();
  void begin_anew();
  int step(sqlite3_stmt* statement);
  struct Facts;
  std::string remembered(const Facts& facts);
  enum Query : int {
    get_hash,
    put_hash,
    get_output,
    put_output,
    put_recipe,
    get_memo,
    put_memo,
    drop_memo,
    get_memos,
    query_count
  };
  /// Kept in the files: a number is never given to another kind.
  enum class Kind : int { purchase = 1, files = 2, meaning = 3, run_time = 4, pixels = 5, upload = 6 };
  sqlite3_stmt* statement(Query query);
  std::optional<std::string> memo(Kind kind, const std::string& key);
  void remember(Kind kind, const std::string& key, const std::string& text);

  std::mutex mutex_;
  std::string path_, trouble_;
  bool damaged_ = false;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statements_[query_count] = {};
};

}  // namespace pixgraph
