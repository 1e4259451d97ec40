#include "source_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <pixgraph/error.h>

#include "unicode.h"

namespace pixgraph {

namespace {

constexpr std::size_t kMostBytes = 4 << 20;

}  // namespace

std::string read_source(const std::string& file) {
  auto failed = [&](const std::string& why, std::string hint = {}) {
    return Error("E601", ticked(file) + " cannot be read: " + why, std::move(hint));
  };
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw failed(errno == ENOENT ? "there is no such file" : std::strerror(errno),
                 errno == ENOENT ? "the first argument is the pipeline file, a .yaml" : "");
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{descriptor};
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode))
    throw failed("it is a folder", "name the pipeline file in it");
  std::string text;
  char buffer[1 << 16];
  // One byte beyond the limit is enough to know.
  while (text.size() <= kMostBytes) {
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw failed(std::strerror(errno));
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

std::string normalised_source(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (text.find('\r') == std::string::npos) return text;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

std::string without_controls(const std::string& text, Lines& lines, Diagnostics& diagnostics) {
  std::string clean = text;
  std::size_t first = 0, in_line = 0;
  // A line of them is one mistake: a file that is no text at all may hold millions.
  const auto tell = [&] {
    if (in_line == 0) return;
    char name[8];
    std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned char>(text[first]));
    diagnostics.error("E005", lines.place(first),
                      std::string("a control character (") + name + ")" +
                          (in_line > 1 ? ", the first of " + std::to_string(in_line) + " in this line" : ""),
                      "take it away; within double quotes it can be written as an escape");
    in_line = 0;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '\n') tell();
    if (c >= 0x20 ? c != 0x7F : c == '\n' || c == '\t') continue;
    if (in_line++ == 0) first = at;
    clean[at] = ' ';
  }
  tell();
  return clean;
}

bool check_source(const std::string& text, Lines& lines, Diagnostics& diagnostics) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const std::size_t bad = find_invalid_utf8(text);
  if (!utf16 && bad != std::string::npos && text.find('\0') != std::string::npos) {
    diagnostics.error("E005", {}, "this is no text but a binary file, such as a photo",
                      "the pipeline's file comes first: pixgraph run FILE PHOTO ...");
    return false;
  }
  if (text.size() > kMostBytes) {
    diagnostics.error("E004", {}, "the file is larger than 4 MB",
                      "a list of items belongs in a manifest: items.csv or items.jsonl");
    return false;
  }
  if (utf16) {
    diagnostics.error("E005", {}, "the file is UTF-16", "save it as UTF-8");
    return false;
  }
  if (bad != std::string::npos) {
    diagnostics.error("E005", lines.place(bad), "the file is not UTF-8 text", "save it as UTF-8",
                      "not UTF-8 from here on");
    return false;
  }
  return true;
}

}  // namespace pixgraph
