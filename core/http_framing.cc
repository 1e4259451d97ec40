#include "http_framing.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "http_errors.h"

namespace pixgraph {

namespace {

constexpr std::size_t kMaxHead = 64 * 1024;
constexpr std::size_t kMaxLine = 4 * 1024;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// A server's words as a message may show them.
std::string harmless(std::string_view text) {
  std::string out(text.substr(0, 40));
  for (char& c : out)
    if (c < 0x20 || c == 0x7f) c = '?';
  return out;
}

/// Takes the first line off, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Where a head that starts at the front of `text` ends, with its empty line; npos where it does not yet.
std::size_t head_end(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] == '\n') return at + 2;
    if (at + 2 < text.size() && text[at + 1] == '\r' && text[at + 2] == '\n') return at + 3;
  }
  return std::string_view::npos;
}

AnswerHead parse_head(std::string_view text) {
  AnswerHead head;
  const std::string_view status_line = take_line(text);
  if (status_line.size() < 12 || !status_line.starts_with("HTTP/1.") || status_line[8] != ' ')
    throw MalformedAnswer{"it does not start with HTTP/1.1 and a status"};
  const std::string_view digits = status_line.substr(9, 3);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 3, head.status);
  if (error != std::errc() || end != digits.data() + 3 || head.status < 100 ||
      (status_line.size() > 12 && status_line[12] != ' '))
    throw MalformedAnswer{"its status is not a number of three digits"};
  head.minor_version = status_line[7] - '0';
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {  // continues the line before (obsolete)
      if (head.headers.empty()) throw MalformedAnswer{"its first header line starts with a space"};
      head.headers.back().second.append(" ").append(trimmed(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) throw MalformedAnswer{"a header line has no name and colon"};
    head.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return head;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return low(x) == low(y);
  });
}

std::string_view AnswerHead::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

bool AnswerHead::has_word(std::string_view name, std::string_view word) const {
  for (const auto& [key, value] : headers) {
    if (!same_name(key, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (same_name(trimmed(rest.substr(0, comma)), word)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

bool AnswerHead::keeps_connection() const {
  if (has_word("Connection", "close")) return false;
  return minor_version >= 1 || has_word("Connection", "keep-alive");
}

std::optional<AnswerHead> take_head(HttpConnection& connection) {
  // Some servers send an empty line too much after a body.
  while (connection.buffered().starts_with("\r\n")) connection.consume(2);
  const std::string_view text = connection.buffered();
  // What is no HTTP from its first bytes on is said at once, not after 64 kB or the deadline.
  if (const std::string_view start = "HTTP/1."; text.substr(0, start.size()) != start.substr(0, text.size()))
    throw MalformedAnswer{"it does not start with HTTP/1.1 and a status"};
  const std::size_t end = head_end(text.substr(0, kMaxHead));
  if (end == std::string_view::npos) {
    if (text.size() >= kMaxHead) throw MalformedAnswer{"its head is larger than 64 kB"};
    return std::nullopt;
  }
  AnswerHead head = parse_head(text.substr(0, end));
  connection.consume(end);
  return head;
}

AnswerHead read_head(HttpConnection& connection, Clock::time_point deadline) {
  for (;;) {
    std::optional<AnswerHead> head;
    if (!connection.buffered().empty()) head = take_head(connection);
    if (!head) {
      if (!connection.fill(deadline))
        throw ConnectionLost{connection.buffered().empty() ? "the connection was closed"
                                                           : "the connection was closed inside the head"};
    } else if (head->status == 101) {
      throw MalformedAnswer{"it switches to another protocol"};
    } else if (head->status >= 200) {
      return *std::move(head);
    }
  }
}

BodyReader::BodyReader(HttpConnection& connection, const AnswerHead& head, bool without_body, std::uint64_t max_bytes)
    : connection_(connection), max_bytes_(max_bytes) {
  if (without_body || head.status == 204 || head.status == 304) {
    done_ = true;
    return;
  }
  if (!head.header("Transfer-Encoding").empty()) {
    if (!same_name(head.header("Transfer-Encoding"), "chunked"))
      throw MalformedAnswer{fmt::format("its Transfer-Encoding is `{}`", harmless(head.header("Transfer-Encoding")))};
    kind_ = Kind::chunked;
    return;
  }
  for (const auto& [key, value] : head.headers) {
    if (!same_name(key, "Content-Length")) continue;
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (value.empty() || error != std::errc() || end != value.data() + value.size())
      throw MalformedAnswer{fmt::format("its Content-Length is `{}`", harmless(value))};
    if (length_ && *length_ != length) throw MalformedAnswer{"it has two Content-Lengths"};
    length_ = length;
  }
  if (!length_) {
    kind_ = Kind::until_close;
    return;
  }
  if (*length_ > max_bytes_) throw BodyTooLarge{};
  left_ = *length_;
  done_ = left_ == 0;
}

std::string_view BodyReader::give(std::uint64_t at_most) {
  const std::string_view bytes =
      connection_.buffered().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(at_most, SIZE_MAX)));
  connection_.consume(bytes.size());
  received_ += bytes.size();
  if (received_ > max_bytes_) throw BodyTooLarge{};
  return bytes;
}

bool BodyReader::fill(Clock::time_point deadline) {
  try {
    return connection_.fill(deadline);
  } catch (const ConnectionLost&) {  // a reset inside a body is a truncated body like any other
    return false;
  }
}

std::string_view BodyReader::next(Clock::time_point deadline) {
  if (done_) return {};
  if (kind_ == Kind::chunked && left_ == 0 && !next_chunk(deadline)) {
    done_ = true;
    return {};
  }
  if (connection_.buffered().empty()) {
    bool more = false;
    if (kind_ == Kind::until_close)
      more = connection_.fill(deadline);  // here a reset or a missing end of TLS is all that tells truncation
    else if (!(more = fill(deadline)))
      throw BodyTruncated{received_, length_.value_or(0)};
    if (!more) {
      done_ = true;
      return {};
    }
  }
  if (kind_ == Kind::until_close) return give(UINT64_MAX);
  const std::string_view bytes = give(left_);
  left_ -= bytes.size();
  if (kind_ == Kind::counted && left_ == 0) done_ = true;
  return bytes;
}

std::string BodyReader::line(Clock::time_point deadline) {
  for (;;) {
    const std::string_view text = connection_.buffered();
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos || text.size() > kMaxLine) {
      if (end == std::string_view::npos || end > kMaxLine)
        throw MalformedAnswer{"a line between its chunks is too long"};
      std::string out(text.substr(0, end));
      if (out.ends_with('\r')) out.pop_back();
      connection_.consume(end + 1);
      return out;
    }
    if (!fill(deadline)) throw BodyTruncated{received_, 0};
  }
}

bool BodyReader::next_chunk(Clock::time_point deadline) {
  if (in_chunks_ && !line(deadline).empty()) throw MalformedAnswer{"a chunk is longer than its size"};
  in_chunks_ = true;
  const std::string size = line(deadline);
  const char* const end = size.data() + size.size();
  const auto [stop, error] = std::from_chars(size.data(), end, left_, 16);
  if (error != std::errc() || (stop != end && *stop != ';' && *stop != ' ' && *stop != '\t'))
    throw MalformedAnswer{"a chunk's size is not a number"};
  if (left_ > 0) return true;
  for (std::size_t trailers = 0;;) {
    const std::string trailer = line(deadline);
    if (trailer.empty()) return false;
    if ((trailers += trailer.size()) > kMaxHead) throw MalformedAnswer{"its trailers are larger than 64 kB"};
  }
}

}  // namespace pixgraph
