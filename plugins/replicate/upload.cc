#include "upload.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "answer.h"
#include "errors.h"
#include "json_reader.h"
#include "text.h"

namespace pixgraph::replicate {
namespace {

std::string base64(const Bytes& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 2 < bytes.size(); i += 3) {
    const unsigned group = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    for (int shift : {18, 12, 6, 0}) text += kDigits[group >> shift & 63];
  }
  if (const std::size_t left = bytes.size() - i; left > 0) {
    const unsigned group = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0);
    text += kDigits[group >> 18 & 63];
    text += kDigits[group >> 12 & 63];
    text += left > 1 ? kDigits[group >> 6 & 63] : '=';
    text += '=';
  }
  return text;
}

/// One word, so that it can stand in a header and in a data: URI.
std::string clean_media_type(std::string_view media_type) {
  const bool usable = !media_type.empty() && std::all_of(media_type.begin(), media_type.end(), [](unsigned char c) {
    return is_digit(c) || is_letter(c) || c == '/' || c == '-' || c == '+' || c == '.' || c == '_';
  });
  return usable ? std::string(media_type) : "application/octet-stream";
}

std::string boundary_for(const Bytes& bytes, Host& host) {
  // Made from the content, so that the same upload is the same bytes; renewed in the case that it occurs within.
  std::string boundary = "pixgraph-" + host.hash(bytes).substr(0, 40);
  const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (content.find(boundary) != content.npos) boundary += 'x';
  return boundary;
}

}  // namespace

std::string data_uri(const RequestFile::Encoded& encoded) {
  return "data:" + clean_media_type(encoded.media_type) + ";base64," + base64(*encoded.bytes);
}

std::string wire_name(std::string_view name, std::string_view media_type) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kExtensions = {
      {{"image/jpeg", ".jpg"},
       {"image/png", ".png"},
       {"image/webp", ".webp"},
       {"image/gif", ".gif"},
       {"video/mp4", ".mp4"},
       {"text/plain", ".txt"}}};
  if (const auto slash = name.find_last_of("/\\"); slash != name.npos) name.remove_prefix(slash + 1);
  std::string clean;
  for (unsigned char c : name) clean += c < ' ' || c == 0x7f || c == '"' || c == ';' ? '_' : static_cast<char>(c);
  const auto dot = clean.rfind('.');
  std::string stem = clean.substr(0, dot == 0 ? clean.npos : dot);
  std::string extension = dot == clean.npos || dot == 0 ? "" : clean.substr(dot);
  for (const auto& [type, wanted] : kExtensions)
    if (type == media_type && lower(extension) != wanted && !(wanted == ".jpg" && lower(extension) == ".jpeg"))
      extension = wanted;
  if (extension.size() > 16) extension = "";
  if (stem.empty()) stem = "file";
  std::size_t length = std::min<std::size_t>(stem.size(), 200);
  while (length > 0 && length < stem.size() && (static_cast<unsigned char>(stem[length]) & 0xC0) == 0x80) --length;
  return stem.substr(0, length) + extension;
}

std::string multipart_body(const RequestFile::Encoded& encoded, const std::string& filename,
                           const std::string& boundary) {
  const std::string type = clean_media_type(encoded.media_type);
  const auto field = [&](const std::string& name, const std::string& value) {
    return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  };
  std::string body = field("filename", filename) + field("type", type);
  body.reserve(body.size() + encoded.bytes->size() + 512);
  body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"content\"; filename=\"" + filename +
          "\"\r\nContent-Type: " + type + "\r\n\r\n";
  body.append(reinterpret_cast<const char*>(encoded.bytes->data()), encoded.bytes->size());
  body += "\r\n--" + boundary + "--\r\n";
  return body;
}

bool Staging::may_upload(const Server& server) const {
  const std::lock_guard lock(mutex_);
  return !without_files_.contains(server.base);
}

void Staging::stage(Request& request, const Server& server, Host& host, const Links& links) {
  for (RequestFile& file : request.files) {
    if (!file.reference.empty() && (file.upload_id.empty() || is_there(file, server, host))) continue;
    file.reference.clear();
    file.upload_id.clear();
    if (!file.live_url.empty() && links.alive(file.live_url)) {
      file.reference = file.live_url;
      continue;
    }
    const RequestFile::Encoded encoded = file.encode();
    const std::uint64_t size = encoded.bytes->size();
    if (may_upload(server) && upload(file, encoded, server, host)) continue;
    if (size > kLargestInline)
      throw Error("E406",
                  "`" + file.name + "` is " + size_text(size) + ", and " + server.host + " takes no uploads: at most " +
                      size_text(kLargestInline) + " fit into a request",
                  "give a http(s) URL instead of the file, or make the picture smaller first (Resize)");
    if (size > kSmallFile)
      request.warnings.push_back("`" + file.name + "` (" + size_text(size) + ") is sent inside the request, because " +
                                 server.host + " takes no uploads; above " + size_text(kSmallFile) +
                                 " some servers refuse that");
    file.reference = data_uri(encoded);
  }
}

