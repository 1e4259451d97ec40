// Lines: where the lines of a text begin, and which line and column an offset is.
//
// Refers to the text, which must outlive it. One thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "diagnostics.h"

namespace pixgraph {

class Lines {
 public:
  explicit Lines(std::string_view text);

  int count() const { return static_cast<int>(starts_.size()); }
  /// Without its line end; empty for a line that is not there. 1-based.
  std::string_view line(int number) const;
  /// Of the line's first byte. REQUIRES: 1 <= number <= count().
  std::size_t start(int number) const { return starts_[number - 1]; }
  /// The place of an offset. Asking in ascending order costs a whole file one walk, however long its lines are.
  Place place(std::size_t offset, int length = 1);
  /// The byte offset of a place, the line's end where the column is beyond it.
  std::size_t offset(const Place& place) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  std::size_t last_offset_ = 0;  // the last answer of place(), from which the next one on the same line is counted
  Place last_{1, 1, 1};
};

}  // namespace pixgraph
