#include "host.h"

#include <cstdlib>

#include "hash.h"
#include "pixels.h"

namespace pixgraph {

void RunHost::remember(const std::string& url, FilePtr file) {
  std::lock_guard lock(mutex_);
  saved_[url] = std::move(file);
}

void RunHost::override_environment(const std::string& name, std::string value) {
  std::lock_guard lock(mutex_);
  overrides_[name] = std::move(value);
}

FilePtr RunHost::saved(std::string_view url) {
  std::lock_guard lock(mutex_);
  const auto found = saved_.find(url);
  return found == saved_.end() ? nullptr : found->second;
}

FilePtr RunHost::save(std::span<const std::uint8_t> bytes, std::string name, std::string media_type) {
  return store_.put({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, std::move(name),
                    std::move(media_type));
}

Bytes RunHost::encode(const Image& image, std::string_view format, const EncodeRequest& request) {
  const CodecInfo* codec = codecs_.by_name(format);
  if (!codec) throw Error("E323", "no codec named `" + std::string(format) + "` is known");
  return codecs_.encode(image, *codec, request);
}

std::string RunHost::hash(std::span<const std::uint8_t> bytes) {
  return sha256(bytes);
}
std::string RunHost::pixel_hash(const Image& image) {
  return pixgraph::pixel_hash(image);
}

std::string RunHost::picture_hash(const File& file) {
  if (!index_) return Host::picture_hash(file);
  const std::string content = file.hash.empty() ? index_->hash_of(file.path) : file.hash;
  if (const auto known = index_->pixels(content)) return *known;
  const std::string pixels = Host::picture_hash(file);
  index_->remember_pixels(content, pixels);
  return pixels;
}

std::string RunHost::environment(const std::string& name) {
  std::string value;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = overrides_.find(name); found != overrides_.end())
      value = found->second;
    else if (const char* set = std::getenv(name.c_str()))
      value = set;
  }
  if (name.ends_with("_TOKEN") || name.ends_with("_KEY")) redactor_.add(value);
  if (name.ends_with("_HEADERS")) redactor_.add_headers(value);
  return value;
}

void ItemHost::remember(const std::string& url, FilePtr file) {
  run_.remember(url, file);
  std::lock_guard lock(mutex_);
  saved_[url] = std::move(file);
}

FilePtr ItemHost::saved(std::string_view url) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = saved_.find(url); found != saved_.end()) return found->second;
  }
  return run_.saved(url);
}

[[noreturn]] static void not_in_a_check(const char* what) {
  throw Error("E991", std::string("a check asked for ") + what);
}

Http& CheckHost::http() {
  not_in_a_check("the network");
}
FilePtr CheckHost::save(std::span<const std::uint8_t>, std::string, std::string) {
  not_in_a_check("the store");
}
ImagePtr CheckHost::decode(const File&) {
  not_in_a_check("a picture");
}
Bytes CheckHost::encode(const Image&, std::string_view, const EncodeRequest&) {
  not_in_a_check("a picture");
}
std::string CheckHost::pixel_hash(const Image&) {
  not_in_a_check("a picture");
}
std::string CheckHost::hash(std::span<const std::uint8_t> bytes) {
  return sha256(bytes);
}
std::string CheckHost::environment(const std::string& name) {
  const char* set = std::getenv(name.c_str());
  return set ? set : "";
}

}  // namespace pixgraph
