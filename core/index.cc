#include "index.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "disk.h"
#include "hash.h"

namespace pixgraph {

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
  if (sqlite3_open_v2(join_path(folder, "index.db").c_str(), &database_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr) != SQLITE_OK) {
    sqlite3_close(database_);
    database_ = nullptr;
    return;
  }
  sqlite3_busy_timeout(database_, 5000);
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=NORMAL");
  run("CREATE TABLE IF NOT EXISTS file(path TEXT PRIMARY KEY, inode INTEGER, size INTEGER, mtime INTEGER, ctime "
      "INTEGER, hash TEXT) WITHOUT ROWID");
  run("CREATE TABLE IF NOT EXISTS output(path TEXT PRIMARY KEY, hash TEXT, previous TEXT) WITHOUT ROWID");
  run("CREATE TABLE IF NOT EXISTS purchase(recipe TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID");
  run("CREATE TABLE IF NOT EXISTS run_time(what TEXT PRIMARY KEY, ms INTEGER) WITHOUT ROWID");
  run("CREATE TABLE IF NOT EXISTS pixels(content TEXT PRIMARY KEY, pixels TEXT) WITHOUT ROWID");
}

Index::~Index() {
  for (sqlite3_stmt* kept : {get_hash_, put_hash_, get_output_, put_output_, get_purchase_, put_purchase_,
                             get_run_time_, put_run_time_, get_pixels_, put_pixels_})
    sqlite3_finalize(kept);
  sqlite3_close(database_);
}

bool Index::run(const char* sql) {
  return database_ && sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

/// Ready for new values; null where there is no database.
sqlite3_stmt* Index::statement(sqlite3_stmt*& kept, const char* sql) {
  if (!database_) return nullptr;
  if (!kept && sqlite3_prepare_v2(database_, sql, -1, &kept, nullptr) != SQLITE_OK) return nullptr;
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

/// What tells one state of a file from another.
struct Index::Facts {
  std::string absolute;
  struct stat stat {};
  bool there = false;
  timespec looked{};  // when: before the content is read
  explicit Facts(const std::string& path) {
    std::error_code failure;
    absolute = std::filesystem::absolute(path, failure).lexically_normal().string();
    clock_gettime(CLOCK_REALTIME, &looked);
    there = ::stat(path.c_str(), &stat) == 0;
  }
};

std::string Index::remembered(const Facts& facts) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(get_hash_, "SELECT inode, size, mtime, ctime, hash FROM file WHERE path=?");
  if (!get || !facts.there) return "";
  bind_text(get, 1, facts.absolute);
  std::string known;
  if (sqlite3_step(get) == SQLITE_ROW && sqlite3_column_int64(get, 0) == static_cast<std::int64_t>(facts.stat.st_ino) &&
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
  if (sqlite3_stmt* put = statement(put_hash_, "INSERT OR REPLACE INTO file VALUES(?,?,?,?,?,?)")) {
    bind_text(put, 1, facts.absolute);
    sqlite3_bind_int64(put, 2, static_cast<std::int64_t>(facts.stat.st_ino));
    sqlite3_bind_int64(put, 3, facts.stat.st_size);
    sqlite3_bind_int64(put, 4, nanoseconds(facts.stat.st_mtim));
    sqlite3_bind_int64(put, 5, nanoseconds(facts.stat.st_ctim));
    bind_text(put, 6, hash);
    sqlite3_step(put);
    sqlite3_reset(put);
  }
  return hash;
}

std::optional<Index::Output> Index::output(const std::string& path) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(get_output_, "SELECT hash, previous FROM output WHERE path=?");
  if (!get) return std::nullopt;
  bind_text(get, 1, path);
  std::optional<Output> found;
  if (sqlite3_step(get) == SQLITE_ROW) found = Output{column(get, 0), column(get, 1)};
  sqlite3_reset(get);
  return found;
}

void Index::will_write(const std::string& path, const std::string& hash) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* put = statement(
      put_output_,
      "INSERT INTO output VALUES(?1, ?2, '') ON CONFLICT(path) DO UPDATE SET previous=hash, hash=?2 WHERE hash<>?2");
  if (!put) return;
  bind_text(put, 1, path);
  bind_text(put, 2, hash);
  sqlite3_step(put);
  sqlite3_reset(put);
}

std::optional<std::string> Index::look_up(sqlite3_stmt*& kept, const char* sql, const std::string& key) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* get = statement(kept, sql);
  if (!get) return std::nullopt;
  bind_text(get, 1, key);
  std::optional<std::string> found;
  if (sqlite3_step(get) == SQLITE_ROW) found = column(get, 0);
  sqlite3_reset(get);
  return found;
}

void Index::put(sqlite3_stmt*& kept, const char* sql, const std::string& key, const std::string& value) {
  std::lock_guard lock(mutex_);
  sqlite3_stmt* put = statement(kept, sql);
  if (!put) return;
  bind_text(put, 1, key);
  bind_text(put, 2, value);
  sqlite3_step(put);
  sqlite3_reset(put);
}

std::optional<std::string> Index::purchase(const std::string& recipe) {
  return look_up(get_purchase_, "SELECT key FROM purchase WHERE recipe=?", recipe);
}

void Index::remember_purchase(const std::string& recipe, const std::string& key) {
  put(put_purchase_, "INSERT OR REPLACE INTO purchase VALUES(?,?)", recipe, key);
}

std::optional<std::int64_t> Index::run_time(const std::string& what) {
  const auto found = look_up(get_run_time_, "SELECT ms FROM run_time WHERE what=?", what);
  return found ? std::optional<std::int64_t>(std::atoll(found->c_str())) : std::nullopt;
}

void Index::remember_run_time(const std::string& what, std::int64_t ms) {
  put(put_run_time_, "INSERT OR REPLACE INTO run_time VALUES(?,?)", what, std::to_string(ms));
}

std::optional<std::string> Index::pixels(const std::string& content) {
  return look_up(get_pixels_, "SELECT pixels FROM pixels WHERE content=?", content);
}

void Index::remember_pixels(const std::string& content, const std::string& pixels) {
  put(put_pixels_, "INSERT OR REPLACE INTO pixels VALUES(?,?)", content, pixels);
}

}  // namespace pixgraph
