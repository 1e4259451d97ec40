// How a case is read, how texts are compared, and what a picture's own header says.
#include <regex>
#include <stdexcept>

#include "session.h"

namespace cases {

static std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

static std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false, any = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i == line.size() || (line[i] == ' ' && !inside)) {
      if (any) words.push_back(word);
      word.clear();
      any = false;
    } else if (line[i] == '"' && (inside || !any || word.ends_with('='))) {
      inside = !inside;
      any = true;
    } else {
      if (line[i] == '\\' && inside && i + 1 < line.size()) ++i;
      word += line[i];
      any = true;
    }
  }
  if (inside) throw std::runtime_error("a \" is open at the end of: " + line);
  return words;
}

std::vector<Line> parse_case(const std::string& text) {
  std::vector<Line> all;
  int number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (line.starts_with("  ") || (line.empty() && !all.empty() && !all.back().block.empty())) {
      if (all.empty()) throw std::runtime_error("line " + std::to_string(number) + " is indented below nothing");
      all.back().block += (line.empty() ? "" : line.substr(2)) + "\n";
    } else if (!line.empty() && line[0] != '#') {
      Line one{number, split(line), "", ""};
      const std::size_t space = line.find(' ');
      if (space != std::string::npos) one.rest = line.substr(space + 1);
      all.push_back(std::move(one));
    }
  }
  // Blank lines inside of a block belong to it, those after it do not.
  for (Line& line : all)
    while (line.block.ends_with("\n\n")) line.block.pop_back();
  return all;
}

static std::regex line_pattern(const std::string& line) {
  static const std::pair<const char*, const char*> kPlaces[] = {
      {"<time>", "[0-9]+(\\.[0-9]+)? ?(ms|s|min|h)( [0-9]+ ?s)?"},
      {"<run>", "[0-9]{8}T[0-9]{9}-[0-9a-f]{6}"},
      {"<url>", "http://127\\.0\\.0\\.1:[0-9]+/v1"},
      {"<id>", "[a-z0-9]{26}"},
      {"<n>", "[0-9]+"},
      {"<any>", ".*"}};
  std::string made;
  for (std::size_t i = 0; i < line.size();) {
    bool placed = false;
    for (const auto& [place, expression] : kPlaces)
      if (line.compare(i, std::string(place).size(), place) == 0) {
        made += expression;
        i += std::string(place).size();
        placed = true;
        break;
      }
    if (placed) continue;
    if (std::string("\\^$.|?*+()[]{}").find(line[i]) != std::string::npos) made += '\\';
    made += line[i++];
  }
  return std::regex(made);
}

static bool matches(const std::vector<std::string>& patterns, std::size_t p, const std::vector<std::string>& lines,
                    std::size_t l, std::size_t& furthest) {
  furthest = std::max(furthest, p);
  if (p == patterns.size()) return l == lines.size();
  if (patterns[p] == "...") {
    for (std::size_t skip = l; skip <= lines.size(); ++skip)
      if (matches(patterns, p + 1, lines, skip, furthest)) return true;
    return false;
  }
  return l < lines.size() && std::regex_match(lines[l], line_pattern(patterns[p])) &&
         matches(patterns, p + 1, lines, l + 1, furthest);
}

std::string mismatch(const std::string& pattern, const std::string& text) {
  const std::vector<std::string> patterns = lines_of(pattern), lines = lines_of(text);
  std::size_t furthest = 0;
  if (matches(patterns, 0, lines, 0, furthest)) return "";
  return furthest < patterns.size() ? "no line is as wanted: " + patterns[furthest] : "there is more than wanted";
}

std::string picture_facts(const std::string& path) {
  const std::string bytes = read_file(path);
  const auto byte = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u; };
  const auto pair = [&](std::size_t at) { return byte(at) * 256 + byte(at + 1); };
  const auto facts = [](unsigned width, unsigned height, const char* kind) {
    return std::to_string(width) + "x" + std::to_string(height) + " " + kind;
  };
  if (bytes.starts_with("\x89PNG")) {
    const char* kinds[] = {"grey", "?", "rgb", "palette", "grey-alpha", "?", "rgba"};
    return facts(pair(18), pair(22), byte(25) < 7 ? kinds[byte(25)] : "?");
  }
  if (bytes.starts_with("RIFF") && bytes.compare(8, 4, "WEBP") == 0) return facts(0, 0, "webp");
  if (!bytes.starts_with("\xff\xd8")) return "";
  for (std::size_t at = 2; at + 9 < bytes.size() && byte(at) == 0xff;) {
    const unsigned marker = byte(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
      return facts(pair(at + 7), pair(at + 5), byte(at + 9) == 1 ? "jpeg-grey" : "jpeg");
    at += 2 + pair(at + 2);
  }
  return "";
}

}  // namespace cases
