// Uploaded files (/v1/files) and delivered outputs (the second port): who has which bytes until when.
// Both are thread-safe; times are simulated seconds. Expired entries are not found, and are dropped as others come.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "blobs.h"

namespace sandbox {

struct UploadedFile {
  std::string id;
  std::string name;
  std::string content_type;
  std::string metadata = "{}";  // JSON text of an object
  std::string sha256;
  double created = 0;
  double expires = 0;
  Blobs::Handle bytes;
};

class Uploads {
 public:
  void add(UploadedFile file);
  std::optional<UploadedFile> find(const std::string& id, double now) const;
  bool remove(const std::string& id, double now);
  // Newest first.
  std::vector<UploadedFile> list(double now) const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, UploadedFile> by_age_;
  std::unordered_map<std::string, std::uint64_t> order_;
};

class Deliveries {
 public:
  struct Entry {
    std::string content_type;
    double expires = 0;
    Blobs::Handle bytes;
  };
  void add(const std::string& path, Entry entry);
  std::optional<Entry> find(const std::string& path, double now) const;
  void drop_expired(double now);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::multimap<double, std::string> by_expiry_;
};

// One part of a multipart/form-data body.
struct FormPart {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string content;
};
// nullopt when the body is not what its Content-Type says.
std::optional<std::vector<FormPart>> parse_form(const std::string& content_type, const std::string& body);

}  // namespace sandbox
