#include "lines.h"

#include <algorithm>

#include "unicode.h"

namespace pixgraph {

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts_.push_back(at + 1);
}

std::string_view Lines::line(int number) const {
  if (number < 1 || number > count()) return {};
  const std::size_t from = starts_[number - 1];
  const std::size_t to = number < count() ? starts_[number] - 1 : text_.size();
  std::string_view line = text_.substr(from, to - from);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Place Lines::place(std::size_t offset, int length) {
  offset = std::min(offset, text_.size());
  std::size_t from = 0;
  Place place{1, 1, length};
  if (offset >= last_offset_ && (last_.line == count() || offset < starts_[last_.line])) {
    place.line = last_.line;
    place.column = last_.column;
    from = last_offset_;
  } else {
    place.line = static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
    from = starts_[place.line - 1];
  }
  place.column += static_cast<int>(count_characters(text_.substr(from, offset - from)));
  last_ = place;
  last_offset_ = offset;
  return place;
}

std::size_t Lines::offset(const Place& place) const {
  if (place.line < 1) return 0;
  if (place.line > count()) return text_.size();
  const std::string_view text = line(place.line);
  std::size_t at = 0;
  for (int column = 1; column < place.column && at < text.size(); ++column) at += character_at(text, at).bytes;
  return start(place.line) + at;
}

}  // namespace pixgraph
