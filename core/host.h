// RunHost: the Host that a run lends to its nodes, and CheckHost, that of a check, which lends almost nothing.
//
// Safe from many threads. Borrows everything it is made of.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include <pixgraph/node.h>

#include "codec.h"
#include "index.h"
#include "redact.h"
#include "store.h"

namespace pixgraph {

class RunHost : public Host {
 public:
  RunHost(Http& http, Store& store, const Codecs& codecs, Redactor& redactor, Index* index = nullptr)
      : http_(http), store_(store), codecs_(codecs), redactor_(redactor), index_(index) {}

  /// saved(url) gives this file from now on.
  void remember(const std::string& url, FilePtr file);
  /// Says another value than the process's environment.
  void override_environment(const std::string& name, std::string value);

  Http& http() override { return http_; }
  FilePtr saved(std::string_view url) override;
  FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) override;
  ImagePtr decode(const File& file) override { return codecs_.decode(file); }
  Bytes encode(const Image& image, std::string_view format, const EncodeRequest& request) override;
  std::string hash(std::span<const std::uint8_t> bytes) override;
  std::string pixel_hash(const Image& image) override;
  std::string picture_hash(const File& file) override;
  std::string environment(const std::string& name) override;

 private:
  Http& http_;
  Store& store_;
  const Codecs& codecs_;
  Redactor& redactor_;
  Index* index_;  // null: nothing is remembered
  std::mutex mutex_;
  std::map<std::string, FilePtr, std::less<>> saved_;
  std::map<std::string, std::string> overrides_;
};

/// The RunHost as one item sees it: a URL that servers gave to several predictions is that of the item's own file.
class ItemHost : public Host {
 public:
  explicit ItemHost(RunHost& run) : run_(run) {}

  /// saved(url) gives this file from now on: to this item in any case, to others as far as they have none of their own.
  void remember(const std::string& url, FilePtr file);

  Http& http() override { return run_.http(); }
  FilePtr saved(std::string_view url) override;
  FilePtr save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) override {
    return run_.save(bytes, std::move(name), std::move(media_type));
  }
  ImagePtr decode(const File& file) override { return run_.decode(file); }
  Bytes encode(const Image& image, std::string_view format, const EncodeRequest& request) override {
    return run_.encode(image, format, request);
  }
  std::string hash(std::span<const std::uint8_t> bytes) override { return run_.hash(bytes); }
  std::string pixel_hash(const Image& image) override { return run_.pixel_hash(image); }
  std::string picture_hash(const File& file) override { return run_.picture_hash(file); }
  std::string environment(const std::string& name) override { return run_.environment(name); }

 private:
  RunHost& run_;
  std::mutex mutex_;
  std::map<std::string, FilePtr, std::less<>> saved_;
};

/// The Host of a check: the environment, and nothing else.
class CheckHost : public Host {
 public:
  Http& http() override;
  FilePtr saved(std::string_view) override { return nullptr; }
  FilePtr save(std::span<const std::uint8_t>, std::string, std::string) override;
  ImagePtr decode(const File&) override;
  Bytes encode(const Image&, std::string_view, const EncodeRequest&) override;
  std::string hash(std::span<const std::uint8_t> bytes) override;
  std::string pixel_hash(const Image&) override;
  std::string environment(const std::string& name) override;
};

}  // namespace pixgraph
