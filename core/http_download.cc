#include "http_download.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "http_framing.h"
#include "http_url.h"

namespace pixgraph {

namespace {

constexpr std::size_t kMaxName = 200;

/// Length of the UTF-8 character at the front; 0 where there is no valid one.
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xc2 && first < 0xe0 ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90)) return 0;
  return length;
}

std::string_view extension_for(std::string_view media_type) {
  static constexpr std::pair<std::string_view, std::string_view> kExtensions[] = {
      {"image/png", ".png"}, {"image/jpeg", ".jpg"}, {"image/webp", ".webp"},      {"image/gif", ".gif"},
      {"video/mp4", ".mp4"}, {"text/plain", ".txt"}, {"application/json", ".json"}};
  for (const auto& [type, extension] : kExtensions)
    if (type == media_type) return extension;
  return {};
}

/// The value of a parameter of Content-Disposition, unquoted; empty where there is none.
std::string disposition_parameter(std::string_view header, std::string_view wanted) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos && at < header.size()) {
    ++at;
    while (at < header.size() && (header[at] == ' ' || header[at] == '\t')) ++at;
    const std::size_t equals = header.find('=', at);
    if (equals == std::string_view::npos) return {};
    std::string_view name = header.substr(at, equals - at);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    std::string value;
    at = equals + 1;
    while (at < header.size() && header[at] == ' ') ++at;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        value += header[at];
      }
      at = header.find(';', at);
    } else {
      const std::size_t end = std::min(header.find(';', at), header.size());
      value = header.substr(at, end - at);
      while (!value.empty() && value.back() == ' ') value.pop_back();
      at = end;
    }
    if (same_name(name, wanted)) return value;
  }
  return {};
}

[[noreturn]] void cannot_write(const std::string& path) {
  const int error = errno;
  throw Error("E213", fmt::format("cannot write `{}`: {}", path, std::strerror(error)),
              error == ENOSPC || error == EDQUOT ? "make room on the disk, then run again" : "")
      .stopping_run();
}

}  // namespace

std::string safe_file_name(std::string_view name) {
  name.remove_prefix(std::min(name.find_last_of("/\\") + 1, name.size()));
  std::string out;
  while (!name.empty()) {
    const std::size_t length = character(name);
    const auto first = static_cast<unsigned char>(name.front());
    const bool control =
        first < 0x20 || first == 0x7f || (first == 0xc2 && length == 2 && static_cast<unsigned char>(name[1]) < 0xa0);
    if (length == 0)
      out += '_';
    else if (!control && !(out.empty() && (first == '.' || first == ' ')))
      out.append(name.substr(0, length));
    name.remove_prefix(std::max<std::size_t>(length, 1));
  }
  while (out.ends_with(' ') || out.ends_with('.')) out.pop_back();
  if (out.size() <= kMaxName) return out;
  std::size_t dot = out.rfind('.');
  if (dot == std::string::npos || out.size() - dot > 16) dot = out.size();
  const std::string extension = out.substr(dot);
  std::size_t keep = kMaxName - extension.size();
  while (keep > 0 && (static_cast<unsigned char>(out[keep]) & 0xc0) == 0x80) --keep;  // no half of a character
  return out.substr(0, keep) + extension;
}

std::string download_name(std::string_view content_disposition, std::string_view url, std::string_view media_type) {
  std::string extended = disposition_parameter(content_disposition, "filename*");  // UTF-8'en'%e2%82%ac.png
  if (const std::size_t quote = extended.rfind('\''); quote != std::string::npos) {
    std::string name = safe_file_name(percent_decoded(std::string_view(extended).substr(quote + 1)));
    if (!name.empty()) return name;
  }
  std::string name = safe_file_name(disposition_parameter(content_disposition, "filename"));
  if (!name.empty()) return name;
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    std::string_view path = url.substr(scheme + 3);
    path = path.substr(0, path.find_first_of("?#"));
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) name = safe_file_name(percent_decoded(path.substr(slash + 1)));
  }
  return name.empty() ? "download" + std::string(extension_for(media_type)) : name;
}

std::string media_type_of(std::string_view first_bytes, std::string_view declared) {
  using namespace std::string_view_literals;
  if (first_bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (first_bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (first_bytes.starts_with("RIFF"sv) &&
      first_bytes.substr(std::min<std::size_t>(8, first_bytes.size())).starts_with("WEBP"sv))
    return "image/webp";
  if (first_bytes.starts_with("GIF87a"sv) || first_bytes.starts_with("GIF89a"sv)) return "image/gif";
  if (first_bytes.size() >= 12 && first_bytes.substr(4, 4) == "ftyp"sv) {
    // The same container holds HEIF and AVIF pictures; those stay what the server says.
    for (const std::string_view brand :
         {"isom"sv, "iso2"sv, "iso4"sv, "iso5"sv, "iso6"sv, "mp41"sv, "mp42"sv, "avc1"sv, "M4V "sv, "dash"sv})
      if (first_bytes.substr(8, 4) == brand) return "video/mp4";
  }
  std::string type;
  for (const char c : declared.substr(0, declared.find(';'))) {
    if (c > 0x20 && c < 0x7f) type += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return type.find('/') == std::string::npos ? "application/octet-stream" : type;
}

struct DownloadFile::Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Digest() { EVP_MD_CTX_free(context); }
};

DownloadFile::DownloadFile(DownloadSink& sink)
    : sink_(sink), path_(sink.open_temp()), digest_(std::make_unique<Digest>()) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) cannot_write(path_);
  EVP_DigestInit_ex(digest_->context, EVP_sha256(), nullptr);
}

DownloadFile::~DownloadFile() {
  if (file_ >= 0) ::close(file_);
  if (!committed_) ::unlink(path_.c_str());
}

void DownloadFile::write(std::string_view bytes) {
  if (first_bytes_.size() < 16) first_bytes_.append(bytes.substr(0, 16 - first_bytes_.size()));
  EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size());
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) cannot_write(path_);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

FilePtr DownloadFile::commit(std::string_view content_disposition, std::string_view asked, std::string_view found,
                             std::string_view content_type) {
  const int closed = ::close(file_);
  file_ = -1;
  if (closed != 0) cannot_write(path_);  // NFS says only here that the disk is full
  unsigned char digest[32];
  EVP_DigestFinal_ex(digest_->context, digest, nullptr);
  Downloaded what;
  for (const unsigned char byte : digest) what.hash += fmt::format("{:02x}", byte);
  what.size = size_;
  what.media_type = media_type_of(first_bytes_, content_type);
  what.name = download_name(content_disposition, found, what.media_type);
  what.url = asked;
  FilePtr file = sink_.commit(path_, what);
  committed_ = true;
  return file;
}

}  // namespace pixgraph
