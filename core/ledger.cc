#include "ledger.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "clock.h"
#include "hash.h"
#include "reconcile.h"

namespace pixgraph {

using nlohmann::json;

static constexpr std::array<std::string_view, 14> kStateNames = {
    "intent",  "created", "succeeded", "failed",   "canceled",   "timed-out", "lost",
    "expired", "aborted", "rejected",  "not-sent", "maybe-paid", "released",  "given-up"};

std::string_view state_name(PurchaseState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

static std::optional<PurchaseState> state_of(std::string_view name) {
  for (std::size_t i = 0; i < kStateNames.size(); ++i)
    if (kStateNames[i] == name) return static_cast<PurchaseState>(i);
  return std::nullopt;
}

std::string ledger_folder(const std::string& state, bool sandbox) {
  return join_path(state, sandbox ? "sandbox-ledger" : "ledger");
}

bool free_to_buy(PurchaseState state) {
  return state == PurchaseState::released || state == PurchaseState::aborted || state == PurchaseState::rejected ||
         state == PurchaseState::not_sent;
}

static json canonical(const json& value, const Request& request) {
  if (value.is_object()) {
    if (const auto file = value.find("$file"); file != value.end() && value.size() == 1 && file->is_number_integer()) {
      const auto index = file->get<std::int64_t>();
      if (index < 0 || index >= static_cast<std::int64_t>(request.files.size()))
        throw Error("E991", "the request names file " + std::to_string(index) + ", which it does not have");
      return {{"$file", request.files[static_cast<std::size_t>(index)].key}};
    }
    json object = json::object();
    for (const auto& [name, inner] : value.items())
      if (!inner.is_null()) object[name] = canonical(inner, request);
    return object;
  }
  if (value.is_array()) {
    json list = json::array();
    for (const json& inner : value) list.push_back(canonical(inner, request));
    return list;
  }
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  }
  return value;
}

json canonical_input(const Request& request) {
  return canonical(*request.input, request);
}

std::string purchase_key(const std::string& server_name, const Request& request) {
  const json whole = {{"format", 1},
                      {"server", server_name},
                      {"lane", request.lane},
                      {"input", canonical_input(request)},
                      {"variant", request.variant}};
  try {
    return sha256(whole.dump());
  } catch (const json::type_error&) {
    throw Error("E110", "the request holds text that is not UTF-8",
                "a file name or a value of the manifest is in another encoding");
  }
}

static std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

Ledger::Ledger(Disk& disk, std::string folder)
    : disk_(disk), folder_(std::move(folder)), boot_id_(boot_id()), folders_(disk) {}

/// Tells other processes that we live, before the first of our purchases names us.
void Ledger::become_owner() {
  std::lock_guard lock(owner_mutex_);
  if (alive_) return;
  const std::string owners = join_path(folder_, "owners");
  folders_.make(folder_);
  folders_.make(owners);
  for (const std::string& name : disk_.list(owners))  // those of processes that are gone
    if (auto gone = disk_.lock(join_path(owners, name))) disk_.remove(join_path(owners, name));
  std::unique_ptr<Disk::Lock> alive;
  std::string owner;
  do {  // another process that tidies up may hold a lock on our new file for a moment: then take another name
    owner = random_hex(8);
    alive = disk_.lock(join_path(owners, owner));
  } while (!alive);
  owner_ = std::move(owner);
  alive_ = std::move(alive);
}

std::string Ledger::owner() const {
  std::lock_guard lock(owner_mutex_);
  return owner_;
}

Ledger::~Ledger() {
  if (!alive_) return;
  try {
    disk_.remove(join_path(join_path(folder_, "owners"), owner_));
  } catch (const Error&) {  // the next one that starts tidies up
  }
}

std::string Ledger::path_of(const std::string& key, int number) const {
  return join_path(join_path(folder_, key.substr(0, 2)), key + "." + std::to_string(number) + ".ndjson");
}

/// A sum of money stands as text, digit by digit.
static std::optional<NanoUsd> read_usd(const json& line, const char* name) {
  const auto text = line.find(name);
  return text != line.end() && text->is_string() ? parse_usd(text->get_ref<const std::string&>()) : std::nullopt;
}

static void read_line(Purchase& purchase, const json& line) {
  const auto state = state_of(line.value("state", ""));
  if (!state) return;  // a newer version's line: what it says beyond the state table does not change what was paid
  purchase.state = *state;
  purchase.error = line.value("error", "");
  if (line.contains("id")) purchase.id = line["id"].get<std::string>();
  if (line.contains("answer")) purchase.answer = line["answer"];
  if (line.contains("cost")) purchase.cost = read_usd(line, "cost");
  if (*state == PurchaseState::intent) {
    purchase.server = line.value("server", "");
    purchase.lane = line.value("lane", "");
    purchase.attempt = line.value("attempt", 1);
    purchase.price = read_usd(line, "price");
    purchase.owner = line.value("owner", "");
    purchase.boot_id = line.value("boot", "");
    purchase.boottime_ms = line.value("boottime_ms", std::int64_t{0});
    purchase.wall = line.value("wall", "");
    purchase.input = line.value("input", json::object());
    purchase.sent = line.value("sent", json::object());
    purchase.upload_ids = line.value("uploads", std::vector<std::string>{});
  }
  if (*state == PurchaseState::succeeded) {
    purchase.files.clear();
    for (const json& file : line.value("files", json::array()))
      purchase.files.push_back({file.value("url", ""), file.value("hash", ""), file.value("name", ""),
                                file.value("media_type", ""), file.value("size", std::uint64_t{0})});
  }
}

int Ledger::last_number(const std::string& key) const {
  int number = 0;
  while (disk_.exists(path_of(key, number + 1))) ++number;
  return number;
}

std::optional<Purchase> Ledger::latest(const std::string& key) const {
  const int number = last_number(key);
  if (number == 0) return std::nullopt;
  return purchase(key, number);
}

Purchase Ledger::purchase(const std::string& key, int number) const {
  return read_purchase(key, number, disk_.read(path_of(key, number)).value_or(""));
}

std::optional<Purchase> Ledger::asked(const std::string& key) const {
  const int number = last_number(key);
  if (number == 0) return std::nullopt;
  const std::string text = disk_.read(path_of(key, number)).value_or("");
  return read_purchase(key, number, std::string_view(text).substr(0, text.find('\n') + 1));
}

Purchase Ledger::read_purchase(const std::string& key, int number, std::string_view text) const {
  Purchase purchase;
  purchase.key = key;
  purchase.number = number;
  bool first = true;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string::npos) {  // that state was never reached
      purchase.torn = true;
      break;
    }
    const json line = json::parse(text.substr(start, end - start), nullptr, false);
    start = end + 1;
    if (!line.is_object()) continue;
    try {
      Purchase next = purchase;
      read_line(next, line);
      purchase = std::move(next);
      first = false;
    } catch (const json::exception&) {  // a damaged line: the state before it holds, which never makes a second
                                        // purchase free
    }
  }
  if (first)
    throw Error("E522", "`" + path_of(key, number) + "` is not a ledger entry that can be read",
                "it says what was paid for: restore it from a backup, or remove it if nothing was")
        .stopping_run();
  return purchase;
}

