// Error: the one exception that crosses the plugin door.
//
// Thrown for what ends a piece of work (an item, a call); what is expected is a return value, and mistakes of the
// pipeline's author are collected as diagnostics instead (core/diagnostics.h). Exceptions of libraries are translated
// where they enter. No secret is ever put into any of the texts.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace pixgraph {

class __attribute__((visibility("default"))) Error : public std::exception {
 public:
  /// `code` is stable and documented ("E301"); `message` is one sentence without a full stop; `hint` says what to do.
  Error(std::string code, std::string message, std::string hint = {})
      : code_(std::move(code)), message_(std::move(message)), hint_(std::move(hint)) {}

  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  /// Where it happened: a file, a node and item, a URL. Empty until someone who knows sets it.
  const std::string& where() const { return where_; }
  /// Sets `where` unless an inner, more precise place is known already.
  Error& at(std::string where) {
    if (where_.empty()) where_ = std::move(where);
    return *this;
  }
  /// True for what must stop the whole run with state kept (exit 3): no token, 401, 402, disk full, maybe-paid.
  bool stops_run() const { return stops_run_; }
  Error& stopping_run() {
    stops_run_ = true;
    return *this;
  }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string code_, message_, hint_, where_;
  bool stops_run_ = false;
};

}  // namespace pixgraph
