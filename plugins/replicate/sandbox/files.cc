#include "files.h"

#include "text.h"

namespace sandbox {

void Uploads::add(UploadedFile file) {
  std::lock_guard lock(mutex_);
  order_[file.id] = next_;
  by_age_[next_++] = std::move(file);
}

std::optional<UploadedFile> Uploads::find(const std::string& id, double now) const {
  std::lock_guard lock(mutex_);
  const auto found = order_.find(id);
  if (found == order_.end()) return std::nullopt;
  const UploadedFile& file = by_age_.at(found->second);
  if (file.expires <= now) return std::nullopt;
  return file;
}

bool Uploads::remove(const std::string& id, double now) {
  std::lock_guard lock(mutex_);
  const auto found = order_.find(id);
  if (found == order_.end()) return false;
  const bool live = by_age_.at(found->second).expires > now;
  by_age_.erase(found->second);
  order_.erase(found);
  return live;
}

std::vector<UploadedFile> Uploads::list(double now) const {
  std::lock_guard lock(mutex_);
  std::vector<UploadedFile> out;
  for (auto it = by_age_.rbegin(); it != by_age_.rend(); ++it) {
    if (it->second.expires > now) out.push_back(it->second);
  }
  return out;
}

void Deliveries::add(const std::string& path, Entry entry) {
  std::lock_guard lock(mutex_);
  by_expiry_.emplace(entry.expires, path);
  entries_[path] = std::move(entry);
}

std::optional<Deliveries::Entry> Deliveries::find(const std::string& path, double now) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.expires <= now) return std::nullopt;
  return found->second;
}

void Deliveries::drop_expired(double now) {
  std::lock_guard lock(mutex_);
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    entries_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
}

namespace {

// The value of `key="..."` or `key=...` in a header's parameters.
std::string parameter(const std::string& header, const std::string& key) {
  const std::string low = lower(header);
  for (std::size_t at = low.find(key + "="); at != std::string::npos; at = low.find(key + "=", at + 1)) {
    if (at > 0 && low[at - 1] != ' ' && low[at - 1] != ';') continue;  // "filename=" holds "name=" too
    std::size_t from = at + key.size() + 1;
    if (from < header.size() && header[from] == '"') {
      std::string value;
      for (++from; from < header.size() && header[from] != '"'; ++from) {
        if (header[from] == '\\' && from + 1 < header.size()) ++from;
        value += header[from];
      }
      return value;
    }
    return header.substr(from, header.find_first_of("; \r", from) - from);
  }
  return "";
}

}  // namespace

std::optional<std::vector<FormPart>> parse_form(const std::string& content_type, const std::string& body) {
  if (!starts_with_no_case(content_type, "multipart/form-data")) return std::nullopt;
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty()) return std::nullopt;
  const std::string mark = "--" + boundary;
  std::vector<FormPart> parts;
  std::size_t at = body.find(mark);
  if (at == std::string::npos) return std::nullopt;
  for (;;) {
    at += mark.size();
    if (body.compare(at, 2, "--") == 0) return parts;
    const std::size_t head = body.find("\r\n", at);
    const std::size_t blank = body.find("\r\n\r\n", at);
    if (blank == std::string::npos) return std::nullopt;
    const std::size_t end = body.find("\r\n" + mark, blank + 2);
    if (end == std::string::npos) return std::nullopt;
    FormPart part;
    for (std::size_t line = head + 2; line < blank + 2;) {
      const std::size_t stop = body.find("\r\n", line);
      const std::string header = body.substr(line, stop - line);
      if (starts_with_no_case(header, "content-disposition:")) {
        part.name = parameter(header, "name");
        part.filename = parameter(header, "filename");
      } else if (starts_with_no_case(header, "content-type:")) {
        part.content_type = header.substr(header.find_first_not_of(' ', 13));
      }
      line = stop + 2;
    }
    const std::size_t content = blank + 4;
    if (end > content) part.content = body.substr(content, end - content);
    parts.push_back(std::move(part));
    at = end + 2;
  }
}

}  // namespace sandbox
