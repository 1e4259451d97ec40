#include "saver.h"

#include <algorithm>
#include <utility>

#include "data_uri.h"

namespace pixgraph {

static constexpr int kUrgencyDownload = 1;
static constexpr int kDownloadTries = 5;
static constexpr std::size_t kShortText = 4096;  // what begins like a data: URI and is no file stays as it is

std::string origin_name(const Purchase& purchase) {
  return purchase.number > 1 ? purchase.key + "." + std::to_string(purchase.number) : purchase.key;
}

FilePtr saved_output(const Store& store, const std::string& origin_name, int index, const SavedFile& record) {
  auto file = std::make_shared<File>(*store.file(record.hash, record.size, record.name, record.media_type));
  file->origin = origin_name + "#" + std::to_string(index);
  file->source_url = record.url.empty() ? "pixgraph-store:" + record.hash : record.url;
  return file;
}

Saver::Saver(Executor& executor, Store& store, Host& host, std::string purchase_key, Source source)
    : executor_(executor),
      store_(store),
      host_(host),
      purchase_key_(std::move(purchase_key)),
      source_(std::move(source)),
      files_(source_.urls.size()),
      asked_(source_.urls.size(), 0) {}

void Saver::start(Priority priority, std::function<void(std::optional<Error>)> done) {
  priority_ = {kUrgencyDownload, priority.item, priority.depth};
  done_ = std::move(done);
  left_ = source_.urls.size();
  // Also with nothing to fetch `done` comes from a worker: the caller holds its own lock now.
  if (left_ == 0)
    return executor_.post(Workers::download, priority_, [self = shared_from_this()] { self->finish(std::nullopt); });
  for (std::size_t i = 0; i < source_.urls.size(); ++i)
    executor_.post(Workers::download, priority_, [self = shared_from_this(), i] { self->fetch(i, 1); });
}

static bool worth_again(int status) {
  return status == 408 || status == 429 || status >= 500;
}

/// A refused address, a size, a certificate, a circle of redirects: the same the next time.
static bool worth_again(const HttpError& error) {
  for (const char* code : {"E203", "E205", "E207", "E208", "E211"})
    if (error.code() == code) return false;
  return true;
}

/// Its hour may be over, or the server has signed the link anew.
bool Saver::has_new_link(std::size_t index) {
  if (asked_[index]) return false;
  const std::vector<std::string> now = source_.ask_again();
  asked_[index] = 1;
  if (now.size() != source_.urls.size() || now[index] == source_.urls[index]) return false;
  source_.urls[index] = now[index];
  return true;
}

FilePtr Saver::download(std::size_t index, int attempt) {
  const std::string& url = source_.urls[index];
  if (url.starts_with("data:")) {
    DataUri data = decode_data_uri(url);
    return host_.save(data.bytes, "output-" + std::to_string(index), data.media_type);
  }
  HttpRequest request;
  request.url = url;
  request.deadline = std::chrono::minutes(10);
  request.max_bytes = 10ull << 30;
  request.max_redirects = 5;
  request.reach = source_.reach();
  Http::Download got = host_.http().download(request);
  if (got.file) return got.file;
  const int status = got.response.status;
  const bool gone = status == 403 || status == 404 || status == 410;
  if (gone && has_new_link(index)) return download(index, attempt);
  Error error("E210", "an output file answered " + std::to_string(status),
              gone ? "links to outputs live one hour" : "");
  if (worth_again(status)) throw HttpError(error.code(), error.message(), HttpError::Sent::maybe, error.hint());
  throw error;
}

void Saver::fetch_later(std::size_t index, int attempt, std::chrono::milliseconds wait) {
  executor_.at(std::chrono::steady_clock::now() + wait, Workers::download, priority_,
               [self = shared_from_this(), index, attempt] { self->fetch(index, attempt); });
}

void Saver::fetch(std::size_t index, int attempt) {
  try {
    const FilePtr file = download(index, attempt);
    const std::string& url = source_.urls[index];
    const SavedFile record{url.starts_with("data:") ? "" : url, file->hash, file->name, file->media_type, file->size};
    {
      std::lock_guard lock(mutex_);
      files_[index] = saved_output(store_, purchase_key_, static_cast<int>(index), record);
    }
    one_done(std::nullopt);
  } catch (const HttpError& error) {
    if (attempt >= kDownloadTries || !worth_again(error)) return one_done(error, worth_again(error));
    fetch_later(index, attempt + 1, std::chrono::milliseconds(200) * (1 << std::min(attempt, 6)));
  } catch (const Throttled& throttled) {
    fetch_later(index, attempt, throttled.wait());
  } catch (const Error& error) {
    one_done(error);
  } catch (const std::exception& other) {
    one_done(Error("E990", std::string("something unexpected happened: ") + other.what()));
  }
}

void Saver::one_done(std::optional<Error> error, bool later) {
  bool last;
  {
    std::lock_guard lock(mutex_);
    if (error && !error_) error_ = std::move(error), later_ = later;
    last = --left_ == 0;
  }
  if (last) finish(error_);
}

void Saver::finish(std::optional<Error> error) {
  const auto done = std::move(done_);  // it may hold this saver: kept here the two would keep each other for ever
  done(std::move(error));
}

std::vector<SavedFile> Saver::records() const {
  std::vector<SavedFile> records;
  for (std::size_t i = 0; i < files_.size(); ++i)
    records.push_back({source_.urls[i].starts_with("data:") ? "" : source_.urls[i], files_[i]->hash, files_[i]->name,
                       files_[i]->media_type, files_[i]->size});
  return records;
}

static void replace_data(nlohmann::json& value, const std::vector<std::string>& urls,
                         const std::vector<FilePtr>& files) {
  if (value.is_structured()) {
    for (auto& inner : value) replace_data(inner, urls, files);
  } else if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (!text.starts_with("data:")) return;
    const auto found = std::find(urls.begin(), urls.end(), text);
    if (found == urls.end() && text.size() <= kShortText) return;
    value = found == urls.end() ? "data:,"
                                : "pixgraph-store:" + files[static_cast<std::size_t>(found - urls.begin())]->hash;
  }
}

nlohmann::json Saver::kept_answer(nlohmann::json answer) const {
  replace_data(answer, source_.urls, files_);
  return answer;
}

}  // namespace pixgraph
