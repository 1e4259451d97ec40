#include "line_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <pixgraph/error.h>

namespace pixgraph {

static Error cannot_write(const std::string& path) {
  return Error("E602", "`" + path + "` cannot be written: " + std::strerror(errno)).stopping_run();
}

LineFile::LineFile(std::string path)
    : path_(std::move(path)),
      descriptor_(path_ == "-" ? STDOUT_FILENO
                               : ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw cannot_write(path_);
}

LineFile::~LineFile() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

void LineFile::append(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t count = ::write(descriptor_, lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw cannot_write(path_);
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
}

LineReader::LineReader(std::string path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw Error("E601", "`" + path_ + "` cannot be read: " + std::strerror(errno));
}

LineReader::~LineReader() {
  ::close(descriptor_);
}

void LineReader::read(const std::function<void(std::string_view line)>& line) {
  char buffer[64 * 1024];
  while (true) {
    const ssize_t count = ::read(descriptor_, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error("E601", "`" + path_ + "` cannot be read: " + std::strerror(errno));
    if (count == 0) return;
    std::size_t searched = rest_.size(), start = 0;
    rest_.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t end; (end = rest_.find('\n', searched)) != std::string::npos; start = searched = end + 1)
      line(std::string_view(rest_).substr(start, end - start));
    rest_.erase(0, start);
  }
}

}  // namespace pixgraph
