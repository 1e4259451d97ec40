// Screen: a terminal's screen as far as pixgraph uses one: text, line ends, cursor up, erasing, colours (ignored) and
// marks of synchronised updates. What it does not know throws. Lines that wrap are counted; when it becomes narrower it
// breaks long lines in two, and joins them when it becomes wider, as most terminals do.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pixgraph::test {

class Screen {
 public:
  Screen(int columns, int rows) : columns_(columns), rows_(rows), cells_(1) {}

  void take(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) at = pending_.empty() ? one(bytes, at) : rest(bytes, at);
  }

  /// As it is now, without spaces at the ends of lines.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (std::size_t i = top(); i < top() + static_cast<std::size_t>(rows_); ++i) {
      std::string line;
      if (i < cells_.size())
        for (const std::string& cell : cells_[i]) line += cell;
      while (line.ends_with(' ')) line.pop_back();
      out.push_back(line);
    }
    return out;
  }
  std::string text() const {
    std::string out;
    for (const std::string& line : lines()) out += line + "\n";
    return out;
  }
  /// What has scrolled out at the top.
  std::string scrolled() const {
    std::string out;
    for (std::size_t i = 0; i < top() && i < cells_.size(); ++i) {
      for (const std::string& cell : cells_[i]) out += cell;
      out += "\n";
    }
    return out;
  }

  void resize(int columns, int rows) {
    const std::vector<std::vector<std::string>> cells = std::exchange(cells_, {});
    const std::vector<bool> goes_on = std::exchange(goes_on_, {});
    const std::size_t row = row_, width = static_cast<std::size_t>(columns);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::vector<std::string> line;
      std::size_t before = 0;  // the cursor's row
      for (bool more = true; more; i += more) {
        if (i == row) before = line.size() + 1;
        line.insert(line.end(), cells[i].begin(), cells[i].end());
        more = goes_on[i] && i + 1 < cells.size();
      }
      if (before > 0) row_ = cells_.size() + (before - 1) / width;
      std::size_t from = 0;
      do {
        const std::size_t to = std::min(line.size(), from + width);
        cells_.emplace_back(line.begin() + static_cast<std::ptrdiff_t>(from),
                            line.begin() + static_cast<std::ptrdiff_t>(to));
        from = to;
        goes_on_.push_back(from < line.size());
      } while (from < line.size());
    }
    columns_ = columns;
    rows_ = rows;
  }

  int wraps = 0;    // lines that were longer than the screen is wide, in synchronised updates
  int updates = 0;  // synchronised ones
  bool updating = false;

 private:
  std::size_t top() const {
    return cells_.size() > static_cast<std::size_t>(rows_) ? cells_.size() - static_cast<std::size_t>(rows_) : 0;
  }
  static int bytes_of(unsigned char first) { return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4; }

  // Bytes that came in two parts.
  std::size_t rest(std::string_view bytes, std::size_t at) {
    const std::string all = pending_ + bytes[at];
    pending_.clear();
    one(all, 0);
    return at + 1;
  }

  std::size_t one(std::string_view bytes, std::size_t at) {
    const unsigned char c = static_cast<unsigned char>(bytes[at]);
    if (c == '\r') return column_ = 0, at + 1;
    if (c == '\n') return column_ = 0, down(), at + 1;
    if (c == '\x1b') return escape(bytes, at);
    if (c < 0x20) throw std::runtime_error("the screen does not know " + std::to_string(c));
    const auto count = static_cast<std::size_t>(bytes_of(c));
    if (at + count > bytes.size()) return pending_ = bytes.substr(at), bytes.size();
    put(std::string(bytes.substr(at, count)), count == 4 || (count == 3 && c >= 0xE3 && c <= 0xED) ? 2 : 1);
    return at + count;
  }

  std::size_t escape(std::string_view bytes, std::size_t at) {
    std::size_t end = at + 2;
    while (end < bytes.size() && (bytes[end] < '@' || bytes[end] > '~')) ++end;
    if (end >= bytes.size()) return pending_ = bytes.substr(at), bytes.size();
    const std::string_view code = bytes.substr(at + 2, end - at - 1);
    if (code == "?2026h") {
      updating = true;
    } else if (code == "?2026l") {
      updating = false;
      ++updates;
    } else if (code == "K") {
      erase_rest();
    } else if (code == "J") {
      erase_rest();
      cells_.resize(row_ + 1);
      goes_on_.resize(row_ + 1);
    } else if (code.ends_with('A')) {
      const std::size_t up = std::stoul(std::string(code));
      row_ = row_ > top() + up ? row_ - up : top();
    } else if (!code.ends_with('m')) {
      throw std::runtime_error("the screen does not know ESC [ " + std::string(code));
    }
    return end + 1;
  }

  void erase_rest() {
    if (cells_[row_].size() > column_) cells_[row_].resize(column_);
    if (column_ == 0) goes_on_[row_] = false;
  }

  void down() {
    if (++row_ < cells_.size()) return;
    cells_.emplace_back();
    goes_on_.push_back(false);
  }

  void put(const std::string& character, std::size_t width) {
    if (column_ + width > static_cast<std::size_t>(columns_)) {
      wraps += updating;
      column_ = 0;
      down();
    }
    auto& line = cells_[row_];
    if (line.size() < column_ + width) line.resize(column_ + width, " ");
    line[column_] = character;
    if (width == 2) line[column_ + 1] = "";
    column_ += width;
  }

  int columns_, rows_;
  std::vector<std::vector<std::string>> cells_;  // with what has scrolled out
  std::vector<bool> goes_on_{false};  // rows whose line goes on in the next; writing over them changes nothing
  std::size_t row_ = 0, column_ = 0;
  std::string pending_;
};

}  // namespace pixgraph::test
