// CSV as RFC 4180 has it: fields parted by commas, quoted ones with `""` for a quote and with line breaks of their own,
// CRLF or LF, a byte order mark at the start. Nothing is guessed: what is not of that form is a mistake with its place.
//
// The reader borrows the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics.h"

namespace pixgraph {

struct CsvField {
  std::string text;
  bool quoted = false;
  int line = 0;                                         // where it begins, from 1
  std::size_t line_start = 0, offset = 0, written = 0;  // in the text; `written` bytes stand there
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text);
  /// The next row; false at the end and at a mistake, behind which nothing is read. Empty lines are no rows.
  bool next(std::vector<CsvField>& row);

  struct Mistake {
    Place place;
    std::string message, help;
  };
  const std::optional<Mistake>& mistake() const { return mistake_; }

  /// For messages: the place of a field.
  Place place_of(const CsvField& field) const;

 private:
  bool read_field(CsvField& field);
  bool read_quoted(CsvField& field);
  void new_line(std::size_t start);
  bool refuse(const CsvField& field, std::string message, std::string help);

  std::string_view text_;
  std::size_t at_ = 0, line_start_ = 0;
  int line_ = 1;
  std::optional<Mistake> mistake_;
};

}  // namespace pixgraph
