#include "index.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "disk.h"
#include "hash.h"

namespace pixgraph {

static constexpr int kLayout = 2;  // of the tables

static std::string cache_folder() {
  const char* xdg = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (xdg && *xdg) return join_path(xdg, "pixgraph");
  if (home && *home) return join_path(home, ".cache/pixgraph");
  return "/tmp/pixgraph-" + std::to_string(::getuid());
}

Index::Index(const std::string& state_folder) {
  std::error_code failure;
  const std::string absolute = std::filesystem::weakly_canonical(state_folder, failure).string();
  const std::string folder = join_path(cache_folder(), sha256(absolute).substr(0, 16));
  std::filesystem::create_directories(folder, failure);
  path_ = join_path(folder, "index.db");
  bool usable = open();
  if (!usable && damaged_) {
    begin_anew();
    usable = open();
  }
  const bool read_only = usable && sqlite3_db_readonly(database_, "main") == 1;
  if (usable && !read_only) return;
  trouble_ = "`" + path_ + "` cannot be " + (read_only ? "written" : "used: " + std::string(sqlite3_errmsg(database_)));
  if (!usable) close();
}

/// False where SQLite cannot work with it.
bool Index::open() {
  if (sqlite3_open_v2(path_.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX,
                      nullptr) != SQLITE_OK)
    return false;
  sqlite3_busy_timeout(database_, 5000);
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=NORMAL");
  // Another layout is no memo for this program.
  sqlite3_stmt* version = nullptr;
  if (sqlite3_prepare_v2(database_, "PRAGMA user_version", -1, &version, nullptr) == SQLITE_OK &&
      sqlite3_step(version) == SQLITE_ROW && sqlite3_column_int(version, 0) != kLayout) {
    for (const char* table : {"file", "output", "purchase", "memo", "run_time", "pixels"})
      run((std::string("DROP TABLE IF EXISTS ") + table).c_str());
    run(("PRAGMA user_version=" + std::to_string(kLayout)).c_str());
  }
  sqlite3_finalize(version);
  return run("CREATE TABLE IF NOT EXISTS file(path TEXT PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, ctime "
             "INTEGER, hash TEXT) WITHOUT ROWID") &&
         run("CREATE TABLE IF NOT EXISTS output(path TEXT PRIMARY KEY, hash TEXT, previous TEXT, inode INTEGER, size "
             "INTEGER, mtime INTEGER, ctime INTEGER, digest TEXT, parts TEXT) WITHOUT ROWID") &&
         run("CREATE TABLE IF NOT EXISTS memo(kind INTEGER, key TEXT, text TEXT, PRIMARY KEY(kind, key)) WITHOUT "
             "ROWID");
}

void Index::close() {
  for (sqlite3_stmt*& kept : statements_) {
    sqlite3_finalize(kept);
    kept = nullptr;
  }
  sqlite3_close(database_);
  database_ = nullptr;
}

/// A memo that is damaged is none: without it the next look makes a whole one.
void Index::begin_anew() {
  close();
  damaged_ = false;
  for (const char* end : {"", "-wal", "-shm"}) ::unlink((path_ + end).c_str());
}

Index::~Index() {
  if (damaged_)
    begin_anew();
  else
    close();
}

std::string Index::trouble() {
  std::lock_guard lock(mutex_);
  return damaged_ ? "`" + path_ + "` is damaged, and is begun anew by the next run" : trouble_;
}

int Index::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  damaged_ = damaged_ || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return code;
}

Index::Reading::Reading(Index& index) : index_(index) {
  index_.run("BEGIN");
}

Index::Reading::~Reading() {
  index_.run("COMMIT");
}

bool Index::run(const char* sql) {
  if (!database_) return false;
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  damaged_ = damaged_ || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return code == SQLITE_OK;
}

