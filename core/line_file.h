// LineFile: a file of lines that grows while others read it. What is appended is whole lines; a reader that finds a
// torn last line (the process died within a write) leaves it out.
//
// One writer. Failures throw Error E602 (stops_run).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace pixgraph {

class LineFile {
 public:
  /// Creates it, or goes on at the end of an existing one. "-" is standard output.
  explicit LineFile(std::string path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;
  void append(std::string_view lines);

 private:
  const std::string path_;
  int descriptor_ = -1;
};

/// Reads the same file from its beginning, as far as it has come.
class LineReader {
 public:
  /// Throws Error E601 where it cannot be read.
  explicit LineReader(std::string path);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  /// Calls `line` (without its end) for every whole line since the last call.
  void read(const std::function<void(std::string_view line)>& line);

 private:
  const std::string path_;
  int descriptor_ = -1;
  std::string rest_;  // begins at a line; its end is not there yet
};

}  // namespace pixgraph
