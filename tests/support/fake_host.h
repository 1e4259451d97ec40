// FakeHost: a Host whose network is a table of URLs, for tests of what core does with plugins.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include <pixgraph/node.h>

#include "hash.h"
#include "store.h"

namespace pixgraph::test {

/// Downloads only. A URL that is not in the table answers 404.
class FakeHttp : public Http {
 public:
  explicit FakeHttp(Store& store) : store_(store) {}
  void serve(const std::string& url, std::string content, int status = 200) {
    std::lock_guard lock(mutex_);
    answers_[url] = {status, std::move(content)};
  }
  HttpResponse send(const HttpRequest&) override { throw Error("TEST", "nobody should call send()"); }
  Download download(const HttpRequest& request) override {
    ++downloads;
    reach = request.reach;
    std::pair<int, std::string> answer = {404, ""};
    {
      std::lock_guard lock(mutex_);
      if (const auto found = answers_.find(request.url); found != answers_.end()) answer = found->second;
    }
    if (answer.first == 0) throw HttpError("E204", "the connection broke", HttpError::Sent::maybe);
    if (answer.first == kRefused) throw HttpError("E207", "that address is refused", HttpError::Sent::no);
    Download got;
    got.response.status = answer.first;
    if (answer.first == 200)
      got.file = store_.put(answer.second, request.url.substr(request.url.rfind('/') + 1), "image/png");
    return got;
  }
  static constexpr int kRefused = -1;
  std::atomic<int> downloads = 0;
  std::atomic<Reach> reach = Reach::anywhere;  // of the last one

 private:
  Store& store_;
  std::mutex mutex_;
  std::map<std::string, std::pair<int, std::string>> answers_;
};

class FakeHost : public Host {
 public:
  explicit FakeHost(Store& store) : http_(store), store_(store) {}
  FakeHttp& http() override { return http_; }
  FilePtr saved(std::string_view) override { return nullptr; }
  FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) override {
    return store_.put({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, std::move(name),
                      std::move(media_type));
  }
  ImagePtr decode(const File&) override { throw Error("TEST", "nobody should decode"); }
  Bytes encode(const Image&, std::string_view, const EncodeRequest&) override {
    throw Error("TEST", "nobody should encode");
  }
  std::string hash(std::span<const std::uint8_t> bytes) override { return sha256(bytes); }
  std::string pixel_hash(const Image&) override { throw Error("TEST", "nobody should hash pixels"); }
  std::string environment(const std::string&) override { return ""; }

 private:
  FakeHttp http_;
  Store& store_;
};

}  // namespace pixgraph::test