/// Ready for new values; null where there is no database.
sqlite3_stmt* Index::statement(Query query) {
  static constexpr const char* kSql[query_count] = {
      "SELECT inode, size, mtime, ctime, hash FROM file WHERE path=?",
      "INSERT OR REPLACE INTO file VALUES(?,?,?,?,?,?)",
      "SELECT hash, previous, inode, size, mtime, ctime, digest, parts FROM output WHERE path=?",
      "INSERT INTO output VALUES(?1, ?2, '', 0, 0, 0, 0, '', '') ON CONFLICT(path) DO UPDATE SET previous=hash, "
      "hash=?2, digest='', parts='' WHERE hash<>?2",
      "UPDATE output SET inode=?2, size=?3, mtime=?4, ctime=?5, digest=?6, parts=?7 WHERE path=?1",
      "SELECT text FROM memo WHERE kind=? AND key=?",
      "INSERT OR REPLACE INTO memo VALUES(?,?,?)",
      "DELETE FROM memo WHERE kind=? AND key=?",
      "SELECT text FROM memo WHERE kind=?",
  };
  sqlite3_stmt*& kept = statements_[query];
  if (!database_) return nullptr;
  if (!kept && sqlite3_prepare_v2(database_, kSql[query], -1, &kept, nullptr) != SQLITE_OK) return nullptr;
  sqlite3_reset(kept);
  return kept;
}

static void bind_text(sqlite3_stmt* statement, int place, const std::string& text) {
  sqlite3_bind_text(statement, place, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

static std::string column(sqlite3_stmt* statement, int place) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, place));
  return text ? text : "";
}

static std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// Without asking the system, which is slow for many files: the working directory stays what it is.
static std::string absolute_path(const std::string& path) {
  static const std::string here = [] {
    std::error_code failure;
    return std::filesystem::current_path(failure).string();
  }();
  std::string whole = path.starts_with('/') ? path : join_path(here, path);
  if (whole.find("/.") == std::string::npos && whole.find("//") == std::string::npos) return whole;
  return std::filesystem::path(whole).lexically_normal().string();
}

/// What tells one state of a file from another.
struct Index::Facts {
  std::string absolute;
  struct stat stat {};
  bool there = false;
  timespec looked{};  // when: before the content is read
  explicit Facts(const std::string& path) : absolute(absolute_path(path)) {
    clock_gettime(CLOCK_REALTIME, &looked);
    there = ::stat(path.c_str(), &stat) == 0;
  }
};

std::string Index::remembered(const Facts& facts) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(get_hash);
  if (!get || !facts.there) return "";
  bind_text(get, 1, facts.absolute);
  std::string known;
  if (step(get) == SQLITE_ROW && sqlite3_column_int64(get, 0) == static_cast<std::int64_t>(facts.stat.st_ino) &&
      sqlite3_column_int64(get, 1) == facts.stat.st_size &&
      sqlite3_column_int64(get, 2) == nanoseconds(facts.stat.st_mtim) &&
      sqlite3_column_int64(get, 3) == nanoseconds(facts.stat.st_ctim))
    known = column(get, 4);
  sqlite3_reset(get);
  return known;
}

std::string Index::known_hash(const std::string& path) {
  return remembered(Facts(path));
}

std::string Index::hash_of(const std::string& path) {
  const Facts facts(path);
  if (std::string known = remembered(facts); !known.empty()) return known;
  const std::string hash = sha256_file(path);
  if (!facts.there ||
      nanoseconds(facts.looked) - std::max(nanoseconds(facts.stat.st_mtim), nanoseconds(facts.stat.st_ctim)) <
          2'000'000'000LL)
    return hash;
  std::lock_guard lock(mutex_);
  if (sqlite3_stmt* put = statement(put_hash)) {
    bind_text(put, 1, facts.absolute);
    sqlite3_bind_int64(put, 2, static_cast<std::int64_t>(facts.stat.st_ino));
    sqlite3_bind_int64(put, 3, facts.stat.st_size);
    sqlite3_bind_int64(put, 4, nanoseconds(facts.stat.st_mtim));
    sqlite3_bind_int64(put, 5, nanoseconds(facts.stat.st_ctim));
    bind_text(put, 6, hash);
    step(put);
    sqlite3_reset(put);
  }
  return hash;
}

std::optional<Index::Output> Index::output(const std::string& path) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(get_output);
  if (!get) return std::nullopt;
  bind_text(get, 1, path);
  std::optional<Output> found;
  if (step(get) == SQLITE_ROW) {
    found = Output{column(get, 0), column(get, 1), column(get, 6), column(get, 7), false, false};
    struct stat now {};
    found->there = ::stat(path.c_str(), &now) == 0;
    found->untouched = found->there && sqlite3_column_int64(get, 2) == static_cast<std::int64_t>(now.st_ino) &&
                       sqlite3_column_int64(get, 3) == now.st_size &&
                       sqlite3_column_int64(get, 4) == nanoseconds(now.st_mtim) &&
                       sqlite3_column_int64(get, 5) == nanoseconds(now.st_ctim);
  }
  sqlite3_reset(get);
  return found;
}

