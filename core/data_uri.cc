#include "data_uri.h"

#include <array>

#include <fmt/format.h>
#include <pixgraph/http.h>

#include "http_url.h"

namespace pixgraph {

namespace {

constexpr std::uint8_t kSpace = 64, kPad = 65, kOther = 66;

constexpr std::array<std::uint8_t, 256> kSextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kOther);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  for (const char c : {' ', '\t', '\r', '\n', '\f'}) table[static_cast<unsigned char>(c)] = kSpace;
  table['='] = kPad;
  return table;
}();

[[noreturn]] void refuse(std::string_view uri, const std::string& why) {
  throw Error("E209", fmt::format("`{}` is not a data: URI that can be read: {}",
                                  uri.size() > 60 ? std::string(uri.substr(0, 57)) + "..." : std::string(uri), why));
}

std::vector<std::uint8_t> from_base64(std::string_view text, std::string_view uri) {
  std::vector<std::uint8_t> out(text.size() / 4 * 3 + 3);
  std::uint8_t* to = out.data();
  std::size_t at = 0;
  unsigned group = 0;
  int filled = 0;
  const auto sextet = [&](std::size_t i) { return kSextets[static_cast<unsigned char>(text[i])]; };
  for (;;) {
    if (filled == 0) {
      while (at + 4 <= text.size()) {  // four plain characters at a time
        const unsigned a = sextet(at), b = sextet(at + 1), c = sextet(at + 2), d = sextet(at + 3);
        if ((a | b | c | d) >= kSpace) break;
        const unsigned three = a << 18 | b << 12 | c << 6 | d;
        *to++ = static_cast<std::uint8_t>(three >> 16);
        *to++ = static_cast<std::uint8_t>(three >> 8);
        *to++ = static_cast<std::uint8_t>(three);
        at += 4;
      }
    }
    if (at == text.size()) break;
    const std::uint8_t value = sextet(at++);
    if (value == kSpace) continue;
    if (value == kPad) {
      int pads = 1;
      for (; at < text.size(); ++at) {
        if (sextet(at) == kPad)
          ++pads;
        else if (sextet(at) != kSpace)
          refuse(uri, "its base64 goes on after `=`");
      }
      if (filled + pads != 4 || filled < 2) refuse(uri, "its base64 is cut off");
      break;
    }
    if (value == kOther) refuse(uri, fmt::format("byte {} of its base64 is no base64", at - 1));
    group = group << 6 | value;
    if (++filled == 4) {
      *to++ = static_cast<std::uint8_t>(group >> 16);
      *to++ = static_cast<std::uint8_t>(group >> 8);
      *to++ = static_cast<std::uint8_t>(group);
      group = 0;
      filled = 0;
    }
  }
  if (filled == 1) refuse(uri, "its base64 is cut off");
  if (filled >= 2) *to++ = static_cast<std::uint8_t>(group >> (filled == 2 ? 4 : 10));
  if (filled == 3) *to++ = static_cast<std::uint8_t>(group >> 2);
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

}  // namespace

DataUri decode_data_uri(std::string_view uri) {
  if (scheme_of(uri) != "data") refuse(uri, "it does not start with `data:`");
  const std::string_view rest = uri.substr(5);
  const std::size_t comma = rest.find(',');
  if (comma == std::string_view::npos) refuse(uri, "it has no comma");
  DataUri out;
  std::string head;
  for (const char c : rest.substr(0, comma))
    if (c != ' ') head += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  const bool is_base64 = head.ends_with(";base64") || head == "base64";
  out.media_type = head.substr(0, head.find(';'));
  if (out.media_type.find('/') == std::string::npos) out.media_type = "text/plain";

  const std::string_view data = rest.substr(comma + 1);
  const bool escaped = data.find('%') != std::string_view::npos;
  if (is_base64) {
    const std::string plain = escaped ? percent_decoded(data) : std::string();
    out.bytes = from_base64(escaped ? std::string_view(plain) : data, uri);
  } else if (escaped) {
    const std::string plain = percent_decoded(data);
    out.bytes.assign(plain.begin(), plain.end());
  } else {
    out.bytes.assign(data.begin(), data.end());
  }
  return out;
}

}  // namespace pixgraph