/// Whether an upload that an earlier run made can still be asked for. One of this run's is not asked about.
bool Staging::is_there(const RequestFile& file, const Server& server, Host& host) {
  const std::string name = server.base + " " + file.upload_id;
  {
    const std::lock_guard lock(mutex_);
    if (seen_.contains(name)) return true;
  }
  try {
    if (host.http().send(server.request("GET", "/files/" + file.upload_id)).status != 200) return false;
  } catch (const Error&) {  // it is sent again, which says what is wrong
    return false;
  }
  const std::lock_guard lock(mutex_);
  seen_.insert(name);
  return true;
}

bool Staging::upload(RequestFile& file, const RequestFile::Encoded& encoded, const Server& server, Host& host) {
  const std::string content = server.base + " " + host.hash(*encoded.bytes);
  {
    std::unique_lock lock(mutex_);
    sent_.wait(lock, [&] { return !under_way_.contains(content); });
    if (without_files_.contains(server.base)) return false;
    const auto known = uploaded_.find(content);
    // It lives 24 hours; a prediction may wait in a queue before it reads its input.
    if (known != uploaded_.end() && std::chrono::steady_clock::now() - known->second.at < std::chrono::hours(20)) {
      file.upload_id = known->second.id;
      file.reference = known->second.reference;
      return true;
    }
    under_way_.insert(content);
  }
  const auto over = [&] {
    const std::lock_guard lock(mutex_);
    under_way_.erase(content);
    sent_.notify_all();
  };
  try {
    const bool taken = send(file, content, encoded, server, host);
    over();
    return taken;
  } catch (...) {
    over();
    throw;
  }
}

bool Staging::send(RequestFile& file, const std::string& content, const RequestFile::Encoded& encoded,
                   const Server& server, Host& host) {
  const std::string boundary = boundary_for(*encoded.bytes, host);
  HttpRequest request = server.request("POST", "/files");
  request.headers.emplace_back("Content-Type", "multipart/form-data; boundary=" + boundary);
  request.body = multipart_body(encoded, wire_name(file.name, encoded.media_type), boundary);
  // A slow line: 200 kB/s is still waited for.
  request.deadline += std::chrono::milliseconds(encoded.bytes->size() / 200);
  request.max_bytes = 1 << 20;
  const HttpResponse response = host.http().send(request);
  const auto answer = read_json(response.body);
  const std::string id = answer && response.status < 300 ? read_id(*answer) : std::string();
  const bool no_route = response.status == 404 || response.status == 405 || response.status == 501;
  const bool not_ours = id.empty() && (response.status < 300 || response.status == 400 || response.status == 403 ||
                                       response.status == 422);
  if (no_route || (!server.official && not_ours)) {
    const std::lock_guard lock(mutex_);
    without_files_.insert(server.base);
    return false;
  }
  const Asked asked{"the upload of `" + file.name + "`", Asked::Way::file};
  if (response.status == 413)
    throw Error(
        "E406",
        "`" + file.name + "` is " + size_text(encoded.bytes->size()) + ", and that is too large for " + server.host,
        "give a http(s) URL instead of the file, or make the picture smaller first (Resize)");
  if (response.status >= 400 && response.status < 500 && response.status != 401 && response.status != 402 &&
      response.status != 408 && response.status != 429)
    throw Error("E407",
                server.host + " refuses the upload of `" + file.name + "` (" + std::to_string(response.status) + ": " +
                    reason_of(response, server) + ")",
                "nothing was bought");
  try {
    check_answer(response, server, asked);
  } catch (const Throttled&) {
    throw;
  } catch (const Error& error) {
    if (error.stops_run()) throw;
    throw HttpError(error.code(), error.message(), HttpError::Sent::maybe,
                    error.hint());  // nothing is bought yet: it may be repeated
  }
  if (id.empty())
    throw Error("E407", server.host + " answered the upload of `" + file.name + "` without an id",
                "nothing was bought");
  file.upload_id = id;
  // The model reads it from where the answer says: behind a gateway that is the real server, which does not know the
  // gateway's own URL. It is only handed on; nothing of ours, and no key, ever goes there.
  const auto urls = answer->find("urls");
  const std::string said = urls != answer->end() && urls->is_object() ? text_at(*urls, "get") : std::string();
  file.reference = said.starts_with("https://") || said.starts_with("http://") ? said : server.base + "/files/" + id;
  const std::lock_guard lock(mutex_);
  uploaded_[content] = {id, file.reference, std::chrono::steady_clock::now()};
  seen_.insert(server.base + " " + id);
  return true;
}

}  // namespace pixgraph::replicate
