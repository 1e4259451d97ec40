// Session: one case, a text file, carried out line by line in a folder of its own. What the lines can say is told in
// tests/cases/README.md.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "process.h"

namespace cases {

struct Line {
  int number = 0;
  std::vector<std::string> words;  // split at spaces; "quoted words" keep theirs
  std::string rest;                // everything after the first word
  std::string block;               // the lines below that are indented by two spaces, without those
};

/// Throws std::runtime_error with the line's number where the text is not a case.
std::vector<Line> parse_case(const std::string& text);

/// Nothing where `text` is as `pattern` says; else a sentence. Pattern lines are exact but for <time>, <run>, <url>,
/// <id>, <n> (a whole number), <any> (within the line); a line `...` stands for any number of lines.
std::string mismatch(const std::string& pattern, const std::string& text);

/// "768x512 rgb" of a PNG, JPEG or WebP file by its own header; "" where it is none.
std::string picture_facts(const std::string& path);

class Session {
 public:
  Session();
  /// Does what the line says. Throws std::runtime_error with a sentence where something is not as it must be.
  void perform(const Line& line);
  ~Session();

 private:
  std::string path(const std::string& name) const;
  std::vector<std::string> program(const std::vector<std::string>& words, std::size_t from) const;
  void start(const Line& line, std::size_t from);
  void finish();
  void need_exit();
  void start_sandbox(const Line& line);
  long asked(const std::string& what) const;
  void await(const Line& line);
  void check_text(const Line& line, const std::string& text);
  void check_nowhere(const std::string& text) const;

  std::string top_, folder_, scratch_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<Process> running_, sandbox_;
  std::unique_ptr<Listener> listener_;
  int sandbox_port_ = 0, started_ = 0;
  Ended last_;
  bool exit_checked_ = true;
  std::string last_command_;
};

}  // namespace cases