void Index::will_write(const std::string& path, const std::string& hash) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* put = statement(put_output);
  if (!put) return;
  bind_text(put, 1, path);
  bind_text(put, 2, hash);
  step(put);
  sqlite3_reset(put);
}

void Index::wrote(const std::string& path, const std::string& digest, const std::string& parts) {
  struct stat now {};
  if (::stat(path.c_str(), &now) != 0) return;
  std::lock_guard lock(mutex_);
  sqlite3_stmt* put = statement(put_recipe);
  if (!put) return;
  bind_text(put, 1, path);
  sqlite3_bind_int64(put, 2, static_cast<std::int64_t>(now.st_ino));
  sqlite3_bind_int64(put, 3, now.st_size);
  sqlite3_bind_int64(put, 4, nanoseconds(now.st_mtim));
  sqlite3_bind_int64(put, 5, nanoseconds(now.st_ctim));
  bind_text(put, 6, digest);
  bind_text(put, 7, parts);
  step(put);
  sqlite3_reset(put);
}

std::optional<std::string> Index::memo(Kind kind, const std::string& key) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(get_memo);
  if (!get) return std::nullopt;
  sqlite3_bind_int(get, 1, static_cast<int>(kind));
  bind_text(get, 2, key);
  std::optional<std::string> found;
  if (step(get) == SQLITE_ROW) found = column(get, 0);
  sqlite3_reset(get);
  return found;
}

void Index::remember(Kind kind, const std::string& key, const std::string& text) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* put = statement(put_memo);
  if (!put) return;
  sqlite3_bind_int(put, 1, static_cast<int>(kind));
  bind_text(put, 2, key);
  bind_text(put, 3, text);
  step(put);
  sqlite3_reset(put);
}

std::optional<std::string> Index::purchase(const std::string& recipe) {
  return memo(Kind::purchase, recipe);
}

void Index::remember_purchase(const std::string& recipe, const std::string& key) {
  remember(Kind::purchase, recipe, key);
}

std::set<std::string> Index::purchases() {
  std::lock_guard lock(mutex_);
  std::set<std::string> keys;
  sqlite3_stmt* get = statement(get_memos);
  if (!get) return keys;
  sqlite3_bind_int(get, 1, static_cast<int>(Kind::purchase));
  while (step(get) == SQLITE_ROW) {
    std::istringstream text(column(get, 0));  // a node with `each` has several
    for (std::string key; text >> key;) keys.insert(key);
  }
  sqlite3_reset(get);
  return keys;
}

std::optional<std::string> Index::files_of(const std::string& recipe) {
  return memo(Kind::files, recipe);
}

void Index::remember_files(const std::string& recipe, const std::string& paths_as_json) {
  remember(Kind::files, recipe, paths_as_json);
}

void Index::forget_files(const std::string& recipe) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* drop = statement(drop_memo);
  if (!drop) return;
  sqlite3_bind_int(drop, 1, static_cast<int>(Kind::files));
  bind_text(drop, 2, recipe);
  step(drop);
  sqlite3_reset(drop);
}

std::optional<std::string> Index::meaning_of(const std::string& digest) {
  return memo(Kind::meaning, digest);
}

void Index::remember_meaning(const std::string& digest, const std::string& shared) {
  if (meaning_of(digest) != shared) remember(Kind::meaning, digest, shared);
}

std::optional<std::int64_t> Index::run_time(const std::string& what) {
  const auto found = memo(Kind::run_time, what);
  if (!found) return std::nullopt;
  return std::atoll(found->c_str());
}

void Index::remember_run_time(const std::string& what, std::int64_t ms) {
  remember(Kind::run_time, what, std::to_string(ms));
}

std::optional<std::string> Index::upload(const std::string& what) {
  return memo(Kind::upload, what);
}

void Index::remember_upload(const std::string& what, const std::string& text) {
  remember(Kind::upload, what, text);
}

std::optional<std::string> Index::pixels(const std::string& content) {
  return memo(Kind::pixels, content);
}

void Index::remember_pixels(const std::string& content, const std::string& pixels) {
  remember(Kind::pixels, content, pixels);
}

}  // namespace pixgraph
