#include "report.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <unordered_map>
#include <vector>

#include <pixgraph/error.h>

#include "disk.h"
#include "hash.h"
#include "html.h"
#include "http_url.h"
#include "ledger.h"
#include "report_data.h"
#include "report_page.h"
#include "run_record.h"

namespace pixgraph {

using nlohmann::json;
namespace fs = std::filesystem;

static constexpr std::size_t kThumbsPerScript = 128;
static constexpr std::size_t kMostAsked = 20'000;  // predictions whose input is looked up in the ledger
static constexpr std::size_t kLongestValue = 200;

namespace {

/// Makes what is missing, on all processors, until the time is over.
void make_missing(const ReportPictures& pictures, Thumbnails& thumbnails, std::chrono::milliseconds time) {
  std::unordered_map<std::string, const std::string*> missing;
  for (const auto& of_item : pictures.of_item)
    for (const auto& one : of_item)
      if (!one.path.empty() && !one.hash.empty() && !missing.contains(one.hash) && !thumbnails.has(one.hash))
        missing.emplace(one.hash, &one.path);
  if (missing.empty() || time.count() <= 0) return;
  const std::vector<std::pair<std::string, const std::string*>> work(missing.begin(), missing.end());
  const auto until = std::chrono::steady_clock::now() + time;
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back([&] {
      for (std::size_t at; (at = next++) < work.size() && std::chrono::steady_clock::now() < until;)
        thumbnails.add_file(work[at].first, *work[at].second);
    });
}

/// Numbers every thumbnail that is there; gives the bytes of all.
std::uint64_t number_thumbnails(ReportPictures& pictures, const Thumbnails& thumbnails) {
  std::unordered_map<std::string, int> numbers;
  std::uint64_t bytes = 0;
  for (auto& of_item : pictures.of_item)
    for (auto& one : of_item) {
      if (one.hash.empty()) continue;
      const auto [place, is_new] = numbers.emplace(one.hash, -1);
      if (is_new) {
        std::error_code failure;
        const auto size = fs::file_size(thumbnails.path_of(one.hash), failure);
        if (!failure && size > 0) {
          place->second = static_cast<int>(pictures.thumbs.size());
          pictures.thumbs.push_back(one.hash);
          bytes += size;
        }
      }
      one.thumb = place->second;
    }
  return bytes;
}

/// "data:image/jpeg;base64,...", "" for what no browser shows.
std::string data_url(const std::optional<std::string>& bytes) {
  if (!bytes) return "";
  const std::string_view kind = shown_by_browsers(*bytes);
  if (kind.empty()) return "";
  return "data:image/" + std::string(kind == "jpg" ? "jpeg" : kind) + ";base64," + base64(*bytes);
}

/// Puts the thumbnails beside the page, as links where the file system has them. Their names, by number; "" for one
/// that cannot be had.
std::vector<std::string> put_beside(const std::string& folder, const ReportPictures& pictures,
                                    const Thumbnails& thumbnails) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  std::vector<std::string> names;
  std::string last;
  for (std::size_t i = 0; i < pictures.thumbs.size(); ++i) {
    const std::string& hash = pictures.thumbs[i];
    char head[16] = {};
    std::ifstream(thumbnails.path_of(hash), std::ios::binary).read(head, sizeof head);
    const std::string_view kind = shown_by_browsers({head, sizeof head});
    names.emplace_back();
    if (kind.empty()) continue;
    const std::string part = std::to_string(i / 1000),
                      name = part + "/" + std::to_string(i % 1000) + "." + std::string(kind);
    if (part != last) fs::create_directories(join_path(folder, part), ignored);
    last = part;
    std::error_code failure;
    fs::create_hard_link(thumbnails.path_of(hash), join_path(folder, name), failure);
    if (failure)
      fs::copy_file(thumbnails.path_of(hash), join_path(folder, name), fs::copy_options::overwrite_existing, failure);
    if (!failure) names.back() = name;
  }
  return names;
}

/// A prediction's input as lines of text. Files are named by their hashes in it, which say little: they are left to the
/// chain of pictures.
std::string asked(const json& input) {
  std::string out;
  if (!input.is_object()) return out;
  for (const auto& [name, value] : input.items()) {
    std::string text =
        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (value.is_object() && value.contains("$file")) text = "(file)";
    if (text.size() > kLongestValue) text = text.substr(0, kLongestValue) + "…";
    out += (out.empty() ? "" : "\n") + name + ": " + text;
  }
  return out;
}

struct Asked {
  std::vector<std::string> inputs;  // by prediction
  std::vector<std::string> models;
};

Asked ask_ledger(const RunRecord& record, const std::string& state) {
  Asked out;
  Disk& disk = real_disk();
  const Ledger ledger(disk, join_path(state, record.sandbox.empty() ? "ledger" : "sandbox-ledger"));
  std::map<std::string, std::pair<int, std::set<std::string>>> models;
  for (std::size_t i = 0; i < record.predictions.size(); ++i) {
    const PredictionRecord& one = record.predictions[i];
    out.inputs.emplace_back();
    auto& model = models[one.model.empty() ? "(reused)" : one.model];
    ++model.first;
    if (one.key.empty() || i >= kMostAsked) continue;
    try {
      if (const auto purchase = ledger.asked(one.key)) {
        out.inputs.back() = asked(purchase->input);
        if (purchase->input.is_object() && purchase->input.contains("seed") && model.second.size() < 6)
          model.second.insert(purchase->input["seed"].dump());
      }
    } catch (const Error&) {  // an unreadable purchase says nothing here
    }
  }
  for (const auto& [name, of] : models) {
    if (name == "(reused)") continue;
    std::string line = name + "  " + with_commas(of.first) + (of.first == 1 ? " prediction" : " predictions");
    if (!of.second.empty()) {
      line += of.second.size() == 1 ? ", seed" : ", seeds";
      for (const std::string& seed : of.second) line += " " + seed;
      if (of.second.size() >= 6) line += " …";
    }
    out.models.push_back(std::move(line));
  }
  return out;
}

/// A file that is there when it is whole.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path), temp_(path + "." + random_hex(4)), out_(temp_, std::ios::binary) {}
  ~NewFile() {
    std::error_code ignored;
    if (!placed_) fs::remove(temp_, ignored);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void add(std::string_view text) { out_.write(text.data(), static_cast<std::streamsize>(text.size())); }
  void place() {
    out_.close();
    std::error_code failure;
    if (out_) fs::rename(temp_, path_, failure);
    if (!out_ || failure)
      throw Error("E602", "`" + path_ + "` cannot be written" + (failure ? ": " + failure.message() : ""));
    placed_ = true;
  }

 private:
  const std::string path_, temp_;
  std::ofstream out_;
  bool placed_ = false;
};

}  // namespace

