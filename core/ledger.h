// Ledger: the truth about money. One file per purchase, <state>/ledger/ab/<key>.<n>.ndjson; the protocol is
// docs/manual.md, "How a prediction is bought once".
//
// The first line (`intent`) is put in place complete and durable before anything is sent; link() makes exactly one
// owner of it, in this process or any other. Later lines are appended and made durable one by one; a torn last line is
// ignored. Safe from many threads; many processes may share the folder. A write that fails throws Error E602
// (stops_run).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <pixgraph/remote.h>

#include "disk.h"
#include "money.h"

namespace pixgraph {

enum class PurchaseState : std::uint8_t {
  intent,      // the POST may or may not have happened
  created,     // it has an id; paid, or running
  succeeded,   // its files are in the store
  failed,      // the model failed; maybe paid in part
  canceled,    // canceled while running; maybe paid in part
  timed_out,   // our limit passed, cancel was asked for; maybe paid in part
  lost,        // the server does not know the id any more; paid
  expired,     // it succeeded, but the output is gone from the server; paid
  aborted,     // ended before it ran; not paid
  rejected,    // a 4xx: nothing was created
  not_sent,    // provably nothing reached the server, or the server said "slow down"
  maybe_paid,  // could not be found out; only a person decides
  released,    // a person agreed that it is bought again
  given_up,    // a person said that it is not bought again
};
std::string_view state_name(PurchaseState state);

/// True where the same request may be bought again without asking anyone: nothing was paid.
bool free_to_buy(PurchaseState state);

struct SavedFile {
  std::string url;  // as it stood in the answer; "" for a data: URI
  std::string hash, name, media_type;
  std::uint64_t size = 0;
};

struct Purchase {
  std::string key;
  int number = 0;   // n
  int attempt = 1;  // of the tries that the node's `retry:` allows; what was not paid does not count
  PurchaseState state = PurchaseState::intent;
  std::string server, lane, id, owner, boot_id;
  std::int64_t boottime_ms = 0;  // of the intent, by CLOCK_BOOTTIME
  std::string wall;              // of the intent, ISO 8601 UTC
  std::vector<std::string> upload_ids;
  nlohmann::json input;   // canonical
  nlohmann::json sent;    // as it went to the server, see reconcile.h
  nlohmann::json answer;  // of the terminal line
  std::vector<SavedFile> files;
  std::optional<NanoUsd> price;  // that was reserved for it, where it was known
  std::optional<NanoUsd> cost;   // that it had, where it is known
  std::string error;
  bool torn = false;  // the file ends within a line, which never counts: what is appended begins on a new one
};

/// Where the ledger of a state directory is: stand-ins have one of their own, which real runs never see.
std::string ledger_folder(const std::string& state, bool sandbox);

/// Canonical form of a request's input: files by their keys, 7.0 as 7, object keys sorted, nulls of objects left out.
nlohmann::json canonical_input(const Request& request);
/// The key of a purchase: SHA-256 over the server's name, the lane, the canonical input and the variant.
std::string purchase_key(const std::string& server_name, const Request& request);

class Ledger {
 public:
  /// `folder` is <state>/ledger (a sandbox has one of its own). Nothing is written before the first claim, which takes
  /// a lock that tells other processes we live.
  Ledger(Disk& disk, std::string folder);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// The purchase with the highest number; nullopt where there never was one.
  std::optional<Purchase> latest(const std::string& key) const;
  /// REQUIRES: there is one of that number.
  Purchase purchase(const std::string& key, int number) const;
  /// What the same purchase asks for: all but how it ended. Parses one line, however long the answer was.
  std::optional<Purchase> asked(const std::string& key) const;
  /// Claims purchase `number` of the key. nullopt where somebody else has claimed it.
  std::optional<Purchase> claim(const std::string& key, int number, const Request& request, int attempt = 1,
                                std::optional<NanoUsd> price = {});
  /// Throws Error E521 where our intent is older than 60 s by the clock that counts sleep: a process that was frozen
  /// must not post. Asked just before the POST.
  void check_fresh(const Purchase& purchase) const;
  void created(Purchase& purchase, const std::string& id);
  /// Ends it as succeeded; the files' bytes are durable in the store already.
  void succeeded(Purchase& purchase, const nlohmann::json& answer, std::vector<SavedFile> files,
                 std::optional<NanoUsd> cost = {});
  /// Ends it any other way. `answer` may be null.
  void ended(Purchase& purchase, PurchaseState state, const std::string& error, const nlohmann::json& answer,
             std::optional<NanoUsd> cost = {});
  /// The keys of all purchases, told by the names of their files.
  std::set<std::string> keys() const;
  /// Every purchase, by time. Entries that cannot be read are left out and told in `unreadable`; without it Error E522
  /// is thrown.
  std::vector<Purchase> all(std::vector<Error>* unreadable = nullptr) const;
  /// Those that are created and have not ended, by server as it stands in them, and key. Leaves out what cannot be
  /// read.
  std::map<std::string, std::map<std::string, Purchase>> running() const;
  /// Every purchase of the key, each as the lines of its file.
  std::vector<std::vector<nlohmann::json>> history(const std::string& key) const;
  /// Every prediction id that any entry of this ledger names. Reads the whole ledger.
  std::set<std::string> all_ids() const;
  /// Whether this very object wrote the intent.
  bool is_ours(const Purchase& purchase) const { return purchase.owner == owner(); }
  /// Whether the process that wrote the intent is known to be gone: same boot and its lock is free, or another boot or
  /// host and older than 10 minutes. One more than 10 minutes in the future tells only that a clock was wrong: nobody
  /// waits for its time to come.
  bool owner_gone(const Purchase& purchase) const;
  /// How long ago the intent was written, by the clock that only counts; nullopt for one of another boot.
  std::optional<std::chrono::milliseconds> age(const Purchase& purchase) const;

 private:
  std::string path_of(const std::string& key, int number) const;
  int last_number(const std::string& key) const;
  Purchase read_purchase(const std::string& key, int number, std::string_view text) const;
  void append(Purchase& purchase, const nlohmann::json& line);
  void become_owner();
  std::string owner() const;

  Disk& disk_;
  std::string folder_, boot_id_;
  DurableFolders folders_;
  mutable std::mutex owner_mutex_;
  std::string owner_;
  std::unique_ptr<Disk::Lock> alive_;
};

}  // namespace pixgraph
