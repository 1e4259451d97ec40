#include "csv.h"

#include <algorithm>

#include "unicode.h"

namespace pixgraph {

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = line_start_ = 3;
}

Place CsvReader::place_of(const CsvField& field) const {
  const auto columns = [&](std::size_t from, std::size_t to) {
    return static_cast<int>(count_characters(text_.substr(from, to - from)));
  };
  // What reaches over several lines is marked on its first.
  const std::size_t end = std::min({field.offset + field.written, text_.find('\n', field.offset), text_.size()});
  return {field.line, columns(field.line_start, field.offset) + 1, std::max(1, columns(field.offset, end))};
}

void CsvReader::new_line(std::size_t start) {
  ++line_;
  line_start_ = start;
}

bool CsvReader::refuse(const CsvField& field, std::string message, std::string help) {
  mistake_ = Mistake{place_of(field), std::move(message), std::move(help)};
  at_ = text_.size();
  return false;
}

/// `at_` is behind the opening quote.
bool CsvReader::read_quoted(CsvField& field) {
  field.quoted = true;
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) {
      field.written = text_.size() - field.offset;
      return refuse(field, "the quote that begins here is never closed",
                    "a quote within a quoted field is written twice: \"\"");
    }
    for (std::size_t end = text_.find('\n', at_); end < quote; end = text_.find('\n', end + 1)) new_line(end + 1);
    field.text += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    field.text += '"';
    ++at_;
  }
  field.written = at_ - field.offset;
  if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r')
    return refuse(field, "there is text behind the closing quote of this field",
                  "a quote within a quoted field is written twice: \"\"");
  return true;
}

bool CsvReader::read_field(CsvField& field) {
  field.text.clear();
  field.quoted = false;
  field.line = line_;
  field.line_start = line_start_;
  field.offset = at_;
  if (at_ < text_.size() && text_[at_] == '"') {
    ++at_;
    return read_quoted(field);
  }
  const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
  field.text = text_.substr(at_, end - at_);
  field.written = end - at_;
  if (end < text_.size() && text_[end] == '"')
    return refuse(field, "there is a quote within a field that does not begin with one",
                  "quote the whole field, and write the quotes within it twice: \"\"");
  at_ = end;
  return true;
}

bool CsvReader::next(std::vector<CsvField>& row) {
  const auto end_line = [&] {
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    new_line(at_);
  };
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) end_line();
  if (at_ >= text_.size()) return false;
  for (std::size_t count = 0;; ++at_) {
    if (row.size() == count) row.emplace_back();
    if (!read_field(row[count++])) return false;
    if (at_ < text_.size() && text_[at_] == ',') continue;
    row.resize(count);
    if (at_ < text_.size()) end_line();
    return true;
  }
}

}  // namespace pixgraph