std::string pictures_beside(const std::string& path) {
  return path.substr(0, path.ends_with(".html") ? path.size() - 5 : path.size()) + ".files";
}

void write_report(const std::string& state, const std::string& id, const std::string& path, Thumbnails& thumbnails,
                  const ReportOptions& options) {
  RunRecord record = read_run(join_path(join_path(join_path(state, "runs"), id), "events.ndjson"));
  ReportPictures pictures = pictures_of(record);
  make_missing(pictures, thumbnails, options.thumbnail_time);
  const std::uint64_t bytes = number_thumbnails(pictures, thumbnails);
  const bool inside = bytes <= options.most_inside;
  const std::string folder = folder_of(fs::absolute(path).string());
  const std::string beside = pictures_beside(path);
  const std::string beside_url = percent_encoded(beside.substr(beside.rfind('/') + 1));
  std::vector<std::string> names;
  if (!inside) names = put_beside(beside, pictures, thumbnails);

  const auto source = [&](int thumb) -> std::string {
    if (thumb < 0) return "";
    if (inside) return data_url(thumbnails.read(pictures.thumbs[thumb]));
    return names[thumb].empty() ? "" : beside_url + "/" + names[thumb];
  };
  const Asked bought = ask_ledger(record, state);
  const PageParts parts{record, pictures, bought.models, folder, random_hex(16), source};
  NewFile page(path);
  page.add(page_begin(parts));
  json data = report_data(record, pictures, bought.inputs, folder);
  if (inside)
    data["thumbs"] = {{"inside", pictures.thumbs.size()}, {"each", kThumbsPerScript}};
  else
    data["thumbs"] = {{"beside", beside_url + "/"}, {"names", names}};
  page.add("<script type=\"application/json\" id=\"data\">" + script_json(data) + "</script>\n");
  for (std::size_t begin = 0; inside && begin < pictures.thumbs.size(); begin += kThumbsPerScript) {
    json urls = json::array();
    for (std::size_t i = begin; i < pictures.thumbs.size() && i < begin + kThumbsPerScript; ++i)
      urls.push_back(data_url(thumbnails.read(pictures.thumbs[i])));
    page.add("<script type=\"application/json\" id=\"thumbs-" + std::to_string(begin / kThumbsPerScript) + "\">" +
             script_json(urls) + "</script>\n");
  }
  page.add(page_end(parts));
  page.place();
}

std::string find_run(const std::string& state, const std::string& name) {
  const std::string runs = join_path(state, "runs");
  const std::vector<std::string> ids = real_disk().list(runs);
  const auto has_events = [&](const std::string& id) {
    return real_disk().exists(join_path(join_path(runs, id), "events.ndjson"));
  };
  std::vector<std::string> meant;
  std::string last;
  for (const std::string& id : ids) {
    if (!has_events(id)) continue;
    last = id;
    if (name == "last" || id.starts_with(name)) meant.push_back(id);
  }
  if (name == "last" && !meant.empty()) return meant.back();
  if (meant.size() == 1) return meant.front();
  if (meant.size() > 1)
    throw Error("E806", "`" + name + "` begins the ids of " + std::to_string(meant.size()) + " runs",
                "write more of it, or last");
  throw Error("E806", name == "last" ? "there is no run in " + runs : "there is no run `" + name + "` in " + runs,
              last.empty() ? "" : "the last one is " + last);
}

}  // namespace pixgraph