std::optional<Purchase> Ledger::claim(const std::string& key, int number, const Request& request, int attempt,
                                      std::optional<NanoUsd> price) {
  become_owner();
  Purchase purchase;
  purchase.price = price;
  purchase.attempt = attempt;
  purchase.key = key;
  purchase.number = number;
  purchase.server = request.server;
  purchase.lane = request.lane;
  purchase.owner = owner();
  purchase.boot_id = boot_id_;
  purchase.boottime_ms = boottime_ms();
  purchase.wall = iso_time(std::chrono::system_clock::now());
  purchase.input = canonical_input(request);
  purchase.sent = sent_input(request);
  for (const RequestFile& file : request.files)
    if (!file.upload_id.empty()) purchase.upload_ids.push_back(file.upload_id);
  json line = {{"state", "intent"},
               {"format", 1},
               {"key", key},
               {"server", request.server},
               {"lane", request.lane},
               {"input", purchase.input},
               {"variant", request.variant},
               {"attempt", attempt},
               {"wall", purchase.wall},
               {"boot", boot_id_},
               {"boottime_ms", purchase.boottime_ms},
               {"owner", purchase.owner},
               {"uploads", purchase.upload_ids},
               {"sent", purchase.sent}};
  if (price) line["price"] = show_usd(*price);
  const std::string path = path_of(key, number);
  folders_.make(folder_of(path));
  if (!place_new(disk_, path, line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n")) return std::nullopt;
  return purchase;
}

void Ledger::check_fresh(const Purchase& purchase) const {
  if (boottime_ms() - purchase.boottime_ms > 60'000)
    throw Error("E521", "the intent of this purchase is older than 60 s, so it was not sent",
                "the process was frozen for a while; run again");
}

void Ledger::append(Purchase& purchase, const json& line) {
  const std::string path = path_of(purchase.key, purchase.number);
  const std::string text =
      (purchase.torn ? "\n" : "") + line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  purchase.torn = true;  // until all of it is there
  disk_.append_synced(path, text);
  purchase.torn = false;
}

void Ledger::created(Purchase& purchase, const std::string& id) {
  append(purchase, {{"state", "created"}, {"id", id}, {"wall", iso_time(std::chrono::system_clock::now())}});
  purchase.state = PurchaseState::created;
  purchase.id = id;
}

void Ledger::succeeded(Purchase& purchase, const json& answer, std::vector<SavedFile> files,
                       std::optional<NanoUsd> cost) {
  json saved = json::array();
  for (const SavedFile& file : files)
    saved.push_back({{"url", file.url},
                     {"hash", file.hash},
                     {"name", file.name},
                     {"media_type", file.media_type},
                     {"size", file.size}});
  json line = {{"state", "succeeded"},
               {"wall", iso_time(std::chrono::system_clock::now())},
               {"answer", answer},
               {"files", saved}};
  if (cost) line["cost"] = show_usd(*cost);
  append(purchase, line);
  purchase.cost = cost;
  purchase.state = PurchaseState::succeeded;
  purchase.answer = answer;
  purchase.files = std::move(files);
}

void Ledger::ended(Purchase& purchase, PurchaseState state, const std::string& error, const json& answer,
                   std::optional<NanoUsd> cost) {
  json line = {{"state", state_name(state)}, {"wall", iso_time(std::chrono::system_clock::now())}, {"error", error}};
  if (!answer.is_null()) line["answer"] = answer;
  if (cost) line["cost"] = show_usd(*cost);
  append(purchase, line);
  purchase.cost = cost;
  purchase.state = state;
  purchase.error = error;
}

std::set<std::string> Ledger::keys() const {
  std::set<std::string> keys;
  for (const std::string& folder : disk_.list(folder_)) {
    if (folder.size() != 2) continue;
    for (const std::string& name : disk_.list(join_path(folder_, folder)))
      if (name.ends_with(".ndjson") && name.find('.') == 64) keys.insert(name.substr(0, 64));
  }
  return keys;
}

std::vector<Purchase> Ledger::all(std::vector<Error>* unreadable) const {
  std::vector<Purchase> all;
  for (const std::string& key : keys())
    for (int number = 1, last = last_number(key); number <= last; ++number) try {
        all.push_back(purchase(key, number));
      } catch (const Error& error) {
        if (!unreadable) throw;
        unreadable->push_back(error);
      }
  std::stable_sort(all.begin(), all.end(), [](const Purchase& a, const Purchase& b) { return a.wall < b.wall; });
  return all;
}

std::map<std::string, std::map<std::string, Purchase>> Ledger::running() const {
  std::map<std::string, std::map<std::string, Purchase>> running;
  for (const std::string& key : keys()) {
    const int number = last_number(key);
    const std::string text = disk_.read(path_of(key, number)).value_or("");
    // Most have ended, with an answer that need not be parsed.
    if (text.size() < 2 || text.find("\"created\"", text.rfind('\n', text.size() - 2) + 1) == std::string::npos)
      continue;
    try {
      Purchase one = read_purchase(key, number, text);
      if (one.state == PurchaseState::created) running[one.server].emplace(key, std::move(one));
    } catch (const Error&) {  // it stops whoever asks for it itself
    }
  }
  return running;
}

std::vector<std::vector<json>> Ledger::history(const std::string& key) const {
  std::vector<std::vector<json>> purchases;
  for (int number = 1; disk_.exists(path_of(key, number)); ++number) {
    const std::string text = disk_.read(path_of(key, number)).value_or("");
    std::vector<json>& lines = purchases.emplace_back();
    for (std::size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos; start = end + 1)
      if (json line = json::parse(std::string_view(text).substr(start, end - start), nullptr, false); line.is_object())
        lines.push_back(std::move(line));
  }
  return purchases;
}

std::set<std::string> Ledger::all_ids() const {
  std::set<std::string> ids;
  for (const std::string& folder : disk_.list(folder_)) {
    if (folder.size() != 2) continue;
    for (const std::string& name : disk_.list(join_path(folder_, folder))) {
      const std::string text = disk_.read(join_path(join_path(folder_, folder), name)).value_or("");
      for (std::size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
        const std::string_view line(text.data() + start, end - start);
        if (line.find("\"id\"") == std::string_view::npos) continue;
        const json read = json::parse(line, nullptr, false);
        if (read.is_object() && read.contains("id") && read["id"].is_string())
          ids.insert(read["id"].get<std::string>());
      }
    }
  }
  return ids;
}

std::optional<std::chrono::milliseconds> Ledger::age(const Purchase& purchase) const {
  if (purchase.boot_id != boot_id_) return std::nullopt;
  return std::chrono::milliseconds(std::max<std::int64_t>(0, boottime_ms() - purchase.boottime_ms));
}

bool Ledger::owner_gone(const Purchase& purchase) const {
  if (purchase.boot_id == boot_id_) {
    if (purchase.owner == owner()) return false;
    const std::string path = join_path(join_path(folder_, "owners"), purchase.owner);
    return !disk_.exists(path) || disk_.lock(path) != nullptr;
  }
  const auto wall = parse_iso_time(purchase.wall);
  return !wall || std::chrono::abs(std::chrono::system_clock::now() - *wall) > std::chrono::minutes(10);
}

}  // namespace pixgraph
