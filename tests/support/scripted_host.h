// A Host, an Http and a Call without a world: answers are scripted, requests are recorded, nothing touches disk or
// network. For tests of plugins.
#pragma once

#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include <pixgraph/node.h>

namespace pixgraph::test {

/// Answers in the order they were scripted; a call without a scripted answer is an HttpError that says so.
class ScriptedHttp : public Http {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  void answer(int status, std::string body, Headers headers = {}) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    script_.emplace_back(std::move(response));
  }
  void fail(HttpError error) { script_.emplace_back(std::move(error)); }

  HttpResponse send(const HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    if (script_.empty())
      throw HttpError("E299", "no answer is scripted for " + request.method + " " + request.url, HttpError::Sent::no);
    auto next = std::move(script_.front());
    script_.pop_front();
    if (auto* error = std::get_if<HttpError>(&next)) throw HttpError(*error);
    auto response = std::get<HttpResponse>(std::move(next));
    response.final_url = request.url;
    return response;
  }
  Download download(const HttpRequest& request) override { return {send(request), nullptr}; }

  const HttpRequest& last() const { return requests.back(); }
  bool all_used() const { return script_.empty(); }

  std::vector<HttpRequest> requests;

 private:
  std::mutex mutex_;
  std::deque<std::variant<HttpResponse, HttpError>> script_;
};

/// First header of that name in a request; empty where there is none.
inline std::string header_of(const HttpRequest& request, std::string_view name) {
  HttpResponse response;
  response.headers = request.headers;
  return std::string(response.header(name));
}

class ScriptedHost : public Host {
 public:
  ScriptedHttp& http() override { return http_; }
  FilePtr saved(std::string_view url) override {
    const auto found = files.find(std::string(url));
    return found == files.end() ? nullptr : found->second;
  }
  FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) override {
    auto file = std::make_shared<File>();
    file->name = std::move(name);
    file->media_type = std::move(media_type);
    file->hash = hash(bytes);
    file->size = bytes.size();
    return file;
  }
  ImagePtr decode(const File& file) override {
    decoded.push_back(file.name);
    if (!picture) throw Error("E311", "`" + file.name + "` is no picture");
    return picture;
  }
  Bytes encode(const Image& image, std::string_view format, const EncodeRequest& request) override {
    const std::string text = std::string(format) + " " + std::to_string(image.width()) + "x" +
                             std::to_string(image.height()) + "x" + std::to_string(image.channels()) +
                             (image.sample() == Sample::u8 ? " u8" : " deep") + " q" + std::to_string(request.quality) +
                             " " + request.subsampling;
    return {text.begin(), text.end()};
  }
  /// 64 hex digits that differ where the bytes do; no SHA-256.
  std::string hash(std::span<const std::uint8_t> bytes) override {
    std::uint64_t sum = 1469598103934665603ull;
    for (const std::uint8_t byte : bytes) sum = (sum ^ byte) * 1099511628211ull;
    char text[65];
    std::snprintf(text, sizeof text, "%016llx%016llx%016llx%016llx", static_cast<unsigned long long>(sum),
                  static_cast<unsigned long long>(sum * 3), static_cast<unsigned long long>(sum * 5),
                  static_cast<unsigned long long>(sum * 7));
    return text;
  }
  std::string pixel_hash(const Image& image) override {
    Bytes all;
    for (int y = 0; y < image.height(); ++y)
      all.insert(
          all.end(), image.row(y),
          image.row(y) + static_cast<std::size_t>(image.width()) * image.channels() * sample_bytes(image.sample()));
    return hash(all);
  }
  std::string environment(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }

  std::map<std::string, std::string> variables;
  std::map<std::string, FilePtr> files;  // what saved() knows, by URL
  ImagePtr picture;                      // what decode() gives
  std::vector<std::string> decoded;      // names of the files that decode() was asked for

 private:
  ScriptedHttp http_;
};

class ScriptedCall : public Call {
 public:
  explicit ScriptedCall(ScriptedHost& host) : host_(host) {}
  ScriptedHost& host() override { return host_; }
  const Value& value(std::string_view name) const override {
    static const Value absent;
    const auto found = values.find(std::string(name));
    return found == values.end() ? absent : found->second;
  }
  void set(std::string_view output, Value value) override {
    if (!outputs.emplace(std::string(output), std::move(value)).second)
      throw Error("E991", "`" + std::string(output) + "` was set twice");
  }
  void warn(std::string message) override { warnings.push_back(std::move(message)); }
  bool canceled() const override { return false; }

  std::map<std::string, Value> values, outputs;
  std::vector<std::string> warnings;

 private:
  ScriptedHost& host_;
};

/// "E404: message (hint)" of what `work` throws; "nothing" where it throws nothing.
inline std::string thrown(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code() + (error.stops_run() ? "!: " : ": ") + error.message() +
           (error.hint().empty() ? "" : " (" + error.hint() + ")");
  }
  return "nothing";
}

inline std::string shown(const Error& error) {
  return thrown([&] { throw Error(error); });
}

}  // namespace pixgraph::test
