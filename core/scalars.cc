#include "scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <pixgraph/colour.h>

#include "unicode.h"

namespace pixgraph {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_from(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// JSON's number grammar. `whole`: without fraction and exponent.
bool is_json_number(std::string_view text, bool& whole) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t first = at;
  at = digits_from(text, at);
  if (at == first || (text[first] == '0' && at > first + 1)) return false;
  whole = at == text.size();
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = at + 1;
    at = digits_from(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    at = digits_from(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

Reading<Value> wrong(std::string why, std::string help = {}) {
  return {Value(), std::move(why), std::move(help)};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Reading<Value> integer_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return wrong(ticked(text) + " is too large for an integer");
  return {Value(number), {}, {}};
}

Reading<Value> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return wrong(ticked(text) + " is beyond what a number can hold", "numbers reach from 1e-307 to 1e308");
  return {Value(number), {}, {}};
}

/// A double as people write it, where it is a whole number that an integer can hold.
std::optional<std::string> as_whole(double number) {
  if (!std::isfinite(number) || std::abs(number) > 9e15 || number != std::floor(number)) return std::nullopt;
  return std::to_string(static_cast<std::int64_t>(number));
}

/// A word that is nearly a number: what it is, and what to write.
Reading<Value> nearly_number(std::string_view text, bool integer) {
  const std::string shown = ticked(text);
  std::string_view digits = text;
  std::string sign;
  if (digits.starts_with('-') || digits.starts_with('+')) {
    if (digits[0] == '-') sign = "-";
    digits.remove_prefix(1);
  }
  auto write = [&](const std::string& what) { return "write `" + sign + what + "`"; };
  bool whole = false;
  if (is_json_number(text, whole)) {  // a number where an integer is wanted
    const auto value = number_of(text);
    const auto plain = value.ok() ? as_whole(*value.value.number()) : std::nullopt;
    return plain ? wrong(shown + " is not written as one", "write `" + *plain + "`") : wrong(shown + " is none");
  }
  const std::string small = lower(digits);
  if (small == ".inf" || small == "inf" || small == "infinity" || small == ".nan" || small == "nan")
    return wrong(shown + " is not finite");
  if (small.starts_with("0x") || small.starts_with("0o") || small.starts_with("0b")) {
    const int base = small[1] == 'x' ? 16 : small[1] == 'o' ? 8 : 2;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(small.data() + 2, small.data() + small.size(), value, base);
    const bool read = error == std::errc() && end == small.data() + small.size() && small.size() > 2;
    return wrong(shown + " is not decimal", read ? write(std::to_string(value)) : "");
  }
  std::string bare;
  for (char c : digits)
    if (c != '_' && c != ',' && c != '\'') bare += c;
  if (bare.size() < digits.size() && is_json_number(bare, whole) && is_digit(digits[0]) &&
      digits.find(",") == std::string_view::npos)
    return wrong(shown + " has a separator in it", write(bare));
  if (!digits.empty() && digits_from(digits, 0) == digits.size()) {
    std::string_view rest = digits;
    while (rest.size() > 1 && rest[0] == '0') rest.remove_prefix(1);
    if (rest.size() < digits.size()) return wrong(shown + " begins with a zero", write(std::string(rest)));
    return wrong(shown + " begins with a `+`", write(std::string(rest)));
  }
  if (!integer && digits.starts_with('.') && is_json_number("0" + std::string(digits), whole))
    return wrong(shown + " lacks its zero", write("0" + std::string(digits)));
  if (!integer && digits.ends_with('.') && is_json_number(std::string(digits) + "0", whole))
    return wrong(shown + " lacks its zero", write(std::string(digits) + "0"));
  const std::size_t unit = digits_from(digits, 0);
  if (unit > 0 && digits[0] != '0' && digits.find_first_of("0123456789.,") == 0 &&
      std::ranges::all_of(digits.substr(unit), [](char c) { return (c >= 'a' && c <= 'z') || c == '%' || c == ' '; }))
    return wrong(shown + " has a unit in it", write(std::string(digits.substr(0, unit))));
  return wrong(shown + " is none");
}

Reading<Value> boolean_of(std::string_view text) {
  if (text == "true") return {Value(true), {}, {}};
  if (text == "false") return {Value(false), {}, {}};
  const std::string small = lower(text);
  for (std::string_view yes : {"true", "yes", "y", "on", "1"})
    if (small == yes) return wrong(ticked(text) + " is neither", "did you mean `true`?");
  for (std::string_view no : {"false", "no", "n", "off", "0"})
    if (small == no) return wrong(ticked(text) + " is neither", "did you mean `false`?");
  return wrong(ticked(text) + " is neither");
}

Reading<Value> plain_word(std::string_view text, Type type) {
  bool whole = false;
  switch (type) {
    case Type::integer: return is_json_number(text, whole) && whole ? integer_of(text) : nearly_number(text, true);
    case Type::number:
      if (!is_json_number(text, whole)) return nearly_number(text, false);
      return number_of(text);
    case Type::boolean: return boolean_of(text);
    case Type::text:
    case Type::json:
    case Type::file:
    case Type::image:
    case Type::mask: break;
  }
  return {Value(text), {}, {}};
}

}  // namespace

std::string described(const DocumentValue& written) {
  switch (written.kind) {
    case DocumentValue::Kind::null:
      return written.text.empty() ? "there is nothing here" : ticked(written.text) + " is no value";
    case DocumentValue::Kind::scalar: return ticked(written.text) + " is none";
    case DocumentValue::Kind::list: return "this is a list";
    case DocumentValue::Kind::map: return "this is a map";
  }
  return {};
}

Reading<Value> read_scalar(const DocumentValue& written, Type type) {
  if (written.kind == DocumentValue::Kind::null && type == Type::text)
    return wrong(described(written), written.text.empty() ? "write \"\" for an empty text"
                                                          : "quote it if the word is meant: \"" + written.text + "\"");
  if (written.kind != DocumentValue::Kind::scalar) return wrong(described(written));
  if (type == Type::text || !written.quoted) return plain_word(written.text, type);
  // A text is never read as something else; where it would be right without its quotes, that is the help.
  const bool would_do = plain_word(written.text, type).ok();
  return wrong(ticked(written.text) + (would_do ? " is a text because of its quotes" : " is a text"),
               would_do ? "write `" + written.text + "` without quotes" : "");
}

Reading<Value> read_word(std::string_view text, Type type) {
  if (type != Type::json) return plain_word(text, type);
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return wrong(ticked(text) + " is no JSON", "a text is written with its quotes: '\"...\"'");
  return {Value(std::make_shared<const nlohmann::json>(std::move(parsed))), {}, {}};
}

Reading<Value> read_json_scalar(const DocumentValue& written) {
  if (written.kind == DocumentValue::Kind::null) return {};
  if (written.quoted) return {Value(written.text), {}, {}};
  if (written.text == "true") return {Value(true), {}, {}};
  if (written.text == "false") return {Value(false), {}, {}};
  bool whole = false;
  if (!is_json_number(written.text, whole)) return {Value(written.text), {}, {}};
  Reading<Value> number = whole ? integer_of(written.text) : number_of(written.text);
  if (!number.ok()) number.help = "quote it to send it as a text";
  return number;
}

Reading<std::chrono::milliseconds> read_duration(const DocumentValue& written) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  static constexpr std::array kUnits = {Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1'000}, Unit{"ms", 1}};
  const std::string help = "write it as `400ms`, `30s`, `5m` or `1h30m`";
  if (written.kind != DocumentValue::Kind::scalar) return {{}, described(written), help};
  const std::string& text = written.text;
  const std::size_t bare = digits_from(text, 0);
  if (bare == text.size() && bare > 0)
    return {{}, ticked(text) + " has no unit", "write `" + text + "s` or `" + text + "m`"};
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units come in descending order, each once
  for (std::size_t at = 0; at < text.size() || at == 0;) {
    const std::size_t end = digits_from(text, at);
    if (end == at || end - at > 9) return {{}, ticked(text) + " is none", help};
    std::int64_t count = 0;
    std::from_chars(text.data() + at, text.data() + end, count);
    std::size_t unit_end = end;
    while (unit_end < text.size() && !is_digit(text[unit_end])) ++unit_end;
    const std::string_view name = std::string_view(text).substr(end, unit_end - end);
    const auto unit =
        std::find_if(kUnits.begin() + next_unit, kUnits.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == kUnits.end()) return {{}, ticked(text) + " is none", help};
    total += count * unit->milliseconds;
    next_unit = static_cast<std::size_t>(unit - kUnits.begin()) + 1;
    at = unit_end;
  }
  return {std::chrono::milliseconds(total), {}, {}};
}

Reading<std::string> read_colour(const DocumentValue& written) {
  const std::string help = "write it in quotes, as \"#fff\" or \"#ffffff\"";
  if (written.kind != DocumentValue::Kind::scalar) {
    const bool commented = written.kind == DocumentValue::Kind::null && written.text.empty();
    return {{}, described(written), commented ? "a `#` outside quotes begins a comment: " + help : help};
  }
  const auto colour = parse_colour(written.text);
  if (colour && written.text.size() <= 7)
    return {fmt::format("#{:02x}{:02x}{:02x}", (*colour)[0], (*colour)[1], (*colour)[2]), {}, {}};
  if (colour) return {{}, ticked(written.text) + " has alpha", help};
  return {{}, ticked(written.text) + " is none", help};
}

}  // namespace pixgraph
