#include "redact.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include <fmt/format.h>

#include "http_url.h"

namespace pixgraph {

namespace {

std::string percent_encoded(std::string_view text, const char* format) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format(fmt::runtime(format), static_cast<unsigned char>(c));
  }
  return out;
}

std::string json_escaped(std::string_view text, std::string_view which) {
  std::string out;
  for (const char c : text) {
    if (which.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// What base64 makes of `text` wherever it stands in a longer one: by how many bytes stand before it, modulo three. The
/// characters at both ends hold bits of the neighbours and are left out.
std::vector<std::string> inside_base64(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::string encoded = base64(std::string(before, '\0').append(text));
    const std::size_t bits = (before + text.size()) * 8;
    const std::size_t first = before == 0 ? 0 : before == 1 ? 2 : 3;
    out.push_back(encoded.substr(first, bits / 6 - first));
    std::string url_safe = out.back();
    std::replace(url_safe.begin(), url_safe.end(), '+', '-');
    std::replace(url_safe.begin(), url_safe.end(), '/', '_');
    out.push_back(url_safe);
  }
  return out;
}

}  // namespace

bool Redactor::add(std::string_view secret) {
  if (secret.size() < kShortest) return false;
  {
    const std::shared_lock lock(mutex_);
    if (std::find(forms_.begin(), forms_.end(), secret) != forms_.end()) return true;
  }
  std::vector<std::string> forms = inside_base64(secret);
  forms.emplace_back(secret);
  forms.push_back(percent_encoded(secret, "%{:02X}"));
  forms.push_back(percent_encoded(secret, "%{:02x}"));
  forms.push_back(json_escaped(secret, "\"\\"));
  forms.push_back(json_escaped(secret, "\"\\/"));
  const std::unique_lock lock(mutex_);
  forms_.insert(forms_.end(), forms.begin(), forms.end());
  std::sort(forms_.begin(), forms_.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  forms_.erase(std::unique(forms_.begin(), forms_.end()), forms_.end());
  any_.store(true, std::memory_order_release);
  return true;
}

void Redactor::add_headers(std::string_view text) {
  const char separator = text.find('\n') != std::string_view::npos ? '\n' : ';';
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view words = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    words.remove_prefix(std::min(words.find(':') + 1, words.size()));
    while (!words.empty()) {  // "Bearer xyz": the word is the secret, and stands alone where it leaks
      const std::size_t blank = std::min(words.find_first_of(" \t\r"), words.size());
      add(words.substr(0, blank));
      words.remove_prefix(std::min(blank + 1, words.size()));
    }
  }
}

std::string Redactor::clean(std::string text) const {
  if (!any_.load(std::memory_order_acquire)) return text;
  const std::shared_lock lock(mutex_);
  for (const std::string& form : forms_) {
    for (std::size_t at = text.find(form); at != std::string::npos; at = text.find(form, at + 8))
      text.replace(at, form.size(), "[secret]");
  }
  return text;
}

void add_secrets(Redactor& redactor) {
  if (const char* token = std::getenv("REPLICATE_API_TOKEN")) redactor.add(token);
  if (const char* headers = std::getenv("REPLICATE_EXTRA_HEADERS")) redactor.add_headers(headers);
}

}  // namespace pixgraph
